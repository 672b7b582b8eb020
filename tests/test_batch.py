"""Many questions at once: read from files, asked, kept as they come, written as a sheet."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from commands import quoth
from conftest import ROOT

from index import Document, Encoder, Found, Index, QuothError
from qa import Assistant, Fusion, ask_all
from qa.archive.batch import Batch
from qa.archive.questions import read_questions

ASKED = ["who brokered the September 13 ceasefire?", "Who won the 2022 FIFA World Cup?"]


@pytest.mark.parametrize("name", ["asked.txt", "asked.csv", "asked.xlsx"])
def test_questions_are_read_in_order(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "asked.xlsx":
        book = openpyxl.Workbook()
        for row in (("id", "Question"), (1, ASKED[0]), (2, None), (3, ASKED[1])):
            book.active.append(row)
        book.save(path)
    elif name == "asked.csv":
        path.write_text(f'id,Question\n1,"{ASKED[0]}"\n2,\n3,"{ASKED[1]}"\n')
    else:
        path.write_text(f"{ASKED[0]}\n\n  {ASKED[1]}  \n")
    assert read_questions(path) == ASKED


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_parted_as_its_headings_are(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "Question", "note"], ["1", "Who sank, and when; why?", "x"]]
    with (tmp_path / "asked.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    assert read_questions(tmp_path / "asked.csv") == ["Who sank, and when; why?"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.txt", None, "cannot be read"),
        ("empty.txt", b"\n \n", "cannot be read"),
        ("blank.csv", b"question,note\n,x\n", "holds no question"),
        ("bad.xlsx", b"PK no workbook", "not a workbook"),
        ("odd.txt", b"Who died?\n???\n", "question 2: the question has no word in it"),
        ("many.txt", b"Who died?\n" * 10_001, "at most 10,000"),
        ("binary.txt", b"\0\1\2\3", "cannot be read"),
    ],
)
def test_a_file_that_holds_no_questions_is_one_line(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(QuothError, match=told) as error:
        read_questions(tmp_path / name)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_a_row_has_the_answer_or_says_that_there_is_none(
    assistant: Assistant, tmp_path: Path
) -> None:
    rows = Batch(tmp_path / "out.csv", ASKED).run(assistant)
    assert [row["number"] for row in rows] == [1, 2]
    with (tmp_path / "out.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["answered"], first["answer"]) == ("yes", "Moscow")
    assert "brokered by Moscow on September 13" in first["sentence"]
    text = (ROOT / first["document"]).read_bytes().decode("utf-8")
    assert text[int(first["start"]) : int(first["end"])] == "Moscow"
    assert (second["answered"], second["answer"]) == ("no", "")
    assert second["reasons"]
    assert not (tmp_path / "out.csv.part").exists()


def test_a_workbook_holds_no_formula(assistant: Assistant, tmp_path: Path) -> None:
    asked = ['=HYPERLINK("http://x","who brokered the ceasefire?")', "+1 who died?\x07"]
    Batch(tmp_path / "out.xlsx", asked).run(assistant)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["answers"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert sheet["A2"].value == asked[0]


class StoppedError(Exception):
    """What ends a batch in its middle here."""


def stopping_after(rows: int) -> Iterator[None]:
    for _ in range(rows):
        yield
    raise StoppedError


def test_a_batch_that_was_stopped_goes_on(assistant: Assistant, tmp_path: Path) -> None:
    asked = [*ASKED, "How many Azerbaijani soldiers died?"]
    whole = Batch(tmp_path / "whole.jsonl", asked).run(assistant)
    steps = stopping_after(1)
    with pytest.raises(StoppedError):
        Batch(tmp_path / "out.jsonl", asked).run(assistant, lambda *_: next(steps))
    part = tmp_path / "out.jsonl.part"
    part.write_bytes(part.read_bytes()[:-40])  # a row that was being written when it ended
    steps = stopping_after(0)
    with pytest.raises(StoppedError):
        Batch(tmp_path / "out.jsonl", asked).run(assistant, lambda *_: next(steps))
    assert not (tmp_path / "out.jsonl").exists()
    told: list[tuple[int, int]] = []
    batch = Batch(tmp_path / "out.jsonl", asked)
    assert batch.run(assistant, lambda *done: told.append(done)) == whole
    assert batch.resumed == 2
    assert told == [(3, 3)]
    written = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in written] == whole


def test_other_questions_are_not_taken_for_the_rest(assistant: Assistant, tmp_path: Path) -> None:
    steps = stopping_after(0)
    with pytest.raises(StoppedError):
        Batch(tmp_path / "out.jsonl", ASKED).run(assistant, lambda *_: next(steps))
    batch = Batch(tmp_path / "out.jsonl", ASKED[::-1])
    assert [row["question"] for row in batch.run(assistant)] == ASKED[::-1]
    assert batch.resumed == 0


def test_rows_of_other_settings_are_not_taken_for_the_rest(
    assistant: Assistant, seeds: Index, tmp_path: Path
) -> None:
    steps = stopping_after(0)
    with pytest.raises(StoppedError):
        Batch(tmp_path / "out.jsonl", ASKED).run(assistant, lambda *_: next(steps))
    batch = Batch(tmp_path / "out.jsonl", ASKED)
    batch.run(Assistant(seeds, fusion=Fusion(text=0.9)))
    assert batch.resumed == 0


def test_each_document_is_asked_by_itself(
    assistant: Assistant, seeds: Index, tmp_path: Path
) -> None:
    rows = Batch(tmp_path / "grid.xlsx", ASKED, each_document=True).run(assistant)
    names = [one.name for one in seeds.documents()]
    assert [row["asked_of"] for row in rows] == [name for name in names for _ in ASKED]
    for row in rows:
        passages = row["passages"]
        assert isinstance(passages, list)
        assert {one["document"] for one in passages} <= {row["asked_of"]}
    grid = openpyxl.load_workbook(tmp_path / "grid.xlsx")["grid"]
    assert [cell.value for cell in grid[1]] == ["document", *ASKED]
    assert [grid.cell(2 + row, 1).value for row in range(2)] == names
    assert not grid.cell(2, 3).value


def test_a_document_with_an_odd_name_is_asked_by_itself(encoder: Encoder, tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", encoder)
    names = ["no[1].txt", "no1.txt", "a*.txt", "ab.txt", "a?.txt"]
    index.add_documents(
        [
            Document(one, f"Note {at}: the mill closed in 200{at}.", Found(one, "file name"))
            for at, one in enumerate(names)
        ]
    )
    asked = ask_all(Assistant(index), ["When did the mill close?"], each_document=True)
    for row in asked:
        assert {one.citation.document for one in row.answer.passages} == {row.document}


def test_the_command_writes_the_file_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The mill in Sorrel Quay closed on 5 May 2021.\n")
    (tmp_path / "asked.txt").write_text("When did the mill close?\nWho is the pope?\n")
    assert quoth("add", "note.txt", cwd=tmp_path).returncode == 0
    done = quoth("ask", "--batch", "asked.txt", "--out", "out.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 asked, 1 answered, 1 not in the documents: out.csv\n"
    assert "5 May 2021" in (tmp_path / "out.csv").read_text()
    for wrong, told in (
        (("ask",), "ask a QUESTION"),
        (("ask", "--batch", "asked.txt"), "--out FILE"),
        (("ask", "--batch", "asked.txt", "--out", "out.pdf"), ".xlsx, .csv or .jsonl"),
        (("ask", "--batch", "asked.txt", "--out", "no/out.csv"), "is not a folder"),
        (("ask", "--batch", "asked.txt", "--out", "./asked.txt"), "holds the questions"),
    ):
        done = quoth(*wrong, cwd=tmp_path)
        assert done.returncode == 2, done.stderr
        assert told in done.stderr
        assert len(done.stderr.splitlines()) == 1

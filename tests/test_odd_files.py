"""Files as the world makes them: half right, renamed, rewritten, saved by careless programs."""

import io
import json
import os
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import office
import pypdfium2
import pytest
from commands import environment
from PIL import Image

from index import Document, Index, Reason, Skipped
from index.parsing.formats.pdf import view
from index.parsing.loader import documents_in

FIRST = "The old bridge over the Saltmarsh was closed on Friday."
SECOND = "The county engineer said that repairs would take nine weeks."


def read(path: Path) -> list[Document | Skipped]:
    return list(documents_in([str(path)]))


def text_of(path: Path) -> str:
    (one,) = read(path)
    assert isinstance(one, Document), one
    return one.text


def test_no_code_of_the_folder_that_is_read_is_run(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"<html><body><p>{FIRST}</p></body></html>")
    for name in ("lxml", "trafilatura", "index", "json"):
        (tmp_path / f"{name}.py").write_text("open('run', 'w').close()\n")
    quoth = Path(sys.executable).with_name("quoth")
    done = subprocess.run(
        [quoth, "add", "page.html", "--index", "index-folder"],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("1 added"), done.stderr
    assert not (tmp_path / "run").exists()


def test_halves_of_characters_in_a_title_do_no_harm(empty: Index, tmp_path: Path) -> None:
    line = json.dumps({"title": "bad \ud800 title", "text": FIRST})
    (tmp_path / "a.jsonl").write_text(line)
    assert len(empty.add([str(tmp_path / "a.jsonl")]).added) == 1
    assert empty.documents()[0].title.value == "bad title"


@pytest.mark.parametrize("turned", [0, 90, 180])
@pytest.mark.parametrize("cropped", [False, True])
def test_the_mark_is_where_the_words_are(tmp_path: Path, turned: int, *, cropped: bool) -> None:
    path = office.pdf(tmp_path / "a.pdf", [["Nothing of note", FIRST, "Nothing more"]])
    made = pypdfium2.PdfDocument(path)
    page = made[0]
    if cropped:
        width, height = page.get_size()
        page.set_cropbox(30, 60, width - 10, height - 5)
    page.set_rotation(turned)
    made.save(tmp_path / "b.pdf")
    shown = [
        np.asarray(
            Image.open(io.BytesIO(view(tmp_path / "b.pdf", 1, quote)[0])).convert("RGB"), int
        )
        for quote in (FIRST, "")
    ]
    marked = (shown[0] != shown[1]).any(axis=2)
    dark = shown[1].sum(axis=2) < 200
    rows, columns = np.nonzero(marked)
    inside = dark[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert inside.sum() > 100
    assert 0.2 < inside.sum() / dark.sum() < 0.9


def test_a_renamed_file_is_read_as_what_it_now_is(empty: Index, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    log = tmp_path / "docs" / "a.log"
    log.write_text(FIRST)
    assert [s.reason for s in empty.add([str(tmp_path / "docs")]).skipped] == [Reason.UNSUPPORTED]
    log.rename(log.with_suffix(".txt"))
    assert len(empty.add([str(tmp_path / "docs")]).added) == 1


def test_a_rename_still_names_what_was_skipped(empty: Index, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "a.zip"
    office.zipped(path, {"a.txt": FIRST.encode(), "b.exe": b"MZ"})
    empty.add([str(tmp_path / "docs")])
    path.rename(tmp_path / "docs" / "z.zip")
    report = empty.add([str(tmp_path / "docs")])
    assert len(report.renamed) == 1
    assert [Path(one.path).name for one in report.skipped] == ["b.exe"]


def test_text_that_a_file_no_longer_has_no_longer_answers(empty: Index, tmp_path: Path) -> None:
    path = office.zipped(tmp_path / "a.zip", {"a.txt": FIRST.encode()})
    note = tmp_path / "note.txt"
    note.write_text(SECOND)
    empty.add([str(path), str(note)])
    office.zipped(path, {"picture.jpg": b"JPEG"})
    note.write_text("")
    report = empty.add([str(path), str(note)])
    assert len(report.removed) == 2
    assert empty.documents() == []


def test_half_an_archive_is_damaged_whatever_is_in_it(tmp_path: Path) -> None:
    inner = office.zipped_bytes({"in.txt": FIRST.encode()})
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
        made.writestr("inner.zip", inner)
        made.writestr("later.txt", SECOND * 100)
    path.write_bytes(path.read_bytes()[: len(inner) + 60])
    (one,) = read(path)
    assert isinstance(one, Skipped)
    assert one.reason is Reason.DAMAGED


def test_quotes_columns_and_single_lines_of_tables_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    plain = "".join(f"row {number},plain words of it\n" for number in range(1_500))
    quoted = '"The mayor said ""we will win, and soon"", he did."'
    path.write_text(f"title,text\n{plain}last,{quoted}\n")
    last = read(path)[-1]
    assert isinstance(last, Document)
    assert last.text == 'The mayor said "we will win, and soon", he did.'
    path.write_text(f"text,full_text,note,note\nShort.,{FIRST},one,two\n")
    (row,) = read(path)
    assert isinstance(row, Document)
    assert all(said in row.text for said in ("Short.", FIRST, "one", "two"))
    path.write_text("only,one,line\n")
    assert all(word in text_of(path) for word in ("only", "one", "line"))


def test_every_text_of_a_message_is_kept(tmp_path: Path) -> None:
    blank = EmailMessage()
    blank["Subject"] = "Bridge"
    blank.set_content(" \n")
    blank.add_alternative(f"<!-- x --><html><body><p>{FIRST}</p></body></html>", subtype="html")
    (tmp_path / "blank.eml").write_bytes(blank.as_bytes())
    assert FIRST in text_of(tmp_path / "blank.eml")
    nested = EmailMessage()
    nested["Subject"] = "Ferry"
    nested.set_content("See below.")
    nested.add_attachment(office.message("Inner", FIRST, attached=SECOND))
    (tmp_path / "nested.eml").write_bytes(nested.as_bytes())
    assert all(said in text_of(tmp_path / "nested.eml") for said in (FIRST, SECOND, "Inner"))
    raw = "Subject: Zpráva\nContent-Transfer-Encoding: 8bit\n\nPřehrada byla zavřena v pátek.\n"
    (tmp_path / "raw.eml").write_bytes(raw.encode())
    assert "Přehrada byla zavřena" in text_of(tmp_path / "raw.eml")


def test_a_box_in_an_archive_is_its_messages(tmp_path: Path) -> None:
    box = office.mbox(
        tmp_path / "in.mbox", [office.message("One", FIRST), office.message("Two", SECOND)]
    )
    path = office.zipped(tmp_path / "a.zip", {"in.mbox": box.read_bytes()})
    names = [one.name for one in read(path) if isinstance(one, Document)]
    assert names == [f"{path}/in.mbox/message 1", f"{path}/in.mbox/message 2"]


def test_latin_1_is_read_as_browsers_read_it(tmp_path: Path) -> None:
    head = '<html><head><meta charset="iso-8859-1"></head><body><article><p>'
    body = "He said “we won” – twice, it’s over, and the crowd went home before it was dark."
    (tmp_path / "a.html").write_bytes(f"{head}{body}</p></article></body></html>".encode("cp1252"))
    assert text_of(tmp_path / "a.html") == body


def test_a_date_in_a_table_or_in_a_story_is_not_when_it_was_published(tmp_path: Path) -> None:
    office.xlsx(tmp_path / "a.xlsx", {"One": [["2022-09-13"], ["1,200"]]})
    story = "The war began on 24 February 2022, and the bridge has been closed since that day."
    (tmp_path / "a.html").write_text(f"<html><body><article><p>{story}</p></article></body></html>")
    (tmp_path / "b.html").write_text(
        f"<html><body><p>publiziert am 30. Juli 2018</p><article><p>{story}</p></article></html>"
    )
    found = [one.published for one in documents_in([str(tmp_path)]) if isinstance(one, Document)]
    assert [day and day.how for day in found] == [
        None,
        "document properties",
        "labelled as published",
    ]
    assert found[2] is not None
    assert found[2].value == "2018-07-30"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Veröffentlicht: 3. März 2021", "2021-03-03"),
        ("Publié le 14 juillet 2020", "2020-07-14"),
        ("Publicado el 5 de enero de 2019", "2019-01-05"),
        ("Publicado: 7 de fevereiro de 2018", "2018-02-07"),
        ("Pubblicato il 9 maggio 2017", "2017-05-09"),
        ("Gepubliceerd op 6 oktober 2016", "2016-10-06"),
        ("Publicerad: 8 maj 2015", "2015-05-08"),
        ("Opublikowano: 11 listopada 2014", "2014-11-11"),
        ("Опубликовано: 12 июня 2013", "2013-06-12"),
    ],
)
def test_a_labelled_date_is_read_in_the_language_of_its_label(
    tmp_path: Path, line: str, day: str
) -> None:
    stated = '{"@type": "WebPage", "datePublished": "2023-01-01"}'
    (tmp_path / "a.html").write_text(
        f'<html><head><script type="application/ld+json">{stated}</script></head>'
        f"<body><p>{line}</p><article><p>{FIRST}</p></article></body></html>",
        encoding="utf-8",
    )
    (found,) = documents_in([str(tmp_path)])
    assert isinstance(found, Document)
    assert found.published is not None
    assert (found.published.value, found.published.how) == (day, "labelled as published")


def test_the_command_survives_what_it_reads(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "\ud800", "text": "\udfff words"}))
    (tmp_path / "b.txt").write_text(FIRST)
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.command", "add", "a.jsonl", "b.txt", "--index", "index"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")

"""From files to answers: what is gone, of one series, cut by a line's end, or in a table."""

import unicodedata
from pathlib import Path

import pytest
from marked_files import docx

from index import Encoder, Index, NameMatches, Omission, QuothError
from qa import Assistant

BULLETIN = """Labour bulletin, {month} 2021

The statistics office of the province publishes this bulletin every month. Figures are adjusted for
the season and rest on a survey of nine thousand households in all towns of the province.

The unemployment rate in {month} was {rate} percent. The largest fall was recorded in {town}, where
{number} people found work. The number of open posts is counted by the labour exchanges.
"""
MONTHS = [
    ("January", "5.1", "Ashby", 412),
    ("February", "5.3", "Dorrit", 398),
    ("March", "5.6", "Senn", 377),
]


def test_one_template_with_other_facts_is_a_series_and_each_answers(
    empty: Index, tmp_path: Path
) -> None:
    for month, rate, town, number in MONTHS:
        text = BULLETIN.format(month=month, rate=rate, town=town, number=number)
        (tmp_path / f"{month}.txt").write_text(text)
    empty.add([str(tmp_path)])
    assert empty.stories().groups() == []
    assert all(len(empty.stories().series(one.key)) == 2 for one in empty.documents())
    assistant = Assistant(empty)
    march = assistant.ask("What was the unemployment rate in March 2021?")
    assert march.answer is not None
    assert march.answer.text == "5.6 percent"
    any_month = assistant.ask("What was the unemployment rate in the province?")
    assert any_month.answer is not None
    said = {any_month.answer.text, *(other.text for other in any_month.others)}
    assert said == {"5.1 percent", "5.3 percent", "5.6 percent"}


def test_a_copy_that_is_cut_and_set_otherwise_is_a_copy(empty: Index, tmp_path: Path) -> None:
    text = BULLETIN.format(month="March", rate="5.6", town="Senn", number=377)
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "b.txt").write_text(text.replace(", ", " ").replace("nine thousand", "9,000"))
    empty.add([str(tmp_path)])
    assert [len(group) for group in empty.stories().groups()] == [2]


def test_a_file_that_is_gone_is_told_badged_and_removed_on_request(
    empty: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "mill.txt").write_text("The Harrow mill was sold to Piet Vos on Monday, he said.")
    (folder / "dam.txt").write_text("The dam at Tarlow was approved by 312 votes on Friday.")
    empty.add([str(folder)])
    (folder / "mill.txt").unlink()
    report = empty.add([str(folder)])
    assert report.missing == [str(folder / "mill.txt")]
    assert report.removed == []
    answer = Assistant(empty).ask("Who was the Harrow mill sold to?")
    assert answer.passages[0].file_gone
    assert answer.as_json()["passages"][0]["file_gone"] is True  # type: ignore[index]
    assert empty.status().gone == 1
    report = empty.add([str(folder)], sync=True)
    assert report.removed == [str(folder / "mill.txt")]
    assert report.missing == []
    assert [Path(one.name).name for one in empty.documents()] == ["dam.txt"]


def test_a_folder_that_is_gone_takes_nothing_with_it(empty: Index, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "mill.txt").write_text("The Harrow mill was sold to Piet Vos on Monday, he said.")
    empty.add([str(folder)])
    (folder / "mill.txt").unlink()
    folder.rmdir()
    report = empty.add([str(folder)], sync=True)
    assert report.removed == []
    assert len(empty.documents()) == 1


def test_what_was_left_out_is_in_the_report_and_in_the_list(empty: Index, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    docx(path, [[("Fire killed ", "plain"), ("12 ", "struck"), ("15 workers.", "plain")]])
    report = empty.add([str(path)])
    (told,) = report.left_out
    assert told[1].kind is Omission.STRUCK_OUT
    (listed,) = empty.documents()
    assert listed.left_out == (told[1],)
    again = empty.add([str(path)])
    assert again.left_out == [told]
    assert again.whole_json()["left_out"] == [
        {"document": str(path), "what": "text", "reason": "struck out", "count": 1}
    ]


def test_words_cut_by_a_line_s_end_are_found_and_answer(empty: Index, tmp_path: Path) -> None:
    path = tmp_path / "elections.txt"
    path.write_text(
        "Council elections\n\nThe new inspec-\ntor of mines, Mar-\ntha Wethering-\nton, took "
        "office in the winter and dis-\nmissed the old clerks.\n"
    )
    empty.add([str(path)])
    answer = Assistant(empty).ask("Who is the inspector of mines?").answer
    assert answer is not None
    assert answer.text.replace("-\n", "") == "Martha Wetherington"
    citation = answer.citation
    assert path.read_text()[citation.start : citation.end] == answer.text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_matched_however_they_are_written(
    form: str, empty: Index, tmp_path: Path
) -> None:
    name = unicodedata.normalize("NFD", "Łódź.txt")
    text = unicodedata.normalize("NFD", "The council elected Żaneta Kłódka-Müllerová on Monday.")
    (tmp_path / name).write_text(text)
    empty.add([str(tmp_path)])
    question = unicodedata.normalize(form, "When was Żaneta Kłódka-Müllerová elected?")
    where = NameMatches(unicodedata.normalize(form, "*Łódź*"))
    answer = Assistant(empty).ask("Who was elected by the council?", where=where).answer
    assert answer is not None
    assert unicodedata.normalize("NFC", answer.text) == "Żaneta Kłódka-Müllerová"
    found = Assistant(empty).find(question)
    assert found[0].text_rank == 1


@pytest.mark.parametrize("question", ["(((", '""', "~ * ^", "…"])
def test_a_question_without_a_word_is_told_so(question: str, empty: Index) -> None:
    with pytest.raises(QuothError, match="no word"):
        Assistant(empty).ask(question)


def test_a_question_of_stop_words_is_not_answered(empty: Index, tmp_path: Path) -> None:
    (tmp_path / "mill.txt").write_text("The Harrow mill was sold to Piet Vos on Monday, he said.")
    empty.add([str(tmp_path)])
    for question in ("AND OR NOT", 'title:"foo'):
        assert Assistant(empty).ask(question).answer is None


TABLE = (
    "Casualties\n\n| Year | Deaths | Injured |\n|---|---|---|\n| 2020 | | 15 |\n| 2021 | 7 | 22 |\n"
)


def test_a_table_answers_with_the_cell_that_is_asked_for(empty: Index, tmp_path: Path) -> None:
    (tmp_path / "casualties.md").write_text(TABLE)
    (tmp_path / "votes.csv").write_text("Town,Votes,Turnout\nCorley,312,61%\nSenn,97,44%\n")
    empty.add([str(tmp_path)])
    assistant = Assistant(empty)
    for question, answer in (
        ("How many people were injured in 2021?", "22"),
        ("How many deaths were there in 2021?", "7"),
        ("How many people were injured in 2020?", "15"),
        ("What was the turnout in Senn?", "44%"),
    ):
        found = assistant.ask(question).answer
        assert found is not None, question
        assert found.text == answer, question
    assert assistant.ask("How many deaths were there in 2020?").answer is None
    turnout = assistant.ask("What was the turnout?").answer
    assert turnout is not None
    assert turnout.text in {"61%", "44%"}


def test_what_people_say_in_a_hearing_is_no_table(empty: Index, tmp_path: Path) -> None:
    (tmp_path / "hearing.txt").write_text(
        "Hearing on the mill\n\nBrandt: The mill closed in May because the river was too low.\n"
        "Vos: It was sold to the county for 640 crowns.\nBrandt: Nobody was paid for it.\n"
    )
    empty.add([str(tmp_path)])
    answer = Assistant(empty).ask("Why did the mill close, according to Brandt?").answer
    assert answer is not None
    assert "the river was too low" in answer.text


@pytest.mark.parametrize("name", ["quoth.db-journal", "quoth.db-wal", "lock"])
def test_a_folder_in_which_an_index_is_being_made_is_no_stranger_s(
    name: str, encoder: Encoder, tmp_path: Path
) -> None:
    """Two adds at once into a new index: the second is not told to choose another folder."""
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / name).touch()
    assert Index.create(folder, encoder).documents() == []

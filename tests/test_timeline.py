"""What happened when: sentences stand at the date that they state, each event once."""

import datetime as dt
import json
from pathlib import Path

import pytest
from commands import quoth
from conftest import ROOT

from index import Document, Encoder, Found, Index, QuothError
from qa import timeline
from qa.archive.timeline import date_of, period


def index_of(folder: Path, encoder: Encoder, *documents: tuple[str, str, str]) -> Index:
    """An index of documents: name, published date and text."""
    index = Index.create(folder / "index", encoder)
    index.add_documents(
        [
            Document(name, text, Found(name, "file name"), published=Found(day, "stated"))
            for name, day, text in documents
        ]
    )
    return index


@pytest.mark.parametrize(
    ("sentence", "date"),
    [
        ("The Marigold sank off Sorrel Quay on Wednesday night.", "2022-09-14"),
        ("The Marigold was built in 1931 at the yard in Lindholm.", "1931"),
        (
            "The Marigold has sailed to Lindholm every day since 2020, and sank on Monday.",
            "2022-09-12",
        ),
        (
            "Between March 2020 and September 2021 the Marigold carried 900 people.",
            "2020-03-01 to 2021-09-30",
        ),
        ("The Marigold lay in the yard from 1963 to 1964 for repairs.", "1963-01-01 to 1964-12-31"),
        (
            "In a 2019 report on safety the Marigold was praised; on September 13 it sank.",
            "2022-09-13",
        ),
        ("The Marigold will be raised in October, the harbour said.", "2022-10"),
        ("The Marigold has been in service since 2020 without any fault.", "2020"),
    ],
)
def test_a_sentence_stands_at_the_date_that_it_states(
    tmp_path: Path, encoder: Encoder, sentence: str, date: str
) -> None:
    index = index_of(tmp_path, encoder, ("a.txt", "2022-09-16", f"{sentence}\n"))
    (event,) = timeline(index, "Marigold").events
    assert event.date == date
    assert event.told[0].quote == sentence


def test_events_are_in_the_order_of_their_dates_not_of_their_documents(
    tmp_path: Path, encoder: Encoder
) -> None:
    index = index_of(
        tmp_path,
        encoder,
        ("new.txt", "2022-09-16", "The Marigold had been launched on 3 May 1931 by the queen.\n"),
        ("old.txt", "2020-01-02", "The Marigold was painted green on 1 January 2020.\n"),
        ("no.txt", "2020-01-03", "The Marigold is a ferry and nothing else.\n"),
    )
    found = timeline(index, "Marigold")
    assert [one.date for one in found.events] == ["1931-05-03", "2020-01-01"]
    assert found.undated == 1
    assert found.by_month == {"2020-01": 2, "2022-09": 1}


def test_what_two_documents_tell_of_one_day_is_one_event(tmp_path: Path, encoder: Encoder) -> None:
    index = index_of(
        tmp_path,
        encoder,
        ("b.txt", "2022-09-16", "The ferry Marigold sank off Sorrel Quay on September 14, 2022.\n"),
        ("a.txt", "2022-09-15", "The ferry Marigold sank off Sorrel Quay on Wednesday.\n"),
        ("c.txt", "2022-09-15", "On Wednesday the owner of the Marigold sold his house in Rome.\n"),
    )
    events = timeline(index, "Marigold").events
    assert {one.date for one in events} == {"2022-09-14"}
    told = [[cited.document for cited in one.told] for one in events]
    assert sorted(told) == [["a.txt", "b.txt"], ["c.txt"]]


def test_a_question_takes_sentences_that_hold_what_it_asks(seeds: Index) -> None:
    found = timeline(seeds, "When did fighting break out between Armenia and Azerbaijan?")
    assert "1988" in [one.date for one in found.events]
    for event in found.events:
        for one in event.told:
            text = (ROOT / one.document).read_bytes().decode("utf-8")
            assert text[one.start : one.end] == one.quote


def test_of_one_event_the_earliest_document_is_first(tmp_path: Path, encoder: Encoder) -> None:
    index = index_of(
        tmp_path,
        encoder,
        (
            "a.txt",
            "2022-09-18",
            "When did it sink? The ferry Marigold sank off Sorrel Quay on September 14, 2022.\n",
        ),
        (
            "b.txt",
            "2022-09-15",
            "The ferry Marigold, one of nine, sank off Sorrel Quay on Wednesday.\n",
        ),
        ("c.txt", "2022-09-16", "The Marigold, a ferry, sank off Sorrel Quay on Wednesday.\n"),
    )
    (event,) = timeline(index, "When did the ferry Marigold sink off Sorrel Quay?").events
    assert [one.document for one in event.told] == ["b.txt", "c.txt", "a.txt"]


def test_periods_are_written_shortly() -> None:
    day = dt.date
    assert period(day(2022, 9, 13), day(2022, 9, 13)) == "2022-09-13"
    assert period(day(2024, 2, 1), day(2024, 2, 29)) == "2024-02"
    assert period(day(2022, 1, 1), day(2022, 12, 31)) == "2022"
    assert period(day(2022, 9, 1), day(2022, 9, 10)) == "2022-09-01 to 2022-09-10"


def test_nothing_to_look_for_is_refused(seeds: Index) -> None:
    with pytest.raises(QuothError, match="no word"):
        timeline(seeds, "?!")


def test_the_command_prints_text_rows_and_json(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The mill in Sorrel Quay closed on 5 May 2021.\n")
    assert quoth("add", "note.txt", cwd=tmp_path).returncode == 0
    done = quoth("timeline", "mill", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("“mill”: 1 dated event.\n\n2021-05-05\n  The mill")
    told = json.loads(quoth("timeline", "mill", "--json", cwd=tmp_path).stdout)
    assert told["events"][0]["first"] == "2021-05-05"
    rows = quoth("timeline", "mill", "--csv", cwd=tmp_path).stdout.splitlines()
    assert rows[1].startswith("2021-05-05,2021-05-05,2021-05-05,5 May 2021,The mill in")
    none = quoth("timeline", "Nancy Pelosi", cwd=tmp_path)
    assert (none.returncode, none.stdout) == (
        3,
        "No sentence about “Nancy Pelosi” states a date.\n",
    )


def test_beside_a_full_date_a_day_without_a_year_is_left_out() -> None:
    written = Found("2012-12-25", "given")
    said = (
        "Lincoln signed the Proclamation Jan. 1 but issued a draft Sept. 22, 1862 in the capital."
    )
    found = date_of(said, Document("a", said, Found("a", "given"), published=written))
    assert found is not None
    assert str(found.first) == "1862-09-22"
    said = "The minister said on Wednesday that the 2020 election was fair and free."
    found = date_of(said, Document("a", said, Found("a", "given"), published=written))
    assert found is not None
    assert str(found.first) == "2012-12-19"

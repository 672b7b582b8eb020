"""Who says what: every answer that the documents give, with who gives it and when."""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from index import Document, Found, Index, NameMatches, QuothError
from qa import Assistant, WhoSays, who_says
from qa.answering.changing_facts import measures
from ui.cli.command import app
from ui.web.index_service import IndexService
from ui.web.server import application

QUESTION = "How many people died in the flood in Tam?"
HILLS = ("Orsk", "Lund", "Varn", "Ebel", "Tost", "Ilm", "Gera", "Pirn", "Zell", "Ruhl")
LONG = " ".join(
    f"The hill of {one} has a chapel that looks over the road to {other}."
    for one, other in itertools.pairwise(HILLS)
)
TEXTS = {
    "a.txt": (
        "2022-03-01",
        "Mayor Ann Lee said on Tuesday that 12 people died in the flood in Tam.",
    ),
    "b.txt": (
        "2022-03-04",
        f"At least 19 people died in the flood in Tam, police said. Bread costs 3 crowns. {LONG}",
    ),
    "c.txt": (
        "2022-03-05",
        "The flood in Tam killed nineteen people, according to the Red Cross.",
    ),
    "d.txt": ("2022-03-06", "The ministry denied that 40 people died in the flood in Tam."),
    "e.txt": ("2022-03-07", "The bakery of Orsk sold 700 loaves on Monday, its owner said."),
}


@pytest.fixture(scope="module")
def told(encoder: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over these texts, and a copy of the second."""
    index = Index.create(tmp_path_factory.mktemp("says") / "index", encoder)  # type: ignore[arg-type]
    copy = TEXTS["b.txt"][1]
    index.add_documents(
        [
            Document(name, text, Found(name, "given"), published=Found(date, "given"))
            for name, (date, text) in {**TEXTS, "copy.txt": ("2022-03-09", copy)}.items()
        ]
    )
    with Assistant(index) as assistant:
        yield assistant


def by_number(found: WhoSays) -> dict[float | None, list[str]]:
    """The documents that give each number."""
    return {
        claim.number: [one.citation.document for one in claim.quotations] for claim in found.claims
    }


def test_each_answer_has_its_documents(told: Assistant) -> None:
    found = who_says(told, QUESTION)
    numbers = by_number(found)
    assert numbers[12] == ["a.txt"]
    # "19" and "nineteen" are one; of a text and its copy one counts.
    assert sorted(numbers[19]) in (["b.txt", "c.txt"], ["c.txt", "copy.txt"])
    assert numbers[40] == ["d.txt"]
    assert 700 not in numbers
    assert 3 not in numbers
    assert found.claims[0].number == 19  # that of most documents first


def test_speakers_dates_and_denials_are_told(told: Assistant) -> None:
    claims = {claim.number: claim for claim in who_says(told, QUESTION).claims}
    assert claims[12].speakers == ("Mayor Ann Lee",)
    assert set(claims[19].speakers) == {"police", "the Red Cross"}
    assert (claims[12].first, claims[12].last) == ("2022-03-01", "2022-03-01")
    assert claims[40].denied
    assert not claims[19].denied


def test_a_filter_limits_who_is_asked(told: Assistant) -> None:
    assert set(by_number(who_says(told, QUESTION, NameMatches("a*")))) == {12}


def test_every_quotation_stands_in_its_document(told: Assistant) -> None:
    texts = {name: text for name, (_, text) in TEXTS.items()}
    texts["copy.txt"] = texts["b.txt"]
    for claim in who_says(told, QUESTION).claims:
        for one in claim.quotations:
            cited = one.citation
            assert texts[cited.document][cited.start : cited.end] == one.text


def test_the_seeds_have_two_events(assistant: Assistant) -> None:
    """105 and 104 are of two years: two rows with their speakers, not a contradiction."""
    claims = who_says(assistant, "how many Armenian soldiers were killed").claims
    speakers = {claim.number: claim.speakers for claim in claims}
    assert speakers[105] == ("Armenian Prime Minister Nikol Pashinyan",)
    assert speakers[104] == ("Armenian officials",)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the king of Mars?",
        "When was the bridge of Tam built?",
        "Who owns the bakery of Lund?",
    ],
)
def test_nobody_says_anything(told: Assistant, question: str) -> None:
    assert who_says(told, question).claims == ()


def test_without_a_reader_there_is_a_message(told: Assistant) -> None:
    with pytest.raises(QuothError, match="reader"):
        who_says(Assistant(told.index, reader="none"), QUESTION)


def test_equal_digits_of_other_things_are_other_answers(empty: Index) -> None:
    empty.add_documents(
        [
            Document(name, text, Found(name, "given"), published=Found("2022-09-14", "given"))
            for name, text in {
                "weeks": "Ada Hult was mayor of Sorrel Quay for six weeks.",
                "again": "For a six-week term Ada Hult was mayor of Sorrel Quay.",
                "years": "Ada Hult was mayor of Sorrel Quay for six years, her party wrote.",
                "later": "Ada Hult, who is 47, was mayor of Sorrel Quay; the council met 12 times.",
            }.items()
        ]
    )
    claims = who_says(Assistant(empty), "How long was Ada Hult mayor of Sorrel Quay?").claims
    told = {claim.answer: len(claim.quotations) for claim in claims if claim.number == 6}
    assert told in ({"six weeks": 2, "six years": 1}, {"six-week": 2, "six years": 1})
    written = json.loads(json.dumps([one.as_json() for one in claims]))
    assert {type(one["weak"]) for one in written} == {bool}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$44 billion", "44 billion dollars"),
        ("13.1%", "13.1 percent"),
        ("185 mph", "185 miles per hour"),
        ("six-week", "six weeks"),
    ],
)
def test_a_measure_is_one_however_it_is_written(one: str, other: str) -> None:
    assert not measures(one).isdisjoint(measures(other))


def test_in_the_terminal(told: Assistant) -> None:
    folder = told.index.place  # type: ignore[attr-defined]
    run = CliRunner().invoke
    shown = run(app, ["says", QUESTION, "--index", folder])
    assert shown.exit_code == 0
    assert "attributed to the Red Cross" in shown.output
    found = json.loads(run(app, ["says", QUESTION, "--index", folder, "--json"]).output)
    assert found["claims"][0]["number"] == 19
    printed = run(app, ["says", QUESTION, "--index", folder, "--csv"]).output
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert {"a.txt", "c.txt", "d.txt"} < {row["document"] for row in rows}
    assert [row["denied"] for row in rows if row["document"] == "d.txt"] == ["yes"]
    assert run(app, ["says", "Who is the king of Mars?", "--index", folder]).exit_code == 3


def test_over_http_and_on_the_page(told: Assistant) -> None:
    service = IndexService(told.index.place)  # type: ignore[attr-defined]
    try:
        with TestClient(application(service, ["testserver"])) as client:
            found = client.get("/api/v1/says", params={"question": QUESTION}).json()
            assert found["claims"][0]["documents"] == 2
            shown = client.get("/view/says", params={"q": QUESTION}).text
            assert "attributed to the Red Cross" in shown
            assert "<mark>nineteen</mark>" in shown
            assert "nineteen" in client.get("/view/says.csv", params={"q": QUESTION}).text
            assert client.get("/api/v1/says", params={"question": " "}).status_code == 422
    finally:
        service.close()


def test_figures_are_the_numbers_of_dated_documents_by_date(told: Assistant) -> None:
    found = who_says(told, QUESTION)
    figures = found.figures
    assert (figures[0].published, figures[0].number) == ("2022-03-01", 12)
    assert {(one.published, one.number) for one in figures} == {
        (quotation.citation.published, claim.number)
        for claim in found.claims
        if claim.number is not None
        for quotation in claim.quotations
    }
    assert [one.published for one in figures] == sorted(one.published for one in figures)
    for one in figures:
        claim = found.claims[one.claim - 1]
        assert claim.number == one.number
        assert one.quotation in claim.quotations
    assert found.as_json()["figures"] == [one.as_json() for one in figures]


def test_a_sentence_may_give_two_answers(encoder: object, tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", encoder)  # type: ignore[arg-type]
    text = (
        "The mayor said 12 people died in the flood in Tam, "
        "but the police said 19 people died in the flood in Tam."
    )
    index.add_documents([Document("a", text, Found("a", "given"))])
    with Assistant(index) as assistant:
        found = who_says(assistant, QUESTION)
    assert {claim.number for claim in found.claims} == {12, 19}

"""What is found in an article, and what is told apart as not the article."""

import pytest
from conftest import ROOT

from index import Document, Found, Part
from index.parsing.date_lines import parse_date
from index.parsing.formats import load
from index.parsing.formats.base import Source
from index.parsing.front_matter import anatomy
from index.text.sentences import sentences


def seed(start: str) -> Document:
    path = next((ROOT / "seeds").glob(f"{start}*.txt"))
    return next(load(Source(path.name, path))).document()


def spoken(document: Document) -> list[str]:
    return [span.of(document.text) for span, _ in sentences(document)]


def test_a_seed_is_kept_exactly_as_decoded() -> None:
    path = next((ROOT / "seeds").glob("000*.txt"))
    assert seed("000").text == path.read_bytes().decode("utf-8")


def test_title_byline_and_date_lines_are_found_where_they_stand() -> None:
    document = seed("000")
    assert document.title.value.startswith("Russia, France denounce Turkey")
    assert document.author is not None
    assert document.author.span is not None
    assert document.author.span.of(document.text) == "Alex Lantier"
    assert document.published is not None
    assert document.published.value == "2020-10-01"
    assert document.published.span is not None
    assert document.published.span.of(document.text) == "1 October 2020"


def test_a_date_that_is_not_there_is_absent() -> None:
    assert seed("003").published is None


def test_footers_are_told_apart_and_name_the_author() -> None:
    document = seed("003")
    parts = {region.part: region.span.of(document.text) for region in document.regions}
    assert document.author is not None
    assert document.author.value == "William Ferguson"
    assert parts[Part.ABOUT_AUTHOR].strip() == "About William Ferguson"
    assert "F-16" in parts[Part.RELATED]
    contact = next(r for r in seed("000").regions if r.part is Part.CONTACT)
    assert contact.span.of(seed("000").text).startswith("To contact the WSWS")


def test_a_sentence_broken_across_a_blank_line_is_one() -> None:
    assert any("drone and air\n\ndefense systems have" in s for s in spoken(seed("000")))
    assert any("seceding from\n\nIran and joining" in s for s in spoken(seed("000")))


def test_a_line_with_the_time_is_not_joined_to_the_text_after_it() -> None:
    text = "Moon plans\n\nUpdated March 26, 2026, 10:34 a.m. ET\n\nThe plan cancels the station."
    document = Document("a", text, Found("Moon plans", "given"))
    assert spoken(document)[-1] == "The plan cancels the station."


def test_stray_stops_and_number_ranges_do_not_end_a_sentence() -> None:
    assert any(
        s.endswith("said US Secretary of State Antony. Blinken.") for s in spoken(seed("003"))
    )
    assert any(
        "7,000–10,000 Turkish liras (US\\$900–1,300) monthly" in s for s in spoken(seed("000"))
    )


def test_paragraphs_are_counted_from_one() -> None:
    document = seed("003")
    assert document.paragraph(0) == 1
    assert document.paragraph(document.text.index("brokered by Moscow")) == 2


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("1 October 2020", "2020-10-01"),
        ("October 1, 2020", "2020-10-01"),
        ("2020-10-01T08:30:00Z", "2020-10-01"),
        ("Thursday, Oct. 1, 2020 at 10:34 AM", "2020-10-01"),
        ("Thurs. 1 Oct. 2020", "2020-10-01"),
        ("Tues., Oct. 6, 2020", "2020-10-06"),
        ("01/02/2020", None),
        ("October 2020", None),
        ("2020", None),
        ("the 1 October 2020 offensive", None),
    ],
)
def test_only_a_date_stated_in_full_counts(stated: str, date: str | None) -> None:
    found = parse_date(stated)
    assert (found.isoformat() if found else None) == date


@pytest.mark.parametrize(
    ("lines", "author", "stated"),
    [
        ("Mira Solanki\n\nTues. 7 Feb. 2023", "Mira Solanki", "Tues. 7 Feb. 2023"),
        ("Mira Solanki\n\nJan. 23, 2023", "Mira Solanki", "Jan. 23, 2023"),
        ("*By Igor Malm — 8 July 2023*", "Igor Malm", "8 July 2023"),
        ("By Igor Malm | July 8, 2023", "Igor Malm", "July 8, 2023"),
        ("By Igor Malm", "Igor Malm", None),
    ],
)
def test_author_and_date_before_the_article_are_found(
    lines: str, author: str, stated: str | None
) -> None:
    text = f"A title of some kind\n\n{lines}\n\nThe mayor spoke. Nobody listened to her at all."
    found = anatomy(text, "x.txt")
    assert found.author is not None
    assert found.author.value == author
    assert (found.published.span.of(text) if found.published else None) == stated  # type: ignore[union-attr]
    assert sum(region.part is Part.MASTHEAD for region in found.regions) == 2 + bool(stated)


def test_a_document_without_a_title_line_is_called_by_its_file() -> None:
    found = anatomy("This is a sentence. And this is one more.\n\nAnd another.", "a/report.txt")
    assert (found.title.value, found.title.how) == ("report", "file name")


def test_an_about_heading_early_in_a_long_text_is_no_footer() -> None:
    body = "The committee met on Monday and decided nothing at all. " * 100
    text = f"A title of some kind\n\nAbout Jane Miller\n\n{body}"
    assert not any(region.part.is_footer for region in anatomy(text, "x.txt").regions)

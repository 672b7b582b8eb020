"""Dates that texts and questions tell, worked out from the day of writing."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.dates import dates_in
from qa.language.question import Question

FRIDAY = dt.date(2022, 9, 16)


@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("He died on Wednesday.", "Wednesday", "2022-09-14", None),
        ("The vote will be held on Wednesday.", "Wednesday", "2022-09-21", None),
        ("It is forecast to reach the coast late Tuesday.", "Tuesday", "2022-09-20", None),
        ("It is on track to hit the coast on Monday.", "Monday", "2022-09-19", None),
        ("A hearing was set for Monday.", "Monday", "2022-09-19", None),
        (
            (
                "He will give the town's medal for a long life of service to the widow and the two "
                "grown sons of the late baker at the town hall on Saturday."
            ),
            "Saturday",
            "2022-09-17",
            None,
        ),
        ("The primary is set for April 1.", "April 1", "2023-04-01", None),
        ("By this spring, the bridge will be open.", "this spring", "2023-03-01", "2023-05-31"),
        ("She told it on a Saturday in July.", "July", "2022-07-01", "2022-07-31"),
        ("It was agreed on Friday.", "Friday", "2022-09-16", None),
        ("He spoke last Friday.", "last Friday", "2022-09-09", None),
        ("Saturday's talks will go on.", "Saturday", "2022-09-10", None),
        ("Fighting began on September 13.", "September 13", "2022-09-13", None),
        ("Fighting began on Sept. 13, 2020, at dawn.", "Sept. 13, 2020", "2020-09-13", None),
        ("It ends on 3 January.", "3 January", "2023-01-03", None),
        ("The show runs Jan. 3-14.", "Jan. 3-14", "2023-01-03", "2023-01-14"),
        ("It closed in December.", "December", "2021-12-01", "2021-12-31"),
        ("It opens in December.", "December", "2022-12-01", "2022-12-31"),
        ("in the spring of 2022", "the spring of 2022", "2022-03-01", "2022-05-31"),
        ("last September", "last September", "2021-09-01", "2021-09-30"),
        ("two years ago", "two years ago", "2020-01-01", "2020-12-31"),
        ("earlier this month", "earlier this month", "2022-09-01", "2022-09-30"),
        ("yesterday", "yesterday", "2022-09-15", None),
        ("in late 2021", "late 2021", "2021-09-01", "2021-12-31"),
        ("the Fourth of July parade", "the Fourth of July", "2022-07-04", None),
    ],
)
def test_a_date_is_worked_out(text: str, words: str, first: str, last: str | None) -> None:
    (found,) = dates_in(text, FRIDAY)
    assert found.span.of(text) == words
    assert (str(found.first), str(found.last)) == (first, last or first)


@pytest.mark.parametrize(
    "text",
    [
        "USA TODAY reported it",
        "August told reporters that they may march",
        "every Wednesday and each Saturday",
        "a ratio of 3:51 and $2,022 for 2020 people",
        "more than a decade ago",
        "in 900 decades' time and 999 years ago",
        "Jan drove there in spring",
        "She founded Louisville Today and the Observer",
        "Ferries are late on Thursday and Friday afternoons and on Sunday nights",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates_in(text, FRIDAY) == []


def test_without_the_day_of_writing_only_what_stands_there_is_told() -> None:
    text = "On Wednesday, on May 5 and on May 6, 2021."
    told = dates_in(text)
    assert [one.span.of(text) for one in told] == ["May 5", "May 6, 2021"]
    assert [one.yearless for one in told] == [True, False]
    assert told[0].meets(dates_in("May 5, 1999")[0])
    assert not told[0].meets(dates_in("May 6, 1999")[0])


def test_a_question_knows_its_dates() -> None:
    asked = Question.parse("who brokered the September 13 ceasefire?")
    assert [one.yearless for one in asked.dates] == [True]
    assert Question.parse(asked.text, FRIDAY).dates == asked.dates
    assert asked.date_terms == {"septemb", "13"}
    assert Question.parse("what happened last September?").dates == ()
    dated = Question.parse("what happened last September?", FRIDAY).dates
    assert [str(one.first) for one in dated] == ["2021-09-01"]


def test_a_question_may_ask_how_things_stood() -> None:
    assert Question.parse("how many were dead as of March 2022?").as_of == dt.date(2022, 3, 31)
    assert Question.parse("how many are dead now?").wants_latest
    assert not Question.parse("how many died in March 2022?").wants_latest


@given(st.text(max_size=200), st.dates(dt.date(1600, 1, 1), dt.date(2900, 1, 1)))
def test_any_text_gives_ordered_dates_apart(text: str, written: dt.date) -> None:
    told = dates_in(text, written)
    for one in told:
        assert one.first <= one.last
        assert one.span.of(text).strip() == one.span.of(text)
    ends = [(one.span.start, one.span.end) for one in told]
    assert all(a[1] <= b[0] for a, b in pairwise(ends))

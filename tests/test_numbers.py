"""Numbers in text: in digits, in words, with a scale."""

import pytest

from index import Span
from index.text.numbers import SPELLED_OUT, numbers_in
from qa import Question
from qa.answering.quantities import whole_number
from qa.retrieval.collapse_duplicates import _says

SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, number) for number, word in enumerate(SMALL, 1)),
        *((word, 10 * number) for number, word in enumerate(TENS, 2)),
        *((word, number) for number, word in enumerate(ORDINALS, 1)),
        ("twenty-three", 23),
        ("ninety nine", 99),
        ("twenty-first", 21),
        ("a hundred", 100),
        ("one hundred and twenty-three", 123),
        ("three thousand", 3_000),
        ("two million", 2_000_000),
        ("a dozen", 12),
        ("two dozen", 24),
        ("half a million", 500_000),
        ("half a dozen", 6),
        ("1.5bn", 1_500_000_000),
        ("1.5 billion", 1_500_000_000),
        ("3m", 3_000_000),
        ("£20k", 20_000),
        ("2 trillion", 2_000_000_000_000),
        ("1,234,567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("47", 47),
        ("40th", 40),
    ],
)
def test_a_number_has_its_value(text: str, value: float) -> None:
    found = numbers_in(text)
    assert [one.value for one in found] == [value], found


def test_a_vague_number_has_no_value_but_is_one() -> None:
    assert [one.value for one in numbers_in("dozens of boats and hundreds of people")] == [
        None,
        None,
    ]


def test_a_word_that_only_holds_a_number_word_is_none() -> None:
    assert numbers_in("Someone often weighed the oneness of tenants and bonefish") == []


@pytest.mark.parametrize("word", sorted(SPELLED_OUT))
def test_a_changed_number_word_is_not_hidden_among_copies(word: str) -> None:
    """Every number word counts as a number when two copies of a story are compared."""
    rest = "people were hurt when the old ferry ran aground near the harbour wall on Tuesday night"
    other = "seventy-one"
    assert not _says(f"Officials said {other} {rest}", f"Officials said {word} {rest}", names=False)


def test_the_same_number_in_words_and_in_digits_is_no_difference() -> None:
    rest = "people were hurt when the old ferry ran aground near the harbour wall on Tuesday night"
    assert _says(f"Officials said 13 {rest}", f"Officials said thirteen {rest}", names=False)


@pytest.mark.parametrize("number", [*SMALL[1:], *TENS, "a dozen", "half a million", "two billion"])
def test_an_answer_in_words_keeps_its_qualifier_and_unit(number: str) -> None:
    text = f"It was at least {number} kilometres away."
    at = text.index(number)
    found = whole_number(
        text, Span(at, at + len(number)), Span(0, len(text)), Question.parse("How far was it?")
    )
    assert found.of(text) == f"at least {number} kilometres"


@pytest.mark.parametrize(
    ("text", "pointed", "whole"),
    [
        (
            "They get 7,000–10,000 Turkish liras (US$900–1,300) monthly.",
            "US$900–1,300",
            "7,000–10,000 Turkish liras (US$900–1,300)",
        ),
        ("They get 7,000 liras (US\\$900) a month.", "900", "7,000 liras (US\\$900) a month"),
        ("The bridge is 5 miles (8 km) long.", "8 km", "5 miles (8 km)"),
        ("It cost $5 million (about £4 million).", "£4 million", "$5 million (about £4 million)"),
        ("The bridge is 5 miles (8 km) long.", "5 miles", "5 miles"),
        ("He was born in 1950 (72 years ago) near it.", "72 years", "72 years"),
        ("Three people (20 of them hurt) came.", "20", "20"),
    ],
)
def test_an_amount_that_converts_another_is_given_with_it(
    text: str, pointed: str, whole: str
) -> None:
    at = text.index(pointed)
    found = whole_number(
        text, Span(at, at + len(pointed)), Span(0, len(text)), Question.parse("How much is it?")
    )
    assert found.of(text) == whole

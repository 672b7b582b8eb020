"""Measures against hand-worked cases, other people's definitions, and what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.judge import holds
from eval.measures import (
    RANKING,
    aurc,
    auroc,
    ece,
    exact_match,
    f1,
    gives_answer,
    holds_answer,
    mean_with_interval,
    ranking_values,
    reliability,
    risk_coverage,
)
from index import Span


@pytest.mark.parametrize(
    ("given_answer", "accepted", "em", "words"),
    [
        # Worked by hand from SQuAD's definition: lower case, no punctuation, no articles.
        ("The Eiffel Tower!", ["eiffel tower"], 1, 1.0),
        ("an apple", ["the apple"], 1, 1.0),
        ("in 1820", ["1820"], 0, 2 / 3),
        ("Moscow and Paris", ["Paris"], 0, 0.5),
        ("10 cats", ["cats", "10 cats and a dog"], 0, 2 / 3),
        ("x", ["y"], 0, 0.0),
        ("the the cat cat", ["cat"], 0, 2 / 3),
        (None, [], 1, 1.0),
        (None, ["y"], 0, 0.0),
        ("x", [], 0, 0.0),
        ("the", ["a"], 1, 1.0),
        ("the", ["cat"], 0, 0.0),
        ("don't", ["dont"], 1, 1.0),
        ("7,000", ["7000"], 1, 1.0),
    ],
)
def test_squad_scores(
    given_answer: str | None, accepted: list[str], em: float, words: float
) -> None:
    assert exact_match(given_answer, accepted) == em
    assert f1(given_answer, accepted) == pytest.approx(words, abs=1e-12)


@pytest.mark.parametrize(
    ("quote", "accepted", "held"),
    [
        ("It was dug in 1820, by hand.", ["1820"], True),
        ("It was dug in 18200.", ["1820"], False),
        ("The man of the hour", ["man of hour"], True),
        ("anything", ["the"], False),
        ("anything", [], False),
    ],
)
def test_a_quotation_holds_whole_words(quote: str, accepted: list[str], held: bool) -> None:  # noqa: FBT001
    assert holds_answer(quote, accepted) is held


def test_a_ranking_worked_by_hand() -> None:
    values = ranking_values({"q": ["a", "b"]}, {"q": ["x", "a", "y", "b"]})["q"]
    dcg = 1 / math.log2(3) + 1 / math.log2(5)
    best = 1 + 1 / math.log2(3)
    assert values["hit@1"] == 0
    assert values["hit@5"] == 1
    assert values["recall@20"] == 1
    assert values["rr@10"] == pytest.approx(1 / 2, abs=1e-9)
    assert values["ap"] == pytest.approx((1 / 2 + 2 / 4) / 2, abs=1e-9)
    assert values["ndcg@10"] == pytest.approx(dcg / best, abs=1e-9)


ids = st.text("abcdefgh", min_size=1, max_size=2)
rankings = st.dictionaries(st.sampled_from("pqrs"), st.lists(ids, unique=True, max_size=12))
judgements = st.dictionaries(st.sampled_from("pqrs"), st.sets(ids, min_size=1), min_size=1)


@given(judgements, rankings)
def test_every_judged_question_counts(
    right: dict[str, set[str]], ranked: dict[str, list[str]]
) -> None:
    values = ranking_values(right, ranked)
    assert values.keys() == right.keys()
    for question, one in values.items():
        assert one.keys() == RANKING.keys()
        assert all(0 <= value <= 1 for value in one.values())
        found = [rank for rank, x in enumerate(ranked.get(question, []), 1) if x in right[question]]
        first = found[0] if found else math.inf
        assert one["hit@1"] == (first <= 1)
        assert one["hit@5"] == (first <= 5)
        assert one["hit@20"] == (first <= 20)
        assert one["rr@10"] == pytest.approx(1 / first if first <= 10 else 0, abs=1e-9)


def test_what_was_shown_first_is_first_however_it_is_called() -> None:
    """trec_eval orders ties by name; there are none, for the order shown is what is measured."""
    for first, second in (("a", "z"), ("z", "a")):
        assert ranking_values({"q": [first]}, {"q": [first, second]})["q"]["hit@1"] == 1


confidences = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.9, 1.0]), st.booleans()),
    min_size=1,
    max_size=40,
)


def columns(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(pairs, float)
    return table[:, 0], table[:, 1]


@given(confidences, st.randoms())
def test_the_order_of_questions_does_not_count(pairs: list, random: object) -> None:
    mixed = list(pairs)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    for measure in (auroc, aurc, ece):
        assert measure(*columns(mixed)) == pytest.approx(
            measure(*columns(pairs)), abs=1e-12, nan_ok=True
        )


@given(confidences)
def test_risk_at_full_coverage_is_the_share_wrong(pairs: list) -> None:
    confidence, right = columns(pairs)
    coverage, risk = risk_coverage(confidence, right)
    assert coverage[-1] == 1
    assert risk[-1] == pytest.approx(1 - right.mean(), abs=1e-12)
    assert sum(one.count for one in reliability(confidence, right)) == len(pairs)


def test_confidence_worked_by_hand() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.1])
    right = np.array([1.0, 0.0, 1.0, 0.0])
    assert auroc(confidence, right) == pytest.approx(3 / 4)
    assert aurc(confidence, right) == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)
    assert ece(confidence, right) == pytest.approx((0.1 + 0.8 + 0.3 + 0.1) / 4)
    assert math.isnan(auroc(confidence, np.ones(4)))
    assert auroc(np.full(4, 0.5), right) == 0.5


def test_the_interval_holds_the_value_and_is_the_same_again() -> None:
    values = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]
    one = mean_with_interval(values)
    assert one.low <= one.value <= one.high
    assert one == mean_with_interval(values)
    assert mean_with_interval([1.0]).low == 1.0


spans = st.tuples(st.integers(0, 50), st.integers(1, 30)).map(lambda x: Span(x[0], x[0] + x[1]))


@given(spans, spans)
def test_a_passage_holds_a_span_by_half(passage: Span, judged: Span) -> None:
    if passage.holds(judged) or judged.holds(passage):
        assert holds(passage, judged)
    if not passage.overlap(judged):
        assert not holds(passage, judged)


@pytest.mark.parametrize(
    ("answer", "accepted", "right"),
    [
        ("Moscow", ("Moscow",), True),
        ("the city of Moscow", ("Moscow",), True),
        ("at least 104 people", ("104",), True),
        ("in the late spring of 2022", ("spring of 2022",), True),
        ("1040", ("104",), False),
        ("Ankara", ("Moscow", "Kremlin"), False),
        ("a long tale of " + "many words " * 12 + "Moscow", ("Moscow",), False),
        ("", ("Moscow",), False),
    ],
)
def test_a_short_answer_is_right_that_holds_the_accepted_one_and_little_else(
    answer: str, accepted: tuple[str, ...], *, right: bool
) -> None:
    assert gives_answer(answer, accepted) is right

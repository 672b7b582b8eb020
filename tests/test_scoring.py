"""Both engines give a passage the same score for a question's words."""

from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from index.documents import Part
from index.engines.postgres.scoring import Scoring, Statistics, counted
from index.engines.postgres.words import NO_WORD, Words, written
from index.search.bm25 import TextIndex, question_terms, terms
from index.search.text_snapshot import Entry, write_snapshot

WORDS = [
    *("cat", "cats", "dog", "the", "of", "in", "ceasefires", "Baku", "2022", "007", "3rd", "x2"),
    *("café", "grün", "Ünïcode", "Москва", "東京", "it's", "-", "1234567890123"),
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


@given(
    passages=st.lists(st.tuples(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), TEXTS),
                      min_size=1, max_size=30),
    question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join),
)  # fmt: skip
def test_scores_equal_those_of_the_text_index(
    tmp_path_factory: object, passages: list[tuple[str, str]], question: str
) -> None:
    folder = Path(tmp_path_factory.mktemp("text")) / "index"  # type: ignore[attr-defined]
    entries = [
        Entry(number, f"d{number}", title, text, Part.BODY)
        for number, (title, text) in enumerate(passages)
    ]
    write_snapshot(folder, None, [], entries)
    expected = dict(TextIndex(folder).search(question, 100))
    words = [Words.of(f"{title}\n{text}") for title, text in passages]
    titles = [Words.of(title) for title, _ in passages]
    statistics = Statistics(
        len(passages),
        sum(len(list(one)) for one in words),
        sum(len(list(one)) for one in titles),
        Counter(term for one in words for term in set(one)),
        Counter(term for one in titles for term in set(one)),
    )
    asked = [written(term) for term in question_terms(question)]
    scoring = Scoring(asked, statistics)
    for number, (text, title) in enumerate(zip(words, titles, strict=True)):
        score = scoring.score(str(text), str(title))
        assert abs(score - expected.get(number, 0.0)) <= 1e-4 * max(1.0, score)


@given(text=st.text() | TEXTS)
def test_words_are_the_terms_of_the_text_index_in_their_order(text: str) -> None:
    assert list(Words.of(text)) == [written(term) for term in terms(text)]
    assert Words.kept(str(Words.of(text))) == Words.of(text)
    assert all(
        word == NO_WORD or (word.isascii() and word.isalnum()) for word in Words.of(text).places
    )


def test_lengths_are_counted_as_lucene_counts_them() -> None:
    # The steps of Lucene's SmallFloat.byte4ToInt.
    assert [counted(n) for n in (0, 1, 39, 40, 41, 42, 55, 57, 1000)] == [
        0,
        1,
        39,
        40,
        40,
        42,
        54,
        56,
        984,
    ]

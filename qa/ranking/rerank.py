"""Reading the passages found for a question, and ranking them by retrieval and reading."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index import Document, Span, Stories
from index.search.bm25 import terms
from index.text.dates import dates_in
from index.text.matching import MatchingText, matching_text
from index.text.numbers import numbers_in
from index.text.paragraphs import units
from qa.language.question import Question
from qa.language.sentence_span import sentence_of
from qa.ranking.table_cells import rows_in, span_in_table
from qa.ranking.weights import OF_READER, RANKED_BY, Weighting
from qa.reader.base import Reader, Reading, Text
from qa.retrieval.fusion import Retrieved
from qa.retrieval.searchable import Searchable

Floats = NDArray[np.float64]

READ_PASSAGES = 12
"""How many of the passages found are read, at most."""
LEAST, MOST = -20.0, 20.0
_FOR_TOPICS = 1 / 3
"""The factor for the reader's weights where a topic is named. The reader was trained on questions:
with the whole weights the articles on a topic of TIME's are ranked worse than without a reader."""


def compared(words: str) -> str:
    """Words in the form in which answers are compared: terms, each number as its value.

    A denial is kept: "guilty" and "not guilty" differ.

    Example:
        >>> compared("at least 1,500 people"), compared("1.5 million"), compared("not guilty")
        ('least 1500 peopl', '1500000', 'not guilti')
    """
    parts, at = [], 0
    for number in numbers_in(words):
        if number.value is not None:
            parts += [*terms(words[at : number.start]), f"{number.value:.10g}"]
            at = number.end
    parts += terms(words[at:])
    return " ".join(["not", *parts] if _DENIED.search(words) else parts)


_ON = re.compile(r"^on\s+", re.I)
_DENIED = re.compile(r"\b(?:not|no|never|none|neither|nor)\b|n[’']t\b", re.I)


@dataclass(frozen=True, slots=True)
class Read:
    """A passage that was read, and the reader's answer in it.

    `span` is the answer in the document's text, None if the reader found none in the article's
    body; spans in footers and titles are ignored. `evidence` is the score of `span`, and `spans`
    are all spans found with their scores, best first. `whole` is the span expanded to the answer
    that is shown. `story` is an id that copies of a document share. `edition` is the same id, or
    the document's own key if the article has several versions.
    """

    retrieved: Retrieved
    reading: Reading
    document: Document
    span: Span | None
    evidence: float
    story: str
    edition: str
    spans: tuple[tuple[Span, float], ...] = ()
    whole: Span | None = None

    @property
    def words(self) -> str:
        """The answer as it is shown; "" if there is none."""
        span = self.whole or self.span
        return span.of(self.document.text) if span else ""

    @property
    def answer(self) -> str:
        """The answer in the form in which answers are compared: `compared`, or its date.

        "On Thursday" in an article of October 20 is the same as "October 20".
        """
        span = self.whole or self.span
        if span is None:
            return ""
        words = span.of(self.document.text)
        dates = dates_in(words, self.document.date)
        if len(dates) == 1 and _ON.sub("", words) == dates[0].span.of(words):
            day = dates[0]
            if not (day.yearless or day.long):
                return str(day.first)
        return compared(words)

    def sentence(self) -> Span:
        """The sentence that holds the answer, or those that it runs over."""
        if self.span is None:
            raise ValueError("a passage without an answer has no sentence that holds it")
        return sentence_of(self.document, self.span)


def read_passages(
    index: Searchable, reader: Reader, question: Question, found: Sequence[Retrieved]
) -> list[Read]:
    """The best of `found`, at most `READ_PASSAGES`, read beside the question, in their order."""
    found = found[:READ_PASSAGES]
    index.read_ahead(one.passage.document for one in found)
    documents = [index.document(one.passage.document) for one in found]
    views = [
        matching_text(one.passage.span.of(document.text))
        for one, document in zip(found, documents, strict=True)
    ]
    texts = [
        Text(matching_text(document.search_title).text, view.text)
        for view, document in zip(views, documents, strict=True)
    ]
    stories = index.stories()
    stories.read_ahead(one.passage.document for one in found)
    return [
        _read(question, one, _in_text(reading, view), document, stories)
        for one, reading, document, view in zip(
            found, reader.read(question.asked, texts), documents, views, strict=True
        )
    ]


def _in_text(reading: Reading, view: MatchingText) -> Reading:
    """A reading of a passage's view, its spans those of the passage's own text."""
    if view.runs is None:
        return reading
    spans = tuple(replace(one, span=view.span_in_text(one.span)) for one in reading.spans)
    return replace(reading, spans=spans)


def _read(
    question: Question, retrieved: Retrieved, reading: Reading, document: Document, stories: Stories
) -> Read:
    key, at = retrieved.passage.document, retrieved.passage.span.start
    story = stories.story(key)
    edition = key if stories.versions(key).any else story
    found = [
        (Span(at + one.span.start, at + one.span.end), one.score)
        for one in reading.spans
        if not any(
            region.span.overlap(Span(at + one.span.start, at + one.span.end))
            for region in document.regions
        )
    ]
    if not found:
        return Read(retrieved, reading, document, None, LEAST, story, edition)
    placed = [
        (chosen, score)
        for span, score in found
        if (chosen := _in_its_place(document, retrieved.passage.span, span, question))
    ]
    # If the likeliest span points at a blank cell, the table does not answer.
    blank = _in_its_place(document, retrieved.passage.span, found[0][0], question) is None
    if blank or not placed:
        return Read(retrieved, reading, document, None, found[0][1], story, edition)
    new = [one for one in placed if question.is_answered_by(one[0].of(document.text))]
    span, score = (new or placed)[0]
    spans = tuple(dict.fromkeys(new or placed))
    return Read(retrieved, reading, document, span, score, story, edition, spans)


def _in_its_place(document: Document, passage: Span, span: Span, question: Question) -> Span | None:
    """A span cut to its paragraph; in a table the cell that is asked for, None if it is blank."""
    text = document.text
    rows = rows_in(text, passage)
    if any(row.span.overlap(span) for row in rows):
        return span_in_table(rows, span, question)
    if "\n" not in span.of(text):
        return span
    around = [unit for unit in units(text, passage) if unit.overlap(span)]
    if len(around) <= 1:
        return span
    return Span(max(span.start, around[0].start), min(span.end, around[0].end))


def rank_features(read: Sequence[Read]) -> Floats:
    """The features `RANKED_BY` of each passage, shape (n, features)."""
    rows = [
        (
            one.retrieved.score,
            one.retrieved.cosine,
            one.reading.relevance,
            clipped(one.reading.answering),
            clipped(one.evidence),
        )
        for one in read
    ]
    return np.array(rows, np.float64).reshape(len(rows), len(RANKED_BY))


def rank_scores(read: Sequence[Read], weighting: Weighting, *, is_topic: bool = False) -> Floats:
    """How well each passage bears on what is asked, shape (n,); higher is better.

    Args:
        read: the passages, in any order.
        weighting: the fitted weights.
        is_topic: whether a topic is named and nothing asked; reading then counts for less.
    """
    factors = [_FOR_TOPICS if is_topic and one in OF_READER else 1.0 for one in RANKED_BY]
    return np.asarray(rank_features(read) @ (np.array(weighting.rank) * factors))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was read, best first, with the rank scores, in the same order."""

    read: list[Read]
    scores: Floats


def weighed(read: Sequence[Read], weighting: Weighting, *, is_topic: bool = False) -> Weighed:
    """The passages in the order of `rank_scores`; equal ones stay as they were."""
    scores = rank_scores(read, weighting, is_topic=is_topic)
    order = np.argsort(-scores, kind="stable")
    return Weighed([read[place] for place in order], scores[order])


def ranking(found: Sequence[Retrieved], weighed_: Weighed) -> list[Retrieved]:
    """All of `found`: first what was read, by rank score, then the rest in fusion's order.

    The new scores are the softmax of the rank scores of the passages read, and 0 for the rest.
    """
    shares = np.exp(weighed_.scores - weighed_.scores.max(initial=0.0))
    shares = shares / shares.sum() if len(shares) else shares
    first = [
        replace(one.retrieved, score=float(share_))
        for one, share_ in zip(weighed_.read, shares, strict=True)
    ]
    rest = [replace(one, score=0.0) for one in found[len(first) :]]
    return [*first, *rest]


def clipped(value: float) -> float:
    """A score kept between -20 and 20."""
    return max(LEAST, min(MOST, value))

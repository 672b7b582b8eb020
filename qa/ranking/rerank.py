"""Weighing what was retrieved and what was read: the order of passages, the answer, how sure."""

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index import Document, Span, Stories
from index.search.bm25 import terms
from index.text.matching import MatchingText, matching_text
from index.text.paragraphs import units
from qa.question import Question
from qa.ranking.sentence_ranking import holds_kind, rarities, share
from qa.ranking.table_cells import rows_in, span_in_table
from qa.ranking.weights import OF_READER, RANKED_BY, Weighting
from qa.reader.base import Reader, Reading, Text
from qa.retrieval.fusion import Retrieved
from qa.retrieval.searchable import Searchable
from qa.sentence_span import sentence_of

Floats = NDArray[np.float64]

READ_PASSAGES = 20
READ_FIRST, READ_NEXT = 8, 4
"""How many passages are read before it is first asked, and then again, whether that settles it."""
MOST_OTHERS = 3
_LEAST, _MOST = -20.0, 20.0


@dataclass(frozen=True, slots=True)
class Read:
    """A passage that was read, and the reader's answer: `span` of the document's text.

    None when it found none in the article's body: footers and titles are not its claims.
    `evidence` is the span's score by the reader. `story` is what its document shares with its
    copies, and `edition` the same, unless there are versions of the article that may differ.
    """

    retrieved: Retrieved
    reading: Reading
    document: Document
    span: Span | None
    evidence: float
    story: str
    edition: str

    @property
    def answer(self) -> str:
        """The answer's words as they are compared with another's."""
        words = terms(self.span.of(self.document.text)) if self.span else []
        return " ".join(words)

    def sentence(self) -> Span:
        """The sentence that holds the answer, or those that it runs over."""
        if self.span is None:
            raise ValueError("a passage without an answer has no sentence that holds it")
        return sentence_of(self.document, self.span)


def read_passages(
    index: Searchable,
    reader: Reader,
    question: Question,
    found: Sequence[Retrieved],
    weighting: Weighting | None = None,
) -> list[Read]:
    """The best of `found`, at most `READ_PASSAGES`, read beside the question, in their order.

    With a `weighting` reading ends as soon as none of the others can come first by it.
    """
    found = found[:READ_PASSAGES]
    read: list[Read] = []
    while len(read) < len(found):
        step = READ_FIRST if not read else READ_NEXT
        read += _read_some(index, reader, question, found[len(read) : len(read) + step])
        if weighting and _is_settled(read, found[len(read) :], weighting):
            break
    return read


def _is_settled(read: Sequence[Read], rest: Sequence[Retrieved], weighting: Weighting) -> bool:
    """Whether none of the `rest` can come before the best that answers.

    That is so unless reading adds more to one than it did to any in the fit.
    """
    fused, cosine, *_ = weighting.rank
    answering = [one for one in read if one.span is not None]
    best = rank_scores(answering, weighting).max(initial=-math.inf)
    most = [fused * one.score + cosine * one.cosine + weighting.most for one in rest]
    return bool(best > max(most, default=-math.inf))


def _read_some(
    index: Searchable,
    reader: Reader,
    question: Question,
    found: Sequence[Retrieved],
) -> list[Read]:
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
    return [
        _read(question, one, _in_text(reading, view), document, stories)
        for one, reading, document, view in zip(
            found, reader.read(question.asked, texts), documents, views, strict=True
        )
    ]


def _in_text(reading: Reading, view: MatchingText) -> Reading:
    """A reading of a passage's view, its spans those of the passage's own text."""
    if view.starts is None:
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
        return Read(retrieved, reading, document, None, _LEAST, story, edition)
    new = (one for one in found if question.is_answered_by(one[0].of(document.text)))
    span, score = next(new, found[0])
    chosen = _in_its_place(document, retrieved.passage.span, span, question)
    return Read(retrieved, reading, document, chosen, score, story, edition)


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
            _clipped(one.reading.answering),
            _clipped(one.evidence),
        )
        for one in read
    ]
    return np.array(rows, np.float64).reshape(len(rows), len(RANKED_BY))


def read_part(read: Sequence[Read], rank: Sequence[float]) -> Floats:
    """What reading adds to each passage's rank score, shape (n,)."""
    names = np.array([name in OF_READER for name in RANKED_BY])
    return np.asarray(rank_features(read) @ (np.array(rank) * names))


def rank_scores(read: Sequence[Read], weighting: Weighting) -> Floats:
    """How well each passage bears on the question, shape (n,); higher is better."""
    return np.asarray(rank_features(read) @ np.array(weighting.rank))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was read, best first, with the rank scores, in the same order."""

    read: list[Read]
    scores: Floats

    @property
    def best(self) -> Read | None:
        """The passage whose answer is given: the first that has one."""
        return next((one for one in self.read if one.span), None)


def weighed(read: Sequence[Read], weighting: Weighting) -> Weighed:
    """The passages in the order of their rank scores; equal ones stay as they were."""
    scores = rank_scores(read, weighting)
    order = np.argsort(-scores, kind="stable")
    return Weighed([read[place] for place in order], scores[order])


def ranking(found: Sequence[Retrieved], weighed_: Weighed) -> list[Retrieved]:
    """All of `found`: first what was read, by rank score, then the rest in fusion's order.

    Each score is now the probability that the passage is the one, among those read.
    """
    shares = np.exp(weighed_.scores - weighed_.scores.max(initial=0.0))
    shares = shares / shares.sum() if len(shares) else shares
    first = [
        replace(one.retrieved, score=float(share_))
        for one, share_ in zip(weighed_.read, shares, strict=True)
    ]
    rest = [replace(one, score=0.0) for one in found[len(first) :]]
    return [*first, *rest]


def distinct(weighed_: Weighed, series: AbstractSet[str] = frozenset()) -> list[Read]:
    """The best answer of each other story or version that differs from the one given, best first.

    Two answers are one when the words of either hold the other's.

    Args:
        weighed_: what was read, weighed.
        series: the keys of the documents that are of one series with the answer's: all of their
            answers are given, of other documents at most `MOST_OTHERS`.
    """
    if weighed_.best is None:
        return []
    known = [weighed_.best.answer]
    seen = {weighed_.best.edition}
    found = []
    for one in weighed_.read:
        told = one.answer
        if one.edition in seen or not told:
            continue
        seen.add(one.edition)
        if any(f" {a} " in f" {b} " for k in known for a, b in ((k, told), (told, k))):
            continue
        known.append(told)
        found.append(one)
    beside = [one for one in found if one.retrieved.passage.document not in series]
    return [one for one in found if one not in beside[MOST_OTHERS:]]


def sure_features(index: Searchable, question: Question, weighed_: Weighed, read: Read) -> Floats:
    """The features `SURE_BY` of the answer that `read` gives, shape (features,)."""
    within = read.sentence()
    text = read.document.text
    rarity = rarities(index, question)
    title = terms(read.document.search_title)
    sentence = {*terms(within.of(text)), *title}
    passage = {*terms(read.retrieved.passage.span.of(text)), *title}
    names = question.names & rarity.keys()
    scores = dict(zip(map(id, weighed_.read), weighed_.scores, strict=True))
    others = [one for one in weighed_.read if one.story != read.story and one.answer]
    agreeing = {one.story for one in others if one.answer == read.answer}
    against = [scores[id(one)] for one in others if one.answer != read.answer]
    missing = [weight for term, weight in rarity.items() if term not in passage]
    unknown = [weight for weight in rarity.values() if weight >= 1.0]
    return np.array(
        [
            _clipped(read.reading.answering),
            _clipped(read.evidence),
            read.reading.relevance,
            min(float(scores[id(read)] - max(against)), 10.0) if against else 10.0,
            math.log1p(len(agreeing)),
            read.retrieved.score,
            read.retrieved.cosine,
            share(rarity, sentence),
            share(rarity, passage),
            share({name: rarity[name] for name in names}, passage),
            holds_kind(question, within.of(text)),
            max(missing, default=0.0),
            sum(unknown) / max(1.0, sum(rarity.values())),
        ]
    )


def confidence(features: Floats, weighting: Weighting) -> float:
    """The probability, 0 to 1, that the answer with these features is right."""
    total = weighting.bias + float(features @ np.array(weighting.sure))
    return 1 / (1 + math.exp(-max(_LEAST, min(_MOST, total))))


def _clipped(value: float) -> float:
    return max(_LEAST, min(_MOST, value))

"""From the passages found for a question to what is said: by reading them, or by sentences."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from index import Passage, Span, Vectors, Where
from index.embedding.caching import CachingEncoder
from qa.answer import Quotation
from qa.answering.document_facts import About
from qa.answering.expand_span import is_yes_no
from qa.ranking.rerank import (
    Read,
    Weighed,
    confidence,
    distinct,
    ranking,
    read_passages,
    sure_features,
    weighed,
)
from qa.ranking.sentence_ranking import best_sentences, fitted
from qa.ranking.sentence_ranking import confidence as sentence_confidence
from qa.ranking.weights import Weighting
from qa.reader.base import Reader, Reranker
from qa.reader.reranked import Reranked
from qa.retrieval.fusion import Retrieved, Searchable


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to a question.

    `ranked` holds every passage found, best first, but the one of the answer before all others.
    `best` is the likeliest answer and `answered` whether it is likely enough to be given.
    `others` are different answers of other documents. `marked` has the answering span in a
    passage, by passage id, and `chances` how likely the reader finds an answer in it.
    """

    ranked: list[Retrieved]
    best: Quotation | None = None
    answered: bool = False
    confidence: float = 0.0
    others: tuple[Quotation, ...] = ()
    marked: dict[int, Span] = field(default_factory=dict)
    chances: dict[int, float] = field(default_factory=dict)

    def stating(self, fact: About, sure: float) -> "Said":
        """The same, but that the answer is a fact of a document's own."""
        span = fact.fact.span or fact.passage.span
        return replace(
            self,
            ranked=_first(self.ranked, fact.passage),
            best=Quotation.of(fact.document, span, sure),
            answered=True,
            confidence=sure,
            others=(),
            marked={**self.marked, fact.passage.id: span},
        )


class Answering(Protocol):
    """A way to an answer. `threshold` is the least confidence at which it was fitted to answer."""

    threshold: float

    def say(
        self,
        question: str,
        vector: Vectors,
        found: Sequence[Retrieved],
        where: Where | None,
        threshold: float,
    ) -> Said:
        """What is said to `question`, given the passages found for it, best first."""
        ...


def way_of_answering(
    index: Searchable, reader: Reader | None, reranker: Reranker | None, weighting: Weighting
) -> Answering:
    """The way in which a reader and a reranker, either or none, answer from `index`."""
    if reader and reranker:
        return ByReading(index, Reranked(reader, reranker), weighting)
    if reader:
        return ByReading(index, reader, weighting)
    if reranker:
        return ByReranking(index, reranker, weighting, BySentence(index))
    return BySentence(index)


class ByReading:
    """Answers with the words that a reader points at, and ranks by what it read."""

    def __init__(self, index: Searchable, reader: Reader, weighting: Weighting) -> None:
        """Read the passages of `index`; `weighting` was fitted for `reader`."""
        self._index = index
        self._reader = reader
        self._weighting = weighting
        self.threshold = self._weighting.threshold

    def say(
        self,
        question: str,
        vector: Vectors,
        found: Sequence[Retrieved],
        where: Where | None,
        threshold: float,
    ) -> Said:
        """See `Answering.say`."""
        weighting = self._weighting
        read = weighed(
            read_passages(self._index, self._reader, question, found, where, weighting), weighting
        )
        ranked = ranking(found, read)
        marked = {one.retrieved.passage.id: one.span for one in read.read if one.span}
        chances = {
            one.retrieved.passage.id: 1 / (1 + math.exp(-one.reading.answering))
            for one in read.read
        }
        given = read.best
        if given is None:
            return Said(ranked, marked=marked, chances=chances)
        best = self._quotation(question, read, given)
        if is_yes_no(question):
            best = self._sentence(question, vector, given, where, best)
        marked[given.retrieved.passage.id] = Span(best.citation.start, best.citation.end)
        others = [self._quotation(question, read, one) for one in distinct(read)]
        likely = [one for one in others if one.confidence >= threshold]
        answered = best.confidence >= threshold
        return Said(
            _first(ranked, given.retrieved.passage) if answered else ranked,
            best,
            answered,
            best.confidence,
            tuple(sorted(likely, key=lambda one: -one.confidence)),
            marked,
            chances,
        )

    def _quotation(self, question: str, read: Weighed, one: Read) -> Quotation:
        sure = confidence(sure_features(self._index, question, read, one), self._weighting)
        return Quotation.of(one.document, one.quoted(question), sure, one.sentence())

    def _sentence(
        self,
        question: str,
        vector: Vectors,
        given: Read,
        where: Where | None,
        best: Quotation,
    ) -> Quotation:
        """The sentence of the best passage that is nearest to a yes-or-no question."""
        evidence = best_sentences(
            self._index, self._index.encoder, question, vector, [given.retrieved], fitted(), where
        )
        if not evidence:
            return best
        return Quotation.of(evidence[0].document, evidence[0].span, best.confidence)


class BySentence:
    """Answers with the whole sentence nearest to the question in words and meaning."""

    def __init__(self, index: Searchable) -> None:
        """Quote the sentences of `index`."""
        self._index = index
        self._weights = fitted()
        self._encoder: CachingEncoder | None = None
        self.threshold = self._weights.threshold

    def say(
        self,
        question: str,
        vector: Vectors,
        found: Sequence[Retrieved],
        where: Where | None,
        threshold: float,
    ) -> Said:
        """See `Answering.say`."""
        if self._encoder is None:
            self._encoder = CachingEncoder(self._index.encoder)
        evidence = best_sentences(
            self._index, self._encoder, question, vector, found, self._weights, where
        )
        marked = {one.retrieved.passage.id: one.span for one in reversed(evidence)}
        if not evidence:
            return Said(list(found), marked=marked)
        first = evidence[0]
        sure = sentence_confidence(first.features, self._weights)
        answered = sure >= threshold
        ranked = _first(found, first.retrieved.passage) if answered else list(found)
        best = Quotation.of(first.document, first.span, sure)
        return Said(ranked, best, answered, sure, marked=marked)


class ByReranking:
    """Ranks by what a reranker says, and then answers in another way."""

    def __init__(
        self, index: Searchable, reranker: Reranker, weighting: Weighting, then: Answering
    ) -> None:
        """Rank the passages of `index`, and let `then` answer from them."""
        self._index = index
        self._reader = Reranked(None, reranker)
        self._weighting = weighting
        self._then = then
        self.threshold = then.threshold

    def say(
        self,
        question: str,
        vector: Vectors,
        found: Sequence[Retrieved],
        where: Where | None,
        threshold: float,
    ) -> Said:
        """See `Answering.say`."""
        read = read_passages(self._index, self._reader, question, found, where)
        ranked = ranking(found, weighed(read, self._weighting))
        return self._then.say(question, vector, ranked, where, threshold)


def _first(found: Sequence[Retrieved], holder: Passage) -> list[Retrieved]:
    """The passages with the one that holds the answer first."""
    others = [one for one in found if one.passage.id != holder.id]
    unfound = Retrieved(holder, 1.0, 0.0, 0.0, None, None)
    return [next((one for one in found if one.passage.id == holder.id), unfound), *others]

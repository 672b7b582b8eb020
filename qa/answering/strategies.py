"""The ways to answer a question from the passages found: by reading them, or by sentences."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from index import Passage, Span, Vectors
from index.embedding.caching import CachingEncoder
from index.search.bm25 import terms
from qa.answer import Quotation
from qa.answering.changing_facts import in_office_first, later, latest_first
from qa.answering.choice import (
    CLOSE,
    Chosen,
    agreeing,
    chosen,
    distinct,
    meeting_first,
    terms_met,
)
from qa.answering.document_facts import About
from qa.answering.lists import asks_for_list, enumeration_first, members
from qa.answering.refusal import why_refused
from qa.answering.yes_no import Verdict, settling_first, verdict
from qa.language.question import Question
from qa.ranking.rerank import Read, ranking, read_passages, weighed
from qa.ranking.sentence_ranking import best_sentences, fitted
from qa.ranking.sentence_ranking import confidence as sentence_confidence
from qa.ranking.weights import Weighting
from qa.reader.base import Reader, Reranker
from qa.reader.reranked import Reranked
from qa.retrieval.fusion import Retrieved
from qa.retrieval.searchable import Searchable

_WORTH_SHOWING = 0.1
"""The least confidence of an answer that is not given but shown as a possible one."""
_WORTH_LISTING = 0.2
"""The least confidence of an answer that is always shown beside another."""


_TOO_UNSURE = "The likeliest answer is less likely right than the precision asks for."


@dataclass(frozen=True, slots=True)
class Least:
    """What an answer must reach to be given.

    Attributes:
        answerability: the least probability, 0 to 1, that the documents answer the question.
        confidence: the least probability, 0 to 1, that the answer is right.
    """

    answerability: float
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """The result of answering a question.

    `ranked` holds every passage found, best first, except that the passage of a given answer is
    the first. `best` is the likeliest answer and `answered` whether it is given; `confidence` is
    the probability that it is right, and `answerability` that the documents answer the question
    at all. `others` are different answers of other documents, and `agreeing` the same answer in
    documents of other stories; `members` are what other passages name where several things are
    asked. By passage id, `marked` has the answering span and `chances` the probability that the
    passage answers. `reasons` say why no answer is given, and `withheld` whether only its
    confidence is too low. `verdict` is the answer to a yes-or-no question.
    """

    ranked: list[Retrieved]
    best: Quotation | None = None
    answered: bool = False
    confidence: float = 0.0
    answerability: float = 0.0
    others: tuple[Quotation, ...] = ()
    marked: dict[int, Span] = field(default_factory=dict)
    chances: dict[int, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    verdict: Verdict | None = None
    agreeing: tuple[Quotation, ...] = ()
    members: tuple[Quotation, ...] = ()
    withheld: bool = False

    @property
    def possible(self) -> Quotation | None:
        """The likeliest answer where none is given, unless hardly anything speaks for it."""
        worth_it = self.best is not None and self.best.confidence >= _WORTH_SHOWING
        return self.best if worth_it and not self.answered else None

    def competing_with(self, fact: About) -> "Said":
        """Add a fact about a document, such as its author, as a competing answer.

        Its confidence is `About.share`. If an answer given from the text is more confident, it
        stays the answer and the fact is listed in `others`. Otherwise the fact becomes the answer
        and the answers from the text are listed, unless they have the same words.
        """
        span = fact.fact.span or fact.passage.span
        stated = Quotation.of(fact.document, span, fact.share)
        if self.answered and self.best and self.best.confidence > fact.share:
            return replace(self, others=(stated, *self.others))
        texts = [self.best, *self.others] if self.answered and self.best else []
        return replace(
            self,
            ranked=_first(self.ranked, fact.passage),
            best=stated,
            answered=True,
            confidence=fact.share,
            answerability=max(fact.share, self.answerability),
            reasons=(),
            verdict=None,
            agreeing=(),
            members=(),
            withheld=False,
            others=tuple(one for one in texts if one.text != stated.text),
            marked={**self.marked, fact.passage.id: span},
        )


class Answering(Protocol):
    """A way to an answer. `threshold` is the answerability from which it was fitted to answer."""

    threshold: float

    def say(
        self,
        index: Searchable,
        question: Question,
        vector: Vectors,
        found: Sequence[Retrieved],
        least: Least,
    ) -> Said:
        """Answer a question from the passages found for it.

        Args:
            index: what was searched, with its filter.
            question: the question.
            vector: its vector, shape (1, dimension).
            found: the passages, best first.
            least: what an answer must reach to be given.
        """
        ...


def way_of_answering(
    reader: Reader | None, reranker: Reranker | None, weighting: Weighting
) -> Answering:
    """The way in which a reader and a reranker, either or none, answer."""
    if reader and reranker:
        return ByReading(Reranked(reader, reranker), weighting)
    if reader:
        return ByReading(reader, weighting)
    if reranker:
        return ByReranking(reranker, weighting, BySentence())
    return BySentence()


class ByReading:
    """Answers with the words that a reader points at, and ranks by what it read."""

    def __init__(self, reader: Reader, weighting: Weighting) -> None:
        """Read passages with `reader`; `weighting` was fitted for it."""
        self._reader = reader
        self._weighting = weighting
        self.threshold = self._weighting.threshold

    def say(
        self,
        index: Searchable,
        question: Question,
        vector: Vectors,
        found: Sequence[Retrieved],
        least: Least,
    ) -> Said:
        """See `Answering.say`; the question's vector is not needed here."""
        del vector
        read = read_passages(index, self._reader, question, found)
        in_order = weighed(read, self._weighting, is_topic=question.is_topic)
        ranked = ranking(found, in_order)
        marked = {one.retrieved.passage.id: one.span for one in read if one.span}
        chances = {
            one.retrieved.passage.id: 1 / (1 + math.exp(-one.reading.answering)) for one in read
        }
        candidates = chosen(index, question, in_order.read, self._weighting)
        likeliest = candidates[:1]
        candidates = meeting_first(candidates)
        for better_first in (latest_first, in_office_first, enumeration_first):
            candidates = better_first(question, candidates)
        candidates = settling_first(question, in_order.read, candidates)
        if not candidates:
            reasons = why_refused(index, question, [])
            return Said(ranked, marked=marked, chances=chances, reasons=reasons)
        first = candidates[0]
        given = first.read.retrieved
        best = _quotation(first)
        marked[given.passage.id] = Span(best.citation.start, best.citation.end)
        series = set(index.stories().series(given.passage.document))
        others = [
            _quotation(one)
            for one in distinct(candidates, series)
            if one.confidence >= _WORTH_LISTING
            or (one.confidence >= _WORTH_SHOWING and one.answerability >= least.answerability)
            or one.chance >= CLOSE * first.chance
            or one.read.story == first.read.story  # another version of the article
            or (
                one.read.retrieved.passage.document in series
                and terms_met(question, one.read) >= terms_met(question, first.read)
            )
        ]
        others += [one for one in map(_quotation, later(question, candidates)) if one not in others]
        word = None
        if question.wants_yes_or_no:
            word, against = verdict(question, candidates)
            others = [_quotation(against)] if against else []
        more: list[Chosen] = []
        if asks_for_list(question):
            more = members(question, candidates)
            others = [] if more else others
        answerability = _answerability(first, likeliest)
        answers = answerability >= least.answerability and shares_a_word(question, first.read)
        answered = answers and first.confidence >= least.confidence
        reasons = (_TOO_UNSURE,) if answers else why_refused(index, question, candidates)
        agree = [] if question.wants_yes_or_no else agreeing(question, candidates, _WORTH_LISTING)
        return Said(
            _first(ranked, given.passage) if answered else ranked,
            best,
            answered,
            best.confidence,
            answerability,
            others=tuple(sorted(others, key=lambda one: -one.confidence)),
            marked=marked,
            chances=chances,
            reasons=() if answered else reasons,
            verdict=word if answered else None,
            agreeing=tuple(map(_quotation, agree)),
            members=tuple(map(_quotation, more)),
            withheld=answers and not answered,
        )


def _answerability(first: Chosen, likeliest: Sequence[Chosen]) -> float:
    """How likely the documents answer the question, by the answer and by the likeliest one.

    That another answer than the likeliest is put first, as the newest, makes it no less likely.
    """
    if first.is_refused:
        return first.answerability
    return max((first.answerability, *(one.answerability for one in likeliest)))


def _quotation(one: Chosen) -> Quotation:
    """The answer as it is given: made whole, or for a yes-or-no question its sentence."""
    sentence = one.read.sentence()
    return Quotation.of(one.read.document, one.read.whole or sentence, one.confidence, sentence)


def shares_a_word(question: Question, read: Read) -> bool:
    """Whether a passage or its title has any word that the question is about.

    A question of stop words, or of words that stand nowhere near, is not answered. Questions in a
    script without spaces between words are left to the reader.
    """
    if not all(term.isascii() for term in question.terms):
        return True
    text = read.retrieved.passage.span.of(read.document.text)
    there = {*terms(text), *terms(read.document.search_title)}
    return any(term in there for term in question.own_terms)


class BySentence:
    """Answers with the whole sentence nearest to the question in words and meaning."""

    def __init__(self) -> None:
        """Quote sentences, as the weights that ship say."""
        self._weights = fitted()
        self._encoder: CachingEncoder | None = None
        self.threshold = self._weights.threshold

    def say(
        self,
        index: Searchable,
        question: Question,
        vector: Vectors,
        found: Sequence[Retrieved],
        least: Least,
    ) -> Said:
        """See `Answering.say`."""
        if self._encoder is None:
            self._encoder = CachingEncoder(index.encoder)
        evidence = best_sentences(index, self._encoder, question, vector, found, self._weights)
        marked = {one.retrieved.passage.id: one.span for one in reversed(evidence)}
        if not evidence:
            return Said(list(found), marked=marked, reasons=why_refused(index, question, []))
        first = evidence[0]
        sure = sentence_confidence(first.features, self._weights)
        answered = sure >= max(least.answerability, least.confidence)
        ranked = _first(found, first.retrieved.passage) if answered else list(found)
        best = Quotation.of(first.document, first.span, sure)
        reasons = () if answered else why_refused(index, question, [])
        return Said(ranked, best, answered, sure, sure, marked=marked, reasons=reasons)


class ByReranking:
    """Ranks by what a reranker says, and then answers in another way."""

    def __init__(self, reranker: Reranker, weighting: Weighting, then: Answering) -> None:
        """Rank passages by `reranker`, and let `then` answer from them."""
        self._reader = Reranked(None, reranker)
        self._weighting = weighting
        self._then = then
        self.threshold = then.threshold

    def say(
        self,
        index: Searchable,
        question: Question,
        vector: Vectors,
        found: Sequence[Retrieved],
        least: Least,
    ) -> Said:
        """See `Answering.say`."""
        read = read_passages(index, self._reader, question, found)
        ranked = ranking(found, weighed(read, self._weighting, is_topic=question.is_topic))
        return self._then.say(index, question, vector, ranked, least)


def _first(found: Sequence[Retrieved], holder: Passage) -> list[Retrieved]:
    """The passages with the one that holds the answer first."""
    others = [one for one in found if one.passage.id != holder.id]
    unfound = Retrieved(holder, 1.0, 0.0, 0.0, None, None)
    return [next((one for one in found if one.passage.id == holder.id), unfound), *others]

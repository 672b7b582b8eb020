"""The assistant: the one path from a question to an answer."""

import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from index import Document, Encoder, Index, Passage, QuothError, Span, Where
from index.encode import Remembering
from index.filters import uses_date, without_dates
from qa.about import about
from qa.answer import Answer, CitedPassage, Quotation
from qa.citation import cite
from qa.evidence import best_sentences, confidence, fitted
from qa.retrieve import Fusion, Retrieved, Searchable, retrieve
from qa.settings import Settings

MAX_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Considered:
    """What was found for a question.

    `ranked` holds every passage found, best first, but the one of the answer before all others.
    `best` is the likeliest answer and `answered` whether it is likely enough to be given.
    `marked` has the span to mark in a passage, by passage id; `seconds` the time of each stage.
    """

    question: str
    ranked: list[Retrieved]
    best: Quotation | None
    answered: bool
    confidence: float
    marked: dict[int, Span]
    seconds: dict[str, float]


class _Watch:
    """Seconds from lap to lap."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name], self._at = now - self._at, now


class Assistant:
    """Answers questions about the documents of one index, in their own words.

    >>> with Assistant.open(".quoth") as assistant:                     # doctest: +SKIP
    ...     answer = assistant.ask("who brokered the September 13 ceasefire?")
    ...     print(answer.answer.text)
    Clashes continued yesterday … a ceasefire brokered by Moscow on September 13.
    """

    def __init__(
        self, index: Searchable, fusion: Fusion | None = None, threshold: float | None = None
    ) -> None:
        """Answer from `index`, when at least `threshold` sure (0 to 1; None: as it was fitted)."""
        self.index = index
        self._fusion = fusion or Fusion()
        self._weights = fitted()
        self.threshold = self._weights.threshold if threshold is None else threshold
        self._remembering: Remembering | None = None

    @classmethod
    def open(
        cls,
        path: str | Path,
        encoder: Encoder | None = None,
        settings: Settings | None = None,
    ) -> Self:
        """Answer from the index in the folder `path`.

        Of `settings` those of asking count; an index remembers how it was made.
        Raises QuothError if there is no index there.
        """
        settings = settings or Settings()
        return cls(Index.open(path, encoder), settings.fusion, settings.threshold)

    def close(self) -> None:
        """Let go of the index, if it is one on disk."""
        if isinstance(self.index, Index):
            self.index.close()

    def __enter__(self) -> Self:
        """The assistant itself, closed at the end of the `with`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def ask(self, question: str, k: int = 5, where: Where | None = None) -> Answer:
        """Answer `question` from the documents that pass `where`, citing up to `k` passages.

        The passages are best first, but the one that holds the answer is always the first.
        Raises QuothError for a question that is empty or over 2,000 characters, or k below 1.
        """
        if k < 1:
            raise QuothError(f"{k} passages cannot be shown; ask for 1 or more")
        considered = self.consider(question, where)
        marked = considered.marked
        return Answer(
            question=considered.question,
            answer=considered.best if considered.answered else None,
            confidence=considered.confidence,
            passages=tuple(
                self._cited(rank, one, marked.get(one.passage.id), where)
                for rank, one in enumerate(considered.ranked[:k], 1)
            ),
            undated=self._undated(where),
        )

    def consider(self, question: str, where: Where | None = None) -> Considered:
        """Everything found for `question`, before it is decided how much of it to show.

        Raises QuothError for a question that is empty or over 2,000 characters.
        """
        asked = _checked(question)
        watch = _Watch()
        encoder = self._encoder()
        vector = encoder.encode([asked])
        watch.lap("encode")
        found = retrieve(self.index, asked, vector, where, self._fusion)
        watch.lap("retrieve")
        evidence = best_sentences(self.index, encoder, asked, vector, found, self._weights, where)
        sure = confidence(evidence[0].features, self._weights) if evidence else 0.0
        best, holder = None, None
        if evidence:
            first = evidence[0]
            best = Quotation.of(first.document, first.span, sure)
            holder = first.retrieved.passage
        answered = bool(evidence) and sure >= self.threshold
        if fact := about(self.index, asked, where):
            sure = max(sure, fact.share)
            best = Quotation.of(fact.document, fact.fact.span or fact.passage.span, sure)
            holder, answered = fact.passage, True
        marked = {one.retrieved.passage.id: one.span for one in reversed(evidence)}
        if best and holder and answered:
            marked[holder.id] = Span(best.citation.start, best.citation.end)
        watch.lap("answer")
        ranked = _first(found, holder if answered else None)
        return Considered(asked, ranked, best, answered, sure, marked, watch.seconds)

    def _encoder(self) -> Encoder:
        if self._remembering is None:
            self._remembering = Remembering(self.index.encoder)
        return self._remembering

    def _cited(
        self, rank: int, one: Retrieved, marked: Span | None, where: Where | None
    ) -> CitedPassage:
        document: Document = self.index.document(one.passage.document, where)
        return CitedPassage(
            rank=rank,
            score=one.score,
            citation=cite(document, one.passage.span),
            highlights=(marked,) if marked and one.passage.span.holds(marked) else (),
            part=one.passage.part,
            copies=document.copies,
            cosine=one.cosine,
            text_rank=one.text_rank,
            vector_rank=one.vector_rank,
        )

    def _undated(self, where: Where | None) -> int:
        if where is None or not uses_date(where):
            return 0
        considered = self.index.documents(without_dates(where))
        return sum(one.published is None for one in considered)


def _first(found: list[Retrieved], holder: Passage | None) -> list[Retrieved]:
    """The passages with the one that holds the answer first."""
    if holder is None:
        return found
    others = [one for one in found if one.passage.id != holder.id]
    unfound = Retrieved(holder, 1.0, 0.0, 0.0, None, None)
    return [next((one for one in found if one.passage.id == holder.id), unfound), *others]


def _checked(question: str) -> str:
    asked = question.encode("utf-8", "replace").decode().strip()
    if not asked:
        message = "the question is empty; ask something"
        raise QuothError(message)
    if len(asked) > MAX_QUESTION:
        message = (
            f"the question has {len(asked):,} characters and at most {MAX_QUESTION:,} are read; "
            "shorten it"
        )
        raise QuothError(message)
    return asked

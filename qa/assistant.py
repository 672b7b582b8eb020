"""The assistant: the one path from a question to an answer."""

from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from index import Document, Encoder, Index, Part, Passage, QuothError, Span, Where
from index.encode import Remembering
from index.filters import uses_date, without_dates
from qa.about import about
from qa.citation import Citation, cite
from qa.evidence import best_sentences, confidence, fitted
from qa.retrieve import Fusion, Retrieved, Searchable, retrieve

MAX_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words that answer, how likely they do (0 to 1), and where they stand."""

    text: str
    confidence: float
    citation: Citation

    @classmethod
    def of(cls, document: Document, span: Span, confidence: float) -> Self:
        """The quotation of a span of a document."""
        return cls(span.of(document.text), confidence, cite(document, span))


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage that bears on the question, rank 1 first.

    `score` is the fused one, higher is better. `highlights` are spans of the document's text.
    `part` says whether it is the article's body or one of its footers.
    """

    rank: int
    score: float
    citation: Citation
    highlights: tuple[Span, ...]
    part: Part
    copies: tuple[str, ...]
    cosine: float
    text_rank: int | None
    vector_rank: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question.

    `answer` is None when they do not answer it; the passages are then only the nearest.
    `confidence` is the best sentence's even then. `undated` counts the documents that a date
    filter left out because they state no date.
    """

    question: str
    answer: Quotation | None
    confidence: float
    passages: tuple[CitedPassage, ...]
    undated: int

    def as_json(self) -> dict[str, object]:
        """The answer as plain values, in the form `quoth ask --json` prints."""
        found = None
        if self.answer is not None:
            citation = self.answer.citation
            found = {
                "text": self.answer.text,
                "confidence": round(self.answer.confidence, 4),
                "document": citation.document,
                "start": citation.start,
                "end": citation.end,
                "content_hash": citation.content_hash,
            }
        return {
            "question": self.question,
            "answer": found,
            "passages": [_passage_json(passage) for passage in self.passages],
            "undated": self.undated,
        }


def _passage_json(passage: CitedPassage) -> dict[str, object]:
    stated = asdict(passage.citation)
    stated["text"] = stated.pop("quote")
    return {
        "rank": passage.rank,
        "score": round(passage.score, 4),
        **stated,
        "highlights": [[span.start, span.end] for span in passage.highlights],
        "part": passage.part.value,
        "copies": list(passage.copies),
    }


class Assistant:
    """Answers questions about the documents of one index, in their own words.

    >>> with Assistant.open(".quoth") as assistant:                     # doctest: +SKIP
    ...     answer = assistant.ask("who brokered the September 13 ceasefire?")
    ...     print(answer.answer.text)
    Clashes continued yesterday … a ceasefire brokered by Moscow on September 13.
    """

    def __init__(self, index: Searchable, fusion: Fusion | None = None) -> None:
        """Answer from `index`."""
        self.index = index
        self._fusion = fusion or Fusion()
        self._weights = fitted()
        self._remembering: Remembering | None = None

    @classmethod
    def open(cls, path: str | Path, encoder: Encoder | None = None) -> Self:
        """Answer from the index in the folder `path`.

        Raises QuothError if there is no index there.
        """
        return cls(Index.open(path, encoder))

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
        asked = _checked(question, k)
        encoder = self._encoder()
        vector = encoder.encode([asked])
        found = retrieve(self.index, asked, vector, where, self._fusion)
        evidence = best_sentences(self.index, encoder, asked, vector, found, self._weights, where)
        sure = confidence(evidence[0].features, self._weights) if evidence else 0.0
        quoted, holder = None, None
        if fact := about(self.index, asked, where):
            sure = max(sure, fact.share)
            span = fact.fact.span or fact.passage.span
            quoted, holder = Quotation.of(fact.document, span, sure), fact.passage
        elif evidence and sure >= self._weights.threshold:
            best = evidence[0]
            quoted = Quotation.of(best.document, best.span, sure)
            holder = best.retrieved.passage
        marked = {one.retrieved.passage.id: one.span for one in reversed(evidence)}
        if quoted and holder:
            marked[holder.id] = Span(quoted.citation.start, quoted.citation.end)
        shown = _first(found, holder)[:k]
        return Answer(
            question=asked,
            answer=quoted,
            confidence=sure,
            passages=tuple(
                self._cited(rank, one, marked.get(one.passage.id), where)
                for rank, one in enumerate(shown, 1)
            ),
            undated=self._undated(where),
        )

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


def _checked(question: str, k: int) -> str:
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
    if k < 1:
        message = f"{k} passages cannot be shown; ask for 1 or more"
        raise QuothError(message)
    return asked

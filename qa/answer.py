"""An answer: the quotation, and the passages that bear on the question."""

from dataclasses import asdict, dataclass
from typing import Self

from index import Document, Part, Span
from qa.citation import Citation, cite


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

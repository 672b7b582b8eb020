"""An answer: the quotation, and the passages that bear on the question."""

from dataclasses import asdict, dataclass
from typing import Self

from index import Document, Part, Span, Versions
from qa.citation import Citation, cite


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words that answer, how likely they are right (0 to 1), and where they stand.

    `sentence` is the whole sentence that holds them; without a reader it is the answer itself.
    """

    text: str
    confidence: float
    citation: Citation
    sentence: Citation

    @classmethod
    def of(
        cls, document: Document, span: Span, confidence: float, sentence: Span | None = None
    ) -> Self:
        """The quotation of a span of a document, and of the sentence that holds it."""
        citation = cite(document, span)
        whole = citation if sentence is None or sentence == span else cite(document, sentence)
        return cls(span.of(document.text), confidence, citation, whole)

    def as_json(self) -> dict[str, object]:
        """The quotation as plain values."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "document": self.citation.document,
            "published": self.citation.published,
            "start": self.citation.start,
            "end": self.citation.end,
            "content_hash": self.citation.content_hash,
            "sentence": {
                "text": self.sentence.quote,
                "start": self.sentence.start,
                "end": self.sentence.end,
            },
        }


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage that bears on the question, rank 1 first.

    `score` is higher for a better one: the fused score, or with a reader the probability that it
    is the one among those read. `highlights` are spans of the document's text. `answering` is how
    likely the reader finds an answer in it, 0 to 1; None for a passage that was not read.
    `part` says whether it is the article's body or one of its footers. `copies` are the other
    documents that tell the same story, `versions` those that are the article's own. `file_gone`
    says that the file it was read from is not there any more.
    """

    rank: int
    score: float
    citation: Citation
    highlights: tuple[Span, ...]
    part: Part
    copies: tuple[str, ...]
    versions: Versions
    cosine: float
    text_rank: int | None
    vector_rank: int | None
    answering: float | None
    file_gone: bool = False

    def as_json(self) -> dict[str, object]:
        """The passage as plain values, in the form `quoth ask --json` prints."""
        stated = asdict(self.citation)
        stated["text"] = stated.pop("quote")
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            **stated,
            "highlights": [[span.start, span.end] for span in self.highlights],
            "part": self.part.value,
            "file_gone": self.file_gone,
            "copies": list(self.copies),
            "later": [asdict(one) for one in self.versions.later],
            "earlier": [asdict(one) for one in self.versions.earlier],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question.

    `answer` is None when they do not answer it; the passages are then only the nearest.
    `confidence` is the likeliest answer's even then. `others` are different answers that other
    documents give, likeliest first. `undated` counts the documents that a date
    filter left out because they state no date.
    """

    question: str
    answer: Quotation | None
    confidence: float
    passages: tuple[CitedPassage, ...]
    undated: int
    others: tuple[Quotation, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The answer as plain values, in the form `quoth ask --json` prints."""
        return {
            "question": self.question,
            "answer": self.answer.as_json() if self.answer else None,
            "others": [other.as_json() for other in self.others],
            "passages": [passage.as_json() for passage in self.passages],
            "undated": self.undated,
        }

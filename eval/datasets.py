"""Question sets for measuring: documents, questions, and the judgements that tie them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index import Document, QuothError, Span


@dataclass(frozen=True, slots=True)
class Judgement:
    """A document that answers a question and, where it is known, the spans that do."""

    document: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its accepted answers, and what answers it.

    A question without judgements is unanswerable. `asked_of` is the document that the question
    was written for, if the set states it; that document need not answer it.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    asked_of: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.judgements)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Documents and questions over them. `notices` say what was left out and why.

    Raises QuothError if two documents or two questions have one name, or if there is none.
    """

    name: str
    documents: list[Document]
    questions: list[Question]
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the names."""
        _distinct(f"{self.name}: the document", [document.name for document in self.documents])
        _distinct(f"{self.name}: the question", [question.id for question in self.questions])
        for kind, found in (("document", self.documents), ("question", self.questions)):
            if not found:
                told = "".join(f"; {notice}" for notice in self.notices[:3])
                raise QuothError(f"{self.name} holds no {kind}{told}")

    def fingerprint(self) -> str:
        """SHA-256 over everything that is indexed and asked."""
        digest = hashlib.sha256(documents_fingerprint(self.documents).encode())
        for question in self.questions:
            digest.update(repr(question).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def documents_fingerprint(documents: Sequence[Document]) -> str:
    """SHA-256 over what an index makes of these documents."""
    digest = hashlib.sha256()
    for one in documents:
        what = (one.name, one.content_hash, one.title, one.author, one.published, one.regions)
        digest.update(repr(what).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _distinct(what: str, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise QuothError(f"{what} {twice[0]!r} occurs twice; give each its own name")

"""Judgements over spans of the user's own documents: one JSON object a line.

    {"id": "q1", "question": "who brokered the ceasefire?", "answers": ["Moscow"],
     "evidence": [{"document": "a.txt", "start": 395, "end": 441, "quote": "a ceasefire …",
                   "content_hash": "…"}]}

A question without evidence is one that the documents do not answer. Offsets count characters of
the document's text. `quote` and `content_hash` are optional. If one is given and no longer matches
the document, the judgement is reported and not used.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.datasets import DataSet, Judgement, Question
from eval.formats.reading import Fields, objects
from index import Document, QuothError, Span
from qa import Citation


def load_judgements(path: Path, documents: Sequence[Document], name: str | None = None) -> DataSet:
    """The questions of a file of judgements over `documents`.

    A question is left out if one of its judgements no longer matches its document. The notices of
    the set name each such judgement.
    """
    known = _Documents(documents)
    questions, notices = [], []
    for row in objects(path):
        spans: dict[str, list[Span]] = {}
        stale = []
        for evidence in row.objects("evidence"):
            document = known.named(evidence.text("document"))
            span = Span(evidence.number("start"), evidence.number("end"))
            fault = _fault(evidence, span, document)
            if fault or document is None:
                stale.append(f"{evidence.place}: {fault}")
            else:
                spans.setdefault(document.name, []).append(span)
        if stale:
            notices += [f"{fault}; the question {row.text('id')!r} is left out" for fault in stale]
            continue
        judgements = tuple(Judgement(key, tuple(found)) for key, found in spans.items())
        questions.append(
            Question(row.text("id"), row.text("question"), row.texts("answers"), judgements)
        )
    return DataSet(name or path.name.split(".")[0], list(documents), questions, tuple(notices))


def _fault(evidence: Fields, span: Span, document: Document | None) -> str | None:
    if document is None:
        return f"there is no document called {evidence.text('document')!r}"
    if evidence.text("content_hash", document.content_hash) != document.content_hash:
        return f"{document.name} has changed since it was judged"
    if not 0 <= span.start < span.end <= len(document.text):
        return f"{document.name} has only {len(document.text)} characters"
    quote = evidence.text("quote", span.of(document.text))
    if quote != span.of(document.text):
        return f"{document.name} does not say {quote[:60]!r} at {span.start}"
    return None


class _Documents:
    """Documents by name, or by the end of their path where only one has it."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._by_name = {document.name: document for document in documents}
        self._by_end: dict[str, Document | None] = {}
        for document in documents:
            parts = document.name.split("/")
            for first in range(1, len(parts)):
                end = "/".join(parts[first:])
                self._by_end[end] = None if end in self._by_end else document

    def named(self, name: str) -> Document | None:
        return self._by_name.get(name) or self._by_end.get(name)


@dataclass(frozen=True, slots=True)
class Judged:
    """A question that a person has judged."""

    id: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[Citation, ...]

    def as_line(self) -> str:
        """The judgement as a line of a file that `load_judgements` reads."""
        return (
            json.dumps(
                {
                    "id": self.id,
                    "question": self.question,
                    "answers": list(self.answers),
                    "evidence": [
                        {
                            "document": one.document,
                            "start": one.start,
                            "end": one.end,
                            "quote": one.quote,
                            "content_hash": one.content_hash,
                        }
                        for one in self.evidence
                    ],
                },
                ensure_ascii=False,
            )
            + "\n"
        )


def ids(path: Path) -> set[str]:
    """The ids that a file of judgements already holds; none if there is no file."""
    if not path.exists():
        return set()
    found = [row.text("id") for row in objects(path)]
    if len(found) != len(set(found)):
        raise QuothError(f"{path} holds an id twice; give each question its own")
    return set(found)

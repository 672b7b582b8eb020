"""Decides which passages and documents are right for a question, for any passage size."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.datasets import Question
from eval.measures import gives_answer, holds_answer
from index import Index, Passage, Span

ENOUGH = 0.5
"""A passage is right when it holds at least this share of the characters of a judged span, or,
where the span is longer than the passage, when this share of the passage is inside it."""


def holds(passage: Span, judged: Span) -> bool:
    """Whether a passage holds enough of a judged span."""
    least = min(passage.end - passage.start, judged.end - judged.start)
    return passage.overlap(judged) >= max(1, ENOUGH * least)


@dataclass(frozen=True, slots=True)
class Right:
    """What is right for one question: document keys, and passage ids where spans were judged.

    A judged document that is not in the index is in `documents` by its name, so that it counts as
    not found. `passages` is None if no span was judged. A judged span that no passage holds gets
    a made-up id, so that it also counts as not found.
    """

    documents: frozenset[str]
    passages: frozenset[str] | None


class Judge:
    """Knows what is right for a question in one index."""

    def __init__(self, index: Index) -> None:
        """Judge the passages of `index`."""
        self._keys = {one.name: one.key for one in index.documents()}
        self._names: dict[str, list[str]] = {}
        for name, key in self._keys.items():
            self._names.setdefault(key, []).append(name)
        self._index = index
        self._rights: dict[str, Right] = {}

    def name(self, key: str) -> str:
        """The name of the document with this key; of copies the first."""
        return self._names[key][0]

    def names(self, documents: Sequence[str]) -> list[str]:
        """These documents' names and those of their copies."""
        keys = [self._keys[name] for name in documents if name in self._keys]
        return [name for key in dict.fromkeys(keys) for name in self._names[key]]

    def can_tell(self, question: Question) -> bool:
        """Whether a quotation can be judged: by accepted answers or by judged spans."""
        return bool(question.answers) or any(one.spans for one in question.judgements)

    def is_right(self, question: Question, name: str, sentence: Span, quote: str) -> bool | None:
        """Whether a cited sentence is right; None if no judgement can decide it.

        The sentence has the span `sentence` and the text `quote` in the document `name`. It is
        right if it holds an accepted answer or, if none is stated, enough of a judged span.
        """
        if not question.answerable:
            return False
        if question.answers:
            return holds_answer(quote, question.answers)
        if not self.can_tell(question):
            return None
        return any(
            name in self.names([judgement.document])
            and any(holds(sentence, span) for span in judgement.spans)
            for judgement in question.judgements
        )

    def gives(
        self, question: Question, name: str, answer: Span, words: str, *, only_there: bool = False
    ) -> bool:
        """Whether a short answer is right by `gives_answer`, or overlaps a judged span.

        Args:
            question: the question.
            name: the document's name.
            answer: where the answer stands in the document's text.
            words: its words.
            only_there: whether the answer must come from a document that was judged right; for
                questions that only make sense together with their document.
        """
        if not question.answerable:
            return False
        there = [j for j in question.judgements if name in self.names([j.document])]
        if not question.answers:
            return any(answer.overlap(span) for judgement in there for span in judgement.spans)
        if only_there and not there:
            return False
        return gives_answer(words, question.answers)

    def right(self, question: Question) -> Right:
        """What is right for `question`."""
        if question.id not in self._rights:
            self._rights[question.id] = self._found_right(question)
        return self._rights[question.id]

    def _found_right(self, question: Question) -> Right:
        documents = frozenset(self._keys.get(j.document, j.document) for j in question.judgements)
        if not any(judgement.spans for judgement in question.judgements):
            return Right(documents, None)
        passages: set[str] = set()
        for judgement in question.judgements:
            key = self._keys.get(judgement.document)
            inside = self._index.passages_of([key]) if key else []
            for number, span in enumerate(judgement.spans):
                found = _holding(inside, span)
                passages |= found or {f"nowhere-{judgement.document}-{number}"}
        return Right(documents, frozenset(passages))


def _holding(passages: Sequence[Passage], span: Span) -> set[str]:
    return {str(one.id) for one in passages if holds(one.span, span)}

"""The questions of a set, read once, with all results that fitting the weights needs."""

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

import qa
from eval.cached_index import Tell
from eval.datasets import DataSet, Question
from eval.fitting import (
    Bools,
)
from eval.judge import Judge
from index import AnyOf, Index, NameMatches, Not, Vectors, Where
from qa import retrieve
from qa.answering.choice import Candidates
from qa.ranking.rerank import Read, read_passages
from qa.ranking.weights import CHOSEN_BY
from qa.reader.base import Reader
from qa.retrieval.fusion import Fusion

ANSWERABLE, ADVERSARIAL, LEFT_OUT = "answerable", "adversarial", "left out"


EXPECTED = {ANSWERABLE: 0.75, ADVERSARIAL: 0.125, LEFT_OUT: 0.125}
"""How often a person is expected to ask each kind: about as in the two sets that ship."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was read for it.

    `kind` is answerable, adversarial (its set says that it is not answered) or left out (asked
    without the documents that answer it). `data` is the name of its set. `about` is its group:
    questions of one group are either all fitted on or all measured on. `documents` are the names
    of the documents that answer, and `right` says which candidates are right.
    """

    data: str
    about: str
    kind: str
    read: list[Read]
    candidates: Candidates
    documents: frozenset[str]
    right: Bools

    def passages_right(self) -> Bools:
        """For each passage whether it is of a document that answers, shape (n,)."""
        return np.array([one.document.name in self.documents for one in self.read], bool)


def ask_all(
    data: DataSet,
    index: Index,
    reader: Reader,
    fusion: Fusion | None = None,
    limit: int | None = None,
    tell: Tell | None = None,
    *,
    only_there: bool = False,
) -> list[Asked]:
    """The questions of `data` read, `limit` of them at most, in order, spread evenly.

    With `only_there` an answer is right only in a document that was judged right.
    """
    judge = Judge(index)
    usable = _usable(data, judge, limit)
    vectors = index.encoder.encode([one.text for one in usable])
    together = _together(usable, judge)
    asked: list[Asked] = []
    for place, question in enumerate(usable):
        if tell:
            tell("reading", place, len(usable))
        vector = vectors[place : place + 1]
        some = ask(index, judge, reader, question, vector, fusion, only_there=only_there)
        asked += [replace(one, data=data.name, about=together[place]) for one in some]
    return asked


def _usable(data: DataSet, judge: Judge, limit: int | None) -> list[Question]:
    """The questions that can be judged, spread evenly, each text once.

    Questions with the same words are merged: what answers one of them answers all.
    """
    alike: dict[str, list[Question]] = {}
    for one in data.questions:
        alike.setdefault(one.text.strip().lower(), []).append(one)
    merged = [_merged(group) for group in alike.values()]
    usable = [one for one in merged if judge.can_tell(one) or not one.answerable]
    return usable[:: max(1, -(-len(usable) // limit)) if limit else 1]


def _merged(alike: Sequence[Question]) -> Question:
    answerable = [one for one in alike if one.answerable]
    if not answerable:
        return alike[0]
    return replace(
        answerable[0],
        judgements=tuple(judged for one in answerable for judged in one.judgements),
        answers=tuple(dict.fromkeys(answer for one in answerable for answer in one.answers)),
    )


def _together(questions: Sequence[Question], judge: Judge) -> list[str]:
    """The group of each question; questions that share a document or an article share a group."""
    named: dict[str, str] = {}

    def first(name: str) -> str:
        while named.setdefault(name, name) != name:
            name = named[name]
        return name

    found = []
    for question in questions:
        names = judge.names([one.document for one in question.judgements])
        if question.asked_of:  # a paragraph of an article
            names = [*names, f"article {question.asked_of.split('/')[0]}"]
        names = names or [f"question {question.id}"]
        for other in names[1:]:
            named[first(other)] = first(names[0])
        found.append(names[0])
    return [first(name) for name in found]


def ask(
    index: Index,
    judge: Judge,
    reader: Reader,
    question: Question,
    vector: Vectors,
    fusion: Fusion | None = None,
    *,
    only_there: bool = False,
) -> Iterator[Asked]:
    """Ask a question; if it is answerable, ask it again without the documents that answer it."""
    names = judge.names([one.document for one in question.judgements])
    runs: list[tuple[str, Where | None]] = [(ADVERSARIAL, None)]
    if question.answerable:
        without = Not(AnyOf(tuple(NameMatches(glob.escape(one)) for one in names)))
        runs = [(ANSWERABLE, None), (LEFT_OUT, without)]
    asked = qa.Question.parse(question.text)
    for kind, where in runs:
        asked_of = index.restricted_to(where)
        read = read_passages(
            asked_of, reader, asked, retrieve(asked_of, asked.asked, vector, fusion)
        )
        found = Candidates.of(asked_of, asked, read)
        right = [_answers(judge, question, one, only_there=only_there) for one in found.found]
        yield Asked("", about(question), kind, read, found, frozenset(names), np.array(right, bool))


def nothing_read(question: Question) -> Asked:
    """A question of which no passage was read, as one that its set says is not answered."""
    none = Candidates([], np.zeros((0, len(CHOSEN_BY))), {}, 0.0, [])
    return Asked("", about(question), ADVERSARIAL, [], none, frozenset(), np.zeros(0, bool))


def _answers(judge: Judge, question: Question, read: Read, *, only_there: bool) -> bool:
    if read.whole is None:
        return False
    words = read.whole.of(read.document.text)
    return judge.gives(question, read.document.name, read.whole, words, only_there=only_there)


def about(question: Question) -> str:
    """The document that a question is about."""
    if question.asked_of:
        return question.asked_of
    return question.judgements[0].document if question.judgements else question.id

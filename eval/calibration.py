"""Fitting how passages are ranked and how sure an answer is, from questions that were read."""

import glob
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import qa
from eval.cached_index import Tell
from eval.datasets import DataSet, Question
from eval.judge import Judge
from eval.measures import auroc, ece
from index import AnyOf, Index, NameMatches, Not, QuothError, Vectors, Where
from qa import retrieve
from qa.ranking.rerank import (
    Read,
    confidence,
    rank_features,
    read_part,
    read_passages,
    sure_features,
    weighed,
)
from qa.ranking.weights import OF_READER, RANKED_BY, SURE_BY, Weighting
from qa.reader.base import Reader
from qa.retrieval.fusion import Fusion

Floats = NDArray[np.float64]

ANSWERABLE, ADVERSARIAL, LEFT_OUT = "answerable", "adversarial", "left out"
EXPECTED = {ANSWERABLE: 0.75, ADVERSARIAL: 0.125, LEFT_OUT: 0.125}
"""How often a person is expected to ask each kind: about as in the two sets that ship."""
REFUSED = 0.12
"""The share of answerable questions that may go unanswered: the threshold is put there."""
FOLDS = 4
_LEAST = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was read. `kind` is answerable, adversarial or left out.

    Left out is a question asked without the documents that answer it, and adversarial one that
    its set says is not answered. `about` is what it is about: those about one thing are fitted
    on together, or measured on together. `right` are the names of the documents that answer, and
    `answered_by` the ids of the passages read whose sentence answers rightly.
    """

    about: str
    kind: str
    question: Question
    read: list[Read]
    right: frozenset[str]
    answered_by: frozenset[int]

    def passages_right(self) -> list[bool]:
        """For each passage whether it is of a document that answers."""
        return [one.document.name in self.right for one in self.read]

    def is_right(self, read: Read) -> bool:
        """Whether the sentence that `read` gives is a right answer."""
        return self.kind == ANSWERABLE and read.retrieved.passage.id in self.answered_by


def calibrate(
    data: DataSet,
    index: Index,
    reader: Reader,
    fusion: Fusion | None = None,
    limit: int | None = None,
    tell: Tell | None = None,
) -> Weighting:
    """The weighting for `reader`, fitted on the questions of `data`, `limit` of them at most.

    Its figures come of four fits, each on three quarters of what the questions are about,
    measured on the rest. Raises QuothError when there are too few questions to fit on.
    """
    judge = Judge(index)
    usable = [one for one in data.questions if judge.can_tell(one) or not one.answerable]
    usable = usable[:: max(1, -(-len(usable) // limit)) if limit else 1]
    answerable = [one for one in usable if one.answerable]
    if len(answerable) < _LEAST or len(set(_together(answerable, judge))) < FOLDS:
        raise QuothError(
            f"of {data.name} there are {len(answerable)} questions with answers or spans judged; "
            f"calibrating needs {_LEAST} or more, about {FOLDS} documents or more"
            + (" (--limit leaves out the others)" if limit else "")
        )
    vectors = index.encoder.encode([one.text for one in usable])
    together = _together(usable, judge)
    asked: list[Asked] = []
    for place, question in enumerate(usable):
        if tell:
            tell("reading", place, len(usable))
        vector = vectors[place : place + 1]
        some = ask(index, judge, reader, question, vector, fusion)
        asked += [replace(one, about=together[place]) for one in some]
    weighting, held = fit(asked, index)
    threshold = threshold_of(asked, held)
    reached = figures(asked, held, threshold)
    if not any(one.span for each in asked for one in each.read):  # a reranker alone
        threshold = 0.0
        reached = {name: reached[name] for name in ("hit@1", "hit@5", "questions")}
    return replace(weighting, threshold=threshold, reader=reader.fingerprint, figures=reached)


def _together(questions: Sequence[Question], judge: Judge) -> list[str]:
    """What each question is about, by one name for those that share a document or an article."""
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
) -> Iterator[Asked]:
    """A question asked as it is and, if it is answered, without the answer."""
    names = judge.names([one.document for one in question.judgements])
    runs: list[tuple[str, Where | None]] = [(ADVERSARIAL, None)]
    if question.answerable:
        without = Not(AnyOf(tuple(NameMatches(glob.escape(one)) for one in names)))
        runs = [(ANSWERABLE, None), (LEFT_OUT, without)]
    asked = qa.Question.parse(question.text)
    for kind, where in runs:
        asked_of = index.restricted_to(where)
        found = retrieve(asked_of, asked.asked, vector, fusion)
        read = read_passages(asked_of, reader, asked, found)
        answered_by = frozenset(
            one.retrieved.passage.id for one in read if _answers(judge, question, one)
        )
        yield Asked(about(question), kind, question, read, frozenset(names), answered_by)


def _answers(judge: Judge, question: Question, read: Read) -> bool:
    if read.span is None:
        return False
    where = read.sentence()
    return bool(judge.is_right(question, read.document.name, where, where.of(read.document.text)))


def about(question: Question) -> str:
    """The document that a question is about."""
    if question.asked_of:
        return question.asked_of
    return question.judgements[0].document if question.judgements else question.id


def fit(asked: Sequence[Asked], index: Index, trust: float = 1.0) -> tuple[Weighting, list["Held"]]:
    """The weighting, and how each question fared by one fitted on others, in the order asked.

    The weights of what reading gives are multiplied with `trust` after the fit. The threshold is
    not fitted; see `threshold_of`.
    """
    groups = np.array([one.about for one in asked])
    held: dict[int, Held] = {}
    for train, test in GroupKFold(FOLDS).split(groups, groups=groups):
        weighting = _fitted([asked[n] for n in train], index, trust)
        for n in test:
            held[n] = _answered(index, asked[n], weighting)
    weighting = _fitted(asked, index, trust)
    most = max(float(read_part(one.read, weighting.rank).max(initial=0.0)) for one in asked)
    return replace(weighting, most=most), [held[n] for n in range(len(asked))]


def threshold_of(asked: Sequence[Asked], held: Sequence["Held"]) -> float:
    """The confidence below which REFUSED of the answerable questions are."""
    sure = [its.sure for one, its in zip(asked, held, strict=True) if one.kind == ANSWERABLE]
    return float(np.quantile(sure, REFUSED))


@dataclass(frozen=True, slots=True)
class Held:
    """How a question fared that was not fitted on.

    How sure its answer is and whether it is right, and the rank of the first right document.
    """

    sure: float
    right: bool
    rank: float


def figures(asked: Sequence[Asked], held: Sequence[Held], threshold: float) -> dict[str, float]:
    """What a weighting reaches on questions that it was not fitted on."""
    kinds = np.array([one.kind for one in asked])
    sure = np.array([one.sure for one in held])
    right = np.array([one.right for one in held])
    rank = np.array([one.rank for one in held])
    answerable = kinds == ANSWERABLE
    found = {
        "hit@1": float((rank[answerable] <= 1).mean()),
        "hit@5": float((rank[answerable] <= 5).mean()),  # noqa: PLR2004
        "sentence right": float(right[answerable].mean()),
    }
    for kind in (ADVERSARIAL, LEFT_OUT):
        if (kinds == kind).any():
            among = answerable | (kinds == kind)
            found[f"auroc, {kind}"] = auroc(sure[among], answerable[among].astype(np.float64))
    found["expected calibration error"] = _calibration_error(sure, right, _weights(asked))
    for kind in EXPECTED:
        if (kinds == kind).any():
            found[f"answered, {kind}"] = float((sure[kinds == kind] >= threshold).mean())
    weights = _weights(asked) * (sure >= threshold)
    found["right, of those answered"] = float((weights * right).sum() / max(1e-9, weights.sum()))
    found["questions"] = float(len(held))
    return found


def _fitted(asked: Sequence[Asked], index: Index, trust: float) -> Weighting:
    rank = rank_weights(asked, trust)
    partly = Weighting(tuple(rank), (0.0,) * len(SURE_BY), 0.0, 0.0)
    rows, right, answering = [], [], []
    for one in asked:
        found = weighed(one.read, partly)
        if found.best is None:
            continue
        rows.append(sure_features(index, qa.Question.parse(one.question.text), found, found.best))
        right.append(one.is_right(found.best))
        answering.append(one)
    sure, bias = np.zeros(len(SURE_BY)), 0.0
    if len(set(right)) > 1:
        model = LogisticRegression(max_iter=5000, C=1.0)
        model.fit(np.array(rows), right, sample_weight=_weights(answering))
        sure, bias = model.coef_[0], float(model.intercept_[0])
    return Weighting(tuple(map(float, rank)), tuple(map(float, sure)), bias, 0.0)


def rank_weights(asked: Sequence[Asked], trust: float = 1.0) -> Floats:
    """Conditional logistic regression (McFadden 1974): the right document among those read."""
    groups = [
        (rank_features(one.read), np.array(one.passages_right()))
        for one in asked
        if one.kind == ANSWERABLE and len(set(one.passages_right())) > 1
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros(len(weights))
        for features, right in groups:
            scores = features @ weights
            shares = np.exp(scores - scores.max())
            among_right = shares * right
            total -= np.log(among_right.sum() / shares.sum())
            slope -= among_right / among_right.sum() @ features - shares / shares.sum() @ features
        count = max(1, len(groups))
        slope = slope / count + 2e-3 * weights
        return float(total / count + 1e-3 * weights @ weights), slope

    start = np.zeros(len(RANKED_BY))
    fitted = np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)
    return fitted * [trust if name in OF_READER else 1.0 for name in RANKED_BY]


def _answered(index: Index, asked: Asked, weighting: Weighting) -> Held:
    found = weighed(asked.read, weighting)
    documents = list(dict.fromkeys(one.document.name for one in found.read))
    rank = next((n for n, name in enumerate(documents, 1) if name in asked.right), np.inf)
    if found.best is None:
        return Held(0.0, False, rank)  # noqa: FBT003
    sure = confidence(
        sure_features(index, qa.Question.parse(asked.question.text), found, found.best), weighting
    )
    return Held(sure, asked.is_right(found.best), rank)


def _weights(asked: Sequence[Asked]) -> Floats:
    """Each question's weight, so that its kind weighs as much as EXPECTED says."""
    counts = Counter(one.kind for one in asked)
    weights = np.array([EXPECTED[one.kind] / counts[one.kind] for one in asked])
    return np.asarray(weights * len(asked) / weights.sum())


def _calibration_error(sure: Floats, right: NDArray[np.bool_], weights: Floats) -> float:
    """The expected calibration error over questions drawn by their weights."""
    drawn = np.random.default_rng(3).choice(len(sure), 50_000, p=weights / weights.sum())
    return ece(sure[drawn], right[drawn].astype(np.float64))

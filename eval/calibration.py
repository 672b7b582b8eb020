"""Fitting the weights for ranking passages, choosing the answer, and how likely it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import GroupKFold

from eval.asked_questions import (
    ADVERSARIAL,
    ANSWERABLE,
    EXPECTED,
    LEFT_OUT,
    Asked,
    _together,
    _usable,
    ask_all,
)
from eval.cached_index import Tell
from eval.datasets import DataSet
from eval.fitting import (
    Bools,
    Floats,
    listwise_weights,
    logistic_weights,
    thresholds_by_precision,
)
from eval.judge import Judge
from eval.measures import auroc, ece
from index import Index, QuothError
from qa.answering.choice import answerability, confidence
from qa.ranking.rerank import rank_features, weighed
from qa.ranking.weights import AGAINST, CHOSEN_BY, OF_READER, RANKED_BY, SURE_BY, Weighting
from qa.reader.base import Reader
from qa.retrieval.fusion import Fusion

REFUSED = 0.13
"""The threshold refuses this share of the questions that the documents answer. Refusing more would
leave out answers that are worth seeing with their confidence beside them."""
PRECISIONS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
NEWEST, NEWEST_WEIGHT = "newest, if that is asked", 1.5
"""Few questions of the sets ask for the latest state, so this weight is set by hand."""
FOLDS = 4
CHOICE_SIGNS = [-1 if name in AGAINST else int(name != "length") for name in CHOSEN_BY]
SURE_SIGNS = [
    *CHOICE_SIGNS,
    *(-1 if name == "words not in the index" else 1 for name in SURE_BY[len(CHOSEN_BY) :]),
]
_LEAST = 30


def calibrate(
    data: DataSet,
    index: Index,
    reader: Reader,
    fusion: Fusion | None = None,
    limit: int | None = None,
    tell: Tell | None = None,
) -> Weighting:
    """The weighting for `reader`, fitted on the questions of `data`, `limit` of them at most.

    Its figures are cross-validated over four folds; questions about one document are in one fold.
    Raises QuothError when there are too few questions to fit on.
    """
    judge = Judge(index)
    answerable = [one for one in _usable(data, judge, limit) if one.answerable]
    if len(answerable) < _LEAST or len(set(_together(answerable, judge))) < FOLDS:
        raise QuothError(
            f"{data.name} has {len(answerable)} questions with judged answers or spans; "
            f"calibrating needs at least {_LEAST}, about at least {FOLDS} documents"
            + (" (--limit leaves out the others)" if limit else "")
        )
    asked = ask_all(data, index, reader, fusion, limit, tell)
    return fitted(asked, held_back(asked, [one.about for one in asked], FOLDS), reader)


def fitted(
    asked: Sequence[Asked], held: Sequence["Held"], reader: Reader, trust: float = 1.0
) -> Weighting:
    """The weighting fitted on all, with its figures on what was held back.

    Args:
        asked: the questions that were read.
        held: their results by `held_back`, in the same order.
        reader: the reader that read them.
        trust: see `held_back`.
    """
    weights = _weights(asked)
    sure = np.array([one.sure for one in held])
    right = np.array([one.right for one in held])
    reads = any(len(one.right) for one in asked)
    threshold = _threshold(asked, held) if reads else 0.0
    given = np.array([one.answerability >= threshold for one in held])
    precision = (
        thresholds_by_precision(sure[given], right[given], weights[given], PRECISIONS)
        if reads
        else ()
    )
    weighting = replace(_fit(asked, trust), precision=precision)
    reached = figures(asked, held, threshold)
    if not reads:  # a reranker alone
        reached = {name: reached[name] for name in ("hit@1", "hit@5", "questions")}
    return replace(
        weighting,
        threshold=threshold,
        reader=reader.fingerprint,
        figures=reached,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """The result of a question that was held out of the fit.

    `sure` is the confidence of its answer, `answerability` the probability that the documents
    answer it, `right` whether the answer is right, and `rank` the rank of the first right
    document, infinite if there is none.
    """

    sure: float
    answerability: float
    right: bool
    rank: float


def held_back(
    asked: Sequence[Asked], groups: Sequence[str], folds: int, trust: float = 1.0
) -> list[Held]:
    """The result of each question with weights fitted without its group (cross-validation).

    Args:
        asked: the questions that were read.
        groups: the group of each question, in the same order.
        folds: how many folds the groups are split into.
        trust: a factor for the reader's weights in the ranking of passages.

    Returns:
        The results, in the order of `asked`.
    """
    held: dict[int, Held] = {}
    for train, test in GroupKFold(folds).split(groups, groups=groups):
        weighting = _fit([asked[n] for n in train], trust)
        for n in test:
            held[n] = answered(asked[n], weighting)
    return [held[n] for n in range(len(asked))]


def _fit(asked: Sequence[Asked], trust: float) -> Weighting:
    """All weights, the threshold not yet."""
    answerable = [one for one in asked if one.kind == ANSWERABLE]
    rank = rank_weights(answerable) * [trust if one in OF_READER else 1.0 for one in RANKED_BY]
    choice = listwise_weights(
        [(one.candidates.features, one.right) for one in answerable],
        [one.data for one in answerable],
        CHOICE_SIGNS,
    )
    choice[CHOSEN_BY.index(NEWEST)] = NEWEST_WEIGHT
    answering = [one for one in asked if len(one.right)]
    rows, right = [], []
    for one in answering:
        at = one.candidates.best(tuple(choice))
        rows.append(one.candidates.sure_features(tuple(choice))[at])
        right.append(bool(one.right[at]))
    answers = [one.kind == ANSWERABLE for one in answering]
    sure, bias = _logistic(rows, right, answering)
    evident, evident_bias = _logistic(rows, answers, answering)
    return Weighting(
        rank=tuple(map(float, rank)),
        choice=tuple(map(float, choice)),
        sure=tuple(map(float, sure)),
        bias=bias,
        answerability=tuple(map(float, evident)),
        answerability_bias=evident_bias,
        threshold=0.0,
    )


def _logistic(
    rows: Sequence[Floats], told: Sequence[bool], asked: Sequence[Asked]
) -> tuple[Floats, float]:
    """Weights and bias of the probability of what is told of each question."""
    if not rows:
        return np.zeros(len(SURE_BY)), 0.0
    return logistic_weights(np.array(rows), np.array(told), _weights(asked), SURE_SIGNS)


def rank_weights(asked: Sequence[Asked]) -> Floats:
    """The weights by which a passage of a right document comes first, shape (features,)."""
    groups = [(rank_features(one.read), one.passages_right()) for one in asked]
    return listwise_weights(groups, [one.data for one in asked], [1] * len(RANKED_BY))


def answered(asked: Asked, weighting: Weighting) -> Held:
    """How a question fares by a weighting."""
    documents = list(dict.fromkeys(o.document.name for o in weighed(asked.read, weighting).read))
    rank = next((n for n, name in enumerate(documents, 1) if name in asked.documents), np.inf)
    if not len(asked.right):
        return Held(0.0, 0.0, right=False, rank=rank)
    at = asked.candidates.best(weighting.choice)
    features = asked.candidates.sure_features(weighting.choice)[at]
    return Held(
        confidence(features, weighting),
        answerability(features, weighting),
        bool(asked.right[at]),
        rank,
    )


def figures(asked: Sequence[Asked], held: Sequence[Held], threshold: float) -> dict[str, float]:
    """What a weighting reaches on questions that it was not fitted on."""
    kinds = np.array([one.kind for one in asked])
    sure = np.array([one.sure for one in held])
    answers = np.array([one.answerability for one in held])
    right = np.array([one.right for one in held])
    rank = np.array([one.rank for one in held])
    answerable = kinds == ANSWERABLE
    found = {
        "hit@1": float((rank[answerable] <= 1).mean()),
        "hit@5": float((rank[answerable] <= 5).mean()),  # noqa: PLR2004
        "answer right": float(right[answerable].mean()),
    }
    for kind in (ADVERSARIAL, LEFT_OUT):
        if (kinds == kind).any():
            among = answerable | (kinds == kind)
            found[f"auroc, {kind}"] = auroc(answers[among], answerable[among].astype(np.float64))
    weights = _weights(asked)
    found["expected calibration error"] = _calibration_error(sure, right, weights)
    for kind in EXPECTED:
        if (kinds == kind).any():
            found[f"answered, {kind}"] = float((answers[kinds == kind] >= threshold).mean())
    is_given = answers >= threshold
    for share in (0.9, 0.95):
        reached = thresholds_by_precision(
            sure[is_given], right[is_given], weights[is_given], [share]
        )
        enough = is_given & (sure >= dict(reached).get(share, np.inf))
        found[f"answered at {share:.0%} right"] = float(enough[answerable].mean())
    given = weights * is_given
    found["right, of those answered"] = float((given * right).sum() / max(1e-9, given.sum()))
    found["questions"] = float(len(held))
    return found


def _threshold(asked: Sequence[Asked], held: Sequence[Held]) -> float:
    """The answerability below which `REFUSED` of the answerable questions are, all sets alike."""
    counts = Counter(one.data for one in asked if one.kind == ANSWERABLE)
    told = sorted(
        (its.answerability, 1 / counts[one.data])
        for one, its in zip(asked, held, strict=True)
        if one.kind == ANSWERABLE
    )
    below = np.cumsum([share for _, share in told]) / len(counts)
    return told[int(np.searchsorted(below, REFUSED, side="right"))][0]


def _weights(asked: Sequence[Asked]) -> Floats:
    """Each question's weight, so that its kind weighs as much as EXPECTED says, in each set."""
    counts = Counter((one.data, one.kind) for one in asked)
    weights = np.array([EXPECTED[one.kind] / counts[one.data, one.kind] for one in asked])
    return np.asarray(weights * len(asked) / weights.sum())


def _calibration_error(sure: Floats, right: Bools, weights: Floats) -> float:
    """The expected calibration error over questions drawn by their weights."""
    drawn = np.random.default_rng(3).choice(len(sure), 50_000, p=weights / weights.sum())
    return ece(sure[drawn], right[drawn].astype(np.float64))

"""Fitting how passages are ranked and how sure an answer is, from questions that were read.

`python -m eval.recipes.weighting READERS OUT`, where READERS is the folder that
`eval.recipes.reader` made: each article of squad2 is read by a reader that never saw it.
"""

import argparse
import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from eval.corpus import index_of
from eval.datasets import Question
from eval.measures import auroc, ece, exact_match, f1, holds_answer
from eval.sets import load
from index import Document, Index, NameMatches, Not, Vectors, Where
from index.cache import cache_folder
from qa import Settings, retrieve
from qa.reader import CompiledReader, Reader, Reading, Text
from qa.weigh import (
    OF_READER,
    RANKED_BY,
    SURE_BY,
    Read,
    Weighting,
    confidence,
    rank_features,
    read_part,
    read_passages,
    sure_features,
    weighed,
)

Floats = NDArray[np.float64]

KINDS = ("answerable", "adversarial", "left out")
TRUST = 0.4
"""What the reader's weights are multiplied with after the fit. squad2 is what it was trained on;
on articles unlike those the fusion deserves more, and .4 is better than 1 on squad2 itself too."""
EXPECTED = {KINDS[0]: 0.75, KINDS[1]: 0.125, KINDS[2]: 0.125}
"""How often a person is expected to ask each kind: about as in the two sets that ship."""
REFUSED = 0.12
"""The share of answerable questions that may go unanswered: the threshold is put there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was read. `kind` is one of KINDS; left out: without its own document.

    `own` is the reading of the paragraph that it was asked of, `own_text`.
    """

    article: int
    kind: str
    question: Question
    read: list[Read]
    own: Reading | None = None
    own_text: str = ""

    def right(self) -> list[bool]:
        """For each passage whether it is of the judged document."""
        judged = {judgement.document for judgement in self.question.judgements}
        return [one.document.name in judged for one in self.read]


def main() -> None:
    """Read squad2, fit, print what the fit reaches, and write the file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("readers", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=1, help="one question in so many, for a look")
    arguments = parser.parse_args()
    readers = [
        CompiledReader(arguments.readers / f"without-{half}", f"without {half}") for half in (0, 1)
    ]
    data = load("squad2")
    texts = {document.name: document for document in data.documents}
    kept = arguments.readers / f"read-{arguments.every}.pickle"
    with index_of(data.name, data.documents, Settings(), cache_folder()) as index:
        vectors = index.encoder.encode([question.text for question in data.questions])
        if kept.exists():
            asked: list[Asked] = pickle.loads(kept.read_bytes())  # noqa: S301 -- our own
        else:
            asked = []
            for place, question in enumerate(data.questions):
                if place % arguments.every:
                    continue
                if place % 250 == 0:
                    print(f"{place} of {len(data.questions)} questions read", flush=True)
                own = texts[question.asked_of or ""]
                asked += _asked(index, readers, question, vectors[place : place + 1], own)
            kept.write_bytes(pickle.dumps(asked))
        weighting, figures = fit(asked, index)
    for name, value in figures.items():
        print(f"{name:34} {value:.3f}")
    shipped = {
        "rank": _named(RANKED_BY, weighting.rank),
        "sure": _named(SURE_BY, weighting.sure),
        "bias": round(weighting.bias, 4),
        "threshold": round(weighting.threshold, 4),
        "most": round(weighting.most, 4),
        "figures on articles not fitted on": {k: round(v, 3) for k, v in figures.items()},
    }
    arguments.out.write_text(json.dumps(shipped, indent=2) + "\n", encoding="utf-8")


def _named(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in zip(names, values, strict=True)}


def _asked(
    index: Index, readers: Sequence[Reader], question: Question, vector: Vectors, own: Document
) -> list[Asked]:
    article = int((question.asked_of or "0").split("/")[0])
    reader = readers[article % 2]
    runs: list[tuple[str, Where | None]] = [(KINDS[0] if question.answerable else KINDS[1], None)]
    if question.answerable:
        runs.append((KINDS[2], Not(NameMatches(question.judgements[0].document))))
    (reading,) = reader.read(question.text, [Text(own.search_title, own.text)])
    return [
        Asked(
            article,
            kind,
            question,
            read_passages(
                index, reader, question.text, retrieve(index, question.text, vector, where), where
            ),
            reading,
            own.text,
        )
        for kind, where in runs
    ]


def fit(asked: Sequence[Asked], index: Index) -> tuple[Weighting, dict[str, float]]:
    """The weighting, and what it reaches on articles that it was not fitted on.

    Each figure comes of four fits, each on three quarters of the articles, measured on the rest.
    """
    groups = np.array([one.article for one in asked])
    held_back: dict[int, Held] = {}
    for train, test in GroupKFold(4).split(groups, groups=groups):
        weighting = _fitted([asked[n] for n in train], index)
        for n in test:
            held_back[n] = _answered(index, asked[n], weighting)
    weighting = _fitted(asked, index)
    kinds = np.array([one.kind for one in asked])
    held = [held_back[n] for n in range(len(asked))]
    sure = np.array([one.sure for one in held])
    right = np.array([one.right for one in held])
    rank = np.array([one.rank for one in held])
    em, f1_ = np.array([one.em for one in held]), np.array([one.f1 for one in held])
    own = np.array([one.own.answering if one.own else 0.0 for one in asked])
    answerable = kinds == KINDS[0]
    threshold = float(np.quantile(sure[answerable], REFUSED))
    most = max(float(read_part(one.read, weighting.rank).max(initial=0.0)) for one in asked)
    weighting = replace(weighting, threshold=threshold, most=most)
    figures = {
        "hit@1": float((rank[answerable] <= 1).mean()),
        "hit@5": float((rank[answerable] <= 5).mean()),  # noqa: PLR2004
        "em, right paragraph given": float(em[answerable].mean()),
        "f1, right paragraph given": float(f1_[answerable].mean()),
        "auroc, adversarial, right paragraph given": _auroc(answerable, own, kinds != KINDS[2]),
        "sentence right": float(right[answerable].mean()),
        "auroc, adversarial": _auroc(answerable, sure, kinds != KINDS[2]),
        "auroc, left out": _auroc(answerable, sure, kinds != KINDS[1]),
        "expected calibration error": _calibration_error(sure, right, _weights(kinds)),
        "questions": float(len(asked)),
        **{f"answered, {kind}": float((sure[kinds == kind] >= threshold).mean()) for kind in KINDS},
    }
    return weighting, figures


def _fitted(asked: Sequence[Asked], index: Index) -> Weighting:
    ranked = rank_weights(asked)
    partly = Weighting(tuple(ranked), (0.0,) * len(SURE_BY), 0.0, 0.0)
    rows, right, kinds = [], [], []
    for one in asked:
        found = weighed(one.read, partly)
        if found.best is None:
            continue
        rows.append(sure_features(index, one.question.text, found, found.best))
        right.append(_is_right(one, found.best))
        kinds.append(one.kind)
    model = LogisticRegression(max_iter=5000, C=1.0)
    model.fit(np.array(rows), right, sample_weight=_weights(np.array(kinds)))
    return Weighting(
        tuple(ranked), tuple(map(float, model.coef_[0])), float(model.intercept_[0]), 0.0
    )


def rank_weights(asked: Sequence[Asked]) -> Floats:
    """Conditional logistic regression (McFadden 1974): the right document among those read."""
    groups = [
        (rank_features(one.read), np.array(one.right()))
        for one in asked
        if one.kind == KINDS[0] and any(one.right()) and not all(one.right())
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros(len(weights))
        for features, right in groups:
            scores = features @ weights
            shares = np.exp(scores - scores.max())
            among_right = shares * right
            total -= np.log(among_right.sum() / shares.sum())
            slope -= among_right / among_right.sum() @ features - shares / shares.sum() @ features
        slope = slope / len(groups) + 2e-3 * weights
        return float(total / len(groups) + 1e-3 * weights @ weights), slope

    start = np.zeros(len(RANKED_BY))
    fitted = np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)
    return fitted * [TRUST if name in OF_READER else 1.0 for name in RANKED_BY]


@dataclass(frozen=True, slots=True)
class Held:
    """How a question fared that was not fitted on.

    How sure its answer is and whether it is right, the rank of the right document, and how well
    the reader did on the right paragraph.
    """

    sure: float
    right: bool
    rank: float
    em: float
    f1: float


def _answered(index: Index, asked: Asked, weighting: Weighting) -> Held:
    found = weighed(asked.read, weighting)
    em = f1_ = 0.0
    if asked.own and asked.own.spans:
        said = asked.own.spans[0].span.of(asked.own_text)
        em, f1_ = exact_match(said, asked.question.answers), f1(said, asked.question.answers)
    if found.best is None:
        return Held(0.0, False, np.inf, em, f1_)  # noqa: FBT003
    sure = confidence(sure_features(index, asked.question.text, found, found.best), weighting)
    judged = {judgement.document for judgement in asked.question.judgements}
    documents = list(dict.fromkeys(one.document.name for one in found.read))
    rank = next((n for n, name in enumerate(documents, 1) if name in judged), np.inf)
    return Held(sure, _is_right(asked, found.best), rank, em, f1_)


def _is_right(asked: Asked, read: Read) -> bool:
    """Whether the sentence quoted holds an accepted answer."""
    if asked.kind != KINDS[0]:
        return False
    return holds_answer(read.sentence().of(read.document.text), asked.question.answers)


def _weights(kinds: NDArray[np.str_]) -> Floats:
    """Each question's weight, so that its kind weighs as much as EXPECTED says."""
    shares = {kind: max(1, int((kinds == kind).sum())) for kind in KINDS}
    return np.array([EXPECTED[kind] / shares[kind] for kind in kinds]) * len(kinds)


def _calibration_error(sure: Floats, right: NDArray[np.bool_], weights: Floats) -> float:
    """The expected calibration error over questions drawn by their weights."""
    drawn = np.random.default_rng(3).choice(len(sure), 50_000, p=weights / weights.sum())
    return ece(sure[drawn], right[drawn].astype(np.float64))


def _auroc(truth: NDArray[np.bool_], scores: Floats, among: NDArray[np.bool_]) -> float:
    return auroc(scores[among], truth[among].astype(np.float64))


if __name__ == "__main__":
    main()

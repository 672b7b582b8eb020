"""Fit how the answering sentence is chosen and when the documents do not answer.

    python -m eval.recipes.confidence ../shared/data/squad2/dev.json.xz qa/data/confidence.json

Every question of squad2 dev is asked of the whole set; every answerable one is asked again with
its paragraph left out. A sentence is right if it holds a judged answer. The weights of the
sentence score are those of a grid that put a right sentence first most often. The confidence is a
logistic regression of "right" on the features, the answerable questions weighing as much as the
unanswerable and the left-out ones together. The threshold is where 12 % of the answerable
questions go unanswered, on articles that the regression was not fitted on.
"""

import argparse
import itertools
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

import qa
from eval.datasets import DataSet, Question
from eval.formats.squad import load_squad
from index import (
    ChunkSettings,
    Index,
    NameMatches,
    Not,
    Where,
    load_encoder,
)
from index.embedding.caching import CachingEncoder
from qa.ranking.sentence_ranking import FEATURES, Evidence, Weights, best_sentences, sentence_score
from qa.retrieval.fusion import retrieve

NEUTRAL = Weights(0.5, 0.2, 0.1, 0.0, (0.0,) * len(FEATURES), 0.5)
GRID = tuple(
    itertools.product((0.0, 0.2, 0.4, 0.6, 0.8, 1.0), (0.0, 0.2, 0.4, 0.6), (0.0, 0.1, 0.2))
)
REFUSED = 0.12
KINDS = ("answerable", "adversarial", "left out")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question asked once: the article it is on, its kind, and the evidence found."""

    article: str
    kind: str
    question: Question
    evidence: list[Evidence]


def ask_all(data: DataSet, folder: Path) -> list[Asked]:
    """Ask every question, and every answerable one again with its paragraph left out."""
    encoder = CachingEncoder(load_encoder(), 100_000)
    index = Index.create(folder, encoder, ChunkSettings())
    index.add_documents(data.documents)
    home = _homes(data)
    asked = []
    for question in data.questions:
        vector = encoder.encode([question.text])
        runs: list[tuple[str, Where | None]] = [
            ("answerable" if question.answerable else "adversarial", None)
        ]
        if question.answerable:
            runs.append(("left out", Not(NameMatches(question.judgements[0].document))))
        for kind, where in runs:
            asked_of, parsed = index.restricted_to(where), qa.Question.parse(question.text)
            found = retrieve(asked_of, parsed.asked, vector)
            evidence = best_sentences(asked_of, encoder, parsed, vector, found, NEUTRAL)
            asked.append(Asked(home[question.id], kind, question, evidence))
    return asked


def _homes(data: DataSet) -> dict[str, str]:
    """Question -> article. An unanswerable question stands between those of its paragraph."""
    homes = {}
    article = data.documents[0].name.split("/")[0]
    for question in data.questions:
        if question.answerable:
            article = question.judgements[0].document.split("/")[0]
        homes[question.id] = article
    return homes


def right(asked: Asked, evidence: Evidence) -> bool:
    """Whether the sentence holds a judged answer."""
    return asked.kind == "answerable" and any(
        evidence.document.name == judgement.document and evidence.span.holds(span)
        for judgement in asked.question.judgements
        for span in judgement.spans
    )


def best(asked: Asked, weights: Weights) -> Evidence:
    """The sentence that would be answered."""
    return max(asked.evidence, key=lambda one: sentence_score(one.features, weights))


def fit(asked: list[Asked]) -> tuple[Weights, dict[str, float]]:
    """The weights, and what they reach on articles that they were not fitted on."""
    asked = [one for one in asked if one.evidence]
    answerable = [one for one in asked if one.kind == "answerable"]
    scored = max(
        (replace(NEUTRAL, words=w, neighbours=n, kind=k) for w, n, k in GRID),
        key=lambda weights: sum(right(one, best(one, weights)) for one in answerable),
    )
    chosen = [best(one, scored) for one in asked]
    features = np.array([evidence.features for evidence in chosen])
    is_right = np.array([right(one, evidence) for one, evidence in zip(asked, chosen, strict=True)])
    kinds = np.array([one.kind for one in asked])
    shares = {kind: float((kinds == kind).sum()) for kind in KINDS}
    weight = np.array([(2 if kind == "answerable" else 1) / shares[kind] for kind in kinds])
    held_back = np.zeros(len(asked))
    groups = np.array([one.article for one in asked])
    for train, test in GroupKFold(4).split(features, groups=groups):
        model = LogisticRegression(max_iter=1000, C=1.0)
        model.fit(features[train], is_right[train], sample_weight=weight[train] * len(asked))
        held_back[test] = model.predict_proba(features[test])[:, 1]
    model = LogisticRegression(max_iter=1000, C=1.0)
    model.fit(features, is_right, sample_weight=weight * len(asked))
    has_answer = kinds == "answerable"
    threshold = float(np.quantile(held_back[has_answer], REFUSED))
    figures = {
        "sentence right": float(is_right[has_answer].mean()),
        "auroc, adversarial": _auroc(has_answer, held_back, kinds != "left out"),
        "auroc, left out": _auroc(has_answer, held_back, kinds != "adversarial"),
        "expected calibration error": _calibration(is_right, held_back, weight),
        **{
            f"answered, {kind}": float((held_back[kinds == kind] >= threshold).mean())
            for kind in KINDS
        },
    }
    coefficients = tuple(float(value) for value in model.coef_[0])
    bias = float(model.intercept_[0])
    weights = replace(scored, bias=bias, coefficients=coefficients, threshold=threshold)
    return weights, figures


def _auroc(truth: np.ndarray, scores: np.ndarray, among: np.ndarray) -> float:
    return float(roc_auc_score(truth[among], scores[among]))


def _calibration(truth: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((scores * 10).astype(int), 9)
    return float(
        sum(
            weight[bins == b].sum()
            / weight.sum()
            * abs(
                np.average(truth[bins == b], weights=weight[bins == b])
                - np.average(scores[bins == b], weights=weight[bins == b])
            )
            for b in range(10)
            if (bins == b).any()
        )
    )


def main() -> None:
    """Fit, print what the fit reaches, and write the file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("squad", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asked = ask_all(load_squad(arguments.squad), Path(folder) / "index")
    weights, figures = fit(asked)
    for name, value in figures.items():
        print(f"{name:30} {value:.3f}")
    rounded = replace(weights, coefficients=tuple(round(c, 4) for c in weights.coefficients))
    kept = {
        "words": rounded.words,
        "neighbours": rounded.neighbours,
        "kind": rounded.kind,
        "bias": round(rounded.bias, 4),
        "coefficients": dict(zip(FEATURES, rounded.coefficients, strict=True)),
        "threshold": round(rounded.threshold, 4),
        "figures on articles not fitted on": {k: round(v, 3) for k, v in figures.items()},
    }
    arguments.out.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

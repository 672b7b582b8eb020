"""Fitting the weights of a weighting: the order of passages, the choice, the confidence."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SHRINK = 5.0
"""How many groups weigh as much as the belief that standardised weights are small."""
_SURE_SHRINK = 0.3
"""The inverse of that belief's strength in the logistic regression."""


def listwise_weights(
    groups: Sequence[tuple[Floats, Bools]], sets: Sequence[str], features: int
) -> Floats:
    """Weights by which the right one of each group comes first.

    Conditional logistic regression (McFadden 1974) with a ridge penalty on standardised features.

    Args:
        groups: for each question its candidates' features, shape (n, features), and which of them
            are right, shape (n,). Groups with none right, or all, are left out.
        sets: the set that each group is of; each set weighs the same.
        features: the number of features.

    Returns:
        The weights, shape (features,); zeros when no group is left.
    """
    usable = [(*one, name) for one, name in zip(groups, sets, strict=True) if 0 < one[1].mean() < 1]
    if not usable:
        return np.zeros(features)
    every = np.concatenate([rows for rows, _, _ in usable])
    deviation = every.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    scaled = [((rows - every.mean(axis=0)) / scale, right) for rows, right, _ in usable]
    counts = Counter(name for _, _, name in usable)
    shares = [1 / (len(counts) * counts[name]) for _, _, name in usable]
    ridge = _SHRINK / len(usable)

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = ridge * float(weights @ weights), 2 * ridge * weights
        for (rows, right), share in zip(scaled, shares, strict=True):
            scores = rows @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            among = float(chances @ right)
            total -= share * np.log(among + 1e-12)
            slope = slope - share * (chances * right / (among + 1e-12) - chances) @ rows
        return total, slope

    found = minimize(loss, np.zeros(features), jac=True, method="L-BFGS-B").x
    return np.asarray(found / scale)


def logistic_weights(rows: Floats, right: Bools, weights: Floats) -> tuple[Floats, float]:
    """Weights and bias of the probability that an answer is right: logistic regression.

    Args:
        rows: each answer's features, shape (n, features).
        right: whether it is right, shape (n,).
        weights: how much each counts, shape (n,).

    Returns:
        The weights, shape (features,), and the bias; zeros when all or none are right.
    """
    if len(set(right.tolist())) < 2:  # noqa: PLR2004 -- right and wrong
        return np.zeros(rows.shape[1]), 0.0
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    model = LogisticRegression(max_iter=5000, C=_SURE_SHRINK)
    model.fit((rows - mean) / scale, right, sample_weight=weights)
    fitted = np.asarray(model.coef_[0] / scale)
    return fitted, float(model.intercept_[0] - fitted @ mean)


def thresholds_by_precision(
    sure: Floats, right: Bools, weights: Floats, shares: Sequence[float]
) -> tuple[tuple[float, float], ...]:
    """The least confidence at which the answers given are right so often.

    Args:
        sure: the confidence of each question's answer, shape (n,).
        right: whether it is right, shape (n,).
        weights: how much each question counts, shape (n,).
        shares: the shares of right answers, ascending, 0 to 1.

    Returns:
        (share, threshold) for each share that is reached, thresholds never falling.
    """
    order = np.argsort(-sure, kind="stable")
    counted = np.cumsum(weights[order])
    reached = np.cumsum(weights[order] * right[order]) / counted
    ends = np.append(np.diff(sure[order]) != 0, True)  # equal ones are given together
    found = []
    for share in shares:
        enough = np.flatnonzero((reached >= share) & ends)
        if len(enough):
            found.append((share, float(sure[order][enough[-1]])))
    return tuple(found)

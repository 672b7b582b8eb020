"""Fitting the weights of a weighting: the order of passages, the choice, and how likely it is."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SHRINK = 5.0
"""The strength of the ridge penalty, relative to the loss summed over all groups."""


def listwise_weights(
    groups: Sequence[tuple[Floats, Bools]], sets: Sequence[str], signs: Sequence[int]
) -> Floats:
    """Weights by which the right one of each group comes first.

    Conditional logistic regression (McFadden 1974) with a ridge penalty on standardised features.

    Args:
        groups: for each question its candidates' features, shape (n, features), and which of them
            are right, shape (n,). Groups with none right, or all, are left out.
        sets: the name of each group's set; all sets have the same total weight.
        signs: for each feature 1 if its weight may not be negative, -1 if it may not be positive,
            0 if it may be either. With few sets a free sign could come out wrong by chance.

    Returns:
        The weights, shape (features,); zeros when no group is left.
    """
    usable = [(*one, name) for one, name in zip(groups, sets, strict=True) if 0 < one[1].mean() < 1]
    if not usable:
        return np.zeros(len(signs))
    every = np.concatenate([rows for rows, _, _ in usable])
    scale = _scale(every)
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

    return _least(loss, np.zeros(len(signs)), signs) / scale


def logistic_weights(
    rows: Floats, right: Bools, weights: Floats, signs: Sequence[int]
) -> tuple[Floats, float]:
    """Weights and bias of a probability, as that of an answer being right: logistic regression.

    Args:
        rows: each answer's features, shape (n, features).
        right: whether it is right, shape (n,).
        weights: how much each counts, shape (n,).
        signs: as for `listwise_weights`.

    Returns:
        The weights, shape (features,), and the bias; zeros when all or none are right.
    """
    if len(set(right.tolist())) < 2:  # noqa: PLR2004 -- right and wrong
        return np.zeros(rows.shape[1]), 0.0
    mean, scale = rows.mean(axis=0), _scale(rows)
    scaled = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    shares = weights / weights.sum()
    ridge = _SHRINK / len(rows) * np.append(np.ones(len(signs)), 0.0)

    def loss(fitted: Floats) -> tuple[float, Floats]:
        chances = 1 / (1 + np.exp(-(scaled @ fitted)))
        given = np.where(right, chances, 1 - chances)
        total = -shares @ np.log(given + 1e-12) + ridge @ fitted**2
        return float(total), scaled.T @ (shares * (chances - right)) + 2 * ridge * fitted

    found = _least(loss, np.zeros(len(signs) + 1), [*signs, 0])
    fitted = found[:-1] / scale
    return fitted, float(found[-1] - fitted @ mean)


def _scale(rows: Floats) -> Floats:
    deviation = rows.std(axis=0)
    return np.where(deviation > 0, deviation, 1.0)


def _least(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, signs: Sequence[int]
) -> Floats:
    """Where a loss is least, its arguments of these signs."""
    bounds = [{1: (0, None), -1: (None, 0), 0: (None, None)}[sign] for sign in signs]
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def thresholds_by_precision(
    sure: Floats, right: Bools, weights: Floats, shares: Sequence[float]
) -> tuple[tuple[float, float], ...]:
    """For each share, the least confidence at which that share of the given answers is right.

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

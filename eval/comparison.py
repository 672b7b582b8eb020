"""Whether two runs differ by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from eval.measures import LOWER_IS_BETTER, Floats, mean_with_interval
from eval.result import SET_MEASURES, Result, Row, mean_names
from index import QuothError

_SWAPS = 10_000
_SET_SWAPS = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in two runs.

    `difference` is `after - before`, with its 95 % paired bootstrap interval. `p` is that of a
    paired randomisation test, `adjusted` the same corrected for the number of measures compared
    (Benjamini and Hochberg, 1995).
    """

    measure: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    questions: int
    p: float
    adjusted: float

    @property
    def better(self) -> float:
        """The difference, positive when `after` is the better one."""
        return -self.difference if self.measure in LOWER_IS_BETTER else self.difference


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose rank of the first right document, or whose answer, changed."""

    id: str
    question: str
    before: int | None
    after: int | None
    answer_before: str | None
    answer_after: str | None
    better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over one set. `unshared` counts the questions that only one of them asked."""

    before: Result
    after: Result
    differences: list[Difference]
    changed: list[Changed]
    unshared: int

    def worse(self, allowed: float, level: float = 0.05) -> list[Difference]:
        """The measures that are worse by more than `allowed` and not by chance."""
        return [d for d in self.differences if -d.better > allowed and d.adjusted < level]


def compare(before: Result, after: Result) -> Comparison:
    """Measure by measure, over the questions both asked.

    Raises QuothError if they share none.
    """
    others = {row.id: row for row in after.rows}
    pairs = [
        (row, others[row.id])
        for row in before.rows
        if row.id in others and others[row.id].question == row.question
    ]
    if not pairs:
        raise QuothError(
            f"the runs over {before.set} and {after.set} share no question; compare runs over "
            "one set"
        )
    found = [d for name in mean_names() if (d := _mean_difference(name, pairs))]
    found += [d for name in SET_MEASURES if (d := _set_difference(name, pairs))]
    tested = [place for place, values in enumerate(found) if values[-1] < 1]
    adjusted = [1.0] * len(found)
    for place, p in zip(tested, _corrected([found[place][-1] for place in tested]), strict=True):
        adjusted[place] = p
    differences = [
        Difference(*values, adjusted=p) for values, p in zip(found, adjusted, strict=True)
    ]
    unshared = len(before.rows) + len(after.rows) - 2 * len(pairs)
    return Comparison(before, after, differences, _changed(pairs), unshared)


def _corrected(ps: Sequence[float]) -> list[float]:
    """The p-values, corrected for multiple testing (Benjamini and Hochberg, 1995).

    A measure that no question changed can only have p = 1. It is not passed to this function, so
    it is not counted among the tests (Tarone, 1990).
    """
    return [float(p) for p in stats.false_discovery_control(ps)] if ps else []


Values = tuple[str, float, float, float, float, float, int, float]
Pairs = Sequence[tuple[Row, Row]]


def _mean_difference(name: str, pairs: Pairs) -> Values | None:
    both = [
        (a.values[name], b.values[name]) for a, b in pairs if name in a.values and name in b.values
    ]
    if not both:
        return None
    before, after = np.array(both, float).T
    change = after - before
    low = high = float(change.mean())
    p = 1.0
    if change.any() and len(change) > 1:
        interval = mean_with_interval(change.tolist())
        low, high = interval.low, interval.high
        p = float(
            stats.permutation_test(
                (change,),
                lambda x, axis: np.mean(x, axis=axis),
                permutation_type="samples",
                vectorized=True,
                n_resamples=_SWAPS,
                batch=200,
                rng=np.random.default_rng(0),
            ).pvalue
        )
    return name, before.mean(), after.mean(), change.mean(), low, high, len(both), p


def _set_difference(name: str, pairs: Pairs) -> Values | None:
    """A measure of the whole set: the two runs' values are swapped question by question."""
    statistic, columns = SET_MEASURES[name]
    rows = [(a, b) for a, b in pairs if columns([a]) is not None and columns([b]) is not None]
    if not rows:
        return None
    one = np.array([np.stack(columns([a]) or ()) for a, _ in rows])
    other = np.array([np.stack(columns([b]) or ()) for _, b in rows])

    def value(table: Floats) -> float:
        confidence, truth = table.transpose(1, 0, 2).reshape(2, -1)
        return statistic(confidence, truth)

    before, after = value(one), value(other)
    if np.isnan(before) or np.isnan(after):
        return None
    draw = np.random.default_rng(0)
    change = after - before
    drawn, swapped = [], 0
    for _ in range(_SET_SWAPS):
        again = draw.integers(0, len(rows), len(rows))
        drawn.append(value(other[again]) - value(one[again]))
        swap = draw.integers(0, 2, len(rows))[:, None, None] == 1
        by_chance = value(np.where(swap, one, other)) - value(np.where(swap, other, one))
        swapped += abs(by_chance) >= abs(change) - 1e-12
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    p = (swapped + 1) / (_SET_SWAPS + 1)
    return name, before, after, change, float(low), float(high), len(rows), p


def _changed(pairs: Pairs) -> list[Changed]:
    found = []
    for a, b in pairs:
        given = (a.best if a.answered else None, b.best if b.answered else None)
        gain = _score(b) - _score(a)
        if a.rank != b.rank or given[0] != given[1]:
            found.append(Changed(a.id, a.question, a.rank, b.rank, *given, better=gain > 0))
    return sorted(found, key=lambda one: (one.better, one.id))


def _score(row: Row) -> float:
    """How well a question went, for saying which way it changed."""
    answered = row.right if row.answered else (not row.answerable if row.confidence else None)
    return (1 / row.rank if row.rank else 0.0) + float(answered or False)

"""Trying many settings on one set, and keeping the best."""

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from eval.ask_questions import Options, what_reads
from eval.cached_index import Tell
from eval.comparison import Difference, compare
from eval.datasets import DataSet
from eval.measures import LOWER_IS_BETTER
from eval.report import write_sweep
from eval.result import Result
from eval.runner import run
from index import QuothError
from index.durable_files import plain_faults, replace_whole
from qa import Settings
from qa.ranking.weights import UnfitError, weighting_of
from qa.reader.base import NONE
from qa.reader.load import load_reader, load_reranker
from qa.settings import read_toml


@dataclass(frozen=True, slots=True)
class Tried:
    """One choice of settings: what differs from the others, its run and its median latency."""

    changes: dict[str, object]
    settings: Settings
    result: Result
    milliseconds: float

    @property
    def name(self) -> str:
        """The changes in a line."""
        return ", ".join(f"{key} {value}" for key, value in self.changes.items()) or "as it ships"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Every choice of settings that was tried, best first.

    `front` has the places of the choices on the Pareto front of latency and `by`.
    `against_standard` compares the best choice with the default settings. `unfit` are the choices
    left out because their weighting was fitted for another reader or reranker.
    """

    by: str
    tried: list[Tried]
    front: list[int]
    against_standard: list[Difference]
    unfit: list[dict[str, object]]


def read_grid(path: Path) -> list[dict[str, object]]:
    """The choices in a TOML file: every combination of its lists.

    Raises QuothError for a name that is no setting.
    """
    stated = read_toml(path)
    for name, values in stated.items():
        if not isinstance(values, list) or not values:
            raise QuothError(f"{path}: {name} must be a list of values, as in {name} = [180, 240]")
        for value in values:
            Settings().having({name: value}, str(path))
    names = list(stated)
    lists = [values for values in stated.values() if isinstance(values, list)]
    return [dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*lists)]


def sweep(
    data: DataSet,
    grid: Sequence[Mapping[str, object]],
    out: Path,
    by: str = "ndcg@10",
    options: Options | None = None,
    *,
    cache: Path | None = None,
    tell: Tell | None = None,
    each: Callable[[int, int, str], None] | None = None,
) -> Sweep:
    """Run every choice of `grid` on `data`, and the settings as they ship.

    Each run is saved in `out` and reused when the sweep is started again. The files report.html,
    sweep.json and best.toml are written to `out`; `quoth add` and `quoth ask` take best.toml with
    --config. Raises QuothError if the set does not allow the measure `by`, and before the first
    run if a reader, reranker or weighting is not available.
    """
    options = options or Options()
    choices = [dict(one) for one in grid]
    settings = [Settings().having(one, "the grid") for one in choices]
    fit = {reads: _is_fit(*reads) for reads in map(_what_reads, settings)}
    unfit = [one for one, its in zip(choices, settings, strict=True) if not fit[_what_reads(its)]]
    choices = [one for one in choices if one not in unfit]
    tried = []
    for number, changes in enumerate([{}, *choices], 1):
        chosen = Settings().having(changes, "the grid")
        if each:
            each(number, len(choices) + 1, ", ".join(f"{k} {v}" for k, v in changes.items()))
        result = _run_once(data, chosen, options, out, cache, tell)
        if by not in result.measures:
            raise QuothError(
                f"{data.name} has no measure {by!r}; it has {', '.join(result.measures)}"
            )
        seconds = [sum(row.seconds.values()) for row in result.rows]
        tried.append(Tried(changes, chosen, result, 1000 * float(np.median(seconds))))
    standard = tried[0]
    if any(one.settings == standard.settings for one in tried[1:]):
        tried = tried[1:]
    sign = 1 if by in LOWER_IS_BETTER else -1
    tried.sort(key=lambda one: (sign * one.result.measures[by].value, one.milliseconds, one.name))
    best = tried[0]
    same = best.settings == standard.settings
    found = Sweep(
        by=by,
        tried=tried,
        front=_front([(one.milliseconds, -sign * one.result.measures[by].value) for one in tried]),
        against_standard=[] if same else compare(standard.result, best.result).differences,
        unfit=unfit,
    )
    _write(found, data, out)
    return found


def _what_reads(settings: Settings) -> tuple[str, str, str]:
    return settings.reader, settings.reranker, settings.weighting


def _is_fit(reader: str, reranker: str, weighting: str) -> bool:
    """Whether the weighting is for the two: a grid combines each with each."""
    given = None if weighting == NONE else Path(weighting)
    try:
        weighting_of(load_reader(reader), load_reranker(reranker), given)
    except UnfitError:
        return False
    return True


def _run_once(
    data: DataSet,
    settings: Settings,
    options: Options,
    out: Path,
    cache: Path | None,
    tell: Tell | None,
) -> Result:
    what = json.dumps([data.fingerprint(), what_reads(settings), asdict(options)])
    folder = out / "runs" / hashlib.sha256(what.encode()).hexdigest()[:12]
    if (folder / "result.json").exists():
        return Result.read(folder)
    return run(data, folder, settings, options, cache=cache, tell=tell)


def _front(points: Sequence[tuple[float, float]]) -> list[int]:
    """The places of the points that no other one beats in both time (less) and value (more)."""
    return [
        place
        for place, (time, value) in enumerate(points)
        if not any(
            other_time <= time and other >= value and (other_time, other) != (time, value)
            for other_time, other in points
        )
    ]


def _write(found: Sweep, data: DataSet, out: Path) -> None:
    kept = {
        "set": data.name,
        "by": found.by,
        "tried": [
            {
                "settings": one.settings.flat(),
                "changes": one.changes,
                "milliseconds": one.milliseconds,
                "measures": {name: asdict(m) for name, m in one.result.measures.items()},
                "on_front": place in found.front,
            }
            for place, one in enumerate(found.tried)
        ],
        "unfit": found.unfit,
    }
    with plain_faults(out):
        replace_whole(out / "sweep.json", (json.dumps(kept, indent=1) + "\n").encode())
        best = f"# The best of {len(found.tried)} settings by {found.by} on {data.name}.\n"
        replace_whole(out / "best.toml", (best + found.tried[0].settings.as_toml()).encode())
        write_sweep(
            f"{data.name} · sweep",
            found.by,
            [
                (one.name, one.milliseconds, one.result.measures, place in found.front)
                for place, one in enumerate(found.tried)
            ],
            [
                (d.measure, d.before, d.after, d.low, d.high, d.adjusted)
                for d in found.against_standard
            ],
            out / "report.html",
        )

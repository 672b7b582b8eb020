"""What a run found, as a value and as result.json."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from eval.measures import (
    RANKING,
    Floats,
    Measured,
    aurc,
    auroc,
    ece,
    mean_with_interval,
    with_interval,
)
from index import QuothError
from index.durable_files import plain_faults, replace_whole

FORM = 1
"""The number of result.json's form."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage that was found, as the report shows it."""

    document: str
    start: int
    end: int
    score: float
    right: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its result.

    `rank` and `passage_rank` are those of the first right document and passage, None when none
    was found. `best` is the likeliest answer, which is given only if `answered`. `right` says
    whether it is right, and is None if no judgement can decide it. `without` is the answerability
    when the right documents are left out. A run before November 2026 has no `answerability`; its
    confidence, from which it refused, stands for it.
    """

    id: str
    question: str
    answers: list[str]
    judged: list[str]
    rank: int | None
    passage_rank: int | None
    documents: list[str]
    passages: list[Shown]
    best: str | None
    best_document: str | None
    answered: bool
    confidence: float | None
    right: bool | None
    without: float | None
    values: dict[str, float]
    seconds: dict[str, float]
    answerability: float | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.judged)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """The row that `asdict` made."""
        return cls(**{**kept, "passages": [Shown(**one) for one in kept["passages"]]})


@dataclass(frozen=True, slots=True)
class Result:
    """A run over one set.

    `measures` are in the order they are shown in; `seconds` has the seconds of each stage, the
    stages of asking summed over the questions.
    """

    set: str
    data: str
    settings: dict[str, object]
    options: dict[str, bool]
    versions: dict[str, str]
    machine: dict[str, object]
    made: str
    documents: int
    passages: int
    notices: list[str]
    seconds: dict[str, float]
    measures: dict[str, Measured]
    rows: list[Row] = field(repr=False)

    def write(self, path: Path) -> None:
        """Write the result as JSON."""
        kept = {"form": FORM, **asdict(self)}
        with plain_faults(path.parent):
            replace_whole(path, (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode())

    def bare(self) -> Self:
        """The result without passages and lists of documents, which comparing does not need."""
        return replace(self, rows=[replace(row, passages=[], documents=[]) for row in self.rows])

    @classmethod
    def read(cls, path: Path) -> Self:
        """The result in a file, or in the folder of a run.

        Raises QuothError if it is not there or is not a result.
        """
        path = path / "result.json" if path.is_dir() else path
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept.pop("form") != FORM:
                raise QuothError(f"{path} was made by another version of Quoth; run it again")
            kept["measures"] = {name: Measured(**one) for name, one in kept["measures"].items()}
            kept["rows"] = [Row.of(one) for one in kept["rows"]]
            return cls(**kept)
        except OSError as error:
            raise QuothError(f"{path} cannot be read ({error.strerror}); check the path") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuothError(
                f"{path} is not a result that `quoth eval run` wrote ({error})"
            ) from error


def measured(rows: Sequence[Row]) -> dict[str, Measured]:
    """Every measure that these rows allow, with its interval."""
    found = {
        name: mean_with_interval(values)
        for name in mean_names()
        if (values := [row.values[name] for row in rows if name in row.values])
    }
    for name, (statistic, columns) in SET_MEASURES.items():
        chosen = columns(rows)
        if chosen is not None and not np.isnan(statistic(*chosen)):
            found[name] = with_interval(statistic, *chosen)
    return found


ANSWERS = ("em", "f1", "em_answerable", "f1_answerable", "citation_precision")


def mean_names() -> list[str]:
    """The measures that are means over questions, in the order they are shown in."""
    return [*RANKING, *(f"passage_{name}" for name in RANKING), *ANSWERS]


Columns = tuple[Floats, Floats]


def _columns(pairs: Iterable[tuple[float, bool]]) -> Columns | None:
    table = np.array([(a, float(b)) for a, b in pairs], float)
    return (table[:, 0], table[:, 1]) if len(table) else None


def answerable_columns(rows: Sequence[Row]) -> Columns | None:
    """Answerability, and whether the documents answer the question."""
    return _columns((_answerability(r), r.answerable) for r in rows if r.confidence is not None)


def _answerability(row: Row) -> float:
    return (row.confidence or 0.0) if row.answerability is None else row.answerability


def right_columns(rows: Sequence[Row]) -> Columns | None:
    """Confidence, and whether the likeliest answer is right."""
    return _columns(
        (r.confidence, r.right) for r in rows if r.confidence is not None and r.right is not None
    )


def left_out_columns(rows: Sequence[Row]) -> Columns | None:
    """Answerability with the right documents there, and without them."""
    chosen = [r for r in rows if r.without is not None and r.confidence is not None]
    return _columns(
        [(_answerability(r), True) for r in chosen] + [(r.without or 0.0, False) for r in chosen]
    )


SET_MEASURES: dict[
    str, tuple[Callable[[Floats, Floats], float], Callable[[Sequence[Row]], Columns | None]]
] = {
    "answerable_auroc": (auroc, answerable_columns),
    "left_out_auroc": (auroc, left_out_columns),
    "ece": (ece, right_columns),
    "aurc": (aurc, right_columns),
}
"""Measures of the whole set: the statistic and what it is computed from."""

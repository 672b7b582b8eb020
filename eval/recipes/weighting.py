"""The weighting that ships: fitted on questions read by readers that never saw their articles.

`python -m eval.recipes.weighting READERS OUT`, where READERS is the folder that
`eval.recipes.reader` made: each article of squad2 is read by a reader that never saw it.
"""

import argparse
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eval.cached_index import index_of
from eval.calibration import (
    Asked,
    ask,
    figures,
    fit,
    threshold_of,
)
from eval.datasets import DataSet, Question
from eval.judge import Judge
from eval.measures import auroc, exact_match, f1
from eval.recipes.reader.__main__ import HARD
from eval.sets import load
from index import Document, Index
from index.cache_folder import cache_folder
from qa import Settings
from qa.reader.base import Reader, Text
from qa.reader.compiled import CompiledReader

TRUST = 0.4
"""What the reader's weights are multiplied with after the fit. squad2 is what it was trained on;
on articles unlike those the fusion deserves more, and .4 is better than 1 on squad2 itself too."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a reader said of the paragraph that a question was asked of.

    How sure it is that it answers, and how well, NaN for a question that it does not answer.
    """

    answering: float
    em: float
    f1: float


def main() -> None:
    """Read, fit, print what the fit reaches, and write the file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("readers", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=1, help="one question in so many, for a look")
    arguments = parser.parse_args()
    folder: Path = arguments.readers
    shipped = CompiledReader(folder / "all", "all")
    data = load(HARD)
    kept = folder / f"read-{arguments.every}-{shipped.fingerprint[:12]}.pickle"
    with index_of(data.name, data.documents, Settings(), cache_folder()) as index:
        if kept.exists():
            asked, pointed = pickle.loads(kept.read_bytes())  # noqa: S301 -- our own
        else:
            asked, pointed = _read(folder, data, index, arguments.every)
            kept.write_bytes(pickle.dumps((asked, pointed)))
        weighting, held = fit(asked, index, TRUST)
    threshold = threshold_of(asked, held)
    reached = {**_of_pointing(pointed), **figures(asked, held, threshold)}
    for name, value in reached.items():
        print(f"{name:42} {value:.3f}")
    replace(weighting, threshold=threshold, reader=shipped.fingerprint, figures=reached).write(
        arguments.out
    )


def _read(
    folder: Path, data: DataSet, index: Index, every: int
) -> tuple[list[Asked], list[Pointed]]:
    """Every question asked, each read by the reader that never saw its article."""
    halves = [CompiledReader(folder / f"without-{half}", f"without {half}") for half in (0, 1)]
    texts = {document.name: document for document in data.documents}
    questions = data.questions[::every]
    vectors = index.encoder.encode([question.text for question in questions])
    judge = Judge(index)
    asked: list[Asked] = []
    pointed: list[Pointed] = []
    for place, question in enumerate(questions):
        if place % 250 == 0:
            print(f"{place} of {len(questions)} questions read", flush=True)
        reader = halves[int(_article(question)) % 2]
        some = ask(index, judge, reader, question, vectors[place : place + 1])
        asked += [replace(one, about=_article(question)) for one in some]
        pointed.append(point(reader, question, texts[question.asked_of or ""]))
    return asked, pointed


def _article(question: Question) -> str:
    return (question.asked_of or "0").split("/")[0]


def point(reader: Reader, question: Question, own: Document) -> Pointed:
    """Read `own`, the paragraph that the question was asked of."""
    (reading,) = reader.read(question.text, [Text(own.search_title, own.text)])
    if not question.answerable:
        return Pointed(reading.answering, np.nan, np.nan)
    said = reading.spans[0].span.of(own.text) if reading.spans else ""
    return Pointed(
        reading.answering, exact_match(said, question.answers), f1(said, question.answers)
    )


def _of_pointing(pointed: Sequence[Pointed]) -> dict[str, float]:
    answering = np.array([one.answering for one in pointed])
    em, f1_ = np.array([one.em for one in pointed]), np.array([one.f1 for one in pointed])
    return {
        "em, right paragraph given": float(np.nanmean(em)),
        "f1, right paragraph given": float(np.nanmean(f1_)),
        "auroc, adversarial, right paragraph given": auroc(
            answering, (~np.isnan(em)).astype(np.float64)
        ),
    }


if __name__ == "__main__":
    main()

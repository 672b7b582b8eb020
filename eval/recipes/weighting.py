"""The weighting that ships: fitted on questions read by readers that never saw their articles.

`python -m eval.recipes.weighting READERS OUT`, where READERS is the folder that
`eval.recipes.reader` made. Each article of squad2 is read by a reader that never saw it; of the
pool's sets the questions are asked that were held back from it.
"""

import argparse
import pickle
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from eval.calibrating import (
    Asked,
    ask,
    figures,
    fit,
    threshold_of,
)
from eval.corpus import index_of
from eval.datasets import Question
from eval.measures import auroc, exact_match, f1
from eval.recipes.reader.__main__ import HARD, POOL, held_back
from eval.recipes.reader.examples import groups_of, read_groups
from eval.relevance import Judge
from eval.sets import load
from index import Document, Index
from index.cache import cache_folder
from qa import Settings
from qa.reader import CompiledReader, Reader, Text

TRUST = 0.4
"""What the reader's weights are multiplied with after the fit. squad2 is what it was trained on;
on articles unlike those the fusion deserves more, and .4 is better than 1 on squad2 itself too."""


_OF_POOL = 200
"""So many held-back questions of each of the pool's sets are asked."""


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
    with ExitStack() as opened:
        indexes = {name: opened.enter_context(_index_of(name)) for name in (HARD, *POOL)}
        kept = folder / f"read-{arguments.every}-{shipped.fingerprint[:12]}.pickle"
        if kept.exists():
            asked, pointed = pickle.loads(kept.read_bytes())  # noqa: S301 -- our own
        else:
            asked, pointed = _read(folder, shipped, indexes, arguments.every)
            kept.write_bytes(pickle.dumps((asked, pointed)))
        weighting, held = fit(asked, indexes, TRUST)
    hard = [place for place, one in enumerate(asked) if one.set == HARD]
    its, fared = [asked[place] for place in hard], [held[place] for place in hard]
    threshold = threshold_of(its, fared)
    reached = {**_of_pointing(pointed), **figures(its, fared, threshold)}
    for name, value in reached.items():
        print(f"{name:42} {value:.3f}")
    replace(weighting, threshold=threshold, reader=shipped.fingerprint, figures=reached).write(
        arguments.out
    )


def _index_of(name: str) -> Index:
    return index_of(name, load(name).documents, Settings(), cache_folder())


def _read(
    folder: Path, shipped: Reader, indexes: dict[str, Index], every: int
) -> tuple[list[Asked], list[Pointed]]:
    """Every question that is asked, and what was said of squad2's own paragraphs."""
    halves = [CompiledReader(folder / f"without-{half}", f"without {half}") for half in (0, 1)]
    asked: list[Asked] = []
    pointed: list[Pointed] = []
    for name, index in indexes.items():
        data = load(name)
        texts = {document.name: document for document in data.documents}
        questions = data.questions if name == HARD else _held_back(name, data.questions)
        questions = questions[:: every if name == HARD else max(1, len(questions) // _OF_POOL)]
        vectors = index.encoder.encode([question.text for question in questions])
        judge = Judge(index)
        for place, question in enumerate(questions):
            if place % 250 == 0:
                print(f"{name}: {place} of {len(questions)} questions read", flush=True)
            reader = halves[int(_article(question)) % 2] if name == HARD else shipped
            vector = vectors[place : place + 1]
            # To ask takes as long as all else: of unanswerable questions every other one is asked
            # of everything, and of answerable ones every other one without the answer.
            most = 2 - place % 2 if question.answerable else 1 - place % 2
            some = list(islice(ask(name, index, judge, reader, question, vector), most))
            if name == HARD:
                some = [replace(one, about=_article(question)) for one in some]
                pointed.append(point(reader, question, texts[question.asked_of or ""]))
            asked += some
    return asked, pointed


def _held_back(name: str, questions: Sequence[Question]) -> list[Question]:
    """The questions whose groups the pool's training left out; groups are in their order."""
    groups = read_groups(groups_of(name))
    return [one for one, group in zip(questions, groups, strict=True) if held_back(group)]


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

"""What each part of the recipe is worth: short trainings that each leave one part out.

`python -m eval.recipes.reader.ablations OUT`: each variant is trained on the pool alone, for the
same number of batches, and measured on squad2, which none of them saw.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from eval.asked_questions import ANSWERABLE, Asked, ask, nothing_read
from eval.cached_index import index_of
from eval.calibration import FOLDS, rank_weights
from eval.judge import Judge
from eval.measures import auroc, mean_with_interval, with_interval
from eval.recipes.reader.__main__ import HARD, SETS, WEIGHTS, calibration_rows, made_pack
from eval.recipes.reader.batches import Drawing, Special
from eval.recipes.reader.export import export
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.pack import Pack, of_sets
from eval.recipes.reader.pointing import Pointed, point
from eval.recipes.reader.train import Stage, train
from eval.sets import load
from index.cache_folder import cache_folder
from index.embedding.model_files import model_folder
from qa import Settings
from qa.ranking.rerank import weighed
from qa.ranking.weights import RANKED_BY, UNFITTED
from qa.reader.base import Reader
from qa.reader.compiled import CompiledReader

Floats = NDArray[np.float64]

WHOLE = "whole recipe"
RATE = 1e-4
NOTHING: frozenset[Any] = frozenset()
ALONE = tuple(float(name == "relevance") for name in RANKED_BY)
"""The rank weights of a reader whose relevance alone orders the passages."""


def variants(steps: int) -> dict[str, Stage]:
    """The stages compared, by what each leaves out; so short ones average over fewer steps."""
    drawing = Drawing(weights=WEIGHTS)
    whole = Stage("whole", steps, RATE, drawing, averaged=0.99)
    return {
        WHOLE: whole,
        "no negatives": replace(whole, name="no-negatives", drawing=replace(drawing, negatives=0)),
        "no ranking loss": replace(whole, name="no-ranking-loss", without=frozenset({"rank"})),
        "no shared normalisation": replace(whole, name="no-shared", without=frozenset({"shared"})),
        "no changed questions": replace(
            whole, name="no-changed", drawing=replace(drawing, changed=0.0)
        ),
        "no other forms": replace(
            whole, name="no-forms", drawing=replace(drawing, other_forms=0.0)
        ),
    }


@dataclass(frozen=True, slots=True)
class Scores:
    """A reader's results for each question, in the order asked; NaN where not applicable.

    `alone` and `mixed` are whether the right document came first, by the reader's relevance alone
    and by the learned mix, fitted on other articles. `answering` is its score that the right
    paragraph answers.
    """

    em: Floats
    f1: Floats
    alone: Floats
    mixed: Floats
    answering: Floats
    answerable: Floats

    def told(self) -> dict[str, str]:
        """Each measure with its 95 % interval."""
        given = {"EM": self.em, "F1": self.f1, "hit@1 alone": self.alone, "hit@1 mix": self.mixed}
        means = {name: mean_with_interval(list(_known(one))) for name, one in given.items()}
        means["AUROC"] = with_interval(auroc, self.answering, self.answerable)
        return {
            name: f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for name, one in means.items()
        }

    def against(self, other: "Scores") -> dict[str, str]:
        """How much better than `other`, question by question, with 95 % intervals."""
        pairs = {
            "EM": (self.em, other.em),
            "F1": (self.f1, other.f1),
            "hit@1 alone": (self.alone, other.alone),
            "hit@1 mix": (self.mixed, other.mixed),
        }
        found = {
            name: mean_with_interval(list(_known(mine - its)))
            for name, (mine, its) in pairs.items()
        }
        found["AUROC"] = with_interval(
            _auroc_gain, self.answering, other.answering, self.answerable
        )
        return {
            name: f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
            for name, one in found.items()
        }


def main() -> None:
    """Train and measure every variant, and print the table; resumable."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", type=Path, help="the folder for checkpoints and the table")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--every", type=int, default=2, help="one question of squad2 in so many")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(os.cpu_count() or 1)
    pool = made_pack(out / "pack.npz", model_folder())
    table: dict[str, dict[str, dict[str, str]]] = {}
    whole: Scores | None = None
    for name, stage in variants(arguments.steps).items():
        scores = _measured(_trained(stage, pool, out), arguments.every)
        whole = whole or scores
        table[name] = {"figures": scores.told(), "against the whole recipe": scores.against(whole)}
        if name == WHOLE:
            halves = CompiledReader(out / f"{stage.name}-16", "sixteen bits")
            sixteen = _measured(halves, arguments.every)
            table["in sixteen bits"] = {
                "figures": sixteen.told(),
                "against the whole recipe": sixteen.against(whole),
            }
        (out / "table.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        print(json.dumps({name: table[name]}, indent=1), flush=True)


def _trained(stage: Stage, pool: Pack, out: Path) -> Reader:
    if not (out / stage.name / "card.json").exists():
        torch.manual_seed(5)
        start = ReaderModel(model_folder(), plain=True)
        model = train(stage, pool, of_sets(pool, list(SETS)), start, out)
        export(model, out / f"{stage.name}-16")
        export(model, out / stage.name, calibration_rows(pool, Special()))
    return CompiledReader(out / stage.name, stage.name)


def _measured(reader: Reader, every: int) -> Scores:
    data = load(HARD)
    questions = data.questions[::every]
    texts = {document.name: document for document in data.documents}
    asked, pointed = [], []
    with index_of(data.name, data.documents, Settings(), cache_folder()) as index:
        judge = Judge(index)
        vectors = index.encoder.encode([question.text for question in questions])
        for place, question in enumerate(questions):
            vector = vectors[place : place + 1]
            if question.answerable:
                asked.append(next(ask(index, judge, reader, question, vector)))
            else:
                # Only what is said of its own paragraph counts.
                asked.append(nothing_read(question))
            pointed.append(point(reader, question, texts[question.asked_of or ""]))
    return _scores(asked, pointed)


def _scores(asked: Sequence[Asked], pointed: Sequence[Pointed]) -> Scores:
    nothing = np.full(len(asked), np.nan)
    scores = Scores(*(nothing.copy() for _ in range(6)))
    for place, (one, said) in enumerate(zip(asked, pointed, strict=True)):
        scores.answerable[place] = float(one.kind == ANSWERABLE)
        scores.answering[place] = said.answering
        scores.em[place], scores.f1[place] = said.em, said.f1
        if one.kind == ANSWERABLE:
            scores.alone[place] = _first(one, ALONE)
    articles = [one.about.split("/")[0] for one in asked]
    for fitted_on, held_back in GroupKFold(FOLDS).split(asked, groups=articles):
        weights = tuple(rank_weights([asked[place] for place in fitted_on]))
        for place in held_back:
            if asked[place].kind == ANSWERABLE:
                scores.mixed[place] = _first(asked[place], weights)
    return scores


def _first(asked: Asked, rank: tuple[float, ...]) -> float:
    """Whether the right document comes first by these rank weights."""
    found = weighed(asked.read, replace(UNFITTED, rank=rank))
    return float(bool(found.read) and found.read[0].document.name in asked.documents)


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _auroc_gain(mine: Floats, its: Floats, answerable: Floats) -> float:
    return auroc(mine, answerable) - auroc(its, answerable)


if __name__ == "__main__":
    main()

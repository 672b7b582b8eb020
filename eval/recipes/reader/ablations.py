"""What each part of the recipe is worth: short trainings that each leave one part out.

`python -m eval.recipes.reader.ablations OUT`: each variant is trained on the pool alone, for the
same number of batches, and measured on squad2, which none of them saw.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from eval.corpus import index_of
from eval.datasets import Question
from eval.measures import auroc, exact_match, f1, mean_with_interval, with_interval
from eval.recipes.reader.__main__ import HARD, POOL
from eval.recipes.reader.examples import Group, groups_of, read_groups
from eval.recipes.reader.export import export
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.train import Stage, train
from eval.recipes.weighting import KINDS, Asked, rank_weights
from eval.sets import load
from index import Document, Index, Vectors
from index.cache import cache_folder
from index.models import model_folder
from qa import Settings, retrieve
from qa.reader import CompiledReader, Reader, Text
from qa.weigh import RANKED_BY, Weighting, read_passages, weighed

Floats = NDArray[np.float64]

WHOLE = "whole recipe"
ALONE = tuple(float(name == "relevance") for name in RANKED_BY)
"""The rank weights of a reader whose relevance alone orders the passages."""
_FOLDS = 4


def variants(steps: int) -> dict[str, Stage]:
    """The stages compared, by what each leaves out."""
    return {
        WHOLE: Stage("whole", steps, 1e-4),
        "no negatives": Stage("no-negatives", steps, 1e-4, negatives=0),
        "no ranking loss": Stage("no-ranking-loss", steps, 1e-4, ranking=False),
        "no changed questions": Stage("no-changed", steps, 1e-4, changed=False),
        "two negatives": Stage("two-negatives", steps, 1e-4, negatives=2),
    }


@dataclass(frozen=True, slots=True)
class Scores:
    """Of each question, in the order asked, how a reader fared; NaN where it does not apply.

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
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--every", type=int, default=2, help="one question of squad2 in so many")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(os.cpu_count() or 1)
    pool = [group for name in POOL for group in read_groups(groups_of(name))]
    table: dict[str, dict[str, dict[str, str]]] = {}
    whole: Scores | None = None
    for name, stage in variants(arguments.steps).items():
        scores = _measured(_trained(stage, pool, out), arguments.every)
        whole = whole or scores
        table[name] = {"figures": scores.told(), "against the whole recipe": scores.against(whole)}
        if name == WHOLE:
            halves = CompiledReader(out / f"{stage.name}-16", "sixteen bits")
            sixteen = _measured(halves, arguments.every)
            table["weights in sixteen bits"] = {
                "figures": sixteen.told(),
                "against the whole recipe": sixteen.against(whole),
            }
        (out / "table.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        print(json.dumps({name: table[name]}, indent=1), flush=True)


def _trained(stage: Stage, pool: Sequence[Group], out: Path) -> Reader:
    if not (out / stage.name / "card.json").exists():
        torch.manual_seed(5)
        model = train(stage, pool, ReaderModel(model_folder()), out)
        export(model, out / f"{stage.name}-16", eight_bits=False)
        export(model, out / stage.name)
    return CompiledReader(out / stage.name, stage.name)


def _measured(reader: Reader, every: int) -> Scores:
    data = load(HARD)
    questions = data.questions[::every]
    texts = {document.name: document for document in data.documents}
    with index_of(data.name, data.documents, Settings(), cache_folder()) as index:
        vectors = index.encoder.encode([question.text for question in questions])
        asked = [
            _asked(
                index,
                reader,
                question,
                vectors[place : place + 1],
                texts[question.asked_of or ""],
            )
            for place, question in enumerate(questions)
        ]
    return _scores(asked)


def _asked(
    index: Index, reader: Reader, question: Question, vector: Vectors, own: Document
) -> Asked:
    (reading,) = reader.read(question.text, [Text(own.search_title, own.text)])
    read = (
        read_passages(index, reader, question.text, retrieve(index, question.text, vector))
        if question.answerable
        else []
    )
    kind = KINDS[0] if question.answerable else KINDS[1]
    article = int((question.asked_of or "0").split("/")[0])
    return Asked(article, kind, question, read, reading, own.text)


def _scores(asked: Sequence[Asked]) -> Scores:
    nothing = np.full(len(asked), np.nan)
    scores = Scores(*(nothing.copy() for _ in range(6)))
    for place, one in enumerate(asked):
        reading = one.own
        scores.answerable[place] = float(one.kind == KINDS[0])
        scores.answering[place] = reading.answering if reading else 0.0
        if one.kind != KINDS[0]:
            continue
        said = reading.spans[0].span.of(one.own_text) if reading and reading.spans else ""
        scores.em[place] = exact_match(said, one.question.answers)
        scores.f1[place] = f1(said, one.question.answers)
        scores.alone[place] = _first(one, ALONE)
    of_article = np.array([one.article for one in asked])
    for fitted_on, held_back in GroupKFold(_FOLDS).split(asked, groups=of_article):
        weights = tuple(rank_weights([asked[place] for place in fitted_on]))
        for place in held_back:
            if asked[place].kind == KINDS[0]:
                scores.mixed[place] = _first(asked[place], weights)
    return scores


def _first(asked: Asked, rank: tuple[float, ...]) -> float:
    """Whether the right document comes first by these rank weights."""
    found = weighed(asked.read, Weighting(rank, (), 0.0, 0.0))
    judged = {judgement.document for judgement in asked.question.judgements}
    return float(bool(found.read) and found.read[0].document.name in judged)


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _auroc_gain(mine: Floats, its: Floats, answerable: Floats) -> float:
    return auroc(mine, answerable) - auroc(its, answerable)


if __name__ == "__main__":
    main()

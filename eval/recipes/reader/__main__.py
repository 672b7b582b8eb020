"""One command from the question sets to the trained reader, resumable."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from eval.recipes.reader.examples import OF_THE_QUESTION, Group, groups_of, read_groups
from eval.recipes.reader.export import export
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.train import Stage, train
from index.models import model_folder

POOL = ("new_wiki", "reddit", "amazon_reviews")
HARD = "squad2"
POOL_RATE, RATE = 1e-4, 5e-5


def half(group: Group) -> int:
    """Which half of the articles a group of squad2 belongs to, for cross-fitting."""
    return int(group.article) % 2


def apart(kept: Sequence[Group], left_out: Sequence[Group]) -> list[Group]:
    """The groups `kept`, without the passages of those left out, retrieved as wrong ones."""
    theirs = {
        one.text for group in left_out for one in group.examples if one.kind in OF_THE_QUESTION
    }
    return [
        replace(group, examples=tuple(o for o in group.examples if o.text not in theirs))
        for group in kept
    ]


def main() -> None:
    """Train on the pool, then on squad2: on each half of its articles apart, and on all.

    The readers are left in folders below `out`; `all` is the one that ships, in qa/data/reader.
    """
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", type=Path, help="the folder for checkpoints")
    parser.add_argument("--pool-steps", type=int, default=2200)
    parser.add_argument("--steps", type=int, default=400)
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(os.cpu_count() or 1)
    folder = model_folder()
    pool = [group for name in POOL for group in read_groups(groups_of(name))]
    hard = read_groups(groups_of(HARD))
    torch.manual_seed(5)
    began = train(Stage("pool", arguments.pool_steps, POOL_RATE), pool, ReaderModel(folder), out)
    export(began, out / "pool")
    for name, left_out in (("without-0", 0), ("without-1", 1), ("all", None)):
        start = ReaderModel(folder)
        start.load_state_dict(torch.load(out / "pool.pt", weights_only=True))
        chosen = apart(
            [group for group in hard if left_out is None or half(group) != left_out],
            [group for group in hard if half(group) == left_out],
        )
        steps = arguments.steps * len(chosen) // len(hard)
        export(train(Stage(name, steps, RATE), chosen, start, out), out / name)


if __name__ == "__main__":
    main()

"""One command from the question sets to the trained reader, resumable."""

import argparse
import os
import random
import zlib
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
POOL_RATE, RATE = 1.5e-4, 5e-5


def held_back(group: Group) -> bool:
    """Whether no reader learns from this question of the pool: it is for the confidence.

    One article in twelve; of Reddit, whose articles are not told apart, one passage in twelve.
    """
    about = group.examples[0].text if group.set == "reddit" else group.article
    return zlib.crc32(f"{group.set}/{about}".encode()) % 12 == 0


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
    """Train on the pool, then on each half of squad2's articles apart, and average the two.

    The readers are left in folders below `out`; `all` is the one that ships, in qa/data/reader.
    """
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", type=Path, help="the folder for checkpoints")
    parser.add_argument("--pool-steps", type=int, default=2300)
    parser.add_argument("--steps", type=int, default=350)
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(os.cpu_count() or 1)
    folder = model_folder()
    everything = [group for name in POOL for group in read_groups(groups_of(name))]
    pool = apart(
        [group for group in everything if not held_back(group)],
        [group for group in everything if held_back(group)],
    )
    hard = read_groups(groups_of(HARD))
    torch.manual_seed(5)
    began = train(Stage("pool", arguments.pool_steps, POOL_RATE), pool, ReaderModel(folder), out)
    export(began, out / "pool")
    halves = []
    for name, left_out in (("without-0", 0), ("without-1", 1)):
        start = ReaderModel(folder)
        start.load_state_dict(torch.load(out / "pool.pt", weights_only=True))
        chosen = apart(
            [group for group in hard if half(group) != left_out],
            [group for group in hard if half(group) == left_out],
        )
        # With some of the pool among them, so that what was learned of it is kept.
        mixed = chosen + random.Random(5).sample(pool, len(chosen) // 2)
        halves.append(train(Stage(name, arguments.steps, RATE), mixed, start, out))
        export(halves[-1], out / name)
    export(averaged(halves), out / "all")


def averaged(models: Sequence[ReaderModel]) -> ReaderModel:
    """The mean of the weights: as good as training on all, after one start (Wortsman 2022)."""
    states = [model.state_dict() for model in models]
    together = ReaderModel(model_folder())
    together.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    )
    return together


if __name__ == "__main__":
    main()

"""One command from the question sets to the trained reader, resumable."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from eval.recipes.reader import pack as packs
from eval.recipes.reader.batches import ANSWER, UNANSWERED, Drawing, batches
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.pack import Pack, PackedGroup
from eval.recipes.reader.teacher import Larger, special_of
from eval.recipes.reader.train import Stage, Teacher, train

SETS: dict[str, int | None] = {
    "new_wiki": None,
    "reddit": 6000,
    "amazon_reviews": 5000,
    "squad2_train_part": None,
    "squad1_train_parts": None,
    "timeqa_human": None,
    "hotpot_2wiki_part": None,
    "musique_part": None,
    "tweetqa": 5000,
    "qadiscourse": 5000,
    "fairytaleqa": None,
    "quotesum_dev": None,
    "covidqa": None,
    "qamr": 8000,
}
"""The sets of the first stage, and how many of their questions at most."""

HARD = "squad2"
HALVES = {"without-0": 0, "without-1": 1, "all": None}
"""The readers of the second stage, and which half of squad2's articles each leaves out."""

WEIGHTS = {"qadiscourse": 0.6, "qamr": 0.7, "tweetqa": 0.8, "amazon_reviews": 0.8, "covidqa": 2.0}
WITH_HARD = {**dict.fromkeys(SETS, 0.25), HARD: 2.0, "timeqa_human": 0.5, "squad2_train_part": 0.5}
"""How often each set's questions come in a round of the first and of the second stage."""


def half(group: PackedGroup) -> int:
    """Which half of the articles a group of squad2 belongs to, for cross-fitting."""
    return int(group.article) % 2


def apart(kept: Sequence[PackedGroup], left_out: Sequence[PackedGroup]) -> list[PackedGroup]:
    """The groups `kept`, without the passages of those left out, retrieved as wrong ones."""
    theirs = {
        one.text for group in left_out for one in group.examples if one.kind in (ANSWER, UNANSWERED)
    }
    return [
        replace(group, examples=tuple(o for o in group.examples if o.text not in theirs))
        for group in kept
    ]


def for_half(pack: Pack, left_out: int | None) -> list[PackedGroup]:
    """What a reader of the second stage is trained on."""
    hard = packs.of_sets(pack, [HARD])
    kept = apart(
        [group for group in hard if left_out is None or half(group) != left_out],
        [group for group in hard if half(group) == left_out],
    )
    return [*kept, *packs.of_sets(pack, list(SETS))]


def first_stage(steps: int, groups: int, rate: float) -> Stage:
    """All sets but squad2."""
    drawing = Drawing(groups=groups, negatives=2, changed=0.7, weights=WEIGHTS)
    return Stage("first", steps, rate, drawing, dropout=True)


def second_stage(name: str, steps: int, groups: int, rate: float) -> Stage:
    """squad2, with a quarter of the others so that they are not forgotten."""
    drawing = Drawing(groups=groups, negatives=1, changed=0.7, weights=WITH_HARD)
    return Stage(name, steps, rate, drawing, dropout=True, distilling=0.3)


def made_pack(path: Path, folder: Path) -> Pack:
    """The pack in `path`, made from the sets where it is not there yet.

    Args:
        path: where it is kept.
        folder: the model whose tokenizer is used.

    """
    if not path.exists():
        from eval.recipes.reader.examples import groups_of  # noqa: PLC0415 -- needs an index
        from eval.recipes.reader.groups import read_groups  # noqa: PLC0415

        files = [groups_of(name, most) for name, most in {HARD: None, **SETS}.items()]
        made = packs.Packer(folder).pack(group for file in files for group in read_groups(file))
        packs.save(made, path)
    return packs.load(path)


def main() -> None:
    """Train on all sets, then with squad2: on each half of its articles apart, and on all.

    The readers are left in folders below OUT; `all` is the one that ships, in qa/data/reader.
    """
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", type=Path, help="the folder for checkpoints")
    parser.add_argument("--base", type=Path, help="an encoder's folder; all-MiniLM-L6-v2")
    parser.add_argument("--teacher", type=Path, help="a larger encoder's folder, to learn from")
    parser.add_argument("--steps", type=int, default=3000, help="batches of the first stage")
    parser.add_argument("--second", type=int, default=400, help="batches of the second")
    parser.add_argument("--groups", type=int, default=64, help="questions in a batch")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(os.cpu_count() or 1)
    from eval.recipes.reader.export import export  # noqa: PLC0415 -- needs OpenVINO
    from index.embedding.model_files import model_folder  # noqa: PLC0415

    folder = arguments.base or model_folder()
    pack = made_pack(out / "pack.npz", folder)
    torch.manual_seed(5)
    special = special_of(folder)
    teacher: Teacher | None = None
    if arguments.teacher:
        larger = Larger(arguments.teacher, folder)
        stage = replace(first_stage(arguments.steps // 2, arguments.groups, 6e-5), name="teacher")
        groups = packs.of_sets(pack, list(SETS))
        teacher = larger.trained(
            stage,
            pack,
            groups,
            out,
            lambda one: batches(pack, groups, one.drawing, one.seed, special),
        )
    stage = first_stage(arguments.steps, arguments.groups, 2e-4)
    began = train(
        stage,
        pack,
        packs.of_sets(pack, list(SETS)),
        ReaderModel(folder, plain=not torch.cuda.is_available()),
        out,
        special=special,
        teacher=teacher,
    )
    export(began, out / "first")
    for name, left_out in HALVES.items():
        start = ReaderModel(folder, plain=not torch.cuda.is_available())
        start.load_state_dict(torch.load(out / "first.pt", weights_only=True))
        steps = arguments.second if left_out is None else arguments.second // 2
        stage = second_stage(name, steps, arguments.groups, 6e-5)
        groups = for_half(pack, left_out)
        trained = train(stage, pack, groups, start, out, special=special, teacher=teacher)
        export(trained, out / name)


if __name__ == "__main__":
    main()

"""One command from the question sets to the trained reader, resumable."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import torch
from torch import Tensor, nn

from eval.recipes.reader import pack as packs
from eval.recipes.reader.batches import Drawing, Special, batches
from eval.recipes.reader.export import Row, export, rows_of
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.near_misses import SET as NEAR_MISSES
from eval.recipes.reader.pack import Pack
from eval.recipes.reader.shipped import shipped_weights
from eval.recipes.reader.teacher import Larger, special_of
from eval.recipes.reader.train import Stage, Teacher, train

SETS: dict[str, int | None] = {
    "new_wiki": None,
    "reddit": None,
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
    "qamr": 16000,
}
"""The sets of the first stage, and how many of their questions at most."""

TRAINED = (*SETS, NEAR_MISSES)
"""All sets of the training: those above and the questions written for this project."""

HARD = "squad2"
"""The set that no reader of the recipe is trained on; it serves for measuring and fitting."""

WEIGHTS = {
    "qadiscourse": 0.6,
    "qamr": 0.4,
    "tweetqa": 0.8,
    "amazon_reviews": 0.8,
    "reddit": 0.8,
    "covidqa": 2.0,
    NEAR_MISSES: 2.0,
}
"""How often each set's questions come in a round."""


def stage_of(steps: int, groups: int, rate: float, cut: float = 0.0) -> Stage:
    """The training: all sets, with wrong passages and changed questions.

    Args:
        steps: batches.
        groups: questions in a batch.
        rate: the highest learning rate.
        cut: the share of rows that are cut short, 0 to 1.
    """
    drawing = Drawing(groups=groups, negatives=2, changed=0.7, weights=WEIGHTS, cut=cut)
    return Stage("reader", steps, rate, drawing, dropout=True)


CALIBRATION = 1000
"""How many rows the ranges of eight-bit numbers are taken from."""


def calibration_rows(pack: Pack, special: Special) -> list[Row]:
    """Training rows that calibrate the eight-bit quantisation of the exported reader."""
    drawing = Drawing(groups=16, negatives=2, changed=0.7, weights=WEIGHTS)
    drawn = batches(pack, packs.of_sets(pack, TRAINED), drawing, 29, special)
    rows = (row for batch in drawn for row in rows_of(batch))
    return list(islice(rows, CALIBRATION))


def made_pack(path: Path, folder: Path) -> Pack:
    """The pack in `path`, made from the sets where it is not there yet.

    Args:
        path: where it is kept.
        folder: the model whose tokenizer is used.

    """
    if not path.exists():
        from eval.recipes.reader.examples import groups_of  # noqa: PLC0415 -- needs an index
        from eval.recipes.reader.groups import read_groups  # noqa: PLC0415
        from eval.recipes.reader.near_misses import near_misses  # noqa: PLC0415

        files = [groups_of(name, most) for name, most in {HARD: None, **SETS}.items()]
        groups = (group for file in files for group in read_groups(file))
        made = packs.Packer(folder).pack(chain(groups, near_misses()))
        packs.save(made, path)
    return packs.load(path)


def take_mean(model: nn.Module, other: Mapping[str, Tensor], share: float = 0.5) -> None:
    """Replace the model's weights by their mean with other ones, of which one training started.

    Args:
        model: what was trained.
        other: the weights it started from, or of another training with the same start (Wortsman
            et al., "Model soups", 2022).
        share: how much the model's own weights count, 0 to 1.
    """
    own = model.state_dict()
    mean = {
        name: share * one.float() + (1 - share) * other[name].float() for name, one in own.items()
    }
    model.load_state_dict(mean)


def main() -> None:
    """Train on all sets. The reader is left in OUT/reader; it ships in qa/data/reader."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", type=Path, help="the folder for checkpoints")
    parser.add_argument("--base", type=Path, help="an encoder's folder; all-MiniLM-L6-v2")
    parser.add_argument("--teacher", type=Path, help="a larger encoder's folder, to learn from")
    parser.add_argument(
        "--start", type=Path, help="the weights of a training, or an exported reader, to go on from"
    )
    parser.add_argument("--mean", type=Path, help="the same, to take the mean with at the end")
    parser.add_argument("--share", type=float, default=0.5, help="the new weights' in that mean")
    parser.add_argument("--steps", type=int, default=1962, help="how many batches")
    parser.add_argument("--rate", type=float, default=2.8e-4, help="the highest learning rate")
    parser.add_argument("--cut", type=float, default=0.0, help="the share of rows cut short")
    parser.add_argument("--groups", type=int, default=128, help="questions in a batch")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(os.cpu_count() or 1)
    from index.embedding.model_files import model_folder  # noqa: PLC0415

    folder = arguments.base or model_folder()
    pack = made_pack(out / "pack.npz", folder)
    torch.manual_seed(5)
    # cuDNN's attention makes a plan for each new shape, which takes longer than the batch itself.
    torch.backends.cuda.enable_cudnn_sdp(False)  # noqa: FBT003 -- its only argument
    special = special_of(folder)
    teacher: Teacher | None = None
    if arguments.teacher:
        larger = Larger(arguments.teacher, folder)
        stage = replace(stage_of(arguments.steps // 2, arguments.groups, 8e-5), name="teacher")
        groups = packs.of_sets(pack, TRAINED)
        teacher = larger.trained(
            stage,
            pack,
            groups,
            out,
            lambda one: batches(pack, groups, one.drawing, one.seed, special),
        )
    stage = stage_of(arguments.steps, arguments.groups, arguments.rate, arguments.cut)
    model = ReaderModel(folder, plain=not torch.cuda.is_available())
    if arguments.start:
        model.load_state_dict(_weights(arguments.start, folder))
    groups = packs.of_sets(pack, TRAINED)
    trained = train(stage, pack, groups, model, out, special=special, teacher=teacher)
    if arguments.mean:
        take_mean(trained, _weights(arguments.mean, folder), arguments.share)
    export(trained, out / "reader", calibration_rows(pack, special))


def _weights(kept: Path, folder: Path) -> Mapping[str, Tensor]:
    """The weights in a file of a training, or of an exported reader in a folder."""
    if kept.is_dir():
        model = ReaderModel(folder, plain=True)
        shipped_weights(kept, model)
        return model.state_dict()
    found: Mapping[str, Tensor] = torch.load(kept, weights_only=True)
    return found


if __name__ == "__main__":
    main()

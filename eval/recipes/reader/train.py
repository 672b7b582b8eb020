"""Training the reader, resumably, on a GPU where there is one."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from eval.recipes.reader.batches import Batch, Drawing, Special, batches
from eval.recipes.reader.losses import distilled, losses
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.pack import Pack, PackedGroup

_SAVED_EVERY = 250
_TOLD_EVERY = 50
_WARM_UP = 0.06

Teacher = Callable[[Batch], tuple[Tensor, Tensor]]
"""Gives a larger model's spans and judgements for a batch."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of training.

    Attributes:
        name: what its checkpoints are called.
        steps: how many batches.
        rate: the highest learning rate; it rises over 6 % of the steps and falls to 2 %.
        drawing: how examples are drawn.
        without: the losses that are left out, by their names, for ablations.
        averaged: the decay of the moving average of the weights; .998 averages over about 500
            steps.
        dropout: whether the encoder's dropout is on, for several rounds over the same data.
        distilling: how much the divergence from the teacher counts, if there is one.
        seed: the seed for the order and the choice of examples.

    """

    name: str
    steps: int
    rate: float
    drawing: Drawing = field(default_factory=Drawing)
    without: frozenset[str] = frozenset()
    averaged: float = 0.998
    dropout: bool = False
    distilling: float = 1.5
    seed: int = 11


def train(
    stage: Stage,
    pack: Pack,
    groups: Sequence[PackedGroup],
    start: ReaderModel,
    out: Path,
    *,
    special: Special | None = None,
    teacher: Teacher | None = None,
    loader: Callable[[Stage], Iterator[Batch]] | None = None,
) -> ReaderModel:
    """Train `start` further, in place.

    Args:
        stage: how.
        pack: the texts.
        groups: the questions to train on, of `pack`.
        start: the model to go on from.
        out: the folder for checkpoints; an interrupted stage goes on from its last one.
        special: how the vocabulary marks a row.
        teacher: a larger model whose answers are to be learned too.
        loader: gives the batches instead of drawing them here.

    Returns:
        The model with its weights averaged over the last steps. For one kind of processor it is
        the same each time: order and choice of examples come from the stage's seed alone.

    """
    done = out / f"{stage.name}.pt"
    averaging = get_ema_multi_avg_fn(stage.averaged)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(start, multi_avg_fn=averaging)
    if done.exists():
        averaged.module.load_state_dict(torch.load(done, weights_only=True))
        return _of(averaged)
    optimizer = torch.optim.AdamW(_decayed(start), lr=stage.rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, stage.steps))
    kept = out / f"{stage.name}.part.pt"
    parts = {"model": start, "averaged": averaged, "optimizer": optimizer, "schedule": schedule}
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    start.to(device).train(stage.dropout)
    averaged.to(device)
    first = _resumed(kept, parts)
    told: dict[str, float] = {}
    began, seen = time.perf_counter(), 0
    drawn = (
        loader(stage)
        if loader
        else batches(pack, groups, stage.drawing, stage.seed, special or Special())
    )
    for step, drawn_batch in enumerate(drawn):
        if step >= stage.steps:
            break
        if step < first:
            continue
        batch = drawn_batch.to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            spans, judged = start.of(batch)
        found = losses(batch, spans.float(), judged.float())
        if teacher is not None:
            given = (spans.float(), judged.float())
            found["distilled"] = stage.distilling * distilled(batch, given, teacher(batch))
        optimizer.zero_grad(set_to_none=True)
        counted = [value for name, value in found.items() if name not in stage.without]
        torch.stack(counted).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(start.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        averaged.update_parameters(start)
        seen += len(batch.ids)
        if step % _TOLD_EVERY == 0:
            told = {
                name: 0.7 * told.get(name, float(value)) + 0.3 * float(value)
                for name, value in found.items()
            }
            speed = seen / (time.perf_counter() - began)
            said = " ".join(f"{name} {value:.3f}" for name, value in told.items())
            print(f"{stage.name} {step}/{stage.steps} {said} {speed:.0f} rows/s", flush=True)
        if (step + 1) % _SAVED_EVERY == 0 and device.type == "cpu":
            _keep(kept, parts, step + 1)
    torch.save(averaged.module.state_dict(), done)
    kept.unlink(missing_ok=True)
    return _of(averaged)


def _keep(kept: Path, parts: Mapping[str, Any], step: int) -> None:
    state = {name: part.state_dict() for name, part in parts.items()}
    torch.save({**state, "step": step}, kept.with_suffix(".new"))
    kept.with_suffix(".new").replace(kept)


def _resumed(kept: Path, parts: Mapping[str, Any]) -> int:
    """The step to go on with, everything as it was then; 0 at the beginning."""
    if not kept.exists():
        return 0
    state = torch.load(kept, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return int(state["step"])


def _of(averaged: AveragedModel) -> ReaderModel:
    return cast("ReaderModel", averaged.module)


def _decayed(model: nn.Module) -> list[dict[str, object]]:
    flat = [one for one in model.parameters() if one.dim() < 2]  # noqa: PLR2004 -- biases and norms
    deep = [one for one in model.parameters() if one.dim() > 1]
    return [{"params": deep, "weight_decay": 0.01}, {"params": flat, "weight_decay": 0.0}]


def _rate(step: int, steps: int) -> float:
    warm = max(1, int(steps * _WARM_UP))
    return min((step + 1) / warm, max(0.02, (steps - step) / max(1, steps - warm)))

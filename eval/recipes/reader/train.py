"""Training the reader, resumably."""

import itertools
import random
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from eval.recipes.reader.examples import Example, Group
from eval.recipes.reader.model import Batch, Batches, ReaderModel

_WEIGHTS = {"answer": 1.0, "unanswered": 1.0, "swapped": 0.5, "removed": 0.5, "negative": 0.25}
_LISTED = ("answer", "negative", "removed")
_SAVED_EVERY = 250
_WARM_UP = 0.06


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of training: how many batches of groups, how fast, and what it leaves out.

    `negatives` is how many retrieved passages stand against each answering one. `averaged` is how
    much of the averaged weights stays at a step: .998 is about the last 500 steps. Ablations turn
    off `ranking`, the listwise loss, or `changed`, the swapped questions and removed answers.
    """

    name: str
    steps: int
    rate: float
    groups: int = 12
    negatives: int = 1
    ranking: bool = True
    changed: bool = True
    averaged: float = 0.998
    seed: int = 11


def train(stage: Stage, groups: Sequence[Group], start: ReaderModel, out: Path) -> ReaderModel:
    """The averaged model after `stage`, kept in `out`; goes on where it was interrupted.

    `start` is trained further, in place. Reproducible for one kind of processor: the order of
    groups and the choice among their examples come from the stage's seed alone.
    """
    done = out / f"{stage.name}.pt"
    averaging = get_ema_multi_avg_fn(stage.averaged)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(start, multi_avg_fn=averaging)
    if done.exists():
        averaged.module.load_state_dict(torch.load(done, weights_only=True))
        return _of(averaged)
    batches = Batches(Path(start.bert.config.name_or_path))
    optimizer = torch.optim.AdamW(_decayed(start), lr=stage.rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, stage.steps))
    kept = out / f"{stage.name}.part.pt"
    parts = {"model": start, "averaged": averaged, "optimizer": optimizer, "schedule": schedule}
    first = _resumed(kept, parts)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    start.to(device).eval()  # without dropout: it would take half as long again
    averaged.to(device)
    # Compiled where it can be: a quarter faster on two cores.
    model = torch.compile(start, dynamic=True) if shutil.which("g++") else start
    told, began, seen = [0.0, 0.0, 0.0], time.perf_counter(), 0
    for step, chosen in enumerate(_batches(stage, groups)):
        if step >= stage.steps:
            break
        if step < first:
            continue
        examples = [one for group in chosen for one in group]
        batch = batches.of(examples)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            given = (batch.ids, batch.mask, batch.types)
            spans, judged = model(*(one.to(device) for one in given))
        losses = _losses(stage, chosen, batch, spans.float(), judged.float())
        optimizer.zero_grad(set_to_none=True)
        sum(losses).backward()  # type: ignore[union-attr]
        nn.utils.clip_grad_norm_(start.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        averaged.update_parameters(start)
        seen += len(examples)
        told = [0.98 * a + 0.02 * float(b.detach()) for a, b in zip(told, losses, strict=True)]
        if step % 50 == 0:
            speed = seen / (time.perf_counter() - began)
            said = " ".join(f"{value:.3f}" for value in told)
            print(
                f"{stage.name} {step}/{stage.steps} losses {said} {speed:.1f} examples/s",
                flush=True,
            )
        if (step + 1) % _SAVED_EVERY == 0:
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


def _batches(stage: Stage, groups: Sequence[Group]) -> Iterator[list[list[Example]]]:
    """Batches of groups of about one length, in an order drawn anew each time round."""
    for epoch in itertools.count():
        random_ = random.Random(stage.seed * 1000 + epoch)
        order = list(range(len(groups)))
        random_.shuffle(order)
        stretch = stage.groups * 32
        made = []
        for at in range(0, len(order), stretch):
            part = [_chosen(stage, groups[place], random_) for place in order[at : at + stretch]]
            part.sort(key=lambda chosen: max((len(one.text) for one in chosen), default=0))
            starts = range(0, len(part) - stage.groups + 1, stage.groups)
            made += [part[start : start + stage.groups] for start in starts]
        random_.shuffle(made)
        yield from made


def _chosen(stage: Stage, group: Group, random_: random.Random) -> list[Example]:
    """What is read of a group this time."""
    of_kind: dict[str, list[Example]] = {kind: [] for kind in _WEIGHTS}
    for example in group.examples:
        of_kind[example.kind].append(example)
    chosen = of_kind["answer"] + of_kind["unanswered"][:1]
    # The hardest are the likeliest: the first few that were retrieved.
    hardest = of_kind["negative"][: 2 * stage.negatives + 1]
    chosen += random_.sample(hardest, min(stage.negatives, len(hardest)))
    if stage.changed and random_.random() < 0.6:  # noqa: PLR2004 -- more often costs more than it gains
        made = of_kind["swapped"] + of_kind["removed"]
        chosen += random_.sample(made, min(1, len(made)))
    # Untitled texts are met too.
    if random_.random() < 0.2:  # noqa: PLR2004
        chosen = [Example(one.kind, one.question, "", one.text, one.spans) for one in chosen]
    return chosen


def _losses(
    stage: Stage, chosen: list[list[Example]], batch: Batch, spans: Tensor, judged: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The losses of spans, of ranking and of answering at all."""
    device = spans.device
    examples = [one for group in chosen for one in group]
    weights = torch.tensor([_WEIGHTS[one.kind] for one in examples], device=device)
    scores = spans.masked_fill(~batch.allowed.to(device).unsqueeze(1), -1e4).log_softmax(-1)
    starts, ends = scores[:, 0], scores[:, 1]
    span_losses = []
    for place, golds in enumerate(batch.golds):
        accepted = golds or [(0, 0)]
        first = torch.tensor([start for start, _ in accepted], device=device)
        last = torch.tensor([end for _, end in accepted], device=device)
        span_losses.append(-torch.logsumexp(starts[place, first] + ends[place, last], 0))
    span_loss = (torch.stack(span_losses) * weights).sum() / weights.sum() / 2
    answering = torch.tensor([float(one.kind == "answer") for one in examples], device=device)
    plain = nn.functional.binary_cross_entropy_with_logits(
        judged[:, 1], answering, reduction="none"
    )
    answer_loss = (plain * weights).sum() / weights.sum()
    ranked = []
    at = 0
    for group in chosen:
        if stage.ranking and group and group[0].kind == "answer":
            listed = [at + n for n, one in enumerate(group) if one.kind in _LISTED]
            ranked.append(-judged[listed, 0].log_softmax(0)[0])
        at += len(group)
    rank_loss = torch.stack(ranked).mean() if ranked else judged.sum() * 0
    return span_loss, rank_loss, answer_loss

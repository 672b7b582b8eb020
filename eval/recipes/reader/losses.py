"""What training minimises, from the model's outputs and the accepted answers."""

import torch
from torch import Tensor, nn

from eval.recipes.reader.batches import ANSWER, NEGATIVE, REMOVED, SWAPPED, UNANSWERED, Batch

NAMES = ("span", "shared", "rank", "answering", "kind")
_NOWHERE = -1e4
_KIND = 0.3
_SHARED = 0.5


def weights_of(batch: Batch) -> Tensor:
    """How much each row counts: made ones half, retrieved ones a quarter, shape (rows,)."""
    weights = torch.ones(len(batch.kinds), device=batch.kinds.device)
    weights[(batch.kinds == SWAPPED) | (batch.kinds == REMOVED)] = 0.5
    weights[batch.kinds == NEGATIVE] = 0.25
    return weights


def losses(batch: Batch, spans: Tensor, judged: Tensor) -> dict[str, Tensor]:
    """The losses by name, to be added up.

    Args:
        batch: what was read.
        spans: logits of starts and ends, shape (rows, 2, tokens).
        judged: logits of relevance, answering and kinds, shape (rows, 2 + kinds).

    Returns:
        span: the negative log-likelihood of any accepted span in its own passage, or of the first
        token where there is none. shared: the same over all passages of a question together
        (shared normalisation; Clark and Gardner 2018), so that spans of different passages can be
        compared. rank: of the answering passage among those read for the question (listwise).
        answering: whether the passage answers (binary). kind: of the kind of answer.

    """
    weights = weights_of(batch)
    scores = spans.masked_fill(~batch.allowed().unsqueeze(1), _NOWHERE)
    golds = torch.where(batch.golds[:, :1] < 0, 0, batch.golds)  # none: the first token
    valid = batch.golds[:, :, 0] >= 0
    valid[:, 0] = True
    golds = torch.where(valid.unsqueeze(-1), golds.clamp(min=0), 0)
    own = scores.log_softmax(-1)
    starts, ends = own[:, 0].gather(1, golds[..., 0]), own[:, 1].gather(1, golds[..., 1])
    likely = torch.where(valid, starts + ends, torch.full_like(starts, 2 * _NOWHERE))
    span = (-likely.logsumexp(1) * weights).sum() / weights.sum() / 2
    answering = nn.functional.binary_cross_entropy_with_logits(
        judged[:, 1], (batch.kinds == ANSWER).float(), reduction="none"
    )
    asked = (batch.kinds != SWAPPED) & (batch.kinds != UNANSWERED)
    known = (batch.answer_kinds >= 0) & asked
    kinds = nn.functional.cross_entropy(
        judged[:, 2:], batch.answer_kinds.clamp(min=0), reduction="none"
    )
    answers = (batch.kinds == ANSWER) & (batch.golds[:, 0, 0] >= 0)
    return {
        "span": span,
        "shared": _SHARED * _shared(batch, scores, answers),
        "rank": _rank(batch, judged[:, 0], answers),
        "answering": (answering * weights).sum() / weights.sum(),
        "kind": _KIND * (kinds * known).sum() / known.sum().clamp(min=1),
    }


def _by_question(batch: Batch, values: Tensor) -> Tensor:
    """The logarithm of the sum of exponentials of each question's rows, by question.

    The result has one value a row, more than there are questions: counting the questions would
    make the CPU wait for the GPU.
    """
    count = len(batch.group)
    most = torch.full((count,), _NOWHERE, device=values.device, dtype=values.dtype)
    most = most.scatter_reduce(0, batch.group, values.detach(), "amax")
    total = torch.zeros_like(most).index_add(0, batch.group, (values - most[batch.group]).exp())
    return total.clamp(min=1e-30).log() + most


def _rank(batch: Batch, relevance: Tensor, answers: Tensor) -> Tensor:
    listed = torch.isin(
        batch.kinds, torch.tensor([ANSWER, NEGATIVE, REMOVED], device=relevance.device)
    )
    among = torch.where(listed, relevance, torch.full_like(relevance, _NOWHERE))
    lost = _by_question(batch, among)[batch.group] - relevance
    return (lost * answers).sum() / answers.sum().clamp(min=1)


def _shared(batch: Batch, scores: Tensor, answers: Tensor) -> Tensor:
    """Starts and ends against all those of the question's passages and against no answer."""
    listed = torch.isin(
        batch.kinds, torch.tensor([ANSWER, NEGATIVE, REMOVED], device=scores.device)
    )
    lost = scores.new_zeros(())
    for side in (0, 1):
        odds = scores[:, side, 1:] - scores[:, side, :1]
        every = torch.where(listed, odds.logsumexp(1), torch.full_like(odds[:, 0], _NOWHERE))
        total = _by_question(batch, every)
        total = torch.logaddexp(total, torch.zeros_like(total))  # no answer anywhere
        gold = batch.golds[:, :, side]
        right = odds.gather(1, (gold - 1).clamp(min=0))
        right = torch.where(gold >= 0, right, torch.full_like(right, _NOWHERE)).logsumexp(1)
        lost = lost + ((total[batch.group] - right) * answers).sum() / answers.sum().clamp(min=1)
    return lost / 2


def distilled(
    batch: Batch, given: tuple[Tensor, Tensor], teacher: tuple[Tensor, Tensor], warmth: float = 1.5
) -> Tensor:
    """How far a model's answers are from a larger one's (Hinton et al. 2015).

    Args:
        batch: what both have read.
        given: the model's spans and judgements, as `losses` takes them.
        teacher: the larger model's.
        warmth: the temperature; the span logits of both models are divided by it.

    Returns:
        The divergence of starts and ends, of answering and of relevance within a question, added.

    """
    allowed = batch.allowed().unsqueeze(1)
    own = (given[0] / warmth).masked_fill(~allowed, _NOWHERE).log_softmax(-1)
    its = (teacher[0] / warmth).masked_fill(~allowed, _NOWHERE).log_softmax(-1)
    spans = (its.exp() * (its - own)).sum(-1).mean() * warmth**2
    answering = nn.functional.binary_cross_entropy_with_logits(
        given[1][:, 1], teacher[1][:, 1].sigmoid()
    )
    ours = given[1][:, 0] - _by_question(batch, given[1][:, 0])[batch.group]
    theirs = teacher[1][:, 0] - _by_question(batch, teacher[1][:, 0])[batch.group]
    rank = (theirs.exp() * (theirs - ours)).sum() / (batch.group[-1] + 1)
    return spans + answering + rank

"""The reader as it is trained: an encoder with heads for spans, relevance, answering and kind."""

from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AutoModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from eval.recipes.reader.answer_kind import KINDS
from eval.recipes.reader.batches import Batch


def _attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **_: object,
) -> tuple[Tensor, None]:
    """Attention by two plain products: on two cores the fused one is slower to train."""
    del module
    scores = torch.matmul(query * scaling, key.transpose(2, 3))
    if attention_mask is not None:
        scores = scores + attention_mask
    weights = nn.functional.softmax(scores, dim=-1, dtype=query.dtype)
    return torch.matmul(weights, value).transpose(1, 2).contiguous(), None


AttentionInterface.register("plain", _attend)
AttentionMaskInterface.register("plain", eager_mask)


class ReaderModel(nn.Module):
    """One pass over (question, title and passage): where it answers, whether, and what kind."""

    def __init__(self, folder: Path, *, plain: bool = False) -> None:
        """Begin with the weights of the encoder in `folder`.

        Args:
            folder: any encoder of transformers, in the form that `save_pretrained` writes.
            plain: take attention by two plain products, quicker to train on few cores.

        """
        super().__init__()
        options = {"attn_implementation": "plain"} if plain else {}
        self.bert = AutoModel.from_pretrained(folder, add_pooling_layer=False, **options)
        width = self.bert.config.hidden_size
        self.typed = getattr(self.bert.config, "type_vocab_size", 1) > 1
        self.span = nn.Linear(width, 2)
        self.pooled = nn.Linear(2 * width, width)
        self.judged = nn.Linear(width, 2 + len(KINDS))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Read rows of tokens.

        Args:
            ids: token numbers, shape (rows, tokens).
            mask: 1 where there is a token, same shape.
            types: 1 from the title on, same shape.

        Returns:
            The logits of spans' starts and ends, shape (rows, 2, tokens), and of relevance,
            answering and the kinds of answers, shape (rows, 2 + kinds).

        """
        more = {"token_type_ids": types} if self.typed else {}
        states = self.bert(input_ids=ids, attention_mask=mask, **more).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        pooled = torch.tanh(self.pooled(torch.cat([states[:, 0], mean], dim=-1)))
        return self.span(states).transpose(1, 2), self.judged(pooled)

    def of(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What `forward` gives for a batch."""
        return cast("tuple[Tensor, Tensor]", self(batch.ids, batch.mask(), batch.types()))

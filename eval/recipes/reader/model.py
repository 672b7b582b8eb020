"""The reader as it is trained: MiniLM with heads for spans, relevance and answering at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AttentionInterface, AutoModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from eval.recipes.reader.examples import Example

LONGEST = 288
LONGEST_QUESTION = 64
_PAD, _SEPARATOR = 0, 102


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
    """One pass over (question, title and passage) gives where it answers and whether it does."""

    def __init__(self, folder: Path) -> None:
        """Begin with the weights of the sentence-transformers model in `folder`."""
        super().__init__()
        self.bert = AutoModel.from_pretrained(
            folder, add_pooling_layer=False, attn_implementation="plain"
        )
        width = self.bert.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.pooled = nn.Linear(2 * width, width)
        self.judged = nn.Linear(width, 2)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Spans' starts and ends, shape (n, 2, tokens), and relevance and answering, (n, 2)."""
        states = self.bert(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        pooled = torch.tanh(self.pooled(torch.cat([states[:, 0], mean], dim=-1)))
        return self.span(states).transpose(1, 2), self.judged(pooled)


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples as the model takes them, padded to the longest.

    `allowed` marks where a span may start or end: the passage's tokens, and the first token,
    which stands for "not answered here". `golds` are the accepted spans in tokens.
    """

    ids: Tensor
    mask: Tensor
    types: Tensor
    allowed: Tensor
    golds: list[list[tuple[int, int]]]


class Batches:
    """Makes batches of examples."""

    def __init__(self, folder: Path) -> None:
        """Use the tokenizer in `folder`, with this project's own padding and truncation."""
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def of(self, examples: Sequence[Example]) -> Batch:
        """One batch. A passage too long is cut, about its answer if it has one."""
        questions = self._tokenizer.encode_batch(
            [one.question for one in examples], add_special_tokens=False
        )
        contexts = [f"{one.title}\n{one.text}" if one.title else one.text for one in examples]
        passages = self._tokenizer.encode_batch(contexts, add_special_tokens=False)
        rows: list[tuple[list[int], int]] = []
        golds: list[list[tuple[int, int]]] = []
        for example, asked, read in zip(examples, questions, passages, strict=True):
            question = asked.ids[:LONGEST_QUESTION]
            shift = len(example.title) + 1 if example.title else 0
            spans = [
                found
                for start, end in example.spans
                if (found := _tokens(read.offsets, start + shift, end + shift))
            ]
            room = LONGEST - len(question) - 3
            first = max(0, min(spans[0][1] - room // 2, len(read.ids) - room)) if spans else 0
            before = len(question) + 2
            rows.append(([101, *question, 102, *read.ids[first : first + room], 102], before))
            golds.append(
                [
                    (start - first + before, end - first + before)
                    for start, end in spans
                    if start >= first and end < first + room
                ]
            )
        return _padded(rows, golds)


def _tokens(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The first and last token of the characters `[start, end)`."""
    inside = [n for n, (first, last) in enumerate(offsets) if first < end and start < last]
    return (inside[0], inside[-1]) if inside else None


def _padded(rows: list[tuple[list[int], int]], golds: list[list[tuple[int, int]]]) -> Batch:
    longest = -(-max(len(ids) for ids, _ in rows) // 16) * 16
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask, types, allowed = torch.zeros_like(ids), torch.zeros_like(ids), torch.zeros_like(ids)
    for place, (tokens, before) in enumerate(rows):
        ids[place, : len(tokens)] = torch.tensor(tokens)
        mask[place, : len(tokens)] = 1
        types[place, before : len(tokens)] = 1
        allowed[place, before : len(tokens) - 1] = 1
        allowed[place, 0] = 1
    return Batch(ids, mask, types, allowed.bool(), golds)

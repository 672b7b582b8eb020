"""A larger reader that the small one learns from."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from eval.recipes.reader.batches import Batch, Special
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.pack import Pack, PackedGroup
from eval.recipes.reader.train import Stage, Teacher, train

_ROLES = (
    ("[CLS]", "<s>"),
    ("[SEP]", "</s>"),
    ("[PAD]", "<pad>"),
    ("[UNK]", "<unk>"),
    ("[MASK]", "<mask>"),
)


def vocabulary(folder: Path) -> dict[str, int]:
    """The tokens of the model in `folder` and their numbers; marks by BERT's names."""
    kept = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    tokens: dict[str, int] = dict(kept["model"]["vocab"])
    tokens |= {one["content"]: one["id"] for one in kept.get("added_tokens", ())}
    for name, other in _ROLES:
        if name not in tokens and other in tokens:
            tokens[name] = tokens[other]
    return tokens


def special_of(folder: Path) -> Special:
    """The numbers of the tokens that mark a row."""
    tokens = vocabulary(folder)
    return Special(tokens["[CLS]"], tokens["[SEP]"], tokens["[PAD]"])


class Larger:
    """A larger encoder that has all tokens of a smaller one, with other token numbers."""

    def __init__(self, folder: Path, smaller: Path) -> None:
        """Load the encoder in `folder` and map the token numbers of `smaller` to its own.

        Raises:
            ValueError: if it lacks one of the smaller one's tokens.

        """
        own, its = vocabulary(folder), vocabulary(smaller)
        missing = [token for token in its if token not in own and not token.startswith("[unused")]
        if missing:
            raise ValueError(f"{folder} has no token {missing[0]!r}: it cannot read the same rows")
        table = [own["[UNK]"]] * (max(its.values()) + 1)
        for token, number in its.items():
            table[number] = own.get(token, own["[UNK]"])
        self._table = torch.tensor(table)
        self.model = ReaderModel(folder)

    def renumbered(self, batch: Batch) -> Batch:
        """The batch in this encoder's numbers."""
        return replace(batch, ids=self._table.to(batch.ids.device)[batch.ids])

    def trained(
        self,
        stage: Stage,
        pack: Pack,
        groups: Sequence[PackedGroup],
        out: Path,
        loader: Callable[[Stage], Iterator[Batch]],
    ) -> Teacher:
        """Train it as `stage` says; the result answers without learning."""
        model = train(
            stage,
            pack,
            groups,
            self.model,
            out,
            loader=lambda one: map(self.renumbered, loader(one)),
        ).eval()

        @torch.no_grad()
        def answered(batch: Batch) -> tuple[Tensor, Tensor]:
            with torch.autocast(batch.ids.device.type, dtype=torch.bfloat16):
                spans, judged = model.of(self.renumbered(batch))
            return spans.float(), judged.float()

        return answered

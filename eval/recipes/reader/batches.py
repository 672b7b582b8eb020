"""Batches of examples as the model takes them, drawn anew from a pack each time round."""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from eval.recipes.reader.groups import EXAMPLE_KINDS
from eval.recipes.reader.pack import Numbers, Pack, PackedExample, PackedGroup

LONGEST = 288
CUT_TO = 160
"""Tokens of a row that is cut short, which trains about twice as fast."""
LONGEST_QUESTION = 64
GOLDS = 4
ANSWER, UNANSWERED, SWAPPED, REMOVED, NEGATIVE = range(len(EXAMPLE_KINDS))
_SHORT = 70
"""Passages with fewer tokens may be put between others, like a post in a live blog."""


@dataclass(frozen=True, slots=True)
class Special:
    """The numbers of the special tokens: first ([CLS]), separator ([SEP]) and padding ([PAD])."""

    first: int = 101
    separator: int = 102
    filling: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """How examples are drawn.

    Attributes:
        groups: questions in a batch.
        negatives: retrieved passages without the answer that each question gets.
        changed: the share of questions that also get a swapped or a removed example.
        other_forms: the share of questions asked as keywords, mistyped, politely or reworded.
        weights: how often a set's questions come in a round; 1 where a set is not named.
        set_among: the share of short passages that are set among others.
        cut: the share of questions whose rows are cut to `CUT_TO` tokens about the answer.

    """

    groups: int = 12
    negatives: int = 1
    changed: float = 0.6
    other_forms: float = 0.3
    weights: Mapping[str, float] | None = None
    set_among: float = 0.7
    cut: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of tokens, padded to the longest.

    Attributes:
        ids: token numbers, shape (rows, tokens).
        lengths: tokens of each row, shape (rows,).
        before: where each row's title and passage begin, shape (rows,).
        inside: where each row's passage begins, past its title, shape (rows,).
        golds: accepted spans as (first, last) token of the row, shape (rows, GOLDS, 2), -1 where
            there is none.
        kinds: each row's place in EXAMPLE_KINDS, shape (rows,).
        group: which question of the batch a row belongs to, shape (rows,).
        answer_kinds: each row's kind of answer, -1 where it is not known, shape (rows,).

    """

    ids: Tensor
    lengths: Tensor
    before: Tensor
    inside: Tensor
    golds: Tensor
    kinds: Tensor
    group: Tensor
    answer_kinds: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(
            *(getattr(self, name).to(device, non_blocking=True) for name in self.__slots__)
        )

    def mask(self) -> Tensor:
        """1 where a row has a token, shape (rows, tokens)."""
        return (self._places() < self.lengths.unsqueeze(1)).long()

    def types(self) -> Tensor:
        """1 from where the title begins, shape (rows, tokens)."""
        return ((self._places() >= self.before.unsqueeze(1)) * self.mask()).long()

    def allowed(self) -> Tensor:
        """Where a span may start or end: the passage, and the first token for "not answered"."""
        places = self._places()
        inside = (places >= self.inside.unsqueeze(1)) & (places < self.lengths.unsqueeze(1) - 1)
        return inside | (places == 0)

    def _places(self) -> Tensor:
        return torch.arange(self.ids.shape[1], device=self.ids.device).unsqueeze(0)


def batches(
    pack: Pack, groups: Sequence[PackedGroup], drawing: Drawing, seed: int, special: Special
) -> Iterator[Batch]:
    """Batches without end, of questions whose passages are of about one length.

    The order is drawn anew each time round, from `seed` alone.
    """
    rows = _Rows(pack, special)
    weights = drawing.weights or {}
    for round_ in itertools.count():
        random_ = random.Random(seed * 1000 + round_)
        order = [
            place
            for place, group in enumerate(groups)
            for _ in range(_times(weights.get(group.set, 1.0), random_))
        ]
        random_.shuffle(order)
        stretch = drawing.groups * 32
        for at in range(0, len(order), stretch):
            part = [rows.chosen(groups[n], drawing, random_) for n in order[at : at + stretch]]
            part.sort(key=lambda one: max((len(row.ids) for row in one), default=0))
            starts = range(0, len(part) - drawing.groups + 1, drawing.groups)
            parts = [part[start : start + drawing.groups] for start in starts]
            random_.shuffle(parts)
            yield from map(_batch(special), parts)


def _times(weight: float, random_: random.Random) -> int:
    return int(weight) + (random_.random() < weight % 1)


@dataclass(frozen=True, slots=True)
class _Row:
    ids: list[int]
    before: int
    inside: int
    golds: list[tuple[int, int]]
    kind: int
    answer_kind: int


class _Rows:
    def __init__(self, pack: Pack, special: Special) -> None:
        self._pack, self._special = pack, special

    def chosen(self, group: PackedGroup, drawing: Drawing, random_: random.Random) -> list[_Row]:
        """The rows of one question in this round; the answering one, if there is one, first."""
        of_kind: dict[int, list[PackedExample]] = {n: [] for n in range(len(EXAMPLE_KINDS))}
        for example in group.examples:
            of_kind[example.kind].append(example)
        chosen = of_kind[ANSWER][:1] + of_kind[UNANSWERED][:1]
        # The hardest negatives are those that retrieval ranked first.
        hardest = of_kind[NEGATIVE][: 2 * drawing.negatives + 1]
        chosen += random_.sample(hardest, min(drawing.negatives, len(hardest)))
        if random_.random() < drawing.changed:
            made = of_kind[SWAPPED] + of_kind[REMOVED]
            chosen += random_.sample(made, min(1, len(made)))
        asked = group.questions[0]
        if len(group.questions) > 1 and random_.random() < drawing.other_forms:
            asked = random_.choice(group.questions[1:])
        untitled = random_.random() < 0.2  # noqa: PLR2004 -- untitled texts are met too
        others = [one.text for one in of_kind[NEGATIVE]]
        longest = CUT_TO if random_.random() < drawing.cut else LONGEST
        return [
            self._row(one, asked, group.kind, others, drawing, random_, longest, untitled=untitled)
            for one in chosen
        ]

    def _row(
        self,
        example: PackedExample,
        asked: int,
        kind: int,
        others: Sequence[int],
        drawing: Drawing,
        random_: random.Random,
        longest: int,
        *,
        untitled: bool,
    ) -> _Row:
        question = self._pack.text(asked if example.question < 0 else example.question)
        question = question[:LONGEST_QUESTION]
        title = self._pack.text(-1 if untitled else example.title)
        parts, shift = [self._pack.text(example.text)], 0
        others = [one for one in others if one != example.text]
        if len(parts[0]) < _SHORT and others and random_.random() < drawing.set_among:
            before = random_.sample(others, min(len(others), random_.choice((0, 1, 2))))
            after = random_.sample(others, min(len(others), random_.choice((0, 1, 2))))
            after = [one for one in after if one not in before]
            shift = sum(len(self._pack.text(one)) for one in before)
            parts = [
                *(self._pack.text(one) for one in before),
                *parts,
                *(self._pack.text(one) for one in after),
            ]
        return self._fitted(question, title, parts, shift, example, kind, random_, longest)

    def _fitted(
        self,
        question: Numbers,
        title: Numbers,
        parts: Sequence[Numbers],
        shift: int,
        example: PackedExample,
        kind: int,
        random_: random.Random,
        longest: int,
    ) -> _Row:
        """Cut a row to `longest` tokens, at a random place so that answers occur anywhere."""
        text = np.concatenate(parts)
        spans = [(first + shift, last + shift) for first, last in example.spans]
        title = title[:48]
        room = longest - len(question) - len(title) - 3
        at = 0
        if len(text) > room:
            low, high = 0, len(text) - room
            if spans:
                low, high = max(low, spans[0][1] - room + 1), min(high, spans[0][0])
            at = random_.randint(min(low, high), max(low, high))
        before = len(question) + 2
        inside = before + len(title)
        ids = [
            self._special.first,
            *question.tolist(),
            self._special.separator,
            *title.tolist(),
            *text[at : at + room].tolist(),
            self._special.separator,
        ]
        golds = [
            (first - at + inside, last - at + inside)
            for first, last in spans
            if first >= at and last < at + room
        ]
        return _Row(ids, before, inside, golds[:GOLDS], example.kind, kind)


class _batch:  # noqa: N801 -- a function with its settings
    def __init__(self, special: Special) -> None:
        self._special = special

    def __call__(self, chosen: Sequence[Sequence[_Row]]) -> Batch:
        rows = [row for group in chosen for row in group]
        longest = -(-max(len(row.ids) for row in rows) // 16) * 16
        ids = np.full((len(rows), longest), self._special.filling, np.int64)
        golds = np.full((len(rows), GOLDS, 2), -1, np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row.ids)] = row.ids
            if row.golds:
                golds[place, : len(row.golds)] = row.golds
        return Batch(
            torch.from_numpy(ids),
            torch.tensor([len(row.ids) for row in rows]),
            torch.tensor([row.before for row in rows]),
            torch.tensor([row.inside for row in rows]),
            torch.from_numpy(golds),
            torch.tensor([row.kind for row in rows]),
            torch.tensor([number for number, group in enumerate(chosen) for _ in group]),
            torch.tensor([row.answer_kind for row in rows]),
        )

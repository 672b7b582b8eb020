"""Training groups as token numbers in flat arrays, small enough to carry and quick to draw from."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from eval.recipes.reader.answer_kind import KINDS, kind_of
from eval.recipes.reader.forms import forms
from eval.recipes.reader.groups import EXAMPLE_KINDS, Group
from eval.recipes.reader.swaps import swapped_names

Numbers = NDArray[np.int32]

_FORMS = 6


@dataclass(frozen=True, slots=True)
class PackedExample:
    """One example. Texts are numbers of `Pack.texts`; spans are (first, last) tokens of `text`."""

    kind: int
    title: int
    text: int
    spans: tuple[tuple[int, int], ...]
    question: int = -1
    """-1: the group's question, in any of its forms."""


@dataclass(frozen=True, slots=True)
class PackedGroup:
    """One question's examples. `questions` begins with the question as it was written."""

    set: str
    article: str
    questions: tuple[int, ...]
    kind: int
    examples: tuple[PackedExample, ...]


@dataclass(slots=True)
class Pack:
    """Groups, and the tokens of their texts: text n is `tokens[starts[n] : starts[n + 1]]`."""

    tokens: Numbers
    starts: NDArray[np.int64]
    groups: list[PackedGroup] = field(default_factory=list)

    def text(self, number: int) -> Numbers:
        """The token numbers of one text; none for -1."""
        if number < 0:
            return self.tokens[:0]
        return self.tokens[self.starts[number] : self.starts[number + 1]]


class Packer:
    """Tokenizes texts once each."""

    def __init__(self, folder: Path) -> None:
        """Use the tokenizer of the model in `folder`."""
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._numbers: dict[str, int] = {}
        self._tokens: list[Numbers] = []
        self._offsets: dict[int, list[tuple[int, int]]] = {}

    def pack(self, groups: Iterable[Group], seed: int = 7) -> Pack:
        """Pack the groups, each question in other forms too, and its names swapped."""
        random_ = random.Random(seed)
        packed = [self._group(group, random_) for group in groups]
        starts = np.cumsum([0, *(len(one) for one in self._tokens)], dtype=np.int64)
        return Pack(np.concatenate(self._tokens).astype(np.int32), starts, packed)

    def _group(self, group: Group, random_: random.Random) -> PackedGroup:
        asked = [group.question, *forms(group.question, random_)[:_FORMS]]
        answers = [one.text[start:end] for one in group.examples for start, end in one.spans[:1]]
        said = [group.settled] if group.settled else answers
        kind = KINDS.index(kind_of(group.question, said[0])) if said else -1
        examples = []
        for one in group.examples:
            text = self._text(one.text, offsets=bool(one.spans))
            spans = [self._span(text, *span) for span in one.spans]
            found = tuple(dict.fromkeys(span for span in spans if span is not None))
            if one.spans and not found:
                continue
            changed = self._text(one.question) if one.question != group.question else -1
            title = self._text(one.title) if one.title else -1
            number = EXAMPLE_KINDS.index(one.kind)
            examples.append(PackedExample(number, title, text, found, changed))
            if one.kind == "answer":
                swaps = EXAMPLE_KINDS.index("swapped")
                examples += [
                    PackedExample(swaps, title, text, (), self._text(other))
                    for other in swapped_names(group.question)
                ]
        return PackedGroup(
            group.set,
            group.article,
            tuple(self._text(one) for one in asked),
            kind,
            tuple(examples),
        )

    def _text(self, text: str, *, offsets: bool = False) -> int:
        number = self._numbers.get(text)
        if number is None or (offsets and number not in self._offsets):
            read = self._tokenizer.encode(text, add_special_tokens=False)
            if number is None:
                number = self._numbers[text] = len(self._tokens)
                self._tokens.append(np.array(read.ids, np.int32))
            if offsets:
                self._offsets[number] = read.offsets
        return number

    def _span(self, text: int, start: int, end: int) -> tuple[int, int] | None:
        """The first and last token of the characters `[start, end)`."""
        inside = [
            n for n, (first, last) in enumerate(self._offsets[text]) if first < end and start < last
        ]
        return (inside[0], inside[-1]) if inside else None


def save(pack: Pack, path: Path) -> None:
    """Write a pack to `path` as compressed arrays."""
    rows: list[tuple[int, ...]] = []
    spans: list[tuple[int, int, int]] = []
    questions: list[tuple[int, int]] = []
    for place, group in enumerate(pack.groups):
        questions += [(place, number) for number in group.questions]
        for one in group.examples:
            spans += [(len(rows), *span) for span in one.spans]
            rows.append((place, one.kind, one.title, one.text, one.question))
    np.savez_compressed(
        path,
        tokens=pack.tokens.astype(np.uint16),
        starts=pack.starts,
        sets=np.array([one.set for one in pack.groups]),
        articles=np.array([one.article for one in pack.groups]),
        kinds=np.array([one.kind for one in pack.groups], np.int8),
        rows=np.array(rows, np.int32),
        spans=np.array(spans, np.int32),
        questions=np.array(questions, np.int32),
    )


def load(path: Path) -> Pack:
    """The pack that `save` wrote."""
    kept = np.load(path)
    spans: dict[int, list[tuple[int, int]]] = {}
    for row, first, last in kept["spans"].tolist():
        spans.setdefault(row, []).append((first, last))
    examples: dict[int, list[PackedExample]] = {}
    for row, (group, kind, title, text, question) in enumerate(kept["rows"].tolist()):
        one = PackedExample(kind, title, text, tuple(spans.get(row, ())), question)
        examples.setdefault(group, []).append(one)
    asked: dict[int, list[int]] = {}
    for group, number in kept["questions"].tolist():
        asked.setdefault(group, []).append(number)
    groups = [
        PackedGroup(str(set_), str(article), tuple(asked[n]), int(kind), tuple(examples.get(n, ())))
        for n, (set_, article, kind) in enumerate(
            zip(kept["sets"], kept["articles"], kept["kinds"], strict=True)
        )
    ]
    return Pack(kept["tokens"].astype(np.int32), kept["starts"], groups)


def of_sets(pack: Pack, names: Sequence[str]) -> list[PackedGroup]:
    """The groups of these sets."""
    return [group for group in pack.groups if group.set in names]

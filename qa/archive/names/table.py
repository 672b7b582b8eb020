"""The names of a whole index: those of its texts, merged cautiously across texts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.archive.names.corrections import Corrections
from qa.archive.names.forms import key_of
from qa.archive.names.names_file import NamesFile, Row
from qa.archive.names.recognizer import PERSON

_MOSTLY = 0.75
"""The share of the texts with a surname that one full name must have to get the surname alone."""
_ALONE = 3
"""The most texts with a surname alone, for each with the full name, for the two to be one."""
_SAME_KIND = 0.8
"""The share of the texts that must agree on a name's kind for the others to be overruled."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the index: what it is called, its kind, and its forms, most frequent first."""

    name: str
    kind: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameTable:
    """The names of an index, and which text has which, how often.

    The row with the number `rows[i]` says that the text `keys[texts[i]]` has the name
    `known[names[i]]` `counts[i]` times. `rows` is in ascending order. `read` are the keys of all
    texts whose names were recognized.
    """

    known: tuple[Known, ...]
    keys: tuple[str, ...]
    rows: Numbers
    texts: Numbers
    names: Numbers
    counts: Numbers
    read: frozenset[str]
    recognizer: str

    @classmethod
    def of(cls, file: NamesFile, corrections: Corrections) -> "NameTable":
        """Merge the names of the texts in a file, as the corrections say and by their forms."""
        found = [
            (row, name) for row in file.rows() if (name := _called(row, corrections)) is not None
        ]
        identity = _identities(found, corrections)
        number: dict[tuple[str, str], int] = {}
        text: dict[str, int] = {}
        forms: defaultdict[int, Counter[str]] = defaultdict(Counter)
        shown: defaultdict[int, Counter[str]] = defaultdict(Counter)
        cells: list[tuple[int, int, int, int]] = []
        for row, name in found:
            at = number.setdefault(identity[key_of(name), row.kind], len(number))
            cells.append((row.id, text.setdefault(row.key, len(text)), at, row.count))
            forms[at].update(row.forms)
            shown[at][name] += 1
        cells.sort()
        columns = np.array(cells, np.int64).reshape(-1, 4)
        return cls(
            tuple(_known(key, kind, shown[at], forms[at]) for (key, kind), at in number.items()),
            tuple(text),
            columns[:, 0],
            columns[:, 1],
            columns[:, 2],
            columns[:, 3],
            frozenset(file.keys()),
            file.recognizer,
        )

    def pairs(self, rows: Numbers | slice = slice(None)) -> Numbers:
        """The pairs of a name and a text in these rows, each once, shape (n, 2)."""
        both = np.stack([self.names[rows], self.texts[rows]], axis=1)
        pairs: Numbers = np.unique(both, axis=0)
        return pairs

    def named(self, name: str) -> list[int]:
        """The numbers of the names called so; if there are none, of those with that form."""
        key = key_of(name)
        called = [at for at, one in enumerate(self.known) if key_of(one.name) == key]
        return called or [
            at for at, one in enumerate(self.known) if key in {key_of(form) for form in one.forms}
        ]

    def name_of(self, row: int) -> int | None:
        """The number of the name that a row of the file has; None if it was rejected."""
        at = int(np.searchsorted(self.rows, row))
        return int(self.names[at]) if at < len(self.rows) and self.rows[at] == row else None


def _known(key: str, kind: str, shown: Counter[str], forms: Counter[str]) -> Known:
    own = [one for one in shown if key_of(one) == key] or list(shown)
    name = max(own, key=lambda one: (shown[one], len(one), one))
    return Known(name, kind, tuple(sorted(forms, key=lambda one: (-forms[one], one))))


def _called(row: Row, corrections: Corrections) -> str | None:
    """What a row's name is called; None if it, or its only form, was rejected."""
    for form in (row.name, *row.forms):
        if key_of(form) in corrections.renamed:
            return corrections.name(form) or None
    return corrections.name(row.name) or None


def _identities(
    found: Sequence[tuple[Row, str]], corrections: Corrections
) -> Mapping[tuple[str, str], tuple[str, str]]:
    """For each key and kind, the key and kind of the name that it is."""
    texts = Counter((key_of(name), row.kind) for row, name in found)
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (key, kind), count in texts.items():
        kinds[key][kind] += count
    kind_of: dict[tuple[str, str], str] = {}
    for key, counted in kinds.items():
        most, count = max(counted.items(), key=lambda one: (one[1], one[0]))
        rules = count >= _SAME_KIND * counted.total()
        for kind in counted:
            kind_of[key, kind] = corrections.kinds.get(key, most if rules else kind)
    full: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (key, kind), count in texts.items():
        if kind_of[key, kind] == PERSON and " " in key:
            full[key.rpartition(" ")[2]][key] += count
    identity = {}
    for (key, kind), now in kind_of.items():
        identity[key, kind] = key, now
        others = full[key].total() if key not in corrections.kinds else 0
        # Models often mark a surname alone as an organisation.
        if others and (now == PERSON or texts[key, kind] <= others):
            likely, count = full[key].most_common(1)[0]
            clear = count >= _MOSTLY * others and count * _ALONE >= texts[key, kind]
            identity[key, kind] = likely if clear else key, PERSON
    return identity

"""The names of a whole index: those of its texts, merged cautiously across texts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.archive.names.corrections import Corrections
from qa.archive.names.forms import key_of
from qa.archive.names.names_file import Columns, NamesFile
from qa.archive.names.recognizer import PERSON

_MOSTLY = 0.75
"""The share of the texts with a surname that one full name must have to get the surname alone."""
_ALONE = 3
"""The most texts with a surname alone, for each with the full name, for the two to be one."""
_SAME_KIND = 0.8
"""The share of the texts that must agree on a name's kind for the others to be overruled."""

Numbers = NDArray[np.int64]
_Kinded = tuple[str, str]
"""The key of a name and a kind."""


@dataclass(frozen=True, slots=True)
class NameTable:
    """The names of an index, and which text has which, how often.

    Pair i says that the text `keys[texts[i]]` has the name `names[i]` `counts[i]` times; the pairs
    are in order of the names. Name n is called `called[n]` and of the kind `kinds[n]`.

    Attributes:
        called: what each name is called.
        kinds: the kind of each name, as an array of strings.
        keys: the keys of the texts.
        names: the name of each pair.
        texts: the text of each pair.
        counts: the mentions of each pair.
        spellings: the numbers of the spellings in the file, ascending.
        of_spelling: the name of each spelling; -1 for one that was rejected.
        spelled: the key of each spelling.
        read: the keys of all texts whose names were recognized.
        recognizer: what recognized the names.
    """

    called: tuple[str, ...]
    kinds: NDArray[np.str_]
    keys: tuple[str, ...]
    names: Numbers
    texts: Numbers
    counts: Numbers
    spellings: Numbers
    of_spelling: Numbers
    spelled: tuple[str, ...]
    read: frozenset[str]
    recognizer: str

    @classmethod
    def of(cls, file: NamesFile, corrections: Corrections) -> "NameTable":
        """Merge the names of the texts in a file, by their forms and as the corrections say."""
        columns = file.columns()
        spellings = np.array([one.id for one in columns.spellings], np.int64)
        at = np.searchsorted(spellings, columns.rows[:, 1])
        documents = np.bincount(at, minlength=len(spellings))
        spelled = tuple(key_of(one.name) for one in columns.spellings)
        merged = _merged(columns, spelled, documents.tolist(), corrections)
        number: dict[_Kinded, int] = {}
        of_spelling = np.array(
            [-1 if one is None else number.setdefault(one, len(number)) for one in merged],
            np.int64,
        )
        numbers = {text: place for place, text in enumerate(columns.keys)}
        texts = np.array([numbers[text] for text in columns.rows[:, 0].tolist()], np.int64)
        names = of_spelling[at]
        kept = names >= 0
        many = max(1, len(numbers))
        pairs, where = np.unique(names[kept] * many + texts[kept], return_inverse=True)
        counts = np.bincount(where, columns.rows[kept, 2], minlength=len(pairs))
        return cls(
            _called(
                columns, spelled, documents.tolist(), of_spelling.tolist(), number, corrections
            ),
            np.array([kind for _, kind in number], np.str_),
            tuple(columns.keys.values()),
            pairs // many,
            pairs % many,
            counts.astype(np.int64),
            spellings,
            of_spelling,
            spelled,
            frozenset(columns.keys.values()),
            file.recognizer,
        )

    def named(self, name: str) -> list[int]:
        """The numbers of the names that are spelled so; if there are none, that end so."""
        key = key_of(name)
        called = [at for at, one in enumerate(self.called) if key_of(one) == key]
        if called:
            return called
        known = zip(self.spelled, self.of_spelling.tolist(), strict=True)
        spelled = {at for one, at in known if one == key and at >= 0}
        if spelled:
            return sorted(spelled)
        known = zip(self.spelled, self.of_spelling.tolist(), strict=True)
        return sorted({at for one, at in known if one.endswith(f" {key}") and at >= 0})

    def like(self, letters: str) -> NDArray[np.bool_]:
        """Which names have these letters in one of their spellings, shape (names,)."""
        wanted = key_of(letters)
        found = np.zeros(len(self.called), bool)
        for one, at in zip(self.spelled, self.of_spelling.tolist(), strict=True):
            if at >= 0 and wanted in one:
                found[at] = True
        return found

    def name_of(self, spelling: int) -> int | None:
        """The number of the name that a spelling of the file is; None if it was rejected."""
        at = int(np.searchsorted(self.spellings, spelling))
        if at == len(self.spellings) or self.spellings[at] != spelling:
            return None
        name = int(self.of_spelling[at])
        return name if name >= 0 else None

    def spellings_of(self, names: Sequence[int]) -> dict[int, int]:
        """The spellings of these names, each with its name."""
        wanted = np.isin(self.of_spelling, np.array(names, np.int64))
        spellings, of = self.spellings[wanted], self.of_spelling[wanted]
        return dict(zip(spellings.tolist(), of.tolist(), strict=True))


def _merged(
    columns: Columns, spelled: Sequence[str], documents: Sequence[int], corrections: Corrections
) -> list[_Kinded | None]:
    """The key and kind of the name that each spelling is; None for a rejected one."""
    texts = Counter[_Kinded]()
    for one, key, count in zip(columns.spellings, spelled, documents, strict=True):
        texts[key, one.kind] += count
    identity = _identities(texts, set(corrections.kinds))
    found: list[_Kinded | None] = []
    renamed: list[int] = []
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for place, (one, own) in enumerate(zip(columns.spellings, spelled, strict=True)):
        key, kind = identity[own, one.kind]
        key = own if corrections.knows(own) else key
        if corrections.knows(key):
            name = corrections.name(key)
            if not name:
                found.append(None)
                continue
            key = key_of(name)
            renamed.append(place)
        else:
            kinds[key][kind] += documents[place]
        found.append((key, corrections.kinds.get(key, kind)))
    for place in renamed:  # a renamed name is of the kind of the one that it is now
        key, kind = found[place] or ("", "")
        if kinds[key] and key not in corrections.kinds:
            found[place] = key, kinds[key].most_common(1)[0][0]
    return found


def _identities(texts: Counter[_Kinded], typed: set[str]) -> Mapping[_Kinded, _Kinded]:
    """For each key and kind, the key and kind of the name that it is.

    Args:
        texts: how many texts have each.
        typed: the keys of names whose kind the user has set; they stay apart.
    """
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (key, kind), count in texts.items():
        kinds[key][kind] += count
    kind_of: dict[_Kinded, str] = {}
    full: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, counted in kinds.items():
        most, count = max(counted.items(), key=lambda one: (one[1], one[0]))
        rules = count >= _SAME_KIND * counted.total()
        for kind in counted:
            now = kind_of[key, kind] = most if rules else kind
            if now == PERSON and " " in key:
                full[key.rpartition(" ")[2]][key] += counted[kind]
    identity = {}
    for (key, kind), now in kind_of.items():
        identity[key, kind] = key, now
        if key not in full or key in typed:
            continue
        others = full[key].total()
        # Models often mark a surname alone as an organisation.
        if now == PERSON or texts[key, kind] <= others:
            likely, count = full[key].most_common(1)[0]
            clear = count >= _MOSTLY * others and count * _ALONE >= texts[key, kind]
            identity[key, kind] = likely if clear else key, PERSON
    return identity


def _called(
    columns: Columns,
    spelled: Sequence[str],
    documents: Sequence[int],
    of_spelling: Sequence[int],
    number: Mapping[_Kinded, int],
    corrections: Corrections,
) -> tuple[str, ...]:
    """What each name is called: as the user says, or as most texts spell it in full."""
    keys = [key for key, _ in number]
    best: list[tuple[bool, int, int, str]] = [(False, -1, 0, "")] * len(keys)
    for one, own, count, at in zip(columns.spellings, spelled, documents, of_spelling, strict=True):
        if at >= 0:
            best[at] = max(best[at], (own == keys[at], count, len(one.name), one.name))
    said = {key_of(name): name for name in corrections.renamed.values()}
    return tuple(said.get(key, name) for key, (_, _, _, name) in zip(keys, best, strict=True))

"""Counting names: in how many documents, each story once, and who stands beside whom."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from index import Index, Listed, QuothError
from qa.archive.aliases import aliases_file
from qa.archive.names.corrections import Corrections, corrections_file
from qa.archive.names.names_file import NamesFile
from qa.archive.names.recognizer import KINDS
from qa.archive.names.table import NameTable, Numbers

_BESIDE = 20
_FORMS = 8


@dataclass(frozen=True, slots=True)
class Name:
    """A person, organisation or place, with how often documents name it.

    Attributes:
        name: what it is called: its most frequent full form.
        kind: "person", "organisation" or "place"; "name" where the kind is not known.
        documents: how many documents name it; copies of one story are one.
        mentions: how often those name it.
        forms: the forms that were found, those of most documents first.

    Example:
        >>> Name("Antony Blinken", "person", 1, 3, ("Blinken", "Antony Blinken")).as_json()["kind"]
        'person'
    """

    name: str
    kind: str
    documents: int
    mentions: int
    forms: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The name as plain values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "documents": self.documents,
            "mentions": self.mentions,
            "forms": list(self.forms),
        }


_TABLES: LRUCache[tuple[object, ...], NameTable] = LRUCache(2)
_LOCK = threading.Lock()


def name_table(index: Index) -> NameTable:
    """The names of an index, merged; read once for each state of its files.

    Raises QuothError if no names were made, or for a damaged file.
    """
    file = NamesFile(index.folder)
    corrections, aliases = corrections_file(index.folder), aliases_file(index.folder)
    if not file.recognizer:
        raise QuothError(
            f"no names were made for the index {index.folder}; "
            f"run: quoth names --make --index {index.folder}"
        )
    written = [one.stat().st_mtime_ns if one.exists() else 0 for one in (corrections, aliases)]
    state = (index.folder.absolute(), *file.version(), *written)
    with _LOCK:
        known = _TABLES.get(state)
        if known is None:
            known = _TABLES[state] = NameTable.of(file, Corrections.read(corrections, aliases))
        return known


def once(index: Index, table: NameTable, listed: Sequence[Listed]) -> Numbers:
    """The pairs of the table that count: of each name one text of each story, the earliest."""
    rank: dict[str, int] = {}
    for one in sorted(listed, key=by_date):
        rank.setdefault(one.key, len(rank))
    stories = index.stories()
    stories.read_ahead(table.keys)
    number: dict[str, int] = {}
    of_text = np.array([rank.get(key, -1) for key in table.keys], np.int64)
    story = np.array(
        [number.setdefault(stories.story(key), len(number)) for key in table.keys], np.int64
    )
    pairs = np.flatnonzero(of_text[table.texts] >= 0)
    names, texts = table.names[pairs], table.texts[pairs]
    order = np.lexsort((of_text[texts], story[texts], names))
    pairs, names, texts = pairs[order], names[order], texts[order]
    new = np.ones(len(pairs), bool)
    new[1:] = (names[1:] != names[:-1]) | (story[texts[1:]] != story[texts[:-1]])
    counting: Numbers = pairs[new]
    return counting


def documents_by_name(index: Index, listed: Sequence[Listed], most: int) -> list[Name]:
    """The names that most of these documents have, copies included: `most` of each kind."""
    table = name_table(index)
    documents = Counter(one.key for one in listed)
    weights = np.array([documents[key] for key in table.keys], np.int64)
    count = np.bincount(table.names, weights[table.texts], minlength=len(table.called))
    found: list[Name] = []
    for kind in KINDS:
        own = np.where(table.kinds == kind, count, 0)
        found += [Name(table.called[at], kind, int(own[at]), 0) for at in _most(table, own, most)]
    return found


def documents_naming(index: Index, kind: str, name: str) -> tuple[str, ...]:
    """The names of the documents that have a name of this kind, in order."""
    table = name_table(index)
    wanted = [at for at in table.named(name) if table.kinds[at] == kind]
    texts = table.texts[np.isin(table.names, wanted)].tolist()
    keys = {table.keys[text] for text in texts}
    return tuple(one.name for one in index.documents() if one.key in keys)


def counted(
    index: Index, table: NameTable, pairs: Numbers, *, kind: str | None, like: str, k: int | None
) -> tuple[list[Name], int]:
    """The names in these pairs, those in most texts first, at most `k`; and how many there are."""
    documents = np.bincount(table.names[pairs], minlength=len(table.called))
    mentions = np.bincount(
        table.names[pairs], table.counts[pairs], minlength=len(table.called)
    ).astype(np.int64)
    shown = documents > 0
    if kind is not None:
        shown &= table.kinds == kind
    if like:
        shown &= table.like(like)
    total = int(np.count_nonzero(shown))
    best = _most(table, np.where(shown, documents, 0), total if k is None else k, mentions)
    return as_names(
        index,
        table,
        {at: int(documents[at]) for at in best},
        {at: int(mentions[at]) for at in best},
    ), total


def _most(table: NameTable, count: Numbers, most: int, then: Numbers | None = None) -> list[int]:
    """The names with the highest counts above 0: by count, `then`, and what they are called."""
    found = np.flatnonzero(count)
    if len(found) > most:  # only what can be among the first is sorted
        least = np.partition(count[found], -most)[-most]
        found = found[count[found] >= least]
    second = np.zeros_like(count) if then is None else then
    ordered = sorted(
        found.tolist(), key=lambda at: (-int(count[at]), -int(second[at]), table.called[at])
    )
    return ordered[:most]


def as_names(
    index: Index, table: NameTable, documents: Mapping[int, int], mentions: Mapping[int, int]
) -> list[Name]:
    """Names by their number, with these counts and their forms; those in most documents first."""
    forms: dict[int, Counter[str]] = {at: Counter() for at in documents}
    of = table.spellings_of(list(documents))
    for spelling, form, count in NamesFile(index.folder).forms(of):
        forms[of[spelling]][form] += count
    found = [
        Name(
            table.called[at],
            str(table.kinds[at]),
            count,
            mentions[at],
            tuple(sorted(forms[at], key=lambda one: (-forms[at][one], one))[:_FORMS]),
        )
        for at, count in documents.items()
        if count
    ]
    return sorted(found, key=lambda one: (-one.documents, -one.mentions, one.name))


def beside(index: Index, table: NameTable, mine: int, keys: Iterable[str]) -> list[Name]:
    """The names in the paragraphs of these texts that have the name `mine`, most texts first."""
    names: dict[str, dict[int, set[int]]] = {}
    for text, spelling, places in NamesFile(index.folder).places(keys):
        name = table.name_of(spelling)
        if name is not None:
            inside = names.setdefault(text, {}).setdefault(name, set())
            inside |= {one.paragraph for one in places}
    documents, paragraphs = Counter[int](), Counter[int]()
    for found in names.values():
        own = found.get(mine, set())
        for name, there in found.items():
            if name != mine and (shared := len(there & own)):
                paragraphs[name] += shared
                documents[name] += 1
    best = sorted(documents, key=lambda at: (-documents[at], -paragraphs[at], table.called[at]))[
        :_BESIDE
    ]
    return as_names(index, table, {at: documents[at] for at in best}, paragraphs)


def by_date(one: Listed) -> tuple[bool, str, str]:
    """A key that sorts documents by date, those without one last."""
    published = one.published.value if one.published else ""
    return not published, published, one.name

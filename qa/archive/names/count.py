"""Counting names: in how many documents, each story once, and who stands beside whom."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from index import Index, Listed, QuothError
from qa.archive.aliases import aliases_file
from qa.archive.names.corrections import Corrections, corrections_file
from qa.archive.names.names_file import NamesFile
from qa.archive.names.table import Known, NameTable, Numbers

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
    known = _TABLES.get(state)
    if known is None:
        known = _TABLES[state] = NameTable.of(file, Corrections.read(corrections, aliases))
    return known


def once(index: Index, table: NameTable, listed: Sequence[Listed]) -> Numbers:
    """The places in the table of the rows that count: for each name, one text of each story."""
    rank: dict[str, int] = {}
    for one in sorted(listed, key=by_date):
        rank.setdefault(one.key, len(rank))
    stories = index.stories()
    number: dict[str, int] = {}
    of_text = np.array([rank.get(key, -1) for key in table.keys], np.int64)
    story = np.array(
        [number.setdefault(stories.story(key), len(number)) for key in table.keys], np.int64
    )
    rows = np.flatnonzero(of_text[table.texts] >= 0) if len(table.texts) else table.texts
    names, texts = table.names[rows], table.texts[rows]
    order = np.lexsort((of_text[texts], story[texts], names))
    rows, names, texts = rows[order], names[order], texts[order]
    new = np.ones(len(rows), bool)
    new[1:] = (names[1:] != names[:-1]) | (story[texts[1:]] != story[texts[:-1]])
    first = texts[np.flatnonzero(new)][np.cumsum(new) - 1]
    counts: Numbers = rows[texts == first]
    return counts  # a text has several rows of a name where its forms were merged


def documents_by_name(index: Index, listed: Sequence[Listed]) -> dict[Known, int]:
    """How many of these documents have each name, copies included."""
    table = name_table(index)
    pairs = table.pairs()
    documents = Counter(one.key for one in listed)
    weights = np.array([documents[key] for key in table.keys], np.int64)
    counts = np.bincount(pairs[:, 0], weights[pairs[:, 1]], minlength=len(table.known))
    return {table.known[at]: int(counts[at]) for at in np.flatnonzero(counts).tolist()}


def documents_naming(index: Index, kind: str, name: str) -> tuple[str, ...]:
    """The names of the documents that have a name of this kind, in order."""
    table = name_table(index)
    wanted = [at for at in table.named(name) if table.known[at].kind == kind]
    texts = table.texts[np.isin(table.names, wanted)].tolist()
    keys = {table.keys[text] for text in texts}
    return tuple(one.name for one in index.documents() if one.key in keys)


def counted(table: NameTable, rows: Numbers) -> list[Name]:
    """The names in these rows, with how many texts and mentions they have."""
    pairs = table.pairs(rows)
    documents = np.bincount(pairs[:, 0], minlength=len(table.known))
    mentions = np.bincount(table.names[rows], table.counts[rows], minlength=len(table.known))
    found = np.flatnonzero(documents).tolist()
    return list(
        as_names(
            table,
            {at: int(documents[at]) for at in found},
            {at: int(mentions[at]) for at in found},
        )
    )


def as_names(
    table: NameTable, documents: Mapping[int, int], mentions: Mapping[int, int]
) -> tuple[Name, ...]:
    """Names by their number, with these counts; those in most documents first."""
    found = [
        Name(known.name, known.kind, documents[at], count, known.forms[:_FORMS])
        for at, count in mentions.items()
        if count and (known := table.known[at])
    ]
    return tuple(sorted(found, key=lambda one: (-one.documents, -one.mentions, one.name)))


def beside(index: Index, table: NameTable, mine: int, keys: Iterable[str]) -> tuple[Name, ...]:
    """The names in the paragraphs of these texts that have the name `mine`, most texts first."""
    paragraphs = Counter[int]()
    documents = Counter[int]()
    names: dict[str, dict[int, set[int]]] = {}
    for text, row, places in NamesFile(index.folder).places(keys):
        name = table.name_of(row)
        if name is not None:
            inside = names.setdefault(text, {}).setdefault(name, set())
            inside |= {one.paragraph for one in places}
    for found in names.values():
        for name, there in found.items():
            shared = len(there & found.get(mine, set()))
            if name != mine and shared:
                paragraphs[name] += shared
                documents[name] += 1
    return as_names(table, documents, paragraphs)[:_BESIDE]


def by_date(one: Listed) -> tuple[bool, str, str]:
    """A key that sorts documents by date, those without one last."""
    published = one.published.value if one.published else ""
    return not published, published, one.name

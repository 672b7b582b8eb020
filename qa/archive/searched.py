"""What a search of the whole archive looks in: how many documents, their dates, what is unread."""

import datetime as dt
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from index import Omission
from qa.retrieval.searchable import Searchable


@dataclass(frozen=True, slots=True)
class Searched:
    """The documents that are searched.

    Attributes:
        keys: the keys of their texts.
        count: how many documents there are; several may have one text.
        first: their earliest date; None if none has one.
        last: their latest.
        undated: the names of those that state no date.
        unread: the files, and parts of files, that could not be read, with the reason.
    """

    keys: tuple[str, ...]
    count: int
    first: dt.date | None
    last: dt.date | None
    undated: tuple[str, ...]
    unread: tuple[str, ...]


_KNOWN: WeakKeyDictionary[Searchable, tuple[int, Searched]] = WeakKeyDictionary()


def searched_in(index: Searchable) -> Searched:
    """What is searched, read once for each generation of the index."""
    known = _KNOWN.get(index)
    if known and known[0] == index.generation:
        return known[1]
    generation, listed = index.generation, index.documents()
    days = sorted(one.published.value for one in listed if one.published)
    in_part = [
        f"{one.name}: {part.message}"
        for one in listed
        for part in one.left_out
        if part.kind is Omission.NOT_READ
    ]
    found = Searched(
        keys=tuple(dict.fromkeys(one.key for one in listed)),
        count=len(listed),
        first=dt.date.fromisoformat(days[0]) if days else None,
        last=dt.date.fromisoformat(days[-1]) if days else None,
        undated=tuple(one.name for one in listed if not one.published),
        unread=(*(one.message for one in index.unread()), *in_part),
    )
    _KNOWN[index] = generation, found
    return found

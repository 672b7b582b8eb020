"""The documents of an index as a list that can be searched and sorted."""

from collections.abc import Callable
from dataclasses import dataclass

from index import Index, Listed, Where


@dataclass(frozen=True, slots=True)
class Sources:
    """Documents as they are listed, and of how many."""

    shown: list[Listed]
    total: int
    passages: int
    unread: list[str]


def sources_of(
    index: Index, where: Where | None, words: str, sort: str, *, down: bool = False
) -> Sources:
    """The documents whose title, author, date or name holds all of the words.

    Args:
        index: the index.
        where: the filter that they pass.
        words: what to look for; none is all documents.
        sort: "name", "title", "published" or "author"; those without one come last.
        down: whether the order is reversed.

    """
    wanted = words.lower().split()
    listed, status = index.documents(where), index.status()
    shown = [one for one in listed if all(word in _searched(one) for word in wanted)]
    if sort in _SORTED:
        having = [one for one in shown if _SORTED[sort](one)]
        without = [one for one in shown if not _SORTED[sort](one)]
        shown = [*sorted(having, key=_SORTED[sort], reverse=down), *without]
    elif down:
        shown.reverse()
    unread = [one.message for one in index.unread()]
    return Sources(shown, status.documents, status.passages, unread)


_SORTED: dict[str, Callable[[Listed], str]] = {
    "title": lambda one: one.title.value.lower(),
    "published": lambda one: one.published.value if one.published else "",
    "author": lambda one: one.author.value.lower() if one.author else "",
}


def _searched(one: Listed) -> str:
    author = one.author.value if one.author else ""
    published = one.published.value if one.published else ""
    return f"{one.name} {one.title.value} {author} {published}".lower()

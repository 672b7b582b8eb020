"""What documents can be narrowed by: folders, kinds of file, years, authors, names; counted."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from index import (
    AllOf,
    AnyOf,
    Index,
    InFolder,
    Listed,
    NameMatches,
    Not,
    OneOf,
    PublishedFrom,
    PublishedTo,
    QuothError,
    Undated,
    Where,
    WrittenBy,
)
from qa.archive.names.count import documents_by_name, documents_naming
from qa.archive.names.make import has_names

KINDS = ("folder", "year", "type", "author", "person", "organisation", "place", "name")
UNDATED = "undated"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that documents can be narrowed by, or left out by.

    Attributes:
        kind: "folder", "year", "type", "author", or a kind of name: "person", "organisation",
            "place" or "name".
        value: the folder, the year as 2022 or "undated", the file's suffix as "pdf", the author,
            the name.
        count: how many documents have it. A folder has those of the folders below it too.

    Example:
        >>> Facet("year", "2020", 1).stated()
        'year:2020'
    """

    kind: str
    value: str
    count: int

    def stated(self, *, without: bool = False) -> str:
        """The facet in one word, as `filter_of` reads it; `without` leaves its documents out."""
        return f"{'-' if without else ''}{self.kind}:{self.value}"


def facets(index: Index, where: Where | None = None) -> list[Facet]:
    """The values that the documents passing a filter can be narrowed by.

    Args:
        index: the documents.
        where: the filter; None lets everything pass.

    Returns:
        The facets, by kind in the order of `KINDS`; years in order, the others by count, most
        first. Of each kind the first 200. Names are among them once `make_names` was called.

    Example:
        >>> [facet.stated() for facet in facets(Index.open(".quoth"))][:3]
        ['folder:seeds', 'year:2020', 'year:undated']
    """
    counted: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    listed = index.documents(where)
    for one in listed:
        for folder in PurePosixPath(one.name).parents:
            if folder.name:
                counted["folder"][str(folder)] += 1
        counted["year"][one.published.value[:4] if one.published else UNDATED] += 1
        if suffix := _suffix(one):
            counted["type"][suffix] += 1
        if one.author:
            counted["author"][one.author.value] += 1
    if has_names(index):
        for name in documents_by_name(index, listed, _MOST):
            counted[name.kind][name.name] += name.documents
    return [
        Facet(kind, value, count)
        for kind in KINDS
        for value, count in (
            sorted(counted[kind].items())
            if kind == "year"
            else sorted(counted[kind].items(), key=lambda one: (-one[1], one[0]))
        )[:_MOST]
    ]


def _suffix(one: Listed) -> str:
    return PurePosixPath(one.name).suffix.lower().removeprefix(".")


def filter_of(stated: Sequence[str], index: Index | None = None) -> Where | None:
    """The filter that facets in words are: "folder:wire", "-type:pdf".

    A document passes if, for each kind, it has one of the values given. A value with a "-"
    excludes the documents that have it.

    Args:
        stated: the facets.
        index: the index whose names are meant; needed for a name.

    Returns:
        The filter; None if there are no facets.

    Raises:
        QuothError: for one that is none.

    Example:
        >>> filter_of(["-type:pdf"])
        Not(filter=NameMatches(pattern='*.[pP][dD][fF]'))
    """
    kept: list[Where] = []
    by_kind: dict[str, list[Where]] = {}
    for one in stated:
        kind, _, value = one.removeprefix("-").partition(":")
        where = _where(kind, value, one, index)
        if one.startswith("-"):
            # A document without a date has no year, so excluding a year does not exclude it.
            stays = kind == "year" and value != UNDATED
            kept.append(AnyOf((Not(where), Undated())) if stays else Not(where))
        else:
            by_kind.setdefault(kind, []).append(where)
    kept += [one[0] if len(one) == 1 else AnyOf(tuple(one)) for one in by_kind.values()]
    if len(kept) == 1:
        return kept[0]
    return AllOf(tuple(kept)) if kept else None


def _where(kind: str, value: str, stated: str, index: Index | None) -> Where:
    match kind:
        case "person" | "organisation" | "place" | "name" if value and index is not None:
            return OneOf(documents_naming(index, kind, value))
        case "folder" if value:
            return InFolder(value)
        case "type" if value:
            letters = (f"[{c.lower()}{c.upper()}]" if c.isalpha() else f"[{c}]" for c in value)
            return NameMatches("*." + "".join(letters))
        case "author" if value:
            return WrittenBy(value)
        case "year" if value == UNDATED:
            return Undated()
        case "year" if value.isdecimal() and dt.MINYEAR <= int(value) <= dt.MAXYEAR:
            first, last = dt.date(int(value), 1, 1), dt.date(int(value), 12, 31)
            return AllOf((PublishedFrom(first), PublishedTo(last)))
        case _:
            raise QuothError(
                f"{stated!r} is no filter; give {', '.join(KINDS)} and a value: year:2022"
            )

"""Which documents a search may look in: a small tree over a document's declared fields."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedFrom:
    """Published on this day or later; a document without a date is left out.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(PublishedFrom(dt.date(2020, 1, 1))))
        1
    """

    day: dt.date


@dataclass(frozen=True, slots=True)
class PublishedTo:
    """Published on this day or earlier; a document without a date is left out.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(PublishedTo(dt.date(2019, 12, 31))))
        0
    """

    day: dt.date


@dataclass(frozen=True, slots=True)
class NameMatches:
    """The document's name matches a pattern with `*`, `?` and `[…]`, as in `reports/*.txt`.

    Example:
        >>> index = Index.open(".quoth")
        >>> [one.name for one in index.documents(NameMatches("*000*"))]
        ['seeds/000_43a220144f544531.txt']
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class InFolder:
    """The document lies in this folder or below it.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(InFolder("seeds")))
        2
    """

    folder: str


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """The document states exactly this author.

    Example:
        >>> index = Index.open(".quoth")
        >>> [one.name for one in index.documents(WrittenBy("Alex Lantier"))]
        ['seeds/000_43a220144f544531.txt']
    """

    author: str


@dataclass(frozen=True, slots=True)
class Undated:
    """The document states no published date.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(Undated()))
        1
    """


@dataclass(frozen=True, slots=True)
class OneOf:
    """The document is called one of these names.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(OneOf(("seeds/000_43a220144f544531.txt", "no such document"))))
        1
    """

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of these filters lets the document through.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(AllOf((InFolder("seeds"), NameMatches("*003*")))))
        1
    """

    filters: tuple["Where", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these filters lets the document through.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(AnyOf((NameMatches("*000*"), NameMatches("*003*")))))
        2
    """

    filters: tuple["Where", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The filter within does not let the document through.

    Example:
        >>> index = Index.open(".quoth")
        >>> len(index.documents(Not(NameMatches("*000*"))))
        1
    """

    filter: "Where"


Where = (
    PublishedFrom
    | PublishedTo
    | NameMatches
    | InFolder
    | WrittenBy
    | Undated
    | OneOf
    | AllOf
    | AnyOf
    | Not
)


def uses_date(where: Where) -> bool:
    """Whether the filter has a date condition, which a document without a date cannot pass."""
    match where:
        case PublishedFrom() | PublishedTo():
            return True
        case AllOf(filters) | AnyOf(filters):
            return any(uses_date(part) for part in filters)
        case Not(part):
            return uses_date(part)
        case _:
            return False


def without_dates(where: Where) -> Where:
    """The same filter with every date accepted, to count what a date filter left out."""
    match where:
        case PublishedFrom() | PublishedTo():
            return AllOf(())
        case AllOf(filters):
            return AllOf(tuple(without_dates(part) for part in filters))
        case AnyOf(filters):
            return AnyOf(tuple(without_dates(part) for part in filters))
        case Not(part):
            return AllOf(()) if uses_date(part) else where
        case _:
            return where

"""A filter as an SQL condition over the table `documents`."""

import json
import os
import unicodedata
from collections.abc import Sequence
from typing import Protocol

from index.filters import (
    AllOf,
    AnyOf,
    InFolder,
    NameMatches,
    Not,
    OneOf,
    PublishedFrom,
    PublishedTo,
    Undated,
    Where,
    WrittenBy,
    uses_date,
)
from index.text.visible import storable

Condition = tuple[str, list[object]]
"""An SQL condition with a `?` for each of its parameters, and these."""

EVERYTHING: Condition = ("(1 = 1)", [])
NOTHING: Condition = ("(1 = 0)", [])


_MOST_PARAMETERS = 10_000
"""SQLite takes at most 32,766 parameters in a statement."""


class Dialect(Protocol):
    """What databases write differently."""

    author: str
    """The expression of a document's author, "" where none is stated."""

    def is_one_of(self, column: str, values: Sequence[object]) -> Condition:
        """Whether a column has one of these values."""
        ...

    def begins(self, column: str, prefix: str) -> Condition:
        """Whether a column's text begins with `prefix`."""
        ...

    def matches(self, column: str, pattern: str) -> Condition:
        """Whether a column's whole text matches a pattern with `*`, `?` and `[…]`."""
        ...


class SqliteDialect:
    """SQLite's."""

    author = "coalesce(json_extract(facts, '$.author[0]'), '')"

    def is_one_of(self, column: str, values: Sequence[object]) -> Condition:
        """Whether a column has one of these values."""
        if len(values) <= _MOST_PARAMETERS:
            return f"({column} IN ({', '.join('?' * len(values))}))", list(values)
        return f"({column} IN (SELECT value FROM json_each(?)))", [json.dumps(list(values))]

    def begins(self, column: str, prefix: str) -> Condition:
        """Whether a column's text begins with `prefix`."""
        return f"(substr({column}, 1, ?) = ?)", [len(prefix), prefix]

    def matches(self, column: str, pattern: str) -> Condition:
        """Whether a column's whole text matches a pattern with `*`, `?` and `[…]`."""
        return f"({column} GLOB ?)", [pattern]


def condition_of(where: Where | None, dialect: Dialect) -> Condition:
    """The filter as an SQL condition over the table `documents`; None lets everything pass."""
    match where:
        case None:
            return EVERYTHING
        case PublishedFrom() | PublishedTo() | Undated():
            return _of_date(where)
        case NameMatches() | OneOf() | InFolder() | WrittenBy():
            return _of_text(where, dialect)
        case AllOf(filters):
            return _joined(" AND ", [condition_of(part, dialect) for part in filters], EVERYTHING)
        case AnyOf(filters):
            return _any([condition_of(part, dialect) for part in filters])
        case Not(part):
            condition, parameters = condition_of(part, dialect)
            dated = " AND published IS NOT NULL" if uses_date(part) else ""
            return f"(NOT {condition}{dated})", parameters


def _of_date(where: PublishedFrom | PublishedTo | Undated) -> Condition:
    if isinstance(where, Undated):
        return "(published IS NULL)", []
    sign = ">=" if isinstance(where, PublishedFrom) else "<="
    return f"(published IS NOT NULL AND published {sign} ?)", [where.day.isoformat()]


def _of_text(where: NameMatches | OneOf | InFolder | WrittenBy, dialect: Dialect) -> Condition:
    match where:
        case NameMatches(pattern):
            return _any([dialect.matches("name", one) for one in _forms(storable(pattern))])
        case OneOf(names):
            return dialect.is_one_of("name", [storable(name) for name in names])
        case WrittenBy(author):
            return dialect.is_one_of(dialect.author, _forms(storable(author)))
        case InFolder(folder):
            inside = os.path.normpath(storable(folder))
            if inside == ".":
                return EVERYTHING
            prefixes = _forms(inside.rstrip("/") + "/")
            return _any([dialect.begins("name", prefix) for prefix in prefixes])


def _forms(text: str) -> list[str]:
    """A name as it is given, and in the Unicode normal forms NFC and NFD."""
    forms = (text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD")))
    return list(dict.fromkeys(forms))


def _any(parts: Sequence[Condition]) -> Condition:
    return _joined(" OR ", parts, NOTHING)


def _joined(word: str, parts: Sequence[Condition], empty: Condition) -> Condition:
    if not parts:
        return empty
    condition = word.join(condition for condition, _ in parts)
    return f"({condition})", [value for _, values in parts for value in values]

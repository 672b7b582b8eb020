"""What PostgreSQL writes differently from SQLite."""

import re
from collections.abc import Sequence

from index.storage.filter_sql import NOTHING, Condition


class PostgresDialect:
    """PostgreSQL's."""

    author = "author"

    def is_one_of(self, column: str, values: Sequence[object]) -> Condition:
        """Whether a column has one of these values."""
        if not values:
            return NOTHING
        if all(isinstance(value, int) for value in values):
            return f"({column} = ANY(?::bigint[]))", [list(values)]
        return f"({column} = ANY(?::text[]))", [[storable(str(value)) for value in values]]

    def begins(self, column: str, prefix: str) -> Condition:
        """Whether a column's text begins with `prefix`."""
        return f"(starts_with({column}, ?))", [storable(prefix)]

    def matches(self, column: str, pattern: str) -> Condition:
        """Whether a column's whole text matches a pattern with `*`, `?` and `[…]`."""
        return f"({column} ~ ?)", [storable(as_regex(pattern))]


def as_regex(pattern: str) -> str:
    r"""A pattern with `*`, `?` and `[…]`, as SQLite's GLOB has it, as a regular expression.

    >>> as_regex("reports/*.t?t"), as_regex("[^a-c]")
    ('^reports/.*\\.t.t$', '^[^a-c]$')
    """
    found, at = "^", 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            found += ".*"
        elif char == "?":
            found += "."
        elif char == "[":
            end = pattern.find("]", at + 1 + (pattern[at : at + 1] == "^"))
            if end == -1:
                return "$."  # SQLite: a set without an end matches nothing
            inside = pattern[at:end]
            denied = "^" if inside.startswith("^") else ""
            inside = inside.removeprefix("^")
            found += f"[{denied}{_set(inside)}]"
            at = end + 1
        else:
            found += re.escape(char) if char.isascii() else char
    return f"{found}$"


def _set(inside: str) -> str:
    """What stands in a set: ranges stay, and everything else stands for itself."""
    return "".join(rf"\{char}" if char in "\\[]^" else char for char in inside)


def storable(text: str) -> str:
    """Text that PostgreSQL takes."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()

"""The header of a Markdown file between lines of three dashes: title, author, date, tags."""

import re
from dataclasses import dataclass

from index.documents import Certainty, Found, Span
from index.parsing.date_lines import parse_date

_HEADER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<body>.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.S
)
_FIELD = re.compile(r"^(?P<name>[\w-]+)[ \t]*:[ \t]*(?P<value>[^\r\n]*)", re.M)
_QUOTED = re.compile(r"^(?P<sign>[\"'])(?P<text>.*)(?P=sign)$")
_MOST_CHARS = 10_000
_TITLES = ("title", "headline")
_AUTHORS = ("author", "authors", "by", "byline")
_DATES = ("date", "published", "publishdate", "pubdate", "date_published", "created")
_HOW = "file header"


@dataclass(frozen=True, slots=True)
class YamlHeader:
    """A file's header: where it stands, and the facts that it states."""

    span: Span
    title: Found | None
    author: Found | None
    published: Found | None


def yaml_header(text: str) -> YamlHeader | None:
    r"""The header that a text begins with, or None.

    Args:
        text: the whole text.

    Example:
        >>> header = yaml_header("---\ntitle: The mill\ndate: 2022-09-13\n---\nIt closed.")
        >>> header.title.value, header.published.value
        ('The mill', '2022-09-13')
    """
    found = _HEADER.match(text[:_MOST_CHARS])
    if found is None:
        return None
    fields: dict[str, tuple[str, Span]] = {}
    for field in _FIELD.finditer(text, *found.span("body")):
        stated, span = field["value"].strip(), Span(*field.span("value"))
        quoted = _QUOTED.match(stated)
        fields.setdefault(
            field["name"].lower(), (quoted["text"] if quoted else stated.strip("[]"), span)
        )
    title = _fact(fields, _TITLES)
    if title is None and not any(name in fields for name in (*_AUTHORS, *_DATES)):
        return None
    return YamlHeader(Span(*found.span()), title, _fact(fields, _AUTHORS), _date(fields))


def _fact(fields: dict[str, tuple[str, Span]], names: tuple[str, ...]) -> Found | None:
    value, span = next((fields[name] for name in names if name in fields), ("", Span(0, 0)))
    return Found(value, _HOW, span, Certainty.STATED) if value else None


def _date(fields: dict[str, tuple[str, Span]]) -> Found | None:
    stated = _fact(fields, _DATES)
    if stated is None:
        return None
    iso = re.match(r"\d{4}-\d\d-\d\d", stated.value)
    day = parse_date(iso.group() if iso else stated.value)
    return Found(day.isoformat(), _HOW, stated.span, Certainty.STATED) if day else None

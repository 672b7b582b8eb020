"""Tables as text (.csv, .tsv, .jsonl): a row that holds an article is a document of its own."""

import csv
import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePath

from index.documents import Certainty, Document, Found
from index.parsing import published_date
from index.parsing.charset import decode
from index.parsing.date_lines import day_comes_first
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.html_shown import tree_of, visible_lines
from index.parsing.formats.sections import Properties, Section
from index.parsing.skip_reasons import Reason, SkipFileError
from index.text.paragraphs import blocks

_TEXT = ("text", "body", "content", "article", "articlebody", "maintext", "full_text")
_TITLE = ("title", "headline")
_AUTHOR = ("author", "authors", "byline")
_DATE = ("published", "date", "date_published", "datepublished", "publish_date", "pubdate")
_ADDRESS = ("url", "link", "address")
_MOST_FIELD = 100_000_000
_EMPTY = SkipFileError(Reason.EMPTY)
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(?P<sign>.)\r?(?:\n|\r|$)", re.I)
_TAG = re.compile(
    r"<(?:p|br|div|span|strong|em|b|i|a|ul|ol|li|h[1-6]|blockquote|table|img|figure|sup|sub|del|s)"
    r"(?:\s[^<>]*)?/?>",
    re.I,
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.I)
_LEAST_BLOCKS = 3
_Row = dict[str, str] | SkipFileError
_ROWS = (".jsonl", ".ndjson")


def read(source: Source) -> Iterator[Piece]:
    """One document per row if a column holds article text, else one for the whole table.

    A .jsonl line that cannot be read is skipped; the other lines are read.
    """
    csv.field_size_limit(_MOST_FIELD)
    text, _ = decode(source.content)
    is_json = PurePath(source.name).suffix.lower() in _ROWS
    rows: list[_Row] = list(_objects(text) if is_json else _table(text))
    good = [row for row in rows if not isinstance(row, SkipFileError)]
    if not good:
        raise next((row for row in rows if isinstance(row, SkipFileError)), _EMPTY)
    if not any(name.casefold() in _TEXT for row in good for name in row):
        shown = "\n\n".join(map(_shown, good))
        yield Piece("", lambda: compose(source.name, [Section(shown)], tabular=True))
        for number, row in enumerate(rows, 1):
            if isinstance(row, SkipFileError):
                yield Piece(f"row {number}", partial(_row, row, source.name))
        return
    dates = [_first(_named_alike(row), _DATE) for row in good]
    day_first = day_comes_first(dates)
    for number, row in enumerate(rows, 1):
        part = f"row {number}"
        yield Piece(part, partial(_row, row, f"{source.name}/{part}", day_first))


def _named_alike(row: Mapping[str, str]) -> dict[str, str]:
    return {key.casefold(): value for key, value in row.items()}


def _row(row: _Row, name: str, day_first: bool | None = None) -> Document:  # noqa: FBT001 -- three values
    if isinstance(row, SkipFileError):
        raise row
    named = _named_alike(row)
    if not any(column in named for column in _TEXT):
        return compose(name, [Section(_shown(row))], tabular=True)
    return _article(named, name, day_first)


def _article(held: Mapping[str, str], name: str, day_first: bool | None) -> Document:  # noqa: FBT001 -- three values
    omissions = Omissions()
    row = {column: _without_markup(value, omissions) for column, value in held.items()}
    about = Properties(_first(row, _TITLE), _first(row, _AUTHOR))
    day = published_date.stated(_first(row, _DATE), "its column", day_first=day_first)
    body = max((name for name in _TEXT if name in row), key=lambda name: len(row[name]))
    title = next((name for name in _TITLE if row.get(name, "").strip()), "")
    known = {body, title if row[body].strip() else "", *_AUTHOR, *_DATE}
    rest = "\n".join(f"{k}: {v}" for k, v in row.items() if k not in known and v.strip())
    address = published_date.in_address(_first(row, _ADDRESS))
    document = compose(
        name,
        [Section(row[body]), Section(rest, "other columns")],
        about,
        [found for found in (day, address) if found],
        tabular=not _may_have_front_matter(row[body], has_title=bool(about.title)),
        omissions=omissions,
    )
    if not about.title:
        return document
    stated = Found(" ".join(about.title.split()), "its column", None, Certainty.STATED)
    return replace(document, title=stated)


def _may_have_front_matter(text: str, *, has_title: bool) -> bool:
    """Whether a row's text may begin with a headline, a byline and a date, as an article does."""
    return not has_title and len(blocks(text)) >= _LEAST_BLOCKS


def _without_markup(value: str, omissions: Omissions) -> str:
    """A field's text; for HTML, the text that a browser would show."""
    if _TAG.search(value):
        try:
            lines = visible_lines(tree_of(value, omissions))
        except SkipFileError:
            return ""
        return "\n\n".join(lines)
    return html.unescape(value) if _ENTITY.search(value) else value


def _shown(row: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in row.items() if value.strip())


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((row[name] for name in names if row.get(name, "").strip()), "")


def _named(names: list[str]) -> list[str]:
    """The columns' names; one that stands again is numbered."""
    taken: Counter[str] = Counter()
    found = []
    for name in names:
        taken[name] += 1
        found.append(f"{name} ({taken[name]})" if name and taken[name] > 1 else name)
    return found


def _table(text: str) -> Iterator[_Row]:
    stated = _SEPARATOR_LINE.match(text)
    text = text[stated.end() :] if stated else text
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:20_000], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    if stated:
        dialect = type("stated", (csv.excel,), {"delimiter": stated["sign"]})
    rows = csv.reader(io.StringIO(text, newline=""), dialect, doublequote=True)
    try:
        names = _named([name.strip() for name in next(rows, [])])
        if not any(line.strip() for line in text.strip().splitlines()[1:]):
            yield {f"column {at}": name for at, name in enumerate(names, 1)}
        for row in rows:
            named = {
                (names[at] if at < len(names) and names[at] else f"column {at + 1}"): value
                for at, value in enumerate(row)
            }
            if any(value.strip() for value in named.values()):
                yield named
    except csv.Error as error:
        yield SkipFileError(Reason.DAMAGED, f"line {rows.line_num}: {error}")


def _objects(text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield SkipFileError(Reason.DAMAGED, f"line {number}: {error}")
            continue
        if not isinstance(row, dict):
            yield SkipFileError(Reason.DAMAGED, f"line {number} is not an object")
            continue
        yield {
            str(key): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for key, value in row.items()
            if value is not None
        }

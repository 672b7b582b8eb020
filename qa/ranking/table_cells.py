"""Answers from rows of a table: the value under the heading, in the row, that a question names.

A row is a line such as "Year: 2021 | Deaths: 7 | Injured: 22", or lines "Year: 2021", "Deaths: 7",
as `index.parsing.formats.tables` and the parser of CSV files write them.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from index import Span
from index.parsing.formats.tables import has_headings
from index.search.bm25 import terms
from qa.language.question import Question

_CELL = re.compile(r"(?P<heading>[^:|\n]{1,60}):[ \t]+(?P<value>[^|\n]*[^|\s])")
_LINE = re.compile(r"[^\n]+")
_RULE = re.compile(r":?-{2,}:?")
_LEAST_CELLS = 2
_CELL_WORDS = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row.

    Attributes:
        heading: its column's heading.
        value: its text.
        span: where the value stands in the text.
    """

    heading: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: where it stands, and its filled cells, in order."""

    span: Span
    cells: tuple[Cell, ...]


def rows_in(text: str, within: Span) -> list[Row]:
    """The rows of tables in a stretch of text, in order.

    Example:
        >>> row = rows_in("Year: 2021 | Deaths: 7", Span(0, 22))[0]
        >>> [(cell.heading, cell.value) for cell in row.cells]
        [('Year', '2021'), ('Deaths', '7')]
    """
    found: list[Row] = []
    lines: list[Cell] = []
    end = within.start
    for line in _LINE.finditer(text, within.start, within.end):
        cells = list(_cells(text, Span(*line.span())))
        if len(cells) != 1 or text.count("\n", end, line.start()) > 1:
            found += _row_of(lines)
            lines = []
        if len(cells) >= _LEAST_CELLS:
            found.append(Row(Span(*line.span()), tuple(cells)))
        elif len(cells) == 1:
            lines.append(cells[0])
        end = line.end()
    found += _row_of(lines)
    return found or list(_rows_under_headings(text, within))


def _rows_under_headings(text: str, within: Span) -> Iterator[Row]:
    """The rows of tables that are drawn with bars, their first line being the headings."""
    table: list[tuple[Span, list[tuple[str, Span]]]] = []
    for line in _LINE.finditer(text, within.start, within.end):
        cells = list(_parts(text, Span(*line.span())))
        if len(cells) >= _LEAST_CELLS:
            if not all(_RULE.fullmatch(cell) for cell, _ in cells):
                table.append((Span(*line.span()), cells))
            continue
        yield from _named_rows(table)
        table = []
    yield from _named_rows(table)


def _named_rows(table: Sequence[tuple[Span, list[tuple[str, Span]]]]) -> Iterator[Row]:
    if not has_headings([[cell for cell, _ in cells] for _, cells in table]):
        return
    headings = [cell for cell, _ in table[0][1]]
    for line, cells in table[1:]:
        named = zip(headings, cells, strict=False)
        yield Row(line, tuple(Cell(heading, *cell) for heading, cell in named if cell[0]))


def _parts(text: str, line: Span) -> Iterator[tuple[str, Span]]:
    """The cells of a line drawn with bars; an outer bar on either side is none."""
    if "|" not in line.of(text):
        return
    pieces = line.of(text).split("|")
    at = line.start
    for number, piece in enumerate(pieces):
        outer = number in {0, len(pieces) - 1} and not piece.strip()
        start = at + len(piece) - len(piece.lstrip())
        if not outer:
            yield piece.strip(), Span(start, start + len(piece.strip()))
        at += len(piece) + 1


def _row_of(lines: Sequence[Cell]) -> list[Row]:
    """Lines of one cell each as a row, if there are enough and all are short.

    Longer ones are what somebody says, as in a hearing or an interview.
    """
    long = any(len(cell.value.split()) > _CELL_WORDS for cell in lines)
    if len(lines) < _LEAST_CELLS or long or len({cell.heading for cell in lines}) < len(lines):
        return []
    start = lines[0].span.start - len(lines[0].heading) - len(": ")
    return [Row(Span(start, lines[-1].span.end), tuple(lines))]


def _cells(text: str, line: Span) -> Iterator[Cell]:
    at = line.start
    parts = line.of(text).split(" | ")
    for part in parts:
        found = _CELL.fullmatch(part.strip())
        if found:
            start = at + len(part) - len(part.lstrip()) + found.start("value")
            span = Span(start, start + len(found["value"]))
            yield Cell(found["heading"].strip(), found["value"], span)
        elif len(parts) == 1:
            return
        at += len(part) + len(" | ")


def span_in_table(rows: Sequence[Row], span: Span, question: Question) -> Span | None:
    """Where a table answers: the cell in the row that a question names, under its heading.

    Args:
        rows: the rows of a table.
        span: what the reader points at, in one of the rows.
        question: the question.

    Returns:
        The span of the cell's value; if several rows match equally well, in the row that holds
        `span`. `span` itself if the question names no heading, or states nothing of any row. None
        if the table does not answer: the cell is blank or, with several matching rows, `span` is
        under another heading.
    """
    asked = set(question.terms)
    stated = [sum(len(asked & set(terms(cell.value))) for cell in row.cells) for row in rows]
    most = max(stated, default=0)
    nearest = [row for row, count in zip(rows, stated, strict=True) if count == most]
    heading = _heading_asked_for(rows, nearest, asked)
    if heading is None:
        return span
    under = [cell for row in nearest for cell in row.cells if cell.heading == heading]
    if len(nearest) > 1:
        if not most:
            return span
        return next((cell.span for cell in under if cell.span.overlap(span)), None)
    return under[0].span if under else None


def _heading_asked_for(
    rows: Sequence[Row], nearest: Sequence[Row], asked: AbstractSet[str]
) -> str | None:
    """The heading that has most of a question's terms; None if none has, or two have as many.

    A column whose value the question states identifies the row and is not the one asked for.
    """
    keys = {cell.heading for row in nearest for cell in row.cells if asked & set(terms(cell.value))}
    headings = {cell.heading for row in rows for cell in row.cells} - keys
    named = {heading: _nearness(heading, asked) for heading in headings}
    best = max(named.values(), default=(0, 0.0))
    likely = [heading for heading, nearness in named.items() if nearness == best]
    return likely[0] if best[0] and len(likely) == 1 else None


def _nearness(heading: str, asked: AbstractSet[str]) -> tuple[int, float]:
    """How many of a heading's terms a question has, and their share of the heading."""
    own = set(terms(heading))
    shared = len(own & asked)
    return shared, shared / max(1, len(own))

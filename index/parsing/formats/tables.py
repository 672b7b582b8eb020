"""Tables as lines of text: each value with its column's heading, where the table has headings."""

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"[^\w]*\d[\d\s.,:/%()–-]*[^\w]*(?:%|[a-z]{1,3})?", re.I)
_HEADING_WORDS = 8
_LEAST_ROWS = 2
_LEAST_COLUMNS = 2
_HEADED_SHARE = 0.5


def table_lines(rows: Sequence[Sequence[str]], *, headed: bool | None = None) -> list[str]:
    """A table's rows as lines, blank rows left out.

    With headings a row reads "Year: 2021 | Deaths: 7 | Injured: 22", and a blank cell is left out,
    so that no value can be taken for its neighbour's. Without headings cells are parted by bars,
    and a blank cell keeps its place.

    Args:
        rows: the cells' texts, row by row.
        headed: whether the first row holds the headings; None: as it looks.

    Example:
        >>> table_lines([["Year", "Deaths", "Injured"], ["2020", "", "15"], ["2021", "7", "22"]])
        ['Year: 2020 | Injured: 15', 'Year: 2021 | Deaths: 7 | Injured: 22']
    """
    shown = [[" ".join(cell.split()) for cell in row] for row in rows]
    shown = [row for row in shown if any(row)]
    if headed is None:
        headed = has_headings(shown)
    if not headed or len(shown) < _LEAST_ROWS:
        return [" | ".join(_trimmed(row)) for row in shown]
    headings = shown[0]
    return [line for row in shown[1:] if (line := _headed(headings, row))]


def has_headings(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table's first row holds the headings of its columns.

    Its cells must be short, distinct and not numbers, and only the first may be empty. About half
    of the columns below them, and at least one, must hold mostly numbers.
    """
    if len(rows) < _LEAST_ROWS or len(rows[0]) < _LEAST_COLUMNS:
        return False
    first = rows[0]
    named = [cell for cell in first if cell]
    if len(named) < len(first) - 1 or len(set(named)) < len(named) or not all(first[1:]):
        return False
    if any(_NUMBER.fullmatch(cell) or len(cell.split()) > _HEADING_WORDS for cell in named):
        return False
    width = len(first)
    below = [[row[at] for row in rows[1:] if at < len(row) and row[at]] for at in range(width)]
    numeric = [
        column
        for column in below
        if column and sum(bool(_NUMBER.fullmatch(cell)) for cell in column) * 2 > len(column)
    ]
    filled = [column for column in below if column]
    return bool(filled) and len(numeric) >= max(1, int(_HEADED_SHARE * (len(filled) - 1)))


def _headed(headings: Sequence[str], row: Sequence[str]) -> str:
    named = []
    for at, cell in enumerate(row):
        heading = headings[at] if at < len(headings) else ""
        if cell:
            named.append(f"{heading}: {cell}" if heading else cell)
    return " | ".join(named)


def _trimmed(row: Sequence[str]) -> list[str]:
    """A row without the blank cells behind its last filled one."""
    last = max(at for at, cell in enumerate(row) if cell)
    return list(row[: last + 1])

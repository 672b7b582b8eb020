"""Workbooks of Excel (.xlsx), by openpyxl: visible rows and columns, as the sheet shows them."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from index.documents import Omission
from index.parsing.formats.base import Omissions
from index.parsing.formats.number_formats import shown
from index.parsing.formats.ooxml import drawn_sections, related, relations
from index.parsing.formats.sections import Section
from index.parsing.formats.spreadsheet import sheet_label
from index.parsing.formats.tables import table_lines
from index.parsing.formats.zip_container import Package
from index.parsing.skip_reasons import Reason, SkipFileError

_HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_NUMBER = re.compile(rb"\br=\"(\d+)\"")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_FROM_TO = re.compile(rb"\b(min|max)=\"(\d+)\"")
_MOST_COLUMNS = 1_000


def sections(package: Package, omissions: Omissions) -> Iterator[Section]:
    """The sheets of a workbook, each with its comments, charts and text boxes.

    Args:
        package: the workbook.
        omissions: counts hidden sheets, rows and columns, and what is struck out.

    Raises:
        SkipFileError: if it is damaged.
    """
    try:
        held = BytesIO(package.as_transitional())
        book = openpyxl.load_workbook(held, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise SkipFileError(Reason.DAMAGED, str(error)) from error
    parts = _parts(package)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            omissions.add(Omission.HIDDEN, "sheet")
            continue
        part = parts.get(sheet.title, "")
        label = sheet_label(sheet.title)
        rows = list(_rows(sheet, _hidden(package, part, omissions), omissions))
        yield Section("\n\n".join(table_lines(rows)), label)
        if part:
            for name in related(package, part, "comments"):
                for comment in package.xml(name).iter("{*}comment"):
                    yield Section("".join(comment.itertext()), label)
            yield from drawn_sections(package, part, omissions, label)


def _parts(package: Package) -> dict[str, str]:
    """The part that holds each sheet, by the sheet's name."""
    named = relations(package, "xl/workbook.xml")
    found = {}
    for one in package.xml("xl/workbook.xml").iter("{*}sheet"):
        key = next((value for name, value in one.attrib.items() if name.endswith("}id")), "")
        if key in named and package.has(named[key][1]):
            found[one.get("name") or ""] = named[key][1]
    return found


def _hidden(package: Package, part: str, omissions: Omissions) -> tuple[set[int], set[int]]:
    """The numbers of a sheet's hidden rows and columns, which openpyxl's reader leaves out."""
    if not part:
        return set(), set()
    xml = package.read(part)
    rows = {
        int(number.group(1))
        for row in _ROW.findall(xml)
        if _HIDDEN.search(row) and (number := _NUMBER.search(row))
    }
    columns: set[int] = set()
    for column in _COLUMN.findall(xml):
        if _HIDDEN.search(column):
            ends = {name: int(number) for name, number in _FROM_TO.findall(column)}
            first, last = ends.get(b"min", 0), ends.get(b"max", 0)
            columns.update(range(first, min(last, _MOST_COLUMNS) + 1))
            omissions.add(Omission.HIDDEN, "column")
    if rows:
        omissions.add(Omission.HIDDEN, "row", len(rows))
    return rows, columns


def _rows(
    sheet: Any,  # noqa: ANN401 -- openpyxl has no types
    hidden: tuple[set[int], set[int]],
    omissions: Omissions,
) -> Iterator[list[str]]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number in hidden[0]:
            continue
        cells = [_cell(cell, omissions) for at, cell in enumerate(row, 1) if at not in hidden[1]]
        if any(cells):
            yield cells


def _cell(cell: Any, omissions: Omissions) -> str:  # noqa: ANN401 -- openpyxl has no types
    if cell.value is None:
        return ""
    font = getattr(cell, "font", None)
    if font is not None and font.strike:
        omissions.add(Omission.STRUCK_OUT, "cell")
        return ""
    return shown(cell.value, cell.number_format or "General")

"""Workbooks of Excel up to 2003 (.xls), by xlrd: visible rows and columns, as shown."""

import io
from collections.abc import Iterator
from typing import Any

import xlrd

from index.documents import Omission
from index.parsing.formats.base import Omissions
from index.parsing.formats.number_formats import shown
from index.parsing.formats.sections import Section
from index.parsing.formats.spreadsheet import sheet_label
from index.parsing.formats.tables import table_lines

UNREADABLE = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    ValueError,
    IndexError,
    KeyError,
    AssertionError,
)
"""What xlrd raises for a workbook that it does not read: an older version, a locked one."""


def sections(content: bytes, omissions: Omissions) -> Iterator[Section]:
    """The sheets of a workbook.

    Args:
        content: the file's bytes.
        omissions: counts hidden sheets, rows and columns, and what is struck out.

    Raises:
        UNREADABLE: if xlrd does not read it.
    """
    book = xlrd.open_workbook(
        file_contents=content, formatting_info=True, logfile=io.StringIO(), on_demand=True
    )
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        if sheet.visibility:
            omissions.add(Omission.HIDDEN, "sheet")
            continue
        rows = [_row(book, sheet, at, omissions) for at in range(sheet.nrows)]
        columns = sum(bool(one.hidden) for one in sheet.colinfo_map.values())
        if columns:
            omissions.add(Omission.HIDDEN, "column", columns)
        yield Section("\n\n".join(table_lines(rows)), sheet_label(sheet.name))
        for note in sheet.cell_note_map.values():
            yield Section(note.text or "", sheet_label(sheet.name))


def _row(book: Any, sheet: Any, at: int, omissions: Omissions) -> list[str]:  # noqa: ANN401 -- no types
    about = sheet.rowinfo_map.get(at)
    if about is not None and about.hidden:
        omissions.add(Omission.HIDDEN, "row")
        return []
    return [
        _cell(book, cell, omissions)
        for column, cell in enumerate(sheet.row(at))
        if column not in sheet.colinfo_map or not sheet.colinfo_map[column].hidden
    ]


def _cell(book: Any, cell: Any, omissions: Omissions) -> str:  # noqa: ANN401 -- xlrd has no types
    if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
        return ""
    style = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
    if style is not None and book.font_list[style.font_index].struck_out:
        omissions.add(Omission.STRUCK_OUT, "cell")
        return ""
    if cell.ctype == xlrd.XL_CELL_DATE:
        return shown(xlrd.xldate_as_datetime(cell.value, book.datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ""
    number_format = book.format_map[style.format_key].format_str if style is not None else "General"
    return shown(cell.value, number_format)

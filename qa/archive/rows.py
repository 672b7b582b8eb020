"""Rows as files that a spreadsheet opens: CSV and Excel workbooks."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from index.durable_files import plain_faults, replace_whole

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767
_WIDEST = 60


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    r"""Rows as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe.

    Args:
        rows: the rows; the first has the headings.

    Returns:
        The text, its lines ended as RFC 4180 has them.

    Example:
        >>> as_csv([("said",), ("=1+1",)])
        "said\r\n'=1+1\r\n"
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return out.getvalue()


def as_workbook(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """Rows as an Excel workbook. Every cell is text, so none is a formula.

    Args:
        sheets: the rows of each sheet, by its name; the first row has the headings.

    Returns:
        The .xlsx file. A cell over Excel's 32,767 characters is cut there and ends with "…".

    Example:
        >>> as_workbook({"answers": [("said",), ("=1+1",)]})[:2]
        b'PK'
    """
    import openpyxl  # noqa: PLC0415 -- for workbooks only
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = openpyxl.Workbook(write_only=True)
    for name, content in sheets.items():
        rows = list(content)
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for at, column in enumerate(zip(*rows, strict=True), 1):
            widest = max(map(len, column), default=0)
            sheet.column_dimensions[get_column_letter(at)].width = min(_WIDEST, widest + 2)
        for number, row in enumerate(rows):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, _cell(value))
                cell.data_type = "s"
                cell.font = Font(bold=number == 0)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: str) -> str:
    """A value as a cell can hold it."""
    value = _NOT_IN_XML.sub("\ufffd", value)
    return value if len(value) <= _LONGEST_CELL else value[: _LONGEST_CELL - 1] + "…"


def write_rows(path: Path, sheets: Mapping[str, Iterable[Sequence[str]]]) -> None:
    """Write rows to a .csv file, which gets the first sheet, or to an .xlsx workbook.

    The file is replaced as a whole, or stays as it was.

    Raises:
        QuothError: if it cannot be written.
    """
    if path.suffix.lower() == ".xlsx":
        content = as_workbook(sheets)
    else:
        content = as_csv(next(iter(sheets.values()))).encode("utf-8", "replace")
    with plain_faults(path):
        replace_whole(path, content)

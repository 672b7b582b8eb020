"""Workbooks of OpenDocument (.ods): each cell as its text is shown."""

from collections.abc import Iterator

from index.documents import Omission
from index.parsing.formats.base import Omissions
from index.parsing.formats.opendocument import Text, check_unlocked, properties
from index.parsing.formats.opendocument_styles import Styles
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.spreadsheet import sheet_label
from index.parsing.formats.tables import table_lines
from index.parsing.formats.zip_container import Package

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TABLE = f"{_NS}table:1.0}}"


def about(package: Package) -> Properties:
    """What the workbook says of itself."""
    return properties(package)


def sections(package: Package, omissions: Omissions) -> Iterator[Section]:
    """The sheets of a workbook.

    Args:
        package: the workbook.
        omissions: counts hidden sheets, rows and columns, and what is struck out.

    Raises:
        SkipFileError: if it is locked or damaged.
    """
    check_unlocked(package)
    text = Text(package, Styles.of(package), omissions)
    body = package.xml("content.xml")
    for sheet in body.iter(f"{_TABLE}table"):
        if any(one.tag == f"{_TABLE}table" for one in sheet.iterancestors()):
            continue
        if text.styles.is_hidden_table(sheet):
            omissions.add(Omission.HIDDEN, "sheet")
            continue
        label = sheet_label(sheet.get(f"{_TABLE}name") or "")
        yield Section("\n\n".join(table_lines(list(text.rows(sheet)))), label)
        for shapes in sheet.iter(f"{_TABLE}shapes"):
            yield Section("\n\n".join(text.blocks(shapes)), label)

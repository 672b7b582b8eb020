"""Workbooks (.xlsx, .xls, .xlsb, .ods), sheet by sheet, as their programs show them."""

from collections.abc import Iterator
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from index.documents import Document, Omission
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.number_formats import shown
from index.parsing.formats.ooxml import properties
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.tables import table_lines
from index.parsing.formats.zip_container import Package
from index.parsing.skip_reasons import Reason, SkipFileError


def read(source: Source) -> Iterator[Piece]:
    """The one document of a workbook."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    omissions = Omissions()
    try:
        package = Package(source)
    except SkipFileError:
        about, sections = Properties(), _old_sections(source, omissions)
    else:
        about, sections = _sections(package, omissions)
    return compose(source.name, sections, about, tabular=True, omissions=omissions)


def _sections(package: Package, omissions: Omissions) -> tuple[Properties, list[Section]]:
    if package.has("xl/workbook.xml"):
        from index.parsing.formats import xlsx  # noqa: PLC0415 -- openpyxl, for these only

        return properties(package), list(xlsx.sections(package, omissions))
    if package.has("content.xml"):
        from index.parsing.formats import ods  # noqa: PLC0415 -- for these only

        return ods.about(package), list(ods.sections(package, omissions))
    return properties(package), _calamine_sections(package.source, omissions)


def _old_sections(source: Source, omissions: Omissions) -> list[Section]:
    """A workbook that is no archive: .xls, by xlrd, which knows what is hidden or struck out."""
    from index.parsing.formats import xls  # noqa: PLC0415 -- xlrd, for these only

    try:
        return list(xls.sections(source.content, omissions))
    except xls.UNREADABLE:
        return _calamine_sections(source, omissions)


def _calamine_sections(source: Source, omissions: Omissions) -> list[Section]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(source.content))
        return list(_visible_sheets(book, omissions))
    except PasswordError as error:
        raise SkipFileError(Reason.LOCKED) from error
    except CalamineError as error:
        raise SkipFileError(Reason.DAMAGED, str(error)) from error


def _visible_sheets(book: CalamineWorkbook, omissions: Omissions) -> Iterator[Section]:
    for about in book.sheets_metadata:
        if about.visible != SheetVisibleEnum.Visible:
            omissions.add(Omission.HIDDEN, "sheet")
        elif about.typ == SheetTypeEnum.WorkSheet:
            rows = book.get_sheet_by_name(about.name).to_python()
            lines = table_lines([[shown(cell) for cell in row] for row in rows])
            yield Section("\n\n".join(lines), sheet_label(about.name))


def sheet_label(name: str) -> str:
    """What a sheet's place in a document is called."""
    return f"sheet {name}"

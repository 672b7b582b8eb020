"""Workbooks (.xlsx, .xls, .ods), sheet by sheet, by calamine."""

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from index.documents import Document
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.ooxml import properties
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.zip_container import Package
from index.parsing.skip_reasons import Reason, SkipFileError


def read(source: Source) -> Iterator[Piece]:
    """The one document of a workbook."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(source.content))
        return compose(source.name, list(_sections(book)), _about(source), tabular=True)
    except PasswordError as error:
        raise SkipFileError(Reason.LOCKED) from error
    except CalamineError as error:
        raise SkipFileError(Reason.DAMAGED, str(error)) from error


def _about(source: Source) -> Properties:
    """What the workbook says of itself, if it is one of those that do so in XML."""
    try:
        return properties(Package(source))
    except SkipFileError:
        return Properties()


def _sections(book: CalamineWorkbook) -> Iterator[Section]:
    for name in book.sheet_names:
        rows = (map(_shown, row) for row in book.get_sheet_by_name(name).to_python())
        lines = (" | ".join(filter(None, row)) for row in rows)
        yield Section("\n".join(filter(None, lines)), f"sheet {name}")


def _shown(value: object) -> str:
    """A cell as a person reads it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return " ".join(str(value).split())

"""A list of questions, read from a file: text, CSV or a workbook."""

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from index import QuothError
from index.parsing.charset import decode
from index.parsing.skip_reasons import SkipFileError
from qa.language.question import checked

MOST_QUESTIONS = 10_000
_COLUMN = "question"
_DELIMITERS = ",;\t"
_WORKBOOKS = (".xlsx", ".xlsm")


def read_questions(path: str | Path) -> list[str]:
    r"""Read a list of questions.

    Args:
        path: a text file with a question a line, a .csv file, or an .xlsx workbook, of which the
            first sheet is read. In a table the questions stand in the column headed "question",
            or in the first column if none is so headed.

    Returns:
        The questions, in order; empty lines and cells are left out.

    Raises:
        QuothError: if the file is missing or cannot be read, holds no question or over 10,000, or
            holds one that cannot be asked.

    Example:
        >>> _ = Path("questions.txt").write_text("Who brokered the ceasefire?\n\nWho died?\n")
        >>> read_questions("questions.txt")
        ['Who brokered the ceasefire?', 'Who died?']
    """
    path = Path(path)
    kind = path.suffix.lower()
    try:
        if kind in _WORKBOOKS:
            cells = _column(_workbook(path))
        else:
            text = decode(path.read_bytes())[0]
            cells = _column(_table(text)) if kind == ".csv" else text.splitlines()
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); check the path"
        raise QuothError(message) from error
    except (SkipFileError, csv.Error) as error:
        message = f"{path} cannot be read ({error}); give a .txt, .csv or .xlsx file"
        raise QuothError(message) from error
    questions = [cell.strip() for cell in cells if cell.strip()]
    if not questions:
        raise QuothError(f"{path} holds no question; write one a line")
    if len(questions) > MOST_QUESTIONS:
        raise QuothError(
            f"{path} holds {len(questions):,} questions and at most {MOST_QUESTIONS:,} are asked "
            "at once; split it"
        )
    for number, question in enumerate(questions, 1):
        try:
            checked(question)
        except QuothError as error:
            raise QuothError(f"{path}, question {number}: {error}") from error
    return questions


def _table(text: str) -> list[list[str]]:
    """The rows of a CSV file; the delimiter is the one by which the headings have "question"."""
    tables = [list(csv.reader(io.StringIO(text), delimiter=one)) for one in _DELIMITERS]
    headed = (rows for rows in tables if rows and _COLUMN in map(_heading, rows[0]))
    return next(headed, tables[0])


def _heading(cell: str) -> str:
    return cell.strip().lower()


def _column(rows: Iterable[list[str]]) -> list[str]:
    """The column headed "question", or the first one."""
    table = [row for row in rows if row]
    heads = [_heading(cell) for cell in table[0]] if table else []
    at, start = (heads.index(_COLUMN), 1) if _COLUMN in heads else (0, 0)
    return [row[at] for row in table[start:] if len(row) > at]


def _workbook(path: Path) -> list[list[str]]:
    import openpyxl  # noqa: PLC0415 -- for workbooks only
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [
            ["" if cell is None else str(cell) for cell in row]
            for row in sheet.iter_rows(values_only=True)
        ]
        book.close()
    except OSError:
        raise
    except (InvalidFileException, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        message = f"{path} is not a workbook that can be read; save it again as .xlsx or .csv"
        raise QuothError(message) from error
    return rows

"""The file of the names that were recognized: beside the database of an index, made again at will.

A text's names depend on the text alone, so its rows belong to the text's key in the index. Texts
that are removed leave rows that nothing reads; the next `make_names` deletes them.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Document, QuothError
from index.storage.derived_files import NAMES
from index.storage.sqlite_errors import plain_error
from qa.archive.names.forms import DocumentName

_VERSION = "2"
_SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE spellings (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (name, kind)
);
CREATE TABLE names (
    text INTEGER NOT NULL REFERENCES texts (id),
    spelling INTEGER NOT NULL REFERENCES spellings (id),
    count INTEGER NOT NULL, forms TEXT NOT NULL, places TEXT NOT NULL
);
CREATE INDEX names_by_text ON names (text);
CREATE INDEX names_by_spelling ON names (spelling);
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A mention: its first character, the one after its last, and its paragraph."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Spelling:
    """The longest form of a name in some text, and the kind that this text gives it.

    Attributes:
        id: its number in the file.
        name: the name as it is written.
        kind: the kind.
    """

    id: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Columns:
    """All names of all texts: row i says that a text has a spelling so many times.

    Attributes:
        keys: the keys of the texts, by their number.
        spellings: the spellings.
        rows: the text's number, the spelling's number and the count, shape (n, 3).
    """

    keys: dict[int, str]
    spellings: list[Spelling]
    rows: NDArray[np.int64]


class NamesFile:
    """The names of an index in a folder."""

    def __init__(self, folder: Path) -> None:
        """The file of the index in `folder`; there may be none yet."""
        self.path = folder / NAMES
        self._folder = folder

    @property
    def recognizer(self) -> str:
        """What recognized the names; empty if there is no file."""
        if not self.path.exists():
            return ""
        with self._reading() as connection:
            facts = dict(connection.execute("SELECT key, value FROM facts"))
        return facts.get("recognizer", "") if facts.get("version") == _VERSION else ""

    def make(self, recognizer: str) -> None:
        """Make the file for the names of `recognizer`; one with other names is emptied."""
        if self.path.exists() and self._is_of(recognizer):
            return
        for end in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(NAMES + end).unlink(missing_ok=True)
        with self._writing() as connection:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            facts = {"version": _VERSION, "recognizer": recognizer}
            connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())

    def _is_of(self, recognizer: str) -> bool:
        """Whether the file is whole and holds names of `recognizer`."""
        try:
            return self.recognizer == recognizer
        except QuothError:
            return False

    def keys(self) -> set[str]:
        """The keys of the texts whose names are in the file."""
        with self._reading() as connection:
            return {key for (key,) in connection.execute("SELECT key FROM texts")}

    def put(self, found: Sequence[tuple[str, Document, Sequence[DocumentName]]]) -> None:
        """Write the names of texts, each with its key and document, in one commit."""
        named = [(key, document, one) for key, document, names in found for one in names]
        with self._writing() as connection:
            self._forget(connection, [key for key, _, _ in found])
            connection.executemany(
                "INSERT INTO texts (key) VALUES (?)", [(key,) for key, _, _ in found]
            )
            connection.executemany(
                "INSERT OR IGNORE INTO spellings (name, kind) VALUES (?, ?)",
                [(one.name, one.kind) for _, _, one in named],
            )
            connection.executemany(
                "INSERT INTO names SELECT texts.id, spellings.id, ?, ?, ? FROM texts, spellings "
                "WHERE texts.key = ? AND spellings.name = ? AND spellings.kind = ?",
                [
                    (
                        len(one.places),
                        json.dumps(one.forms, ensure_ascii=False),
                        _places(document, one),
                        key,
                        one.name,
                        one.kind,
                    )
                    for key, document, one in named
                ],
            )

    def forget(self, keys: Iterable[str]) -> None:
        """Delete the names of these texts."""
        with self._writing() as connection:
            self._forget(connection, keys)

    def _forget(self, connection: sqlite3.Connection, keys: Iterable[str]) -> None:
        gone = [(key,) for key in keys]
        connection.executemany(
            "DELETE FROM names WHERE text IN (SELECT id FROM texts WHERE key = ?)", gone
        )
        connection.executemany("DELETE FROM texts WHERE key = ?", gone)

    def columns(self) -> Columns:
        """All names of all texts."""
        with self._reading() as connection:
            keys = dict(connection.execute("SELECT id, key FROM texts"))
            spellings = connection.execute("SELECT id, name, kind FROM spellings ORDER BY id")
            rows = connection.execute("SELECT text, spelling, count FROM names").fetchall()
            return Columns(
                keys,
                [Spelling(*one) for one in spellings],
                np.array(rows, np.int64).reshape(-1, 3),
            )

    def forms(self, spellings: Iterable[int]) -> Iterator[tuple[int, str, int]]:
        """The forms of names spelled so: the spelling's number, a form, and in how many texts."""
        with self._reading() as connection:
            yield from connection.execute(
                "SELECT spelling, form.value, count(*) FROM names, json_each(forms) AS form "
                "WHERE spelling IN (SELECT value FROM json_each(?)) GROUP BY 1, 2",
                [json.dumps(list(spellings))],
            ).fetchall()

    def places(self, keys: Iterable[str]) -> Iterator[tuple[str, int, list[Place]]]:
        """Each name of these texts: the text's key, the spelling's number, and the mentions."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT texts.key, spelling, places FROM names JOIN texts ON texts.id = text "
                "WHERE texts.key IN (SELECT value FROM json_each(?))",
                [json.dumps(list(keys))],
            ).fetchall()
        for key, spelling, places in found:
            yield key, spelling, [Place(*one) for one in json.loads(places)]

    def version(self) -> tuple[int, int]:
        """A value that changes when the file does; (0, 0) if there is none."""
        try:
            about = self.path.stat()
        except FileNotFoundError:
            return 0, 0
        return about.st_mtime_ns, about.st_size

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.DatabaseError) -> QuothError:
        if isinstance(error, sqlite3.OperationalError) and "no such" not in str(error):
            return plain_error(self._folder, error)
        return QuothError(
            f"{self.path} is damaged ({error}); nothing else is lost, "
            f"run: quoth names --make --index {self._folder}"
        )


def _places(document: Document, one: DocumentName) -> str:
    return json.dumps([(start, end, document.paragraph(start)) for start, end in one.places])

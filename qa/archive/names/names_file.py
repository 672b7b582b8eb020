"""The file of the names that were recognized: beside the database of an index, made again at will.

A text's names depend on the text alone, so a row is keyed by the text's key in the index. Texts
that are removed leave rows that nothing reads; the next `make_names` deletes them.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from index import Document, QuothError
from index.storage.derived_files import NAMES
from index.storage.sqlite_errors import plain_error
from qa.archive.names.forms import DocumentName

_VERSION = "1"
_SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE names (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    forms TEXT NOT NULL, places TEXT NOT NULL
);
CREATE INDEX names_by_key ON names (key);
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A mention: its first character, the one after its last, and its paragraph."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Row:
    """A name of a text.

    Attributes:
        id: the row's number.
        key: the text's key.
        kind: the name's kind.
        name: its longest form in the text.
        forms: every form, the longest first.
        count: how often the text names it.
    """

    id: int
    key: str
    kind: str
    name: str
    forms: tuple[str, ...]
    count: int


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
        rows = [
            (
                key,
                one.kind,
                one.name,
                json.dumps(one.forms, ensure_ascii=False),
                _places(document, one),
            )
            for key, document, names in found
            for one in names
        ]
        with self._writing() as connection:
            keys = [(key,) for key, _, _ in found]
            connection.executemany("DELETE FROM names WHERE key = ?", keys)
            connection.executemany("INSERT OR IGNORE INTO texts VALUES (?)", keys)
            connection.executemany(
                "INSERT INTO names (key, kind, name, forms, places) VALUES (?, ?, ?, ?, ?)", rows
            )

    def forget(self, keys: Iterable[str]) -> None:
        """Delete the names of these texts."""
        gone = [(key,) for key in keys]
        with self._writing() as connection:
            connection.executemany("DELETE FROM names WHERE key = ?", gone)
            connection.executemany("DELETE FROM texts WHERE key = ?", gone)

    def rows(self) -> Iterator[Row]:
        """Every name of every text."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT id, key, kind, name, forms, json_array_length(places) FROM names"
            )
            for number, key, kind, name, forms, count in found:
                yield Row(number, key, kind, name, tuple(json.loads(forms)), count)

    def places(self, keys: Iterable[str]) -> Iterator[tuple[str, int, list[Place]]]:
        """Each name of these texts: the text's key, the row's number, and the mentions."""
        with self._reading() as connection:
            for wanted in keys:
                found = connection.execute("SELECT id, places FROM names WHERE key = ?", [wanted])
                for number, places in found.fetchall():
                    yield wanted, number, [Place(*one) for one in json.loads(places)]

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

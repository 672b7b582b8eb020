"""The SQLite database of an index, and the commit protocol.

Derived files (vectors, text index) never change once named. A commit writes new ones under new
names, makes them durable, and then one SQLite transaction records their names, sizes and hashes
together with the new documents and increases the generation. Only that transaction switches the
generation: before it the new files are unused, after it the old ones are. Unused files are deleted
at the start of the next write and after each commit.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.durable_files import plain_faults
from index.storage.apply_change import apply_change
from index.storage.derived_files import Derived
from index.storage.filter_sql import SqliteDialect
from index.storage.schema import Change
from index.storage.sqlite_errors import plain_error
from index.storage.tables import Row, Tables

DATABASE = "quoth.db"


class Store(Tables):
    """A connection to an index's database."""

    dialect = SqliteDialect()

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        """Use `index.storage.open_store.open_store` instead."""
        self.folder = folder
        self.place = str(folder)
        self._connection = connection
        self._file = (folder / DATABASE).stat().st_ino
        self._lock = threading.RLock()

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows that a statement gives; none for one that only changes."""
        with self._plain() as connection:
            return connection.execute(statement, parameters).fetchall()

    def run_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement that changes once for each row of parameters."""
        with self._plain() as connection:
            connection.executemany(statement, rows)

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _plain(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise plain_error(self.folder, error) from error

    def hold_generation(self) -> None:
        """Read only the current generation from now on, whatever a writer commits later.

        A generation that is already held stays held.
        """
        with self._plain() as connection:
            if connection.in_transaction:
                return
            connection.execute("BEGIN")
            connection.execute("SELECT value FROM facts WHERE key = 'generation'").fetchone()

    def is_in_place(self) -> bool:
        """Whether the index in its folder is still the one that was opened."""
        try:
            return (self.folder / DATABASE).stat().st_ino == self._file
        except OSError:
            return False

    def let_go(self) -> None:
        """Stop holding a generation: each read then sees the latest commit."""
        with self._plain() as connection:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def derived(self, kind: str | None = None) -> list[Derived]:
        """The derived files of this generation, in order of folder and file."""
        rows = self.rows(
            "SELECT kind, folder, file, size, sha256 FROM derived ORDER BY folder, file"
        )
        return [Derived(*row) for row in rows if kind is None or row[0] == kind]

    def check_truth(self) -> list[str]:
        """The faults that SQLite's own checks find in the database, a line each."""
        with self._plain() as connection:
            rows = connection.execute("PRAGMA integrity_check").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            orphans = connection.execute(
                "SELECT count(*) FROM texts WHERE key NOT IN (SELECT key FROM documents)"
            ).fetchone()
        return (
            [str(line) for (line,) in rows if line != "ok"]
            + [f"a row of {row[0]} refers to nothing" for row in broken]
            + ([f"{orphans[0]} texts belong to no document"] if orphans[0] else [])
        )

    def commit(self, change: Change) -> None:
        """Make `change` durable, whole or not at all. The caller holds the writer's lock."""
        with self._plain() as connection, plain_faults(self.folder):
            connection.execute("BEGIN IMMEDIATE")
            try:
                apply_change(self, change)
                self._name_derived(change.derived)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _name_derived(self, derived: Sequence[Derived] | None) -> None:
        if derived is None:
            return
        self.rows("DELETE FROM derived")
        self.run_many(
            "INSERT INTO derived VALUES (?, ?, ?, ?, ?)",
            [(d.kind, d.folder, d.file, d.size, d.sha256) for d in derived],
        )

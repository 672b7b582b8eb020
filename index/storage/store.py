"""The SQLite database of an index, and the commit protocol.

Derived files (vectors, text index) never change once named. A commit writes new ones under new
names, makes them durable, and then one SQLite transaction records their names, sizes and hashes
together with the new documents and increases the generation. Only that transaction switches the
generation: before it the new files are unused, after it the old ones are. Unused files are deleted
at the start of the next write and after each commit.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.document_json import found_from, left_out_from, places_from, regions_from
from index.documents import Document, Part, Span, content_hash
from index.durable_files import plain_faults
from index.errors import DamagedIndexError
from index.filters import Where, to_sql
from index.storage.apply_change import apply_change
from index.storage.derived_files import Derived
from index.storage.schema import (
    UNEMBEDDED,
    Change,
    KnownFile,
    Listed,
    digest,
)
from index.storage.sqlite_errors import plain_error
from index.text.chunking import Passage, passage_id
from index.text.visible import storable

DATABASE = "quoth.db"
_LISTED = (
    "SELECT name, source, file, file_hash, key, encoding, published, facts, digest FROM documents"
)


class Store:
    """A connection to an index's database."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        """Use `index.storage.open_store.open_store` instead."""
        self.folder = folder
        self._connection = connection
        self._file = (folder / DATABASE).stat().st_ino
        self._lock = threading.RLock()

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

    def fact(self, key: str, default: str = "") -> str:
        """A setting or figure kept with the index."""
        with self._plain() as connection:
            row = connection.execute("SELECT value FROM facts WHERE key = ?", [key]).fetchone()
        return str(row[0]) if row else default

    @property
    def generation(self) -> int:
        """How many commits there have been."""
        return int(self.fact("generation", "0"))

    def documents(self, where: Where | None = None) -> list[Listed]:
        """The documents that pass the filter, in name order, without their texts."""
        condition, parameters = to_sql(where) if where is not None else ("1", [])
        with self._plain() as connection:
            rows = connection.execute(
                f"{_LISTED} WHERE {condition} ORDER BY name", parameters
            ).fetchall()
        return [self._listed(row) for row in rows]

    def listed(self, keys: Iterable[str]) -> list[Listed]:
        """The documents whose texts have these keys."""
        with self._plain() as connection:
            rows = [
                row for key in keys for row in connection.execute(f"{_LISTED} WHERE key = ?", [key])
            ]
        return [self._listed(row) for row in rows]

    def listed_as(self, names: Iterable[str], sources: Iterable[str]) -> list[Listed]:
        """The documents with one of these names or sources, each once."""
        wanted = [("name", storable(one)) for one in names]
        wanted += [("source", storable(one)) for one in sources]
        with self._plain() as connection:
            rows = [
                row
                for column, value in wanted
                for row in connection.execute(f"{_LISTED} WHERE {column} = ?", [value])
            ]
        return list({one.name: one for one in map(self._listed, rows)}.values())

    def count_documents(self, where: Where | None = None) -> int:
        """How many documents pass the filter."""
        condition, parameters = to_sql(where) if where is not None else ("1", [])
        statement = f"SELECT count(*) FROM documents WHERE {condition}"
        with self._plain() as connection:
            return int(connection.execute(statement, parameters).fetchone()[0])

    def _listed(self, row: tuple[str, ...]) -> Listed:
        *fields, kept = row
        if digest(*fields) != kept:
            raise self._damaged(f"the record of {row[0]!r}")
        name, source, file, file_hash, key, encoding, _, facts = fields
        found = json.loads(facts)
        title = found_from(found["title"])
        if title is None:
            raise self._damaged(f"the title of {name!r}")
        author, published = found_from(found["author"]), found_from(found["published"])
        left_out = left_out_from(found.get("left_out", ()))
        return Listed(
            name, source, file, file_hash, key, encoding, title, author, published, left_out
        )

    def document(self, key: str, where: Where | None = None) -> Document:
        """The document whose text is kept under `key`, checked against its hash.

        If several files have this text, it is the first by name that passes the filter; the
        others are its copies. Raises DamagedIndexError if the text is not what was committed.
        """
        with self._plain() as connection:
            row = connection.execute(
                "SELECT key, text, content_hash, regions, places, title, digest FROM texts "
                "WHERE key = ?",
                [key],
            ).fetchone()
            names = connection.execute(f"{_LISTED} WHERE key = ? ORDER BY name", [key]).fetchall()
        if row is None or not names:
            raise KeyError(key)
        listed = [self._listed(line) for line in names]
        passing = self._passing(key, where) if where is not None and len(listed) > 1 else None
        first = next((one for one in listed if passing is None or one.name in passing), listed[0])
        _, text, text_hash, *rest, kept = row
        if content_hash(text) != text_hash or digest(key, text_hash, *rest) != kept:
            raise self._damaged(f"the text of {first.name!r}")
        return Document(
            name=first.name,
            text=text,
            title=first.title,
            author=first.author,
            published=first.published,
            encoding=first.encoding,
            regions=regions_from(json.loads(rest[0])),
            places=places_from(json.loads(rest[1])),
            copies=tuple(one.name for one in listed if one.name != first.name),
            left_out=first.left_out,
        )

    def files(self) -> list[KnownFile]:
        """The files that have been read whole."""
        with self._plain() as connection:
            rows = connection.execute(
                "SELECT file, file_hash, limits, skipped FROM files"
            ).fetchall()
        return [
            KnownFile(file, hashed, limits, tuple((p, r, d) for p, r, d in json.loads(skipped)))
            for file, hashed, limits, skipped in rows
        ]

    def signatures(self) -> dict[str, bytes]:
        """The MinHash signature of each text that has one."""
        with self._plain() as connection:
            return dict(connection.execute("SELECT key, minhash FROM signatures").fetchall())

    def alike(self) -> list[tuple[str, str, float]]:
        """The pairs of texts that share much, and how much of the shorter one the other has."""
        with self._plain() as connection:
            return list(connection.execute("SELECT key, other, share FROM alike").fetchall())

    def _passing(self, key: str, where: Where) -> set[str]:
        """The names of the documents with this text that pass the filter."""
        condition, parameters = to_sql(where)
        statement = f"SELECT name FROM documents WHERE key = ? AND {condition}"
        with self._plain() as connection:
            return {str(name) for (name,) in connection.execute(statement, [key, *parameters])}

    def count_undated(self, where: Where) -> int:
        """How many documents that pass the filter state no date."""
        condition, parameters = to_sql(where)
        statement = f"SELECT count(*) FROM documents WHERE published IS NULL AND {condition}"
        with self._plain() as connection:
            return int(connection.execute(statement, parameters).fetchone()[0])

    def keys(self, where: Where | None = None) -> list[str]:
        """The keys of the texts that pass the filter."""
        condition, parameters = to_sql(where) if where is not None else ("1", [])
        statement = f"SELECT DISTINCT key FROM documents WHERE {condition}"
        with self._plain() as connection:
            return [str(key) for (key,) in connection.execute(statement, parameters)]

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in this order. Raises KeyError for an unknown id."""
        found = {}
        wanted = [int(number) for number in ids]
        with self._plain() as connection:
            for at in range(0, len(wanted), 500):
                some = wanted[at : at + 500]
                marks = ",".join("?" * len(some))
                statement = f"SELECT id, key, start, end, part FROM passages WHERE id IN ({marks})"
                for row in connection.execute(statement, some):
                    found[row[0]] = self._passage(row)
        return [found[number] for number in wanted]

    def passages_of(self, keys: Sequence[str] | None = None) -> list[Passage]:
        """Every passage of these texts, or of all, in order of text and place."""
        statement = "SELECT id, key, start, end, part FROM passages"
        order = " ORDER BY key, start, end"
        with self._plain() as connection:
            if keys is None:
                rows = connection.execute(statement + order).fetchall()
            else:
                by_key = f"{statement} WHERE key = ?{order}"
                rows = [row for key in keys for row in connection.execute(by_key, [key])]
        return [self._passage(row) for row in rows]

    def keys_cut_apart(self) -> list[str]:
        """The keys of the texts with two neighbouring passages that share nothing."""
        statement = (
            "SELECT DISTINCT key FROM (SELECT key, end, lead(start) OVER "
            "(PARTITION BY key ORDER BY start, end) AS following FROM passages) "
            "WHERE following >= end"
        )
        with self._plain() as connection:
            return [str(key) for (key,) in connection.execute(statement)]

    def keys_of(self, ids: Sequence[int]) -> set[str]:
        """The keys of the texts that these passages are of."""
        wanted = json.dumps([int(number) for number in ids])
        statement = "SELECT DISTINCT key FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        with self._plain() as connection:
            return {str(key) for (key,) in connection.execute(statement, [wanted])}

    def count_unembedded(self) -> int:
        """How many passages have no vector yet."""
        return int(self.fact(UNEMBEDDED, "0"))

    def count_passages(self) -> int:
        """How many passages there are."""
        with self._plain() as connection:
            return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def passage_ids_by_date(self, *, newest_first: bool) -> NDArray[np.int64]:
        """The ids of all passages in order of their documents' dates; undated ones come last."""
        order = "DESC" if newest_first else "ASC"
        statement = (
            "SELECT id FROM passages JOIN (SELECT key, max(published) AS day FROM documents "
            f"GROUP BY key) USING (key) ORDER BY day {order} NULLS LAST, key, start"
        )
        with self._plain() as connection:
            return np.fromiter((number for (number,) in connection.execute(statement)), np.int64)

    def passage_ids(self, where: Where | None = None) -> NDArray[np.int64]:
        """The ids of the passages whose document passes the filter, ascending."""
        statement = "SELECT id FROM passages"
        parameters: list[str] = []
        if where is not None:
            condition, parameters = to_sql(where)
            statement += f" WHERE key IN (SELECT key FROM documents WHERE {condition})"
        with self._plain() as connection:
            rows = connection.execute(statement + " ORDER BY id", parameters)
            return np.fromiter((number for (number,) in rows), np.int64)

    def _passage(self, row: tuple[int, str, int, int, str]) -> Passage:
        number, key, start, end, part = row
        try:
            passage = Passage(number, key, Span(start, end), Part(part))
        except ValueError as error:
            raise self._damaged(f"passage {number}") from error
        if passage_id(key, passage.span, passage.part) != number:
            raise self._damaged(f"passage {number}")
        return passage

    def derived(self, kind: str | None = None) -> list[Derived]:
        """The derived files of this generation, in order of folder and file."""
        with self._plain() as connection:
            rows = connection.execute(
                "SELECT kind, folder, file, size, sha256 FROM derived ORDER BY folder, file"
            ).fetchall()
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
                apply_change(connection, change, self)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _damaged(self, what: str) -> DamagedIndexError:
        return DamagedIndexError(
            f"{what} in the index {self.folder} is not what was committed; "
            "run `quoth verify` to see what else is damaged, then add the files again "
            "to a new index"
        )

"""The tables of an index on a server, as one state of it is read."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import cast

import psycopg
from cachetools import LRUCache

from index.address import ServerAddress
from index.documents import Document
from index.duplicates.minhash import bands_kept
from index.engines.postgres.connection import (
    Connection,
    LostError,
    close_quietly,
    connect,
    is_lost,
    patiently,
    plain_error,
    plain_errors,
)
from index.engines.postgres.dialect import PostgresDialect, storable
from index.engines.postgres.locks import WriterLock
from index.engines.postgres.schema import check_format
from index.engines.postgres.term_counts import TermCounts
from index.engines.postgres.words import Words
from index.ingest.commit_parts import lines
from index.storage.schema import Entry, Listed
from index.storage.tables import TEXT, Row, Tables
from index.text.chunking import Passage

_AHEAD = 500
READER_WAITS, WRITER_WAITS = 8, 60
"""So many seconds a lost server may take to come back."""
_IDLE_SECONDS = 30
"""After so long without a read, a newer state may be read: no question waits that long.

A state that is held keeps the server from tidying up; after twice as long the server ends it.
"""


class PostgresTables(Tables):
    """A connection to the database of an index.

    A state that is held is one transaction. It ends when nothing was read for half a minute; the
    next read then holds the newest state. If the server goes away, reading goes on once it is
    back, unless the index has changed meanwhile.
    """

    dialect = PostgresDialect()

    def __init__(self, address: ServerAddress, writing: WriterLock | None = None) -> None:
        """Read the index at an address; with `writing`, be the one process that writes to it.

        Raises QuothError if there is no index, or a newer one, or if another process is writing.
        """
        self.address = address
        self.place = str(address)
        self.counts = TermCounts()
        self._lock = threading.RLock()
        self._writing = writing
        self._held: int | None = None
        self._in_transaction = False
        self._used = time.monotonic()
        self._ahead: LRUCache[str, tuple[Row, list[Listed]]] = LRUCache(_AHEAD)
        self._passages: int | None = None
        self._connection = self._connect()
        try:
            check_format(address, self.fact("format"))
            if writing is not None:
                writing.take(self._connection)
                self._held = self.generation
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> Connection:
        """The connection, for COPY; what uses it must be in a transaction of `transaction`."""
        return self._connection

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            close_quietly(self._connection)

    def rows(
        self, statement: str, parameters: Sequence[object] = (), *, binary: bool = False
    ) -> list[Row]:
        """The rows that a statement gives; none for one that only changes.

        They are read ten times as fast in `binary` form if they hold vectors.
        """
        with self._lock:
            try:
                return self._run(statement, parameters, binary=binary)
            except (psycopg.Error, UnicodeError) as error:
                if self._in_transaction or not is_lost(self._connection, error):
                    raise plain_error(self.address, error) from error
            self.reconnect()
            try:
                return self._run(statement, parameters, binary=binary)
            except psycopg.Error as error:
                raise plain_error(self.address, error) from error

    def _run(
        self, statement: str, parameters: Sequence[object], *, binary: bool = False
    ) -> list[Row]:
        now = time.monotonic()
        if self._reads_a_state and now - self._used > _IDLE_SECONDS:
            self._connection.execute("ROLLBACK")
            self._hold()
        self._used = now
        asked = statement.replace("?", "%s")
        cursor = self._connection.execute(asked, list(parameters), binary=binary)
        return cursor.fetchall() if cursor.description else []

    def run_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement that changes once for each row of parameters."""
        with self._lock:
            try:
                with self._connection.cursor() as cursor:
                    changed = statement.replace("?", "%s")
                    cursor.executemany(changed, [list(row) for row in rows])
            except (psycopg.Error, UnicodeError) as error:
                raise plain_error(self.address, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is run meanwhile, whole or not at all.

        Raises LostError if the connection is lost: then it may be committed or not.
        """
        with self._lock:
            self._in_transaction = True
            try:
                with self._connection.transaction():
                    yield
                self._held = self.generation
            except psycopg.Error as error:
                raise plain_error(self.address, error) from error
            finally:
                self._in_transaction = False
                self.counts = TermCounts()

    def reconnect(self, *, may_differ: bool = False) -> None:
        """Connect again after the connection was lost, to the same state of the index.

        Waits a moment for a server that is being started again or replaced. A reader who has read
        nothing for a while gets the newest state. Raises LostError if the index has changed
        meanwhile, unless it `may_differ`.
        """
        close_quietly(self._connection)
        before = self._held
        idle = time.monotonic() - self._used > _IDLE_SECONDS
        patience = WRITER_WAITS if self._writing else READER_WAITS
        self._connection = patiently(self._connect, patience)
        if before is None:
            return
        if self._writing is not None:
            self._writing.take(self._connection)
            self._held = self.generation
        else:
            with plain_errors(self.address):
                self._hold()
        if self._held != before and not may_differ and (self._writing or not idle):
            raise LostError(
                f"the connection to {self.address} was lost and the index has changed since; "
                "nothing that was committed is lost; run the command again"
            )

    def _connect(self) -> Connection:
        if self._writing is not None:
            return connect(self.address, writes=True)
        return connect(self.address, idle_in_transaction_session_timeout=f"{2 * _IDLE_SECONDS}s")

    def hold_generation(self) -> None:
        """Read only the current generation from now on; one that is held already stays held."""
        with self._lock:
            if self._held is not None:
                return
            try:
                self._hold()
            except psycopg.Error as error:
                if not is_lost(self._connection, error):
                    raise plain_error(self.address, error) from error
                self.reconnect()
                with plain_errors(self.address):
                    self._hold()

    @property
    def _reads_a_state(self) -> bool:
        return self._held is not None and self._writing is None

    def _hold(self) -> None:
        run = self._connection.execute
        self._ahead.clear()
        self._passages = None
        run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = run("SELECT value FROM facts WHERE key = 'generation'").fetchone()
        self._held = int(str(row[0])) if row else 0
        self._used = time.monotonic()

    def let_go(self) -> None:
        """Stop holding a generation: each read then sees the latest commit."""
        with self._lock:
            if not self._reads_a_state:
                return
            self._held = self._passages = None
            self._ahead.clear()
            try:
                self._connection.execute("ROLLBACK")
            except psycopg.Error as error:
                if not is_lost(self._connection, error):
                    raise plain_error(self.address, error) from error
                self.reconnect()

    def is_in_place(self) -> bool:
        """Whether the index is still the one that was opened; on a server it always is."""
        return True

    def text_in(self, text: str) -> bytes:
        """A document's text as bytes: PostgreSQL's text takes neither NUL nor lone surrogates."""
        return text.encode("utf-8", "surrogatepass")

    def text_out(self, kept: object) -> str:
        """A document's text, from its bytes."""
        return bytes(cast("bytes", kept)).decode("utf-8", "surrogatepass")

    def count_passages(self) -> int:
        """How many passages there are; counted once for a state that is held."""
        if not self._reads_a_state:
            return super().count_passages()
        if self._passages is None:
            self._passages = super().count_passages()
        return self._passages

    def read_ahead(self, keys: Iterable[str]) -> None:
        """Read the documents with these keys, of the state that is held, with two statements."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._ahead][:_AHEAD]
        if not self._reads_a_state or not wanted:
            return
        listed: dict[str, list[Listed]] = {key: [] for key in wanted}
        for one in super().listed(wanted):
            listed[one.key].append(one)
        rows = self.rows(f"{TEXT} WHERE key = ANY(?::text[])", [wanted])
        with self._lock:
            self._ahead.update({row[0]: (row, listed[row[0]]) for row in rows})

    def listed(self, keys: Iterable[str]) -> list[Listed]:
        """The documents whose texts have these keys, in name order."""
        wanted = list(keys)
        if len(wanted) == 1 and (ahead := self._read_before(wanted[0])):
            return list(ahead[1])
        return super().listed(wanted)

    def text_row(self, key: str) -> Row | None:
        """What is kept of a text."""
        ahead = self._read_before(key)
        return ahead[0] if ahead else super().text_row(key)

    def _read_before(self, key: str) -> tuple[Row, list[Listed]] | None:
        """What was read ahead of a document, in the state that is held."""
        with self._lock:
            return self._ahead.get(key) if self._reads_a_state else None

    def set_fact(self, key: str, value: str) -> None:
        """Keep a setting or figure with the index."""
        self.rows(
            "INSERT INTO facts VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )

    def insert_document(self, listed: Listed) -> None:
        """Write a document's row."""
        super().insert_document(listed)
        if listed.author:
            self.rows(
                "UPDATE documents SET author = ? WHERE name = ?",
                [storable(listed.author.value), listed.name],
            )

    def insert_passages(self, entry: Entry) -> None:
        """Write the rows of a text's passages, with their words; what is there already stays."""
        if self.rows("SELECT 1 FROM passages WHERE key = ? LIMIT 1", [entry.key]):
            return
        rows = []
        for passage, (words, title) in zip(
            entry.passages, words_of(entry.document, entry.passages), strict=True
        ):
            self.counts.add(words, title)
            span = (passage.span.start, passage.span.end)
            described = (str(words), str(title), words.as_tsvector)
            rows.append((passage.id, passage.document, *span, passage.part.value, *described))
        self.run_many("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?::tsvector)", rows)
        spans = sorted((one.span.start, one.span.end) for one in entry.passages)
        apart = any(start >= end for (_, end), (start, _) in pairwise(spans))
        self.rows("UPDATE texts SET cut_apart = ? WHERE key = ?", [apart, entry.key])

    def insert_signatures(self, signatures: Mapping[str, bytes]) -> None:
        """Write the signatures of texts, by key, with their bands."""
        self.run_many(
            "INSERT INTO signatures (key, minhash, bands) VALUES (?, ?, ?) ON CONFLICT (key) "
            "DO UPDATE SET minhash = excluded.minhash, bands = excluded.bands",
            [(key, kept, bands_kept(kept)) for key, kept in signatures.items()],
        )

    def delete_text(self, key: str) -> None:
        """Delete a text that no document has any more, and all that belongs to it."""
        for words, title in self.rows(
            "SELECT words, title_words FROM passages WHERE key = ?", [key]
        ):
            self.counts.add(Words.kept(words), Words.kept(title), -1)
        self.rows("DELETE FROM vectors WHERE key = ?", [key])
        super().delete_text(key)

    def check_truth(self) -> list[str]:
        """A line for each thing that refers to nothing, or is counted wrongly."""
        wrong = []
        for what, statement in _CHECKS.items():
            found = self._number(statement)
            if found:
                wrong.append(f"{found} {what}")
        return wrong


def words_of(document: Document, passages: Sequence[Passage]) -> Iterator[tuple[Words, Words]]:
    """For each passage of a document its words, its title's in front, and its title's."""
    for line in lines(document, passages):
        yield Words.of(f"{line.title}\n{line.text}"), Words.of(line.title)


_CHECKS = {
    "texts belong to no document": (
        "SELECT count(*) FROM texts WHERE key NOT IN (SELECT key FROM documents)"
    ),
    "documents have no text": (
        "SELECT count(*) FROM documents WHERE key NOT IN (SELECT key FROM texts)"
    ),
    "passages have no text": (
        "SELECT count(*) FROM passages WHERE key NOT IN (SELECT key FROM texts)"
    ),
}

"""A connection to the database of an index that holds one state of it, and finds its way back."""

import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from index.address import ServerAddress
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
from index.engines.postgres.dialect import PostgresDialect
from index.engines.postgres.locks import WriterLock
from index.engines.postgres.schema import check_format
from index.storage.tables import Row, Tables

READER_WAITS, WRITER_WAITS = 8, 60
"""So many seconds a lost server may take to come back."""
_IDLE_SECONDS = 30
"""After so long without a read, a newer state may be read: no question waits that long.

A state that is held keeps the server from tidying up; after twice as long the server ends it.
"""


class Session(Tables):
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
        self._lock = threading.RLock()
        self._writing = writing
        self._held: int | None = None
        self._in_transaction = False
        self._used = time.monotonic()
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
        if self.reads_a_state and now - self._used > _IDLE_SECONDS:
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
                self.forget()

    @contextmanager
    def settings(self) -> Iterator[Callable[[str, str], None]]:
        """Change settings of the session until the end of the `with`, by name and value."""
        changed: set[str] = set()

        def change(name: str, value: str) -> None:
            changed.add(name)
            self.rows("SELECT set_config(?, ?, false)", [name, value])

        try:
            yield change
        finally:
            for name in changed:
                self.rows(f"RESET {name}")

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
            # The server expects many texts to share a band and would read all signatures.
            return connect(self.address, writes=True, enable_seqscan="off")
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

    @abstractmethod
    def forget(self) -> None:
        """Forget what is remembered of a state, or of a transaction: it has ended."""

    @property
    def reads_a_state(self) -> bool:
        """Whether a state is held and only read."""
        return self._held is not None and self._writing is None

    def _hold(self) -> None:
        run = self._connection.execute
        self.forget()
        run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = run("SELECT value FROM facts WHERE key = 'generation'").fetchone()
        self._held = int(str(row[0])) if row else 0
        self._used = time.monotonic()

    def let_go(self) -> None:
        """Stop holding a generation: each read then sees the latest commit."""
        with self._lock:
            if not self.reads_a_state:
                return
            self._held = None
            self.forget()
            try:
                self._connection.execute("ROLLBACK")
            except psycopg.Error as error:
                if not is_lost(self._connection, error):
                    raise plain_error(self.address, error) from error
                self.reconnect()

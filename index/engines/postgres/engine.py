"""An index in a database of a PostgreSQL server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import numpy as np

from index.address import ServerAddress
from index.embedding.base import Encoder
from index.engines.postgres.connection import close_quietly, connect, patiently, plain_errors
from index.engines.postgres.derived import COUNT_WITHOUT_VECTORS, faults, faults_of_vectors
from index.engines.postgres.locks import WriterLock, take_embedding_lock
from index.engines.postgres.migrations import migrate
from index.engines.postgres.schema import build_search_indexes, create_tables, drop_search_indexes
from index.engines.postgres.search import PostgresSearch, measured_recall
from index.engines.postgres.session import READER_WAITS, WRITER_WAITS
from index.engines.postgres.tables import PostgresTables
from index.engines.postgres.writer import PostgresWriter
from index.errors import DamagedIndexError
from index.ingest.embed import Block, Far, texts_of
from index.ingest.order import First
from index.ingest.report import Progress
from index.text.chunking import Chunker

_BLOCK = 1_000
_TO_BUILD = "1GB"
"""The memory in which indexes are built: about 400,000 vectors of 384 numbers."""
_DERIVED = 4
"""The words of passages with their two indexes, the counts of terms, and the vectors."""


class PostgresEngine:
    """The database and schema at an address."""

    def __init__(self, address: ServerAddress) -> None:
        """Keep the index at `address`."""
        self.address = address
        self.place = str(address)
        self._reached = False  # a server that was never reached is not waited for

    @property
    def folder(self) -> Path:
        """A folder of this user's for files that stand beside the index."""
        return self.address.folder

    def exists(self) -> bool:
        """Whether there is an index at the address."""
        connection = connect(self.address)
        try:
            with plain_errors(self.address):
                row = connection.execute(
                    "SELECT EXISTS (SELECT FROM pg_tables "
                    "WHERE schemaname = %s AND tablename = 'facts')",
                    [self.address.schema],
                ).fetchone()
        finally:
            close_quietly(connection)
        return bool(row and row[0])

    def check_new(self) -> None:
        """An index can be made wherever the server lets its user make one."""

    def create(self, facts: dict[str, str]) -> None:
        """Make an empty index with these facts, unless there is one."""
        if self.exists():
            return
        connection = connect(self.address, writes=True)
        try:
            create_tables(self.address, connection, facts)
        finally:
            close_quietly(connection)

    def migrate(self) -> None:
        """Bring the tables to this Quoth's format. Raises QuothError if a newer one made them."""
        connection = connect(self.address, writes=True)
        try:
            migrate(self.address, connection)
        finally:
            close_quietly(connection)

    def open(self) -> PostgresTables:
        """The index's tables, to be read. Raises QuothError if there is none, or a newer one."""
        return self._reach(lambda: PostgresTables(self.address), READER_WAITS)

    def _reach(self, reach: Callable[[], PostgresTables], seconds: float) -> PostgresTables:
        """Connect; a server that was reached before may take so many seconds to come back."""
        tables = patiently(reach, seconds if self._reached else 0)
        self._reached = True
        return tables

    @cached_property
    def _latest(self) -> PostgresTables:
        return self.open()

    def newest(self) -> int:
        """The generation that is committed now."""
        return self._latest.generation

    def changed_at(self) -> tuple[int, ...]:
        """The generation that is committed now, alone."""
        return (self.newest(),)

    def search(self, store: PostgresTables) -> PostgresSearch:
        """What searches the generation that `store` holds."""
        return PostgresSearch(store)

    @contextmanager
    def writing(
        self, encoder: Callable[[], Encoder], chunker: Callable[[], Chunker], *, wait: bool = False
    ) -> Iterator[tuple[PostgresTables, PostgresWriter]]:
        """Be the one process that writes. Raises QuothError if another is, unless it may `wait`."""
        lock = WriterLock(self.address, wait=wait)
        tables = self._reach(lambda: PostgresTables(self.address, lock), WRITER_WAITS)
        try:
            yield tables, PostgresWriter(tables, encoder, chunker)
        finally:
            tables.close()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Many commits follow: the indexes that are searched are built at the end, which is faster.

        Until then, searching by meaning is slow and searching by words is refused.
        """
        connection = connect(self.address, writes=True, maintenance_work_mem=_TO_BUILD)
        try:
            with plain_errors(self.address):
                drop_search_indexes(connection)
            try:
                yield
            finally:
                with plain_errors(self.address):
                    build_search_indexes(connection)
        finally:
            close_quietly(connection)

    @contextmanager
    def embedding(self) -> Iterator[None]:
        """Be the one process that makes vectors. Raises BusyError if another is."""
        connection = connect(self.address, writes=True)
        try:
            take_embedding_lock(self.address, connection)
            yield
        finally:
            close_quietly(connection)

    def blocks(
        self, encoder: Encoder, chunker: Chunker, first: First, tell: Callable[[Progress], None]
    ) -> Iterator[Block]:
        """Embed every passage without a vector; the caller commits each block before the next."""
        order = "DESC" if first is First.NEWEST else "ASC"
        far = Far(tell)
        tables = self.open()
        try:
            while True:
                missing = int(tables.rows(COUNT_WITHOUT_VECTORS)[0][0])
                rows = tables.rows(
                    "SELECT id FROM passages JOIN (SELECT key, max(published) AS day "
                    "FROM documents GROUP BY key) AS days USING (key) "
                    "WHERE NOT EXISTS (SELECT FROM vectors WHERE vectors.id = passages.id) "
                    f"ORDER BY day {order} NULLS LAST, key, start LIMIT ?",
                    [_BLOCK],
                )
                if not rows:
                    return
                ids = np.array([number for (number,) in rows], np.int64)
                tables.hold_generation()
                try:
                    texts = texts_of(tables, chunker, ids)
                except KeyError:
                    continue  # removed since
                finally:
                    tables.let_go()
                far.of(missing, tables.count_documents(), tables.count_passages())
                yield Block(ids, encoder.encode(texts, far.told), encoder.precision)
        finally:
            tables.close()

    def faults(self, store: PostgresTables) -> list[str]:
        """A line for each thing derived from the texts that is not what they give."""
        return faults(store)

    def check_searchable(self, store: PostgresTables) -> None:
        """Raise DamagedIndexError unless the vectors are of exactly the passages."""
        for fault in faults_of_vectors(store):
            raise DamagedIndexError(f"the index {self.place}: {fault}; run: quoth repair")

    def count_derived(self, store: PostgresTables) -> int:
        """How many kinds of things are derived from the texts."""
        del store
        return _DERIVED

    def recall(self, store: PostgresTables) -> float:
        """The share of the nearest 100 passages that a search by meaning finds, measured now.

        A few passages are searched for with the server's index of vectors and without it.
        """
        return measured_recall(store)

    def bytes_kept(self) -> int:
        """The size of the index's tables and indexes."""
        rows = self._latest.rows(
            "SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0) FROM pg_class "
            "JOIN pg_namespace ON pg_namespace.oid = relnamespace "
            "WHERE nspname = ? AND relkind = 'r'",
            [self.address.schema],
        )
        return int(rows[0][0])

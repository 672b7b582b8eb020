"""Commits to an index on a server, each one transaction."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from pgvector import HalfVector

from index.duplicates.clusters import is_other_article
from index.duplicates.minhash import KnownTexts
from index.embedding.base import Encoder, Vectors
from index.engines.postgres.bands import BandsOnServer
from index.engines.postgres.connection import LostError
from index.engines.postgres.derived import COUNT_WITHOUT_VECTORS, make_again
from index.engines.postgres.schema import build_search_indexes, drop_search_indexes
from index.engines.postgres.tables import PostgresTables
from index.ingest.commit_parts import CommitParts, Encoded
from index.ingest.embed import Block
from index.search.vector_segment import Ids
from index.storage.apply_change import apply_change
from index.storage.schema import UNEMBEDDED, Change
from index.text.chunking import Chunker

_COMMIT = "commit"
"""The fact that names the last commit; it tells whether one whose answer was lost is done."""
_TRIES = 5


class PostgresWriter(CommitParts):
    """Makes commits. Its tables hold the index's writer lock."""

    def __init__(
        self,
        tables: PostgresTables,
        encoder: Callable[[], Encoder],
        chunker: Callable[[], Chunker],
    ) -> None:
        """Write to `tables`; `encoder` is called only when there is something to embed."""
        super().__init__(tables, encoder, chunker)
        self._tables = tables

    def commit(self, change: Change, encoded: Encoded | None = None, *, embed: bool = True) -> None:
        """Add, replace, remove and rename documents in one transaction.

        If several entries have the same source or name, the last one is used. A removed document
        is named; a replaced one is known by its source or name. Without `embed` new passages get no
        vectors.
        """
        change, new, _ = self.worked_out(change)
        passages = [(entry.document, passage) for entry in new for passage in entry.passages]
        embedded = passages if embed else []
        ids, rows = self.embed(embedded, encoded)
        recount = len(embedded) < len(passages) or self._tables.count_unembedded() > 0
        self._change(change, ids, rows, recount=recount)

    def commit_made(
        self, change: Change, made: Block, also: Callable[[PostgresTables], None]
    ) -> None:
        """Commit a change whose vectors were made before, and what `also` writes.

        A passage that `made` has no vector of is found by its words until it gets one.
        """
        change, new, _ = self.worked_out(change)
        at = {number: place for place, number in enumerate(made.ids.tolist())}
        passages = [passage.id for entry in new for passage in entry.passages]
        chosen = [at[number] for number in passages if number in at]
        self.computed_in(made.precision)
        recount = len(chosen) < len(passages) or self._tables.count_unembedded() > 0
        self._change(change, made.ids[chosen], made.rows[chosen], recount=recount, also=also)

    def known_texts(self) -> KnownTexts:
        """The texts on the server as they are now: others may have added to them."""
        return KnownTexts(BandsOnServer(self._tables), self._tables.document, is_other_article)

    def add_vectors(self, block: Block) -> None:
        """Commit the vectors of passages that have none, of those that are still there."""
        rows = self._tables.rows(
            "SELECT id FROM passages WHERE id = ANY(?::bigint[]) "
            "AND NOT EXISTS (SELECT FROM vectors WHERE vectors.id = passages.id)",
            [block.ids.tolist()],
        )
        still = {number for (number,) in rows}
        chosen = [number in still for number in block.ids.tolist()]
        if any(chosen):
            self.computed_in(block.precision)
            self._change(Change(), block.ids[chosen], block.rows[chosen], recount=True)

    def repair(self, faults: Sequence[str]) -> None:
        """Make everything again from the texts, whatever `faults` name; vectors are embedded later.

        The server's indexes are built again as well.
        """
        del faults
        with self._tables.transaction():
            make_again(self._tables)
            apply_change(self._tables, Change(facts={UNEMBEDDED: self._without_vectors()}))
        drop_search_indexes(self._tables.connection)
        build_search_indexes(self._tables.connection)

    def _change(
        self,
        change: Change,
        ids: Ids,
        rows: Vectors,
        *,
        recount: bool,
        also: Callable[[PostgresTables], None] = lambda _: None,
    ) -> None:
        """Make a change, add vectors and write what `also` writes, whole or not at all.

        If the connection is lost meanwhile, it is done again, unless the server has done it.
        """
        tables = self._tables
        before, mark = tables.generation, uuid.uuid4().hex
        change = self.with_precision(change)
        marked = replace(change, facts={**(change.facts or {}), _COMMIT: mark})
        for attempt in range(_TRIES):
            try:
                with tables.transaction():
                    apply_change(tables, marked)
                    self._add(ids, rows)
                    tables.counts.write(tables)
                    also(tables)
                    if recount:
                        tables.set_fact(UNEMBEDDED, self._without_vectors())
            except LostError:
                if attempt + 1 == _TRIES:
                    raise
                tables.reconnect(may_differ=True)
                if tables.fact(_COMMIT) == mark:
                    return
                if tables.generation != before:
                    raise
            else:
                return

    def _add(self, ids: Ids, rows: Vectors) -> None:
        """Add the vectors of passages, shape (passages, dimension)."""
        keys = {one.id: one.document for one in self._tables.passages(ids.tolist())}
        if not keys:
            return
        with (
            self._tables.connection.cursor() as cursor,
            cursor.copy("COPY vectors (id, key, vector) FROM STDIN WITH (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["int8", "text", "halfvec"])
            for number, row in zip(ids.tolist(), rows, strict=True):
                copy.write_row((number, keys[number], HalfVector(row)))

    def _without_vectors(self) -> str:
        return str(self._tables.rows(COUNT_WITHOUT_VECTORS)[0][0])

"""The tables of an index on a server, as one state of it is read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import cast

from cachetools import LRUCache

from index.address import ServerAddress
from index.documents import Document
from index.duplicates.minhash import bands_kept
from index.engines.postgres.dialect import storable
from index.engines.postgres.locks import WriterLock
from index.engines.postgres.session import Session
from index.engines.postgres.term_counts import TermCounts
from index.engines.postgres.words import Words
from index.ingest.commit_parts import lines
from index.storage.schema import Entry, Listed
from index.storage.tables import TEXT, Row
from index.text.chunking import Passage

_AHEAD = 500


class PostgresTables(Session):
    """The tables of the index that a session reads, or writes to."""

    def __init__(self, address: ServerAddress, writing: WriterLock | None = None) -> None:
        """See `Session`."""
        self.counts = TermCounts()
        self._ahead: LRUCache[str, tuple[Row, list[Listed]]] = LRUCache(_AHEAD)
        self._passages: int | None = None
        super().__init__(address, writing)

    def forget(self) -> None:
        """Forget what was read ahead or counted, and the terms of a transaction."""
        self._ahead.clear()
        self._passages = None
        self.counts = TermCounts()

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
        if not self.reads_a_state:
            return super().count_passages()
        if self._passages is None:
            self._passages = super().count_passages()
        return self._passages

    def read_ahead(self, keys: Iterable[str]) -> None:
        """Read the documents with these keys, of the state that is held, with two statements."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._ahead][:_AHEAD]
        if not self.reads_a_state or not wanted:
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
            return self._ahead.get(key) if self.reads_a_state else None

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

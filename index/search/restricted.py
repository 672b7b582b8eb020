"""An index seen through a filter."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from index.documents import Document
from index.duplicates.clusters import Stories
from index.embedding.base import Encoder, Vectors
from index.filters import AllOf, OneOf, Where, uses_date, without_dates
from index.parsing.skip_reasons import Skipped
from index.storage.schema import Listed
from index.text.chunking import Passage

if TYPE_CHECKING:
    from index.search.readable_index import Hit, ReadableIndex


class RestrictedIndex:
    """An index that gives only what passes a filter.

    It reads one generation.
    """

    def __init__(self, index: "ReadableIndex", where: Where) -> None:
        """Use `Index.restricted_to` instead."""
        self._index = index
        self._where = where
        self.generation = index.generation

    def restricted_to(self, where: Where | None) -> "RestrictedIndex":
        """The same, giving only what passes `where` too."""
        if where is None:
            return self
        return self._index.restricted_to(AllOf((self._where, where)))

    @property
    def encoder(self) -> Encoder:
        """The encoder whose vectors the index holds."""
        return self._index.encoder

    def search_text(self, queries: Sequence[str], k: int) -> "list[list[Hit]]":
        """For each query the `k` passages that share its words best (BM25), best first."""
        return self._index.search_text(queries, k, self._where)

    def search_vectors(self, queries: Vectors, k: int) -> "list[list[Hit]]":
        """For each query vector the `k` passages nearest in meaning (cosine), best first."""
        return self._index.search_vectors(queries, k, self._where)

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these passages, in order, shape (n, dimension)."""
        return self._index.vectors(ids)

    def frequency(self, term: str) -> int:
        """How many passages of the whole index hold this stemmed term."""
        return self._index.frequency(term)

    def keys_holding(self, words: Sequence[tuple[int, str]]) -> set[str]:
        """The keys of all documents of the whole index that hold a phrase."""
        return self._index.keys_holding(words)

    def spelled_like(self, term: str, k: int) -> list[Passage]:
        """At most `k` passages of the whole index that hold a term spelled much like this one."""
        return self._index.spelled_like(term, k)

    def count_passages(self) -> int:
        """How many passages the whole index has."""
        return self._index.count_passages()

    def count_unembedded(self) -> int:
        """How many passages of the whole index have no vector yet."""
        return self._index.count_unembedded()

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in order."""
        return self._index.passages(ids)

    def passages_of(self, keys: Sequence[str]) -> list[Passage]:
        """Every passage of these documents, in order of place."""
        return self._index.passages_of(keys)

    def read_ahead(self, keys: Iterable[str]) -> None:
        """Say which documents will be asked for: a server then gives them all at once."""
        self._index.read_ahead(keys)

    def document(self, key: str) -> Document:
        """The document whose passages carry this key, by the name that passes the filter."""
        return self._index.document(key, self._where)

    def documents(self) -> list[Listed]:
        """The documents that pass the filter, in name order, without their texts."""
        return self._index.documents(self._where)

    def count_documents(self) -> int:
        """How many documents pass the filter."""
        return self._index.count_documents(self._where)

    def described_with(self, beginnings: Iterable[str]) -> list[Listed]:
        """The documents whose title or author has a word that begins so, and possibly others."""
        return self._index.described_with(beginnings, self._where)

    def stories(self) -> Stories:
        """Which documents are copies of one story or versions of one article."""
        return self._index.stories()

    def undated(self) -> int:
        """How many documents the filter leaves out because they state no date."""
        if not uses_date(self._where):
            return 0
        return self._index.store.count_undated(without_dates(self._where))

    def named(self, names: Iterable[str]) -> dict[str, Listed]:
        """The documents with these names, by name; a name that none has is left out."""
        found = self._index.documents(AllOf((self._where, OneOf(tuple(names)))))
        return {one.name: one for one in found}

    def unread(self) -> list[Skipped]:
        """The files, and parts of files, of the whole index that could not be read."""
        return self._index.unread()

    def file_is_gone(self, key: str) -> bool:
        """Whether no file that a text was read from is there any more."""
        return self._index.file_is_gone(key)

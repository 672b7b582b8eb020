"""An index as it is read: its passages, documents and stories, of one generation."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, overload

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.documents import Document
from index.duplicates.clusters import Stories
from index.embedding.base import Encoder, Vectors
from index.embedding.load import load_encoder
from index.embedding.model_files import DEFAULT_MODEL
from index.errors import DamagedIndexError, QuothError
from index.filters import Where
from index.parsing.paths import inside, is_gone
from index.parsing.skip_reasons import Reason, Skipped
from index.search.restricted import RestrictedIndex
from index.search.snapshot import Opened
from index.status import Status, settings_of
from index.storage.open_store import open_store
from index.storage.schema import Listed
from index.storage.store import Store
from index.text.chunking import ChunkSettings, Passage

_TRIES = 5
_FILTERS = 8
"""How many filter results are cached; each may hold an id for every passage."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score: higher is better."""

    id: int
    score: float


class ReadableIndex:
    """An index of documents in a folder, opened for reading.

    It reads one generation: the newest one at the time it was opened or last refreshed. Later
    commits do not change it. It may be used from several threads.
    """

    def __init__(self, store: Store, encoder: Encoder | None = None) -> None:
        """Read what `store` holds. Use `Index.open` or `Index.create` instead."""
        self.folder = store.folder
        self._store = store
        self._encoder = encoder
        self._opened: Opened | None = None
        self._stories: Stories | None = None
        self._cut_apart: list[str] | None = None
        self._lock = threading.RLock()
        self._restricted: LRUCache[tuple[int, Where], RestrictedIndex] = LRUCache(_FILTERS)
        store.hold_generation()

    def close(self) -> None:
        """Let go of the index's files."""
        self._store.close()

    def __enter__(self) -> Self:
        """The index itself, closed at the end of the `with`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def refresh(self) -> None:
        """Switch to the newest generation."""
        with self._lock:
            if self._store.is_in_place():
                self._store.let_go()
                self._store.hold_generation()
            else:
                old, self._store = self._store, open_store(self.folder)
                self._store.hold_generation()
                old.close()
            self._opened = self._stories = self._cut_apart = None

    @property
    def encoder(self) -> Encoder:
        """The encoder whose vectors the index holds.

        Raises QuothError if it cannot be loaded or its weights differ from the recorded ones.
        """
        with self._lock:
            if self._encoder is None:
                self._encoder = load_encoder(self._store.fact("model", DEFAULT_MODEL))
            if self._encoder.fingerprint != self._store.fact("fingerprint"):
                message = (
                    f"the index {self.folder} holds vectors of {self._store.fact('model')} "
                    f"(weights {self._store.fact('fingerprint')[:12]}…), not of "
                    f"{self._encoder.name} (weights {self._encoder.fingerprint[:12]}…); use that "
                    "model, or add the files to a new index"
                )
                raise QuothError(message)
            return self._encoder

    @property
    def store(self) -> Store:
        """The index's database, for checks."""
        return self._store

    def check_searchable(self) -> None:
        """Raise DamagedIndexError unless vectors and text index hold exactly the passages."""
        Opened.of(self._store).check_whole(self._store)

    @property
    def settings(self) -> ChunkSettings:
        """How the index cuts documents into passages."""
        return settings_of(self._store)

    @property
    def generation(self) -> int:
        """Which commit is being read."""
        return self._store.generation

    def search_text(
        self, queries: Sequence[str], k: int, where: Where | None = None
    ) -> list[list[Hit]]:
        """For each query the `k` passages that share its words best (BM25), best first."""
        return self.search_text_among(
            queries, k, self._store.keys(where) if where is not None else None
        )

    def search_text_among(
        self, queries: Sequence[str], k: int, keys: Sequence[str] | None
    ) -> list[list[Hit]]:
        """The same among the documents with these keys; None is all."""
        opened = self._open_derived()
        if opened.text is None:
            return [[] for _ in queries]
        return [[Hit(*hit) for hit in opened.text.search(query, k, keys)] for query in queries]

    def search_vectors(
        self, queries: Vectors, k: int, where: Where | None = None
    ) -> list[list[Hit]]:
        """For each query vector the `k` passages nearest in meaning (cosine), best first.

        `queries` has shape (n, dimension), as `index.encoder.encode` gives it.
        """
        return self.search_vectors_among(
            queries, k, self._store.passage_ids(where) if where is not None else None
        )

    def search_vectors_among(
        self, queries: Vectors, k: int, ids: NDArray[np.int64] | None
    ) -> list[list[Hit]]:
        """The same among the passages with these ids, ascending; None is all."""
        found = self._open_derived().vectors.search(queries, k, ids)
        return [[Hit(*hit) for hit in row] for row in found]

    @overload
    def restricted_to(self, where: None) -> Self: ...

    @overload
    def restricted_to(self, where: Where) -> RestrictedIndex: ...

    def restricted_to(self, where: Where | None) -> Self | RestrictedIndex:
        """The index, giving only what passes a filter.

        Args:
            where: the filter; None lets everything pass.

        Returns:
            A searchable view of this generation. The results of the last few filters are
            cached.

        Example:
            >>> index.restricted_to(NameMatches("*.txt")).documents()   # doctest: +SKIP
        """
        if where is None:
            return self
        with self._lock:
            found = self._restricted.get((self.generation, where))
            if found is None:
                found = RestrictedIndex(self, where)
                self._restricted[self.generation, where] = found
            return found

    def undated(self) -> int:
        """How many documents a filter leaves out because they state no date: 0 without a filter."""
        return 0

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these passages, in order, shape (n, dimension).

        The row of a passage that is not embedded yet is NaN.
        """
        vectors = self._open_derived().vectors
        return vectors.vectors(ids, some_missing=self.count_unembedded() > 0)

    def frequency(self, term: str) -> int:
        """How many passages hold this term, stemmed as `index.search.bm25.terms` gives it."""
        text = self._open_derived().text
        return text.frequency(term) if text else 0

    def keys_holding(self, words: Sequence[tuple[int, str]]) -> set[str]:
        """The keys of all documents that hold a phrase, and possibly of others.

        `words` are its stemmed terms, each with its place in the phrase, in order. Where two
        neighbouring passages of a document share no sentence, the phrase may begin in one and end
        in the other: there only the two rarest terms are looked for, anywhere in the document.
        """
        text = self._open_derived().text
        if text is None or not words:
            return set()
        with self._lock:
            if self._cut_apart is None:
                self._cut_apart = self._store.keys_cut_apart()
        rarest = sorted({term for _, term in words}, key=text.frequency)[:2]
        in_cut = [
            self._store.keys_of(text.holding([(0, term)], self._cut_apart).tolist())
            for term in rarest
        ]
        found = self._store.keys_of(text.holding(words).tolist())
        return found | set.intersection(*in_cut)

    def spelled_like(self, term: str, k: int) -> list[Passage]:
        """At most `k` passages that hold a stemmed term within two letters of this one."""
        text = self._open_derived().text
        return self.passages(text.spelled_like(term, k)) if text else []

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in order. Raises KeyError for an unknown id."""
        return self._store.passages(ids)

    def passages_of(self, keys: Sequence[str]) -> list[Passage]:
        """Every passage of the documents with these keys, in order of place."""
        return self._store.passages_of(keys)

    def document(self, key: str, where: Where | None = None) -> Document:
        """The document whose passages carry `key`, its text checked against its hash.

        Raises KeyError for an unknown key, DamagedIndexError if the text is damaged.
        """
        return self._store.document(key, where)

    def documents(self, where: Where | None = None) -> list[Listed]:
        """The documents that pass the filter, in name order, without their texts."""
        return self._store.documents(where)

    def count_documents(self, where: Where | None = None) -> int:
        """How many documents pass the filter."""
        return self._store.count_documents(where)

    def count_passages(self) -> int:
        """How many passages there are."""
        return self._store.count_passages()

    def count_unembedded(self) -> int:
        """How many passages have no vector yet: they are found by their words alone."""
        return self._store.count_unembedded()

    def stories(self) -> Stories:
        """Which documents are copies of one story or versions of one article."""
        with self._lock:
            if self._stories is None:
                self._stories = Stories(self._store)
            return self._stories

    def unread(self) -> list[Skipped]:
        """The files, and parts of files, that could not be read; empty ones are left out."""
        return [
            Skipped(inside(file.file, part), Reason(reason), detail)
            for file in self._store.files()
            for part, reason, detail in file.skipped
            if reason != Reason.EMPTY
        ]

    def file_is_gone(self, key: str) -> bool:
        """Whether all files that a text was read from are gone."""
        files = [one.file for one in self._store.listed([key])]
        return all(is_gone(file) for file in files)

    def status(self) -> Status:
        """What the index holds and how it was made."""
        return Status.of(self._store)

    def _open_derived(self) -> Opened:
        """The derived files of this generation, each checked before any library reads it.

        If a writer has deleted them since the index was opened, the newest generation is read
        instead.
        """
        with self._lock:
            for _ in range(_TRIES):
                if self._opened is not None:
                    return self._opened
                self._store.hold_generation()
                try:
                    self._opened = Opened.of(self._store)
                except (DamagedIndexError, FileNotFoundError):
                    before = self.generation
                    self.refresh()
                    if self.generation == before:
                        raise
            return self._opened or Opened.of(self._store)

"""An index as it is read: its passages, documents and stories, of one generation."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload

from index.documents import Document
from index.duplicates.clusters import Stories
from index.embedding.base import Encoder, Vectors
from index.embedding.load import load_encoder
from index.embedding.model_files import DEFAULT_MODEL
from index.errors import DamagedIndexError, QuothError
from index.filters import Where
from index.parsing.paths import inside, is_gone
from index.parsing.skip_reasons import Reason, Skipped
from index.search.base import Search
from index.search.restricted import RestrictedIndex
from index.status import Status, settings_of
from index.storage.schema import Listed
from index.storage.tables import Tables
from index.text.chunking import ChunkSettings, Passage

if TYPE_CHECKING:
    from index.engines.base import Engine

_TRIES = 5


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

    def __init__(self, engine: "Engine[Any]", encoder: Encoder | None = None) -> None:
        """Read what `engine` keeps. Use `Index.open` or `Index.create` instead."""
        self._engine = engine
        self.place = engine.place
        self.folder = engine.folder
        self._store: Tables = engine.open()
        self._encoder = encoder
        self._searching: Search | None = None
        self._stories: Stories | None = None
        self._lock = threading.RLock()
        self._store.hold_generation()

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
                old, self._store = self._store, self._engine.open()
                self._store.hold_generation()
                old.close()
            self._searching = self._stories = None

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
                    f"the index {self.place} holds vectors of {self._store.fact('model')} "
                    f"(weights {self._store.fact('fingerprint')[:12]}…), not of "
                    f"{self._encoder.name} (weights {self._encoder.fingerprint[:12]}…); use that "
                    "model, or add the files to a new index"
                )
                raise QuothError(message)
            return self._encoder

    @property
    def engine(self) -> "Engine[Any]":
        """What keeps the index, for checks."""
        return self._engine

    @property
    def store(self) -> Tables:
        """The index's database, for checks."""
        return self._store

    def check_searchable(self) -> None:
        """Raise DamagedIndexError unless vectors and text index hold exactly the passages."""
        self._engine.check_searchable(self._store)

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
        search = self._search()
        return [[Hit(*hit) for hit in search.by_words(query, k, where)] for query in queries]

    def search_vectors(
        self, queries: Vectors, k: int, where: Where | None = None
    ) -> list[list[Hit]]:
        """For each query vector the `k` passages nearest in meaning (cosine), best first.

        `queries` has shape (n, dimension), as `index.encoder.encode` gives it.
        """
        found = self._search().by_vectors(queries, k, where)
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
            A searchable view of this generation.

        Example:
            >>> index.restricted_to(NameMatches("*.txt")).documents()   # doctest: +SKIP
        """
        return self if where is None else RestrictedIndex(self, where)

    def undated(self) -> int:
        """How many documents a filter leaves out because they state no date: 0 without a filter."""
        return 0

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these passages, in order, shape (n, dimension).

        The row of a passage that is not embedded yet is NaN.
        """
        return self._search().vectors(ids)

    def frequency(self, term: str) -> int:
        """How many passages hold this term, stemmed as `index.search.bm25.terms` gives it."""
        return self._search().frequency(term)

    def keys_holding(self, words: Sequence[tuple[int, str]]) -> set[str]:
        """The keys of all documents that hold a phrase, and possibly of others.

        `words` are its stemmed terms, each with its place in the phrase, in order. Where two
        neighbouring passages of a document share no sentence, the phrase may begin in one and end
        in the other: there only the two rarest terms are looked for, anywhere in the document.
        """
        return self._search().keys_holding(words)

    def spelled_like(self, term: str, k: int) -> list[Passage]:
        """At most `k` passages that hold a stemmed term within two letters of this one."""
        return self.passages(self._search().spelled_like(term, k))

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

    def read_ahead(self, keys: Iterable[str]) -> None:
        """Say which documents will be asked for: a server then gives them all at once."""
        self._store.read_ahead(keys)

    def documents(self, where: Where | None = None) -> list[Listed]:
        """The documents that pass the filter, in name order, without their texts."""
        return self._store.documents(where)

    def described_with(self, beginnings: Iterable[str], where: Where | None = None) -> list[Listed]:
        """The documents whose title or author has a word that begins so, and possibly others."""
        return self._store.described_with(beginnings, where)

    def named(self, names: Iterable[str]) -> dict[str, Listed]:
        """The documents with these names, by name; a name that none has is left out."""
        return {one.name: one for one in self._store.listed_as(names, ())}

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
        return Status.of(self._engine, self._store)

    def _search(self) -> Search:
        """What searches this generation.

        If a writer has deleted its derived files since the index was opened, the newest generation
        is read instead.
        """
        with self._lock:
            for _ in range(_TRIES):
                if self._searching is not None:
                    return self._searching
                self._store.hold_generation()
                try:
                    self._searching = self._engine.search(self._store)
                except (DamagedIndexError, FileNotFoundError):
                    before = self.generation
                    self.refresh()
                    if self.generation == before:
                        raise
            return self._searching or self._engine.search(self._store)

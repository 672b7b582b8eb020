"""The index: a folder of documents that can be added to, searched and checked."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, overload

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.documents import Document, Span
from index.duplicates.clusters import Stories
from index.durable_files import plain_faults, writer_lock
from index.embedding.base import Encoder, Vectors
from index.embedding.load import load_encoder
from index.embedding.model_files import DEFAULT_MODEL
from index.errors import DamagedIndexError, NotShownError, QuothError
from index.filters import Where
from index.ingest.name_lookup import is_gone, missing, named
from index.parsing.limits import Limits
from index.parsing.paths import Paths, as_paths
from index.search.restricted import RestrictedIndex
from index.search.snapshot import Opened
from index.status import Status, settings_of
from index.storage.derived_files import DERIVED, collect, faults
from index.storage.open_store import create_store, is_index, open_store
from index.storage.schema import Listed
from index.storage.store import DATABASE, Store
from index.text.chunking import Chunker, ChunkSettings, Passage

if TYPE_CHECKING:
    from index.ingest.add import AddReport, Progress
    from index.ingest.writer import Writer
    from index.page_image import PagePicture

_OWN_FILES = {"lock", DERIVED, *(f"{DATABASE}{end}" for end in ("", "-wal", "-shm", "-journal"))}
"""What another process that is just making an index leaves in its folder, too."""

_TRIES = 5
_FILTERS = 8
"""How many filters' answers are remembered: each may hold an id for every passage."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score: higher is better."""

    id: int
    score: float


class Index:
    """An index of documents in a folder, opened for reading. It can also be written to.

    It reads one generation: that of the moment it was opened or last refreshed, whatever is
        committed
    meanwhile. An index that is written to, and was not searched before, follows its own commits. It
    may be used from several threads.

    Example:
        >>> with Index.open(".quoth") as index:
        ...     hits = index.search_text(["who brokered the ceasefire?"], 5)[0]
        ...     passage = index.passages([hits[0].id])[0]
        ...     print(index.document(passage.document).name)
        seeds/003_b2d011834734ebc9.txt
    """

    def __init__(self, store: Store, encoder: Encoder | None = None) -> None:
        """Use `Index.open` or `Index.create` instead."""
        self.folder = store.folder
        self._store = store
        self._encoder = encoder
        self._opened: Opened | None = None
        self._stories: Stories | None = None
        self._lock = threading.RLock()
        self._restricted: LRUCache[tuple[int, Where], RestrictedIndex] = LRUCache(_FILTERS)
        store.hold_generation()

    @classmethod
    def open(cls, folder: str | Path, encoder: Encoder | None = None) -> Self:
        """Open the index in `folder`. Its model is loaded when first needed, unless given.

        Raises QuothError if there is no index there or a newer Quoth made it.
        """
        return cls(open_store(Path(folder)), encoder)

    @classmethod
    def create(
        cls, folder: str | Path, encoder: Encoder, settings: ChunkSettings | None = None
    ) -> Self:
        """Make an empty index in `folder`, which does not exist or is empty, and open it.

        The index remembers the encoder and the settings. Raises QuothError if the folder holds
        anything else.
        """
        folder = Path(folder)
        settings = settings or ChunkSettings()
        check_new_folder(folder)
        with plain_faults(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with writer_lock(folder):
            if not is_index(folder):
                create_store(
                    folder,
                    {
                        "model": encoder.name,
                        "fingerprint": encoder.fingerprint,
                        "dimension": str(encoder.dimension),
                        "size": str(settings.size),
                        "overlap": str(settings.overlap),
                        "tokens": settings.tokens,
                        "title": str(int(settings.title)),
                    },
                )
        return cls.open(folder, encoder)

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
        """Read from now on the newest generation."""
        with self._lock:
            if self._store.is_in_place():
                self._store.let_go()
                self._store.hold_generation()
            else:
                old, self._store = self._store, open_store(self.folder)
                self._store.hold_generation()
                old.close()
            self._opened = self._stories = None

    @property
    def encoder(self) -> Encoder:
        """The encoder whose vectors the index holds.

        Raises QuothError if it is not to be had or its weights are not the ones remembered.
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
        """The truth, for checking it."""
        return self._store

    def check_searchable(self) -> None:
        """Raise DamagedIndexError unless vectors and text index hold exactly the passages."""
        Opened.of(self._store).check_whole(self._store)

    @property
    def settings(self) -> ChunkSettings:
        """How the index cuts documents into passages."""
        return settings_of(self._store)

    # Reading

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
            What can be searched as the index can. It is of this generation; the last filters'
            answers are remembered.

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
        """How many documents are left out because they state no date: without a filter none."""
        return 0

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these passages, in order, shape (n, dimension)."""
        return self._open_derived().vectors.vectors(ids)

    def frequency(self, term: str) -> int:
        """How many passages hold this term, stemmed as `index.search.bm25.terms` gives it."""
        text = self._open_derived().text
        return text.frequency(term) if text else 0

    def keys_holding(self, terms: Sequence[str]) -> set[str]:
        """The keys of the documents that hold every one of these stemmed terms somewhere.

        The two rarest terms decide; a document that lacks another may be among them.
        """
        text = self._open_derived().text
        if text is None:
            return set()
        rarest = sorted(set(terms), key=text.frequency)[:2]
        found = [self._store.keys_of(text.holding(term).tolist()) for term in rarest]
        return set.intersection(*found) if found else set()

    def spelled_like(self, term: str, k: int) -> list[Passage]:
        """At most `k` passages that hold a stemmed term within two letters of this one."""
        text = self._open_derived().text
        return self.passages(text.spelled_like(term, k)) if text else []

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in order. Raises KeyError for a stranger."""
        return self._store.passages(ids)

    def passages_of(self, keys: Sequence[str]) -> list[Passage]:
        """Every passage of the documents with these keys, in order of place."""
        return self._store.passages_of(keys)

    def document(self, key: str, where: Where | None = None) -> Document:
        """The document whose passages carry `key`, its text checked against its hash.

        Raises KeyError for a stranger, DamagedIndexError if the text is not what was committed.
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

    def stories(self) -> Stories:
        """Which documents are copies of one story or versions of one article."""
        with self._lock:
            if self._stories is None:
                self._stories = Stories(self._store)
            return self._stories

    def status(self) -> Status:
        """What the index holds and how it was made."""
        return Status.of(self._store)

    def _open_derived(self) -> Opened:
        """The derived files of this generation, each checked before any library reads it.

        A writer may have collected them since this reader opened; then the newest generation
        is read instead.
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

    # Writing

    def add(
        self,
        paths: Paths,
        progress: "Callable[[Progress], None] | None" = None,
        *,
        whole: bool = False,
        sync: bool = False,
        limits: Limits | None = None,
        within: Sequence[Path] = (),
    ) -> "AddReport":
        """Bring in the files at and under `paths`: new, changed and renamed ones.

        Files whose bytes have not changed are left alone. Work is committed as it goes: after an
        interruption the same call goes on where it stopped. With `whole` it is one commit, so that
        an interruption leaves the index as it was. `limits` say what reading a document may cost.
        With `within` only files that really lie in one of these folders are taken.
        The report's `missing` names the documents at and under `paths` whose files are gone; with
        `sync` they are removed. Raises QuothError if another process is writing.
        """
        from index.ingest.add import Adding  # noqa: PLC0415 -- asking starts faster without

        wanted = as_paths(paths)
        with self._writing() as (store, writer):
            adding = Adding(store, writer, self._chunker, progress)
            report = adding.add_files(wanted, self.folder, limits, whole=whole, within=within)
            gone = missing(store.documents(), wanted)
            if sync and gone:
                writer.commit(removed=gone)
                report.removed += gone
            else:
                report.missing += gone
        return report

    def file_is_gone(self, key: str) -> bool:
        """Whether no file that a text was read from is there any more."""
        files = [one.file for one in self._store.listed([key])]
        return all(is_gone(file) for file in files)

    def add_documents(
        self, documents: Sequence[Document], progress: "Callable[[Progress], None] | None" = None
    ) -> "AddReport":
        """Bring in documents that are already in memory, each known by its name."""
        from index.ingest.add import Adding  # noqa: PLC0415 -- asking starts faster without

        with self._writing() as (store, writer):
            return Adding(store, writer, self._chunker, progress).add_documents(documents)

    def remove(self, names: str | Sequence[str]) -> list[str]:
        """Remove the documents with these names, in one commit; the names that were removed.

        A name may also be a document's file name alone when only one has it, or a folder's name.
        Raises QuothError, and removes nothing, if a name is no document's or several documents'.
        """
        names = [names] if isinstance(names, str) else names
        with self._writing() as (store, writer):
            going = list(dict.fromkeys(n for name in names for n in named(store.documents(), name)))
            writer.commit(removed=going)
        return going

    def remove_missing(self, paths: Paths) -> list[str]:
        """Remove the documents at and under `paths` whose files are gone; their names.

        A folder that is itself gone, as when its disk is not mounted, takes nothing with it.
        """
        gone = missing(self.documents(), as_paths(paths))
        return self.remove(gone) if gone else []

    def page_picture(self, name: str, span: Span) -> "PagePicture":
        """The page of the document called `name` on which `span` begins, with the span marked.

        Raises NotShownError for a document without pages, or whose file is not as it was added.
        """
        from index.page_image import page_picture  # noqa: PLC0415 -- starts a process

        listed = next(iter(self._store.listed_as([name], [])), None)
        if listed is None:
            raise NotShownError(f"no document is called {name!r}")
        return page_picture(listed, self.document(listed.key), span)

    def repair(self, progress: Callable[[int], None] | None = None) -> list[str]:
        """Make damaged derived files again from the truth; a line for each that was damaged."""
        with self._writing() as (store, writer):
            found = faults(store.folder, store.derived())
            if not found:
                try:
                    self.check_searchable()
                except DamagedIndexError as error:
                    found = [str(error)]
            if found:
                writer.repair(found, progress)
        return found

    def _chunker(self) -> Chunker:
        return Chunker(self.settings, self.encoder)

    @contextmanager
    def _writing(self) -> "Iterator[tuple[Store, Writer]]":
        from index.ingest.writer import Writer  # noqa: PLC0415 -- asking starts faster without

        with writer_lock(self.folder):
            with self._lock:
                # SQLite's log cannot be emptied past what is held: it would grow as long as an add.
                if self._opened is None:
                    self._store.let_go()
            store = open_store(self.folder)
            try:
                collect(store.folder, store.derived())
                yield store, Writer(store, lambda: self.encoder, self._chunker)
            finally:
                store.close()
                self.refresh()


def check_new_folder(folder: Path) -> None:
    """Raise QuothError unless an index can be made in `folder`: absent, empty or an index."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise QuothError(f"{folder} is a file; choose a folder for the index with --index")
    with plain_faults(folder):
        strangers = sorted({entry.name for entry in folder.iterdir()} - _OWN_FILES)
    if strangers:
        raise QuothError(
            f"{folder} holds other files ({', '.join(strangers[:3])}); "
            "choose an empty folder for the index with --index"
        )

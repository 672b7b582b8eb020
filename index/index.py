"""The index: a folder of documents that can be added to, searched and checked."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from index.chunk import Chunker, ChunkSettings, Passage
from index.documents import Document, Span
from index.encode import Encoder, Vectors, load_encoder
from index.errors import DamagedIndexError, QuothError
from index.files import plain_faults, writer_lock
from index.filters import Where
from index.lexical import TextIndex
from index.limits import Limits
from index.models import DEFAULT_MODEL
from index.rows import TEXT, VECTORS, Listed
from index.segment import MEASURED, Codes, Segment, read_measured
from index.store import DATABASE, Store, create_store, is_index, open_store
from index.stories import Stories
from index.vectors import VectorIndex

if TYPE_CHECKING:
    from index.add import AddReport, Progress
    from index.write import Writer

_OWN_FILES = {"lock", DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "derived"}
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score: higher is better."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and how it was made.

    `precision` is what its vectors were calculated in, "fp32", "bf16" or both, if added to on
    processors that differ; those agree to a cosine of .9999. `recall` is the share of the
    nearest 100 passages that a search by meaning finds, measured when its codes were made; 1 for
    an index small enough to be searched exactly. `bytes_on_disk` are all of its files.
    """

    folder: Path
    documents: int
    passages: int
    undated: int
    cut_to_fit: int
    generation: int
    model: str
    fingerprint: str
    precision: str
    recall: float
    settings: ChunkSettings
    bytes_on_disk: int
    last_add: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Opened:
    text: TextIndex | None
    vectors: VectorIndex


class Index:
    """An index opened for reading, which can also be written to.

    It reads one generation, that of the moment it was opened or last refreshed, whatever a
    writer in this or another process commits meanwhile; only one that is itself written to, and
    was not searched before, follows its own commits. It may be used from several threads.

    >>> index = Index.open(folder)                                      # doctest: +SKIP
    >>> index.search_text(["who brokered the ceasefire?"], 5)[0][0]     # doctest: +SKIP
    Hit(id=1730243487213, score=9.31)
    """

    def __init__(self, store: Store, encoder: Encoder | None = None) -> None:
        """Use `Index.open` or `Index.create` instead."""
        self.folder = store.folder
        self._store = store
        self._encoder = encoder
        self._opened: _Opened | None = None
        self._stories: Stories | None = None
        self._lock = threading.RLock()
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
        opened = self._load_derived()
        same = np.array_equal(opened.vectors.ids, self._store.passage_ids())
        if not same or not opened.vectors.whole:
            raise DamagedIndexError(
                f"the vectors of the index {self.folder} are not those of its passages; "
                f"run: quoth repair --index {self.folder}"
            )

    @property
    def settings(self) -> ChunkSettings:
        """How the index cuts documents into passages."""
        fact = self._store.fact
        return ChunkSettings(
            int(fact("size")), int(fact("overlap")), fact("tokens"), fact("title") == "1"
        )

    # Reading

    @property
    def generation(self) -> int:
        """Which commit is being read."""
        return self._store.generation

    def search_text(
        self, queries: Sequence[str], k: int, where: Where | None = None
    ) -> list[list[Hit]]:
        """For each query the `k` passages that share its words best (BM25), best first."""
        opened = self._open_derived()
        keys = self._store.keys(where) if where is not None else None
        if opened.text is None:
            return [[] for _ in queries]
        return [[Hit(*hit) for hit in opened.text.search(query, k, keys)] for query in queries]

    def search_vectors(
        self, queries: Vectors, k: int, where: Where | None = None
    ) -> list[list[Hit]]:
        """For each query vector the `k` passages nearest in meaning (cosine), best first.

        `queries` has shape (n, dimension), as `index.encoder.encode` gives it.
        """
        opened = self._open_derived()
        allowed = None
        if where is not None:
            allowed = self._store.passage_ids(where)
        found = opened.vectors.search(queries, k, allowed)
        return [[Hit(*hit) for hit in row] for row in found]

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these passages, in order, shape (n, dimension)."""
        return self._open_derived().vectors.vectors(ids)

    def frequency(self, term: str) -> int:
        """How many passages hold this term, stemmed as `index.lexical.terms` gives it."""
        text = self._open_derived().text
        return text.frequency(term) if text else 0

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
        fact = self._store.fact
        listed = self.documents()
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        return Status(
            folder=self.folder,
            documents=len(listed),
            passages=self.count_passages(),
            undated=sum(one.published is None for one in listed),
            cut_to_fit=int(fact("cut_to_fit", "0")),
            generation=self.generation,
            model=fact("model"),
            fingerprint=fact("fingerprint"),
            precision=fact("precision"),
            recall=min((one.recall for one in self._measured()), default=1.0),
            settings=self.settings,
            bytes_on_disk=sum(file.stat().st_size for file in files),
            last_add=json.loads(fact("last_add", "{}")),
        )

    def _open_derived(self) -> _Opened:
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
                    self._opened = self._load_derived()
                except (DamagedIndexError, FileNotFoundError):
                    before = self.generation
                    self.refresh()
                    if self.generation == before:
                        raise
            return self._opened or self._load_derived()

    def _load_derived(self) -> _Opened:
        self._store.check_sound(self._store.derived())
        text = self._store.derived(TEXT)
        segments = self._segments()
        passages = self.count_passages()
        # The ids themselves are compared by `check_searchable`.
        live = None
        if sum(map(len, segments)) != passages:
            live = self._store.passage_ids()
        vectors = VectorIndex(segments, live, int(self._store.fact("dimension")))
        searched = TextIndex(text[0].path(self.folder).parent) if text else None
        if len(vectors) != passages or (len(searched) if searched else 0) != passages:
            message = (
                f"the index {self.folder} has {passages} passages but {len(vectors)} vectors and "
                f"{len(searched) if searched else 0} in its text index; "
                f"run: quoth repair --index {self.folder}"
            )
            raise DamagedIndexError(message)
        return _Opened(searched, vectors)

    def _measured(self) -> list[Codes]:
        """What is known of the codes of each segment that has them."""
        kept = [one for one in self._store.derived(VECTORS) if one.file == MEASURED]
        self._store.check_sound(kept)
        return [read_measured(one.path(self.folder).parent) for one in kept]

    def _segments(self) -> list[Segment]:
        files: dict[str, list[str]] = {}
        for one in self._store.derived(VECTORS):
            files.setdefault(one.folder, []).append(one.file)
        return [Segment(self._store.derived_folder(name), some) for name, some in files.items()]

    # Writing

    def add(
        self,
        paths: Sequence[str],
        progress: "Callable[[Progress], None] | None" = None,
        *,
        whole: bool = False,
        limits: Limits | None = None,
    ) -> "AddReport":
        """Bring in the files at and under `paths`: new, changed and renamed ones.

        Files whose bytes have not changed are left alone. Work is committed as it goes: after an
        interruption the same call goes on where it stopped. With `whole` it is one commit, so that
        an interruption leaves the index as it was. `limits` say what reading a document may cost.
        Raises QuothError if another process is writing.
        """
        from index.add import Adding  # noqa: PLC0415 -- asking starts faster without

        with self._writing() as (store, writer):
            adding = Adding(store, writer, self._chunker, progress)
            return adding.add_files(paths, self.folder, limits, whole=whole)

    def add_documents(
        self, documents: Sequence[Document], progress: "Callable[[Progress], None] | None" = None
    ) -> "AddReport":
        """Bring in documents that are already in memory, each known by its name."""
        from index.add import Adding  # noqa: PLC0415 -- asking starts faster without

        with self._writing() as (store, writer):
            return Adding(store, writer, self._chunker, progress).add_documents(documents)

    def remove(self, names: Sequence[str]) -> list[str]:
        """Remove the documents with these names, in one commit; the names that were removed.

        A name may also be a document's file name alone when only one has it, or a folder's name.
        Raises QuothError, and removes nothing, if a name is no document's or several documents'.
        """
        with self._writing() as (store, writer):
            going = list(dict.fromkeys(n for name in names for n in _named(store, name)))
            writer.commit(removed=going)
        return going

    def remove_missing(self, paths: Sequence[str]) -> list[str]:
        """Remove the documents at and under `paths` whose files are gone; their names.

        A folder that is itself gone, as when its disk is not mounted, takes nothing with it.
        """
        roots = [Path(os.path.realpath(path)) for path in paths]
        gone = [
            one.name
            for one in self.documents()
            if one.file.startswith("/")
            and any(
                Path(one.file) == root or (root.is_dir() and Path(one.file).is_relative_to(root))
                for root in roots
            )
            and not os.path.lexists(one.file)
        ]
        return self.remove(gone) if gone else []

    def page_picture(self, name: str, span: Span) -> bytes:
        """The page of the document called `name` on which `span` begins, a PNG with it marked.

        Raises QuothError for a document without pages, or whose file is not as it was added.
        """
        from index.picture import page_picture  # noqa: PLC0415 -- starts a process

        listed = next(iter(self._store.listed_as([name], [])), None)
        if listed is None:
            raise QuothError(f"no document is called {name!r}")
        return page_picture(listed, self.document(listed.key), span)

    def repair(self, progress: Callable[[int], None] | None = None) -> list[str]:
        """Make damaged derived files again from the truth; a line for each that was damaged."""
        with self._writing() as (store, writer):
            faults = store.check_derived()
            if not faults:
                try:
                    self.check_searchable()
                except DamagedIndexError as error:
                    faults = [str(error)]
            if faults:
                writer.repair(faults, progress)
        return faults

    def _chunker(self) -> Chunker:
        return Chunker(self.settings, self.encoder)

    @contextmanager
    def _writing(self) -> "Iterator[tuple[Store, Writer]]":
        from index.write import Writer  # noqa: PLC0415 -- asking starts faster without

        with writer_lock(self.folder):
            with self._lock:
                # SQLite's log cannot be emptied past what is held: it would grow as long as an add.
                if self._opened is None:
                    self._store.let_go()
            store = open_store(self.folder)
            try:
                store.collect()
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


def _named(store: Store, name: str) -> list[str]:
    listed = store.documents()
    wanted = name.rstrip("/")
    exact = [one.name for one in listed if one.name == wanted]
    inside = [one.name for one in listed if one.name.startswith(wanted + "/")]
    by_file = [one.name for one in listed if one.name.rpartition("/")[2] == wanted]
    for found in (exact, inside):
        if found:
            return found
    if len(by_file) == 1:
        return by_file
    if by_file:
        message = (
            f"{name!r} is the name of {len(by_file)} documents: {', '.join(by_file[:3])}; say which"
        )
        raise QuothError(message)
    message = f"no document is called {name!r}; `quoth list` shows their names"
    raise QuothError(message)

"""An index in a folder: an SQLite database, and derived files beside it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from index.durable_files import EMBEDDING_LOCK, embedding_lock, plain_faults, writer_lock
from index.embedding.base import Encoder
from index.errors import QuothError
from index.search.local_search import LocalSearch
from index.search.snapshot import Opened
from index.search.vector_segment import MEASURED, read_measured
from index.storage.derived_files import DERIVED, NAMES, VECTORS, check_sound, collect, faults
from index.storage.open_store import create_store, is_index, newest, open_store
from index.storage.store import DATABASE, Store
from index.text.chunking import Chunker

if TYPE_CHECKING:
    from index.ingest.embed import Block
    from index.ingest.order import First
    from index.ingest.report import Progress
    from index.ingest.writer import Writer

_OWN_FILES = {
    "lock",
    EMBEDDING_LOCK,
    DERIVED,
    *(f"{file}{end}" for file in (DATABASE, NAMES) for end in ("", "-wal", "-shm", "-journal")),
}
"""The files of an index, which another process may be creating in the folder."""


class LocalEngine:
    """The folder of an index."""

    def __init__(self, folder: Path) -> None:
        """Keep the index in `folder`."""
        self._folder = folder
        self.place = str(folder)

    @property
    def folder(self) -> Path:
        """The folder of the index itself."""
        return self._folder

    def exists(self) -> bool:
        """Whether the folder holds an index."""
        return is_index(self.folder)

    def check_new(self) -> None:
        """Raise QuothError unless an index can be made: the folder is absent, empty or one."""
        folder = self.folder
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

    def create(self, facts: dict[str, str]) -> None:
        """Make an empty index with these facts, unless there is one."""
        with plain_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with writer_lock(self.folder):
            if not is_index(self.folder):
                create_store(self.folder, facts)

    def migrate(self) -> None:
        """Opening does it."""

    def open(self) -> Store:
        """The index's database. Raises QuothError if there is none, or a newer one."""
        return open_store(self.folder)

    def newest(self) -> int:
        """The generation that is committed now."""
        return newest(self.folder)

    def changed_at(self) -> tuple[int, ...]:
        """When the database's files were last changed."""
        found = []
        for suffix in ("", "-wal"):
            try:
                found.append((self.folder / f"{DATABASE}{suffix}").stat().st_mtime_ns)
            except OSError:
                found.append(0)
        return tuple(found)

    def search(self, store: Store) -> LocalSearch:
        """What searches the generation that `store` holds."""
        return LocalSearch(store)

    @contextmanager
    def writing(
        self, encoder: Callable[[], Encoder], chunker: Callable[[], Chunker], *, wait: bool = False
    ) -> "Iterator[tuple[Store, Writer]]":
        """Be the one process that writes. Raises QuothError if another is, unless it may `wait`."""
        from index.ingest.writer import Writer  # noqa: PLC0415 -- asking starts faster without

        with writer_lock(self.folder, wait=wait):
            store = open_store(self.folder)
            try:
                collect(store.folder, store.derived())
                yield store, Writer(store, encoder, chunker)
            finally:
                store.close()

    def loading(self) -> AbstractContextManager[None]:
        """Many commits follow; here that makes no difference."""
        return nullcontext()

    @contextmanager
    def embedding(self) -> Iterator[None]:
        """Be the one process that makes vectors. Raises BusyError if another is."""
        with embedding_lock(self.folder):
            yield

    def blocks(
        self,
        encoder: Encoder,
        chunker: Chunker,
        first: "First",
        tell: "Callable[[Progress], None]",
    ) -> "Iterator[Block]":
        """Embed every passage without a vector; the caller commits each block before the next."""
        from index.ingest.embed import blocks  # noqa: PLC0415 -- asking starts faster without

        return blocks(self.folder, encoder, chunker, first, tell)

    def faults(self, store: Store) -> list[str]:
        """A line for each derived file that is not what was committed."""
        return faults(store.folder, store.derived())

    def check_searchable(self, store: Store) -> None:
        """Raise DamagedIndexError unless the derived files hold exactly the passages."""
        Opened.of(store).check_whole(store)

    def count_derived(self, store: Store) -> int:
        """How many derived files there are."""
        return len(store.derived())

    def recall(self, store: Store) -> float:
        """The least recall that was measured when codes were made; 1 where there are none."""
        measured = [one for one in store.derived(VECTORS) if one.file == MEASURED]
        check_sound(store.folder, measured)
        folders = [one.path(store.folder).parent for one in measured]
        return min((read_measured(folder).recall for folder in folders), default=1.0)

    def bytes_kept(self) -> int:
        """The size of all files of the index."""
        return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())

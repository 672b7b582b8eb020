"""What an index needs of the place where it is kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

from index.embedding.base import Encoder
from index.ingest.commit_parts import Encoded
from index.ingest.embed import Block
from index.ingest.order import First
from index.ingest.report import Progress
from index.search.base import Search
from index.storage.schema import Change
from index.storage.tables import Tables
from index.text.chunking import Chunker

T = TypeVar("T", bound=Tables)
"""The tables of one kind of database."""


class Writing(Protocol):
    """Makes commits: each becomes visible as a whole, or not at all."""

    def commit(self, change: Change, encoded: Encoded | None = None, *, embed: bool = True) -> None:
        """Add, replace, remove and rename documents in one commit.

        If several entries have the same source or name, the last one is used. A removed document
        is named; a replaced one is known by its source or name. What new texts share with others
        is worked out unless `change.signatures` says that it is known. `encoded` is told how far
        embedding is. Without `embed` new passages get no vectors: they are found by their words
        until `add_vectors` has brought them.
        """
        ...

    def add_vectors(self, block: Block) -> None:
        """Commit the vectors of passages that have none, of those that are still there."""
        ...

    def repair(self, faults: Sequence[str]) -> None:
        """Make again what `faults` name, from the texts; lost vectors are embedded later."""
        ...


class Engine(Protocol[T]):
    """A place where an index is kept.

    Attributes:
        place: the folder or the address, as messages name it, without a password.

    """

    place: str

    @property
    def folder(self) -> Path:
        """A folder on this machine for the files that stand beside the index.

        Such as the names that were recognized, and their corrections.
        """
        ...

    def exists(self) -> bool:
        """Whether there is an index."""
        ...

    def check_new(self) -> None:
        """Raise QuothError unless an index can be made here."""
        ...

    def create(self, facts: dict[str, str]) -> None:
        """Make an empty index with these facts, unless there is one."""
        ...

    def migrate(self) -> None:
        """Bring an index of an older Quoth to this one's format, where opening does not do it."""
        ...

    def open(self) -> T:
        """The index's tables, to be read. Raises QuothError if there is none, or a newer one."""
        ...

    def newest(self) -> int:
        """The generation that is committed now."""
        ...

    def changed_at(self) -> tuple[int, ...]:
        """Some numbers that differ once the index has changed; cheap to ask for."""
        ...

    def search(self, store: T) -> Search:
        """What searches the generation that `store` holds."""
        ...

    def writing(
        self, encoder: Callable[[], Encoder], chunker: Callable[[], Chunker], *, wait: bool = False
    ) -> AbstractContextManager[tuple[T, Writing]]:
        """Be the one that writes: the tables as they are now, and what commits to them.

        Raises QuothError at once if another process is writing, unless told to `wait` for it.
        """
        ...

    def loading(self) -> AbstractContextManager[None]:
        """Many commits follow: what they do to what is searched may be done at the end instead."""
        ...

    def embedding(self) -> AbstractContextManager[None]:
        """Be the one process that makes vectors. Raises BusyError if another is."""
        ...

    def blocks(
        self, encoder: Encoder, chunker: Chunker, first: First, tell: Callable[[Progress], None]
    ) -> Iterator[Block]:
        """Embed every passage without a vector; the caller commits each block before the next."""
        ...

    def faults(self, store: T) -> list[str]:
        """A line for each thing derived from the texts that is not what was committed."""
        ...

    def check_searchable(self, store: T) -> None:
        """Raise DamagedIndexError unless what is searched holds exactly the passages."""
        ...

    def count_derived(self, store: T) -> int:
        """How many files, or tables and indexes, are derived from the texts."""
        ...

    def recall(self, store: T) -> float:
        """The share of the nearest 100 passages that a search by meaning finds."""
        ...

    def bytes_kept(self) -> int:
        """The size of the index in bytes."""
        ...

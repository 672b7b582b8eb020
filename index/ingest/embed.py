"""Embedding passages that were added without vectors: block by block, each one commit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from index.documents import Document
from index.embedding.base import Encoder, Vectors
from index.errors import DamagedIndexError
from index.ingest.order import First
from index.ingest.report import Progress
from index.search.vector_segment import IDS, Ids, read_ids
from index.storage.derived_files import VECTORS, Derived, check_sound, derived_folder
from index.storage.open_store import newest, open_store
from index.storage.tables import Tables
from index.text.chunking import Chunker, Passage, embedded

_BLOCK = 1_000
"""Passages a commit: about ten seconds of embedding, which an interruption loses."""


@dataclass(frozen=True, slots=True)
class Block:
    """Passages that were embedded: their ids, vectors, and what the vectors were calculated in."""

    ids: Ids
    rows: Vectors
    precision: str


def ids_in(folder: Path, files: "list[Derived]") -> Ids:
    """The ids of all rows of the vector segments of an index that `files` are of."""
    wanted = [one for one in files if one.kind == VECTORS and one.file == IDS]
    check_sound(folder, wanted)
    have = [read_ids(derived_folder(folder, one.folder)) for one in wanted]
    return np.concatenate([np.empty(0, np.int64), *have])


def blocks(
    folder: Path,
    encoder: Encoder,
    chunker: Chunker,
    first: First,
    tell: Callable[[Progress], None],
) -> Iterator[Block]:
    """Embed every passage without a vector; the caller commits each block before the next.

    No lock is held meanwhile: a passage may be gone, or embedded by another process, when its
    block is committed.
    """
    order: Ids = np.empty(0, np.int64)
    far = Far(tell)
    while True:
        store = open_store(folder)
        try:
            store.hold_generation()
            missing = np.setdiff1d(store.passage_ids(), ids_in(folder, store.derived()))
            order = order[np.isin(order, missing)]
            if not len(order):
                order = store.passage_ids_by_date(newest_first=first is First.NEWEST)
                order = order[np.isin(order, missing)]
            if not len(order):
                return
            ids = order[:_BLOCK]
            texts = texts_of(store, chunker, ids)
            far.of(len(missing), store.count_documents(), store.count_passages())
        except (DamagedIndexError, FileNotFoundError):
            if newest(folder) == store.generation:
                raise
            continue  # a writer has merged or removed these files since
        finally:
            store.close()
        yield Block(ids, encoder.encode(texts, far.told), encoder.precision)


class Far:
    """How far embedding is."""

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        self._tell = tell
        self._done = self._total = self._documents = self._passages = 0

    def of(self, missing: int, documents: int, passages: int) -> None:
        """So many passages are missing now, of so many in so many documents."""
        self._total = self._done + missing
        self._documents, self._passages = documents, passages

    def told(self, count: int) -> None:
        """So many more are embedded."""
        self._done += count
        have = self._passages - (self._total - self._done)
        self._tell(
            Progress(have / self._passages, self._documents, self._passages, have, "embedding")
        )


def texts_of(store: Tables, chunker: Chunker, ids: Ids) -> list[str]:
    """What the encoder reads of the passages with these ids. Raises KeyError if one is gone."""
    document = cache(store.document)
    found = [(document(one.document), one) for one in store.passages(ids.tolist())]
    return texts_to_embed(found, chunker)


def texts_to_embed(passages: Sequence[tuple[Document, Passage]], chunker: Chunker) -> list[str]:
    """What the encoder reads of each passage."""
    title = cache(chunker.title)
    return [embedded(title(of, one.part), one.span.of(of.text)) for of, one in passages]

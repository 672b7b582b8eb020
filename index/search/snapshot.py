"""The derived files of one generation, opened to be searched."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from index.errors import DamagedIndexError
from index.search.bm25 import TextIndex
from index.search.vector_segment import Segment
from index.search.vectors import VectorIndex
from index.storage.derived_files import TEXT, VECTORS, check_sound, derived_folder
from index.storage.store import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """The text index, if any passage was ever added, and the vectors."""

    text: TextIndex | None
    vectors: VectorIndex

    @classmethod
    def of(cls, store: Store) -> Self:
        """Open them, each checked before any library reads it.

        Raises DamagedIndexError if one is not what was committed, or has more or fewer passages.
        """
        check_sound(store.folder, store.derived())
        files: dict[str, list[str]] = {}
        for one in store.derived(VECTORS):
            files.setdefault(one.folder, []).append(one.file)
        segments = [
            Segment(derived_folder(store.folder, name), some) for name, some in files.items()
        ]
        passages, waiting = store.count_passages(), store.count_unembedded()
        # The ids themselves are compared by `check_whole`.
        live = None
        if waiting or sum(map(len, segments)) != passages:
            live = store.passage_ids()
        vectors = VectorIndex(segments, live, int(store.fact("dimension")))
        text = store.derived(TEXT)
        searched = TextIndex(text[0].path(store.folder).parent) if text else None
        have = len(vectors) + waiting
        if have != passages or (len(searched) if searched else 0) != passages:
            raise DamagedIndexError(
                f"the index {store.folder} has {passages} passages but {have} vectors and "
                f"{len(searched) if searched else 0} in its text index; "
                f"run: quoth repair --index {store.folder}"
            )
        return cls(searched, vectors)

    def check_whole(self, store: Store) -> None:
        """Raise DamagedIndexError unless the vectors are those of exactly the passages."""
        strangers = np.setdiff1d(self.vectors.ids, store.passage_ids())
        missing = store.count_passages() - store.count_unembedded() - len(self.vectors.ids)
        if not self.vectors.whole or len(strangers) or missing:
            raise DamagedIndexError(
                f"the vectors of the index {store.folder} are not those of its passages; "
                f"run: quoth repair --index {store.folder}"
            )

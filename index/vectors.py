"""Searching by meaning with FAISS: exact inner products over unit vectors."""

from collections.abc import Sequence
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encode import Vectors

Ids = NDArray[np.int64]


def to_bytes(ids: Ids, vectors: Vectors) -> bytes:
    """A FAISS index of `vectors` under `ids`, serialised."""
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
    return bytes(faiss.serialize_index(index).tobytes())


def from_bytes(content: bytes) -> tuple[Ids, Vectors]:
    """The ids and vectors of a serialised FAISS index, whose bytes the caller has checked."""
    index: Any = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
    ids = faiss.vector_to_array(index.id_map).astype(np.int64)
    flat: Any = faiss.downcast_index(index.index)
    vectors = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d).reshape(flat.ntotal, flat.d)
    return ids, np.array(vectors, dtype=np.float32)


class VectorIndex:
    """The vectors of one generation's passages, ids ascending."""

    def __init__(self, segments: Sequence[tuple[Ids, Vectors]], live: Ids, dimension: int) -> None:
        """Keep, of all `segments`, the rows whose id is in `live`, each id once."""
        empty = (np.empty(0, np.int64), np.empty((0, dimension), np.float32))
        ids = np.concatenate([empty[0], *(ids for ids, _ in segments)])
        vectors = np.concatenate([empty[1], *(vectors for _, vectors in segments)])
        self.stored = len(ids)
        unique, first = np.unique(ids, return_index=True)
        kept = np.isin(unique, live, assume_unique=True)
        self.ids: Ids = unique[kept]
        self._flat = faiss.IndexFlatIP(dimension)
        self._flat.add(np.ascontiguousarray(vectors[first[kept]]))

    def __len__(self) -> int:
        """How many vectors can be found."""
        return len(self.ids)

    def search(
        self, questions: Vectors, k: int, allowed: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each row of `questions` the `k` nearest passages as (id, cosine), best first.

        `allowed`, when given, are the ids of the only passages to look at. Equal scores are in
        order of id. `questions` has shape (n, dimension).
        """
        count = min(k, len(self.ids) if allowed is None else len(allowed))
        if count < 1:
            return [[] for _ in questions]
        parameters = None
        if allowed is not None:
            places = self._places(allowed)
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(places))  # type: ignore[call-arg]
        scores, places = self._flat.search(
            np.ascontiguousarray(questions, dtype=np.float32), count, params=parameters
        )
        return [
            sorted(
                (
                    (int(self.ids[place]), float(score))
                    for place, score in zip(row_places, row_scores, strict=True)
                    if place >= 0
                ),
                key=lambda hit: (-hit[1], hit[0]),
            )
            for row_places, row_scores in zip(places, scores, strict=True)
        ]

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """The vectors of `ids`, in order, shape (n, dimension). Raises KeyError for a stranger."""
        wanted = np.asarray(ids, dtype=np.int64)
        places = self._places(wanted)
        if len(places) != len(wanted):
            raise KeyError(*sorted(set(wanted) - set(self.ids)))
        return np.array(
            [self._flat.reconstruct(int(place)) for place in places], np.float32
        ).reshape(len(places), self._flat.d)

    def _places(self, ids: Ids) -> Ids:
        places = np.searchsorted(self.ids, ids)
        found = (places < len(self.ids)) & (self.ids[np.minimum(places, len(self.ids) - 1)] == ids)
        return np.asarray(places[found], dtype=np.int64)

"""Searching by meaning with FAISS: inner products over unit vectors, in all segments."""

from collections.abc import Sequence

import numpy as np

from index.embedding.base import Vectors
from index.search.vector_segment import Chosen, Ids, Segment


class VectorIndex:
    """The vectors of one generation's passages."""

    def __init__(self, segments: Sequence[Segment], live: Ids | None, dimension: int) -> None:
        """Search the rows of `segments`, each id once; if `live` is given, only those ids."""
        self._dimension = dimension
        self._parts: list[tuple[Segment, Chosen | None]] = [(one, None) for one in segments]
        if live is not None:
            self._parts = list(
                zip(segments, alive([one.ids for one in segments], live), strict=True)
            )

    def __len__(self) -> int:
        """How many vectors can be found."""
        return sum(
            len(segment) if chosen is None else int(chosen.sum()) for segment, chosen in self._parts
        )

    @property
    def whole(self) -> bool:
        """Whether the files of each segment have the same number of rows."""
        return all(segment.whole for segment, _ in self._parts)

    @property
    def ids(self) -> Ids:
        """The ids that can be found, ascending."""
        kept = [one.ids if chosen is None else one.ids[chosen] for one, chosen in self._parts]
        return np.sort(np.concatenate([np.empty(0, np.int64), *kept]))

    def search(
        self, questions: Vectors, k: int, allowed: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each row of `questions` the `k` nearest passages as (id, cosine), best first.

        `allowed`, when given, are the ids of the only passages to look at. Equal scores are in
        order of id. `questions` has shape (n, dimension).
        """
        questions = np.ascontiguousarray(questions, dtype=np.float32)
        found: list[list[tuple[int, float]]] = [[] for _ in questions]
        for segment, chosen in self._parts:
            here = None if allowed is None else _allowed(segment, allowed)
            near = segment.search(questions, k, chosen, here)
            for row, (scores, ids) in zip(found, near, strict=True):
                row.extend(zip(ids.tolist(), scores.tolist(), strict=True))
        return [sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k] for hits in found]

    def vectors(self, ids: Sequence[int] | Ids, *, some_missing: bool = False) -> Vectors:
        """The vectors of `ids`, in order, shape (n, dimension).

        One that is not here is a row of NaN with `some_missing`; else KeyError is raised.
        """
        wanted = np.asarray(ids, dtype=np.int64)
        vectors = np.full((len(wanted), self._dimension), np.nan, np.float32)
        missing = np.ones(len(wanted), np.bool_)
        for segment, chosen in self._parts:
            here, rows = segment.places(wanted)
            if chosen is not None:
                here, rows = here[chosen[rows]], rows[chosen[rows]]
            vectors[here] = segment.vectors(rows)
            missing[here] = False
        if missing.any() and not some_missing:
            raise KeyError(*sorted(set(wanted[missing].tolist())))
        return vectors


def alive(segments: Sequence[Ids], live: Ids) -> list[Chosen]:
    """For each segment, which of its ids are `live`; an id in several segments counts once."""
    left = np.unique(live)
    found: list[Chosen] = []
    for ids in segments:
        chosen = np.isin(ids, left)
        left = np.setdiff1d(left, ids[chosen], assume_unique=True)
        found.append(chosen)
    return found


def _allowed(segment: Segment, allowed: Ids) -> Chosen:
    rows = np.zeros(len(segment), np.bool_)
    rows[segment.places(allowed)[1]] = True
    return rows

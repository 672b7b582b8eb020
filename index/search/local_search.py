"""Searching an index in a folder: its derived files, opened once a generation."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from index.embedding.base import Vectors
from index.filters import Where
from index.search.base import Scored
from index.search.snapshot import Opened
from index.search.vector_segment import Ids
from index.storage.store import Store

_FILTERS = 8
"""How many filters' results are kept; each may hold an id for every passage."""


@dataclass(frozen=True, slots=True)
class Passing:
    """What passes a filter: the texts' keys, and the passages' ids, ascending."""

    keys: list[str]
    ids: Ids


class LocalSearch:
    """Searches the derived files of the generation that a store holds."""

    def __init__(self, store: Store) -> None:
        """Open them. Raises DamagedIndexError if one is not what was committed."""
        self._store = store
        self._opened = Opened.of(store)
        self._lock = threading.Lock()
        self._filtered: LRUCache[Where, Passing] = LRUCache(_FILTERS)
        self._cut_apart: list[str] | None = None

    def by_words(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """The `k` passages with the highest BM25 score, best first.

        If many documents pass the filter, it is faster to search the whole text index for enough
        passages that `k` of them are likely to pass, and to filter the result. Both ways give the
        same passages, except among equal scores at the end.
        """
        text = self._opened.text
        if text is None:
            return []
        if where is None:
            return text.search(query, k)
        passing = self._passing(where)
        wanted = 2 * k * len(text) // max(1, len(passing.ids)) + k
        if wanted > len(passing.keys):
            return text.search(query, k, passing.keys)
        hits = text.search(query, wanted)
        inside = np.isin([number for number, _ in hits], passing.ids)
        kept = [hit for hit, passes in zip(hits, inside, strict=True) if passes][:k]
        if len(kept) < k and len(hits) == wanted:  # there may be more further down
            return text.search(query, k, passing.keys)
        return kept

    def by_vectors(
        self, queries: Vectors, k: int, where: Where | None = None
    ) -> list[list[Scored]]:
        """For each row of `queries` the `k` nearest passages, best first."""
        ids = self._passing(where).ids if where is not None else None
        return self._opened.vectors.search(queries, k, ids)

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of `ids`, in order; NaN for a passage that is not embedded yet."""
        waiting = self._store.count_unembedded() > 0
        return self._opened.vectors.vectors(ids, some_missing=waiting)

    def frequency(self, term: str) -> int:
        """How many passages hold this stemmed term."""
        return self._opened.text.frequency(term) if self._opened.text else 0

    def keys_holding(self, words: Sequence[tuple[int, str]]) -> set[str]:
        """The keys of all documents that hold a phrase, and possibly of others."""
        text = self._opened.text
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

    def spelled_like(self, term: str, k: int) -> list[int]:
        """The ids of at most `k` passages that hold a term within two letters of `term`."""
        return self._opened.text.spelled_like(term, k) if self._opened.text else []

    def _passing(self, where: Where) -> Passing:
        with self._lock:
            found = self._filtered.get(where)
            if found is None:
                found = Passing(self._store.keys(where), self._store.passage_ids(where))
                self._filtered[where] = found
            return found

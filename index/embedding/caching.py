"""An encoder with a cache of the vectors of recently used texts."""

import threading
from collections.abc import Callable, Sequence

import numpy as np
from cachetools import LRUCache

from index.embedding.base import Encoder, Vectors


class CachingEncoder:
    """An encoder that caches the vectors of the most recently used texts.

    Questions to one index often need the same sentences. It may be used from several threads.
    """

    def __init__(self, encoder: Encoder, capacity: int = 10_000) -> None:
        """Encode with `encoder` what is not cached; cache at most `capacity` vectors."""
        self._encoder = encoder
        self._known: LRUCache[str, Vectors] = LRUCache(capacity)
        self._lock = threading.Lock()
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.window = encoder.dimension, encoder.window
        self.precision = encoder.precision

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count`."""
        return self._encoder.count(texts)

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Encoder.encode`."""
        with self._lock:
            known = {text: self._known[text] for text in set(texts) if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self._encoder.encode(new, progress), strict=True))
        with self._lock:
            self._known.update({text: known[text] for text in new})
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.array([known[text] for text in texts], np.float32)

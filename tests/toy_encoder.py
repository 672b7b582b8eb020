"""An encoder of a few lines, for tests of storing that make hundreds of indexes."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from index import Vectors


class ToyEncoder:
    """Hashes words into 16 numbers; the same text always has the same vector."""

    name = "toy"
    fingerprint = "toy-1"
    precision = "fp32"
    dimension = 16
    window = 64

    def count(self, texts: Sequence[str]) -> list[int]:
        """Words, and two for the ends; a long word counts once for each 8 letters."""
        return [2 + sum(1 + len(word) // 8 for word in text.split()) for text in texts]

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """A bag of hashed words, of length 1."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.1
            for word in text.lower().split():
                row[hashlib.sha256(word.encode("utf-8", "replace")).digest()[0] % 16] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        if progress:
            progress(len(texts))
        return rows

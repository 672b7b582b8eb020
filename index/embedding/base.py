"""What the index needs of a model that turns text into vectors."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, dimension), each row of length 1, so that a dot product is a cosine."""


class Encoder(Protocol):
    """What the index needs of a model."""

    @property
    def name(self) -> str:
        """The model's name or folder, as an index remembers it."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights: two encoders with one fingerprint give the same vectors."""
        ...

    @property
    def precision(self) -> str:
        """The numbers it calculates with: "fp32" or "bf16"."""
        ...

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        ...

    @property
    def window(self) -> int:
        """How many of its own tokens, special ones included, the model reads of one text."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many of the model's own tokens, special ones included, each text has."""
        ...

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Encode `texts`, in order. `progress` is called with the size of each finished batch."""
        ...

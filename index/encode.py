"""Turning text into vectors: what the index needs of a model, and loading one."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import QuothError
from index.models import DEFAULT_MODEL, check_published, fingerprint, model_folder

Vectors = NDArray[np.float32]
"""Shape (n, dimension), each row of length 1, so that a dot product is a cosine."""

ORIGINAL = "sentence-transformers"
COMPILED = "compiled"
ENGINES = (COMPILED, ORIGINAL)
"""What runs a model: a compiled form of it, or sentence-transformers itself."""


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
        """The vectors of `texts`, in order. `progress` is told how many more are done."""
        ...


class Remembering:
    """An encoder that keeps the vectors of the texts it was last asked for.

    Questions to one index meet the same sentences again and again. It may be used from several
    threads.
    """

    def __init__(self, encoder: Encoder, capacity: int = 10_000) -> None:
        """Ask `encoder` for what is not known; keep `capacity` vectors, the latest used."""
        self._encoder = encoder
        self._capacity = capacity
        self._known: OrderedDict[str, Vectors] = OrderedDict()
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
            known = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self._encoder.encode(new, progress), strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._known[text] = known[text]
                self._known.move_to_end(text)
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.array([known[text] for text in texts], np.float32)


def load_encoder(name: str = DEFAULT_MODEL, engine: str = COMPILED) -> Encoder:
    """The encoder called `name`: the packaged one, a folder, or any sentence-transformers model.

    The first time, a model is compiled from its own weights and kept in the user's cache; one
    that cannot be compiled is run by sentence-transformers, which is also what `engine` can ask
    for. A name that is not on this machine is fetched, since naming it names a remote thing.
    Raises QuothError within five seconds if that cannot be done, or if the packaged weights
    are not the published ones.
    """
    if engine not in ENGINES:
        raise QuothError(f"there is no encoder {engine!r}; it is one of {', '.join(ENGINES)}")
    folder = model_folder(name)
    found = fingerprint(folder)
    check_published(name, folder, found)
    if engine == COMPILED:
        from index.compiled import compiled_encoder  # noqa: PLC0415 -- imports its runtime

        compiled = compiled_encoder(name, folder, found)
        if compiled is not None:
            return compiled
    from index.original import SentenceTransformersEncoder  # noqa: PLC0415 -- five seconds

    return SentenceTransformersEncoder(name, folder, found)

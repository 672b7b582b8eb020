"""Quoth: words and meaning fused, passages out; no reader."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from job import FOUND, Ask, run

from index import Document, Found, Index, Vectors, load_encoder
from qa import retrieve


class _Given:
    """The real encoder, but for texts whose vectors are given."""

    def __init__(self, texts: list[str], vectors: Vectors) -> None:
        self._real, self._vectors = load_encoder(), vectors
        self._places = {text: place for place, text in enumerate(texts)}
        self.name, self.fingerprint = self._real.name, self._real.fingerprint
        self.dimension, self.window = self._real.dimension, self._real.window
        self.precision = self._real.precision

    def count(self, texts: Sequence[str]) -> list[int]:
        return self._real.count(texts)

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        # A few passages are cut in two, and those pieces are embedded.
        known = [text for text in texts if text in self._places]
        new = [text for text in texts if text not in self._places]
        found = dict(zip(new, self._real.encode(new), strict=True))
        found |= {text: self._vectors[self._places[text]] for text in known}
        return np.array([found[text] for text in texts], np.float32)


def _documents(texts: list[str]) -> list[Document]:
    return [Document(str(n), text, Found(str(n), "file name")) for n, text in enumerate(texts)]


def add(folder: Path, texts: list[str]) -> None:
    """Embed and index."""
    with Index.create(folder, load_encoder()) as index:
        index.add_documents(_documents(texts))


def make(folder: Path, texts: list[str], vectors: Any) -> None:
    """Index with the vectors given."""
    with Index.create(folder, _Given(texts, vectors)) as index:
        index.add_documents(_documents(texts))


def open_(folder: Path) -> Ask:
    """Ask an index."""
    index = Index.open(folder)

    def ask(question: str) -> list[str]:
        found = retrieve(index, question, index.encoder.encode([question]))[:FOUND]
        documents = {one.passage.document for one in found}
        texts = {key: index.document(key).text for key in documents}
        return [one.passage.span.of(texts[one.passage.document]) for one in found]

    return ask


if __name__ == "__main__":
    run(add, make, open_)

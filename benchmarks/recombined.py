"""A big archive of real sentences: articles put together from those of the question sets.

`python benchmarks/recombined.py FILE` computes the vectors of the first passages, resumably.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np

from eval.sets import load
from index import Document, Encoder, Found, Vectors, load_encoder
from index.text.chunking import Chunker, ChunkSettings, embedded
from index.text.sentences import sentences

SETS = ("squad2", "newsqa", "realtimeqa", "time")
REAL = 100_000
"""How many passages' vectors are computed; the others' are copies of these, perturbed."""
_SENTENCES = 170
_EACH = 2_000
_NOISE = 0.35


@cache
def _sources() -> tuple[list[str], list[str]]:
    """Every sentence and every title of the sets."""
    documents = [document for name in SETS for document in load(name).documents]
    found = [
        span.of(document.text).replace("\n", " ")
        for document in documents
        for span, _ in sentences(document)
        if span.end - span.start > 40  # noqa: PLR2004 -- no list items and headings
    ]
    titles = [document.search_title for document in documents if document.search_title]
    return list(dict.fromkeys(found)), list(dict.fromkeys(titles))


def articles() -> Iterator[Document]:
    """Yield an endless sequence of articles of 170 sentences each; it is always the same."""
    found, titles = _sources()
    for number in count():
        drawn = random.Random(number)  # noqa: S311 -- the same ones each time
        chosen = drawn.sample(found, _SENTENCES)
        paragraphs = [" ".join(chosen[at : at + 5]) for at in range(0, _SENTENCES, 5)]
        title = Found(f"{drawn.choice(titles)}, {number}", "given")
        yield Document(f"made/{number:06d}", "\n\n".join(paragraphs), title)


class Recombined:
    """An encoder that returns stored vectors for passages, in the order in which they come."""

    def __init__(self, encoder: Encoder, kept: Vectors) -> None:
        """Return `kept` for the first passages, and perturbed copies of it for the others."""
        self._encoder, self._kept, self._given = encoder, kept, 0
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.window = encoder.dimension, encoder.window
        self.precision = encoder.precision

    def skip(self, passages: int) -> None:
        """Skip the vectors of passages that were added before."""
        self._given += passages

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count`."""
        return self._encoder.count(texts)

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Encoder.encode`; these texts are taken to be the next passages."""
        places = self._given + np.arange(len(texts))
        # Each call has its own seed, so that copies of one vector differ.
        vectors = self._kept[places % len(self._kept)].astype(np.float32)
        copies = places >= len(self._kept)
        noise = np.random.default_rng(self._given).standard_normal(vectors.shape, np.float32)
        vectors[copies] += noise[copies] * (_NOISE / np.sqrt(self.dimension))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        self._given += len(texts)
        if progress:
            progress(len(texts))
        return vectors


def compute(path: Path, wanted: int = REAL) -> Vectors:
    """The vectors of the first `wanted` passages, shape (wanted, dimension), fp16, kept in `path`.

    Goes on where it was interrupted.
    """
    encoder = load_encoder()
    chunker = Chunker(ChunkSettings(), encoder)
    done = np.load(path) if path.exists() else np.empty((0, encoder.dimension), np.float16)
    texts: list[str] = []
    passed = 0
    for document in articles():
        if len(done) >= wanted:
            break
        passages = chunker.chunk(document).passages
        passed += len(passages)
        if passed <= len(done):
            continue
        texts += [
            embedded(chunker.title(document, one.part), one.span.of(document.text))
            for one in passages[len(passages) - (passed - len(done) - len(texts)) :]
        ]
        if len(texts) >= _EACH or len(done) + len(texts) >= wanted:
            done = np.concatenate([done, encoder.encode(texts).astype(np.float16)])
            texts = []
            aside = path.with_suffix(".part.npy")
            np.save(aside, done)
            aside.replace(path)
            print(f"{len(done)} of {wanted} vectors", flush=True)
    return done[:wanted]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    compute(parser.parse_args().file)

"""Indexes of question sets, made once and used again."""

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from eval.datasets import documents_fingerprint
from index import Document, Encoder, Index, load_encoder
from index.durable_files import plain_faults
from index.embedding import load as encoding
from index.search import bm25
from index.storage.open_store import FORMAT, is_index
from index.text import chunking, paragraphs, sentences, tokens
from qa import Settings

Tell = Callable[[str, float, float], None]
"""Told the stage, how much of it is done, and how much there is."""


@lru_cache(maxsize=2)
def encoder_called(model: str) -> Encoder:
    """The encoder, loaded once a process."""
    return load_encoder(model)


def documents_of(index: Index) -> list[Document]:
    """Every document of an index, in name order, copies too."""
    return [replace(index.document(one.key), name=one.name) for one in index.documents()]


def _makers() -> str:
    """SHA-256 of the code that decides what an index of given documents holds, and its format."""
    digest = hashlib.sha256(str(FORMAT).encode())
    for module in (paragraphs, chunking, encoding, bm25, sentences, tokens):
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()


def index_of(
    name: str,
    documents: Sequence[Document],
    settings: Settings,
    cache: Path,
    tell: Tell | None = None,
) -> Index:
    """An index of the documents, from `cache` or made now and kept there.

    Its cache key covers the documents' content, the indexing settings, the model's weights and
    the code that splits and indexes. If indexing was interrupted, it is resumed.
    """
    encoder = encoder_called(settings.model)
    what = (
        f"{documents_fingerprint(documents)}\n{settings.chunks}\n{encoder.fingerprint}\n{_makers()}"
    )
    key = hashlib.sha256(what.encode()).hexdigest()[:16]
    folder = cache / f"{name}-{key}"
    with plain_faults(folder):
        cache.mkdir(parents=True, exist_ok=True)
    if is_index(folder):
        index = Index.open(folder, encoder)
    else:
        index = Index.create(folder, encoder, settings.chunks)
    index.add_documents(
        documents, (lambda done: tell("indexing", done.done, 1.0)) if tell else None
    )
    return index

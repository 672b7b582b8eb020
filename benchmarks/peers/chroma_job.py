"""Chroma: dense vectors; its local form has no hybrid search."""

from functools import cache
from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction
from job import FOUND, MODEL, Ask, run

_A_CALL = 2_000


@cache
def _embedding() -> SentenceTransformerEmbeddingFunction:
    return SentenceTransformerEmbeddingFunction(model_name=MODEL, normalize_embeddings=True)


def _collection(folder: Path) -> Any:
    client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
    space = {"hnsw:space": "cosine"}
    return client.get_or_create_collection(
        "passages", embedding_function=_embedding(), metadata=space
    )


def add(folder: Path, texts: list[str]) -> None:
    """Embed and index."""
    _collection(folder).add(ids=[str(n) for n in range(len(texts))], documents=texts)


def make(folder: Path, texts: list[str], vectors: Any) -> None:
    """Index with the vectors given."""
    made = _collection(folder)
    for at in range(0, len(texts), _A_CALL):
        some = slice(at, at + _A_CALL)
        ids = [str(n) for n in range(at, at + len(texts[some]))]
        made.add(ids=ids, documents=texts[some], embeddings=vectors[some])


def open_(folder: Path) -> Ask:
    """Ask an index."""
    made = _collection(folder)
    return lambda question: made.query(query_texts=[question], n_results=FOUND)["documents"][0]


if __name__ == "__main__":
    run(add, make, open_)

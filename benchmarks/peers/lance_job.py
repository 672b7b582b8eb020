"""LanceDB: vector and full-text search fused by reciprocal ranks."""

from functools import cache
from pathlib import Path
from typing import Any

import lancedb
import numpy as np
from job import FOUND, MODEL, Ask, run
from lancedb.rerankers import RRFReranker
from sentence_transformers import SentenceTransformer


@cache
def _model() -> SentenceTransformer:
    return SentenceTransformer(MODEL, device="cpu")


def add(folder: Path, texts: list[str]) -> None:
    """Embed and index."""
    make(folder, texts, _model().encode(texts, normalize_embeddings=True))


def make(folder: Path, texts: list[str], vectors: Any) -> None:
    """Index with the vectors given."""
    rows = [{"text": t, "vector": v} for t, v in zip(texts, np.asarray(vectors), strict=True)]
    table = lancedb.connect(str(folder)).create_table("t", rows, mode="overwrite")
    table.create_fts_index("text")


def open_(folder: Path) -> Ask:
    """Ask an index."""
    table = lancedb.connect(str(folder)).open_table("t")
    model, fused = _model(), RRFReranker()

    def ask(question: str) -> list[str]:
        vector = model.encode(question, normalize_embeddings=True)
        search = table.search(query_type="hybrid").vector(vector).text(question)
        return [row["text"] for row in search.rerank(fused).limit(FOUND).to_list()]

    return ask


if __name__ == "__main__":
    run(add, make, open_)

"""LangChain over FAISS: dense vectors; it has no hybrid search of its own."""

from functools import cache
from pathlib import Path
from typing import Any

from job import FOUND, MODEL, Ask, run
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings


@cache
def _embeddings() -> HuggingFaceEmbeddings:
    return HuggingFaceEmbeddings(model_name=MODEL, encode_kwargs={"normalize_embeddings": True})


def add(folder: Path, texts: list[str]) -> None:
    """Embed and index."""
    FAISS.from_texts(texts, _embeddings()).save_local(str(folder))


def make(folder: Path, texts: list[str], vectors: Any) -> None:
    """Index with the vectors given."""
    pairs = zip(texts, vectors.tolist(), strict=True)
    FAISS.from_embeddings(pairs, _embeddings()).save_local(str(folder))


def open_(folder: Path) -> Ask:
    """Ask an index."""
    made = FAISS.load_local(str(folder), _embeddings(), allow_dangerous_deserialization=True)
    return lambda question: [one.page_content for one in made.similarity_search(question, FOUND)]


if __name__ == "__main__":
    run(add, make, open_)

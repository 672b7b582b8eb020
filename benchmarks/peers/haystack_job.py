"""Haystack with its in-memory store: an embedding retriever and a BM25 retriever, joined."""

from functools import cache
from pathlib import Path
from typing import Any

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from job import FOUND, MODEL, Ask, run


@cache
def _embedder() -> SentenceTransformersDocumentEmbedder:
    made = SentenceTransformersDocumentEmbedder(
        model=MODEL, progress_bar=False, normalize_embeddings=True
    )
    made.warm_up()
    return made


def _kept(folder: Path, documents: list[Document]) -> None:
    store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
    store.write_documents(documents)
    folder.mkdir(parents=True, exist_ok=True)
    store.save_to_disk(str(folder / "store.json"))


def add(folder: Path, texts: list[str]) -> None:
    """Embed and index."""
    _kept(folder, _embedder().run([Document(content=text) for text in texts])["documents"])


def make(folder: Path, texts: list[str], vectors: Any) -> None:
    """Index with the vectors given."""
    pairs = zip(texts, vectors.tolist(), strict=True)
    _kept(folder, [Document(content=text, embedding=vector) for text, vector in pairs])


def open_(folder: Path) -> Ask:
    """Ask an index."""
    store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
    embedder = SentenceTransformersTextEmbedder(
        model=MODEL, progress_bar=False, normalize_embeddings=True
    )
    embedder.warm_up()
    words = InMemoryBM25Retriever(store, top_k=FOUND)
    meaning = InMemoryEmbeddingRetriever(store, top_k=FOUND)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=FOUND)

    def ask(question: str) -> list[str]:
        vector = embedder.run(question)["embedding"]
        lists = [words.run(question)["documents"], meaning.run(vector)["documents"]]
        return [one.content for one in joiner.run(lists)["documents"]]

    return ask


if __name__ == "__main__":
    run(add, make, open_)

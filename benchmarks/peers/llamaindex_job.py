"""LlamaIndex: a vector retriever and a BM25 retriever, fused by reciprocal ranks."""

from functools import cache
from pathlib import Path
from typing import Any

from job import FOUND, MODEL, Ask, run
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms.mock import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever


@cache
def _embedding() -> HuggingFaceEmbedding:
    return HuggingFaceEmbedding(model_name=MODEL)


def _kept(folder: Path, nodes: list[TextNode]) -> None:
    made = VectorStoreIndex(nodes, embed_model=_embedding())
    made.storage_context.persist(str(folder))
    BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=FOUND).persist(str(folder / "bm25"))


def add(folder: Path, texts: list[str]) -> None:
    """Embed and index."""
    _kept(folder, [TextNode(text=text) for text in texts])


def make(folder: Path, texts: list[str], vectors: Any) -> None:
    """Index with the vectors given."""
    pairs = zip(texts, vectors.tolist(), strict=True)
    _kept(folder, [TextNode(text=text, embedding=vector) for text, vector in pairs])


def open_(folder: Path) -> Ask:
    """Ask an index."""
    context = StorageContext.from_defaults(persist_dir=str(folder))
    made = load_index_from_storage(context, embed_model=_embedding())
    fused = QueryFusionRetriever(
        [
            made.as_retriever(similarity_top_k=FOUND),
            BM25Retriever.from_persist_dir(str(folder / "bm25")),
        ],
        llm=MockLLM(),
        similarity_top_k=FOUND,
        num_queries=1,
        mode="reciprocal_rerank",
        use_async=False,
    )
    return lambda question: [one.node.get_content() for one in fused.retrieve(question)]


if __name__ == "__main__":
    run(add, make, open_)

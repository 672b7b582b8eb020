"""txtai: dense vectors and BM25 fused."""

from pathlib import Path
from typing import Any

from job import FOUND, MODEL, Ask, run
from txtai import Embeddings
from txtai.vectors import HFVectors, STVectors

_model: dict[str, Any] = {}


def _embeddings() -> Embeddings:
    made = Embeddings(path=MODEL, hybrid=True, content=True, models=_model.get("models"))
    _model.setdefault("models", made.models)
    return made


def add(folder: Path, texts: list[str]) -> None:
    """Embed and index."""
    made = _model.setdefault("made", _embeddings())
    made.index(texts)
    made.save(str(folder))


def make(folder: Path, texts: list[str], vectors: Any) -> None:
    """Index with the vectors given."""
    places = {text: place for place, text in enumerate(texts)}
    for kind in (HFVectors, STVectors):
        kind.encode = lambda _, data, *__: vectors[[places[text] for text in data]]
    made = _embeddings()
    made.index(texts)
    made.save(str(folder))


def open_(folder: Path) -> Ask:
    """Ask an index."""
    made = Embeddings()
    made.load(str(folder))
    return lambda question: [row["text"] for row in made.search(question, FOUND)]


if __name__ == "__main__":
    run(add, make, open_)

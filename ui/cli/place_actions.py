"""What `quoth index` does."""

import typer

from index.copying import copy_index
from index.embedding.load import load_encoder
from index.engines.at import engine_at
from index.index import Index
from ui.cli.progress import bar


def init(place: str, model: str) -> None:
    """Make an empty index at a place, unless there is one, and tell what is there."""
    engine = engine_at(place)
    there = engine.exists()
    if there:
        engine.migrate()
    opened = Index.open(place) if there else Index.create(place, load_encoder(model))
    with opened as index:
        documents = index.count_documents()
        made = f"has an index of {documents:,} documents" if there else "has an empty index now"
        typer.echo(f"{engine.place} {made}")
        typer.echo(f"add documents with: quoth add PATH --index {engine.place}")


def copy(source: str, to: str) -> None:
    """Copy an index and tell how much was copied."""
    with Index.open(source) as index, bar("Copying") as tell:
        copied = copy_index(index, to, tell)
    typer.echo(
        f"copied and compared: {copied.documents:,} documents, {copied.passages:,} passages, "
        f"{copied.vectors:,} vectors"
    )

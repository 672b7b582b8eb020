"""The commands `quoth index`: making an index at a place, and copying it to another."""

from typing import Annotated

import typer

from index.embedding.model_files import DEFAULT_MODEL

app = typer.Typer(help="Make an index on a server, or copy one to another place.")

_PLACE = "A folder, or the address of a server: postgresql://user@host/database?schema=quoth"


@app.command()
def init(
    place: Annotated[str, typer.Argument(metavar="URL", help=_PLACE)],
    model: Annotated[
        str, typer.Option(metavar="NAME_OR_FOLDER", help="A sentence-transformers model.")
    ] = DEFAULT_MODEL,
) -> None:
    """Make an empty index, or bring the one there to this Quoth's format.

    On a server that makes the schema, switches the extensions on, and says which are missing.
    """
    from ui.cli import place_actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    place_actions.init(place, model)


@app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help=_PLACE)],
    to: Annotated[str, typer.Argument(metavar="TO", help="A place that has no index yet.")],
) -> None:
    """Copy an index to another place, vectors included, and compare the copy with it.

    After an interruption the same command goes on.
    """
    from ui.cli import place_actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    place_actions.copy(source, to)

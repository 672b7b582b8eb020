"""Commands about an index as a whole: list, remove, status, verify and repair."""

from pathlib import Path
from typing import Annotated

import typer

from index.ingest.order import First
from ui.cli.options import FAULT, AsJson, EmbeddedFirst, IndexPlace

app = typer.Typer()


@app.command("list")
def list_documents(
    index: IndexPlace = ".quoth",
    *,
    copies: Annotated[
        bool, typer.Option("--copies", help="Only stories that several documents tell.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the documents. Title, author and date each say how they were found."""
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    if copies:
        actions.list_copies(index, as_json=as_json)
    else:
        actions.list_documents(index, as_json=as_json)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Documents or folders.")],
    index: IndexPlace = ".quoth",
) -> None:
    """Remove documents from the index. The files themselves are not touched."""
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    actions.remove(names, index)


@app.command()
def status(index: IndexPlace = ".quoth", *, as_json: AsJson = False) -> None:
    """Show what the index holds and how it was made."""
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    actions.status(index, as_json=as_json)


@app.command()
def verify(
    exported: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]…", help="Answers that `ask --json` wrote, or evidence packs (.zip)."
        ),
    ] = None,
    index: IndexPlace = ".quoth",
    *,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete", help="Read the files again, and list those whose text was lost."
        ),
    ] = False,
) -> None:
    """Check the index, exported citations and evidence packs. A pack needs no index."""
    from ui.cli import evidence_actions, verify_actions  # noqa: PLC0415 -- loaded when it is needed

    packs = [one for one in exported or [] if one.suffix.lower() == ".zip"]
    answers = [one for one in exported or [] if one not in packs]
    whole = [evidence_actions.verify(one) for one in packs]
    if answers or not packs:
        whole.append(verify_actions.verify(answers, index, complete=complete))
    if not all(whole):
        raise typer.Exit(FAULT)


@app.command()
def embed(index: IndexPlace = ".quoth", first: EmbeddedFirst = First.NEWEST) -> None:
    """Make the vectors of passages that were added without. It can be interrupted and repeated."""
    from ui.cli import add_actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    add_actions.embed(index, first)


@app.command()
def repair(index: IndexPlace = ".quoth") -> None:
    """Rebuild damaged vectors and a damaged text index. The original files are not needed."""
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    actions.repair(index)

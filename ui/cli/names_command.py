"""The command `quoth names`: people, organisations and places, and corrections of them."""

from enum import StrEnum
from typing import Annotated

import typer

from ui.cli.options import NOT_ANSWERED, AsJson, From, In, IndexPlace, Named, To

app = typer.Typer()


class Kind(StrEnum):
    """The kinds of names."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    NAME = "name"


@app.command()
def names(
    name: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="One name: over time, and who is named beside it."),
    ] = None,
    index: IndexPlace = ".quoth",
    kind: Annotated[
        Kind | None, typer.Option(metavar="KIND", help="person, organisation, place or name.")
    ] = None,
    like: Annotated[
        str, typer.Option(metavar="LETTERS", help="Only names with these letters.")
    ] = "",
    shown: Annotated[int, typer.Option("-k", min=1, help="How many names to show.")] = 30,
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    ner: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL", help="With --make: an installed spaCy model, a folder, or capitals."
        ),
    ] = None,
    rename: Annotated[
        str | None,
        typer.Option(metavar="NEW", help="Call NAME this; two names called alike are one."),
    ] = None,
    retype: Annotated[
        Kind | None, typer.Option("--type", metavar="KIND", help="Change the kind of NAME.")
    ] = None,
    *,
    make: Annotated[
        bool, typer.Option("--make", help="Recognize the names of the documents in the index.")
    ] = False,
    reject: Annotated[bool, typer.Option("--reject", help="NAME is no name; hide it.")] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a row a name.")] = False,
) -> None:
    """List people, organisations and places with their counts, or show or correct one of them."""
    from ui.cli import actions, names_actions  # noqa: PLC0415 -- loaded when it is needed

    where = actions.where_(published_from, published_to, document, folder)
    form = "json" if as_json else "csv" if as_csv else "text"
    called = " ".join(name or [])
    if rename is not None or retype is not None or reject:
        names_actions.correct_name(
            index, called, rename, retype.value if retype else None, reject=reject
        )
        return
    if make or ner:
        names_actions.make(index, ner)
        if not called:
            return
    wanted = kind.value if kind else None
    if called:
        names_actions.show(index, called, where, form, shown)
    elif not names_actions.show_all(index, where, wanted, like, shown, form):
        raise typer.Exit(NOT_ANSWERED)

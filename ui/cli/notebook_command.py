"""`quoth notebook`: pinned quotations, standing questions and names; `quoth news` of them."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.options import NOT_ANSWERED, AsJson, IndexPlace

app = typer.Typer(help="Keep quotations, questions and names in a file of your own.")
news_app = typer.Typer()

File = Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="A file: ceasefires.quoth.json.")]
Id = Annotated[int, typer.Argument(metavar="NUMBER", help="An entry, as `list` numbers it.")]
Note = Annotated[str, typer.Option(help="What to write beside it.")]
Words = Annotated[list[str], typer.Argument(metavar="QUESTION", help="What you want to know.")]


@app.command()
def new(
    notebook: File,
    title: Annotated[str, typer.Option(help="Its title. [default: the file's name]")] = "",
) -> None:
    """Begin a notebook."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    notebook_actions.new(notebook, title)


@app.command()
def pin(notebook: File, question: Words, index: IndexPlace = ".quoth", note: Note = "") -> None:
    """Ask a question and pin the sentence that answers it."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    if not notebook_actions.pin(notebook, " ".join(question), index, note):
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def follow(
    notebook: File,
    about: Annotated[list[str], typer.Argument(metavar="QUESTION|NAME", help="What to follow.")],
    note: Note = "",
    *,
    name: Annotated[bool, typer.Option("--name", help="It is a name or phrase.")] = False,
) -> None:
    """Follow a question or a name: `quoth news` shows what is new about it."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    notebook_actions.follow(notebook, " ".join(about), note, name=name)


@app.command(name="list")
def list_(notebook: File, index: IndexPlace = ".quoth", *, as_json: AsJson = False) -> None:
    """Show the entries, and the quotations that no longer match their documents."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    notebook_actions.show(notebook, index, as_json=as_json)


@app.command()
def remove(notebook: File, number: Id) -> None:
    """Remove an entry."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    notebook_actions.change(notebook, lambda held: held.without(number))


@app.command()
def move(
    notebook: File,
    number: Id,
    place: Annotated[int, typer.Argument(metavar="PLACE", min=1, help="Its new place, from 1.")],
) -> None:
    """Move an entry to another place."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    notebook_actions.change(notebook, lambda held: held.moved(number, place))


@app.command()
def note(
    notebook: File,
    number: Id,
    text: Annotated[str, typer.Argument(metavar="NOTE", help="What to write beside it.")],
) -> None:
    """Write a note beside an entry."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    notebook_actions.change(notebook, lambda held: held.noted(number, text))


@app.command()
def export(
    notebook: File,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A Markdown file, .md.")],
) -> None:
    """Write the notebook as Markdown. `quoth pack NOTEBOOK` makes an evidence pack of it."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    notebook_actions.export(notebook, out)


@news_app.command()
def news(
    notebook: File,
    index: IndexPlace = ".quoth",
    *,
    peek: Annotated[bool, typer.Option("--peek", help="Leave the notebook as it is.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is new for a notebook since the last time; exit code 3 if there is nothing."""
    from ui.cli import notebook_actions  # noqa: PLC0415 -- loaded when it is needed

    if not notebook_actions.news(notebook, index, peek=peek, as_json=as_json):
        raise typer.Exit(NOT_ANSWERED)

"""`quoth config`: what is set for all indexes of this user."""

from typing import Annotated

import typer

app = typer.Typer(help="Set what holds for all indexes: the writer.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """Set what holds for all indexes: the writer."""


@app.command()
def writer(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="As http://127.0.0.1:8080/v1.")
    ] = None,
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="As its server calls it.")
    ] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="Forget the writer that is set.")] = False,
) -> None:
    """Set the model that `ask --write` lets write, behind any server of the OpenAI chat API."""
    from ui.cli import writing_actions  # noqa: PLC0415 -- loaded when it is needed

    writing_actions.config_writer(url, model, off=off)

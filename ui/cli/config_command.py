"""`quoth config`: what is set for all indexes of this user."""

from typing import Annotated

import typer

app = typer.Typer(help="Change settings that apply to all indexes.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """Change settings that apply to all indexes."""


@app.command()
def writer(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="Such as http://127.0.0.1:8080/v1.")
    ] = None,
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="Its name on that server.")
    ] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="Forget the writer that is set.")] = False,
) -> None:
    """Set the model that `ask --write` uses, on any server with the OpenAI chat API."""
    from ui.cli import writing_actions  # noqa: PLC0415 -- loaded when it is needed

    writing_actions.config_writer(url, model, off=off)

"""The commands `quoth ask` and `quoth find`."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from index.errors import QuothError
from ui.cli.options import (
    NOT_ANSWERED,
    AsJson,
    Asked,
    Config,
    From,
    In,
    IndexPlace,
    Named,
    NoReader,
    Precision,
    Shown,
    To,
    UseReader,
    UseReranker,
    UseWeighting,
)
from ui.cli.through_server import run_on_server

app = typer.Typer()


class Each(StrEnum):
    """What each question of a batch is asked about."""

    DOCUMENT = "document"


@app.command()
def ask(
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="What you want to know.")
    ] = None,
    index: IndexPlace = ".quoth",
    passages: Shown = 5,
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    config: Config = None,
    reader: UseReader = None,
    reranker: UseReranker = None,
    weighting: UseWeighting = None,
    precision: Precision = None,
    today: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The day 'last September' is counted from. [default: today]"
        ),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ask every question of this .txt, .csv or .xlsx file."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where a batch's answers go: .xlsx, .csv or .jsonl."),
    ] = None,
    each: Annotated[
        Each | None,
        typer.Option(
            metavar="document",
            help="Ask each question of a batch about each document separately.",
        ),
    ] = None,
    *,
    following: Annotated[
        bool, typer.Option("--next", help="Suggest follow-up questions, with their answers.")
    ] = False,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Let the model of `quoth config writer` write an answer; check each sentence.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --write: show what would be sent, send nothing.")
    ] = False,
    no_reader: NoReader = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question, or a file of questions, with cited quotations from the documents."""
    own = any((config, reader, reranker, weighting, precision, no_reader, batch, out, each))
    if question and not own and not write and not dry_run:
        stated = (published_from, published_to, document, folder)
        day = today or str(dt.date.today())  # noqa: DTZ011 -- the person's own day
        _try_server(
            "ask", index, question, stated, passages=passages, json=as_json,
            today=day, next=following,
        )  # fmt: skip
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    where = actions.where_(published_from, published_to, document, folder)
    settings = actions.asking(config, reader, reranker, weighting, precision, no_reader=no_reader)
    if batch is not None or out is not None or each is not None:
        from ui.cli import batch_action  # noqa: PLC0415

        if question or batch is None or out is None:
            raise QuothError("a batch needs --batch FILE and --out FILE, and takes no QUESTION")
        batch_action.ask_batch(batch, out, index, where, settings, today, each_document=bool(each))
        return
    if dry_run and not write:
        raise QuothError("--dry-run shows what --write would send; give both")
    if not question:
        raise QuothError("ask a QUESTION, or give a file of questions with --batch")
    if not actions.ask(
        " ".join(question),
        index,
        passages,
        where,
        settings,
        today,
        following=following,
        writing="dry run" if dry_run else "write" if write else None,
        as_json=as_json,
    ):
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def find(
    question: Asked,
    index: IndexPlace = ".quoth",
    passages: Shown = 5,
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    config: Config = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Find passages without answering. This is faster than `ask`; the citations are the same."""
    if config is None:
        stated = (published_from, published_to, document, folder)
        _try_server("find", index, question, stated, passages=passages, json=as_json)
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    where = actions.where_(published_from, published_to, document, folder)
    settings = actions.asking(config, no_reader=True)
    if not actions.find(" ".join(question), index, passages, where, settings, as_json=as_json):
        raise typer.Exit(NOT_ANSWERED)


def _try_server(
    command: str,
    index: str,
    question: list[str],
    where: tuple[str | None, str | None, str | None, str | None],
    **options: object,
) -> None:
    """Ask a server that runs on the index, if there is one, and end with its exit code."""
    filters = dict(zip(("from", "to", "doc", "in"), where, strict=True))
    stated = {"question": " ".join(question), **filters, **options}
    code = run_on_server(command, index, stated)
    if code is not None:
        raise typer.Exit(code)

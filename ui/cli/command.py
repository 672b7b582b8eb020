"""The `quoth` command: its options. `ui.cli.actions` has what it does, loaded when needed."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from index.embedding.model_files import DEFAULT_MODEL
from index.errors import QuothError
from index.ingest.order import First
from index.parsing.limits import Limits
from index.text.visible import lines
from ui.cli import (
    archive_command,
    config_command,
    eval_command,
    index_command,
    names_command,
    notebook_command,
)
from ui.cli.options import (
    FAULT,
    MISTAKE,
    NOT_ANSWERED,
    AsJson,
    Asked,
    Config,
    EmbeddedFirst,
    From,
    In,
    IndexFolder,
    Memory,
    Named,
    NoReader,
    Ocr,
    Precision,
    Seconds,
    Shown,
    To,
    UseReader,
    UseReranker,
    UseWeighting,
)

# numpy and FAISS have too little work here for threads: starting them takes a third of the time of
# an answer. The model's runtime has its own threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_TOKENS = "quoth_32k"

app = typer.Typer(
    help="Answers questions about your own documents in their own words, each one cited.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(index_command.app)
app.add_typer(eval_command.app, name="eval")
app.add_typer(archive_command.app)
app.add_typer(names_command.app)
app.add_typer(config_command.app, name="config")
app.add_typer(notebook_command.app, name="notebook")
app.add_typer(notebook_command.news_app)


@app.command()
def add(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files and folders.")],
    index: IndexFolder = Path(".quoth"),
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_FOLDER",
            help=f"A sentence-transformers model, for a new index. [default: {DEFAULT_MODEL}]",
        ),
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=20, help="Tokens a passage, for a new index. [default: 240]")
    ] = None,
    overlap: Annotated[
        int | None,
        typer.Option(min=0, help="Sentences two passages share, for a new index. [default: 2]"),
    ] = None,
    tokens: Annotated[
        str | None,
        typer.Option(
            metavar="ENCODING",
            help=f"The tiktoken encoding passages are counted in. [default: {_TOKENS}]",
        ),
    ] = None,
    config: Config = None,
    encoder: Annotated[
        str,
        typer.Option(
            metavar="ENGINE",
            help="What runs the model: compiled, or sentence-transformers itself.",
        ),
    ] = "compiled",
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the result for each file, as JSON."),
    ] = None,
    first: EmbeddedFirst = First.NEWEST,
    seconds: Seconds = 60.0,
    memory: Memory = 1000,
    *,
    ocr: Ocr = False,
    sync: Annotated[
        bool, typer.Option("--sync", help="Remove documents whose files are gone from PATH.")
    ] = False,
    names: Annotated[
        bool,
        typer.Option(
            "--names", help="Recognize people, organisations and places, now and in later adds."
        ),
    ] = False,
) -> None:
    """Add files and folders to the index. Unchanged files are left as they are."""
    from ui.cli import add_actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    stated = {"model": model, "size": size, "overlap": overlap, "tokens": tokens}
    limits = Limits(seconds=seconds, memory=memory * 1_000_000, ocr=ocr)
    added = add_actions.add(
        paths, index, config, stated, encoder, limits, report, first, sync=sync, names=names
    )
    if not added:
        raise typer.Exit(MISTAKE)


class Each(StrEnum):
    """What each question of a batch is asked about."""

    DOCUMENT = "document"


@app.command()
def ask(
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="What you want to know.")
    ] = None,
    index: IndexFolder = Path(".quoth"),
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
        Each | None, typer.Option(help="Ask each question of a batch about each document.")
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
    index: IndexFolder = Path(".quoth"),
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
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    where = actions.where_(published_from, published_to, document, folder)
    settings = actions.asking(config, no_reader=True)
    if not actions.find(" ".join(question), index, passages, where, settings, as_json=as_json):
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def ui(
    index: IndexFolder = Path(".quoth"),
    host: Annotated[str, typer.Option(help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    auth: Annotated[
        str | None,
        typer.Option(
            metavar="USER:PASSWORD", help="Require this sign-in, or the one saved in a file."
        ),
    ] = None,
    config: Config = None,
    reader: UseReader = None,
    reranker: UseReranker = None,
    weighting: UseWeighting = None,
    precision: Precision = None,
    *,
    no_reader: NoReader = False,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Let everyone in who reaches the address.")
    ] = False,
    allow_add: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="Let clients add files below this folder, upload and remove. May be repeated. "
            "Not needed if only this machine can reach the server.",
        ),
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve as MCP tools too.")] = False,
) -> None:
    """Serve the web page of an index. Only this machine can reach it unless --host is given."""
    from ui.cli import actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    settings = actions.asking(config, reader, reranker, weighting, precision, no_reader=no_reader)
    actions.serve(
        index,
        host,
        port,
        auth,
        settings,
        no_auth=no_auth,
        allow_add=allow_add or (),
        mcp=mcp,
    )


@app.command()
def watch(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files and folders.")],
    index: IndexFolder = Path(".quoth"),
    notebook: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Show what is new for this notebook as it happens."),
    ] = None,
    seconds: Seconds = 60.0,
    memory: Memory = 1000,
    *,
    ocr: Ocr = False,
) -> None:
    """Keep the index up to date while files in these folders are added, changed and removed."""
    from ui.cli import add_actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    limits = Limits(seconds=seconds, memory=memory * 1_000_000, ocr=ocr)
    add_actions.watch(paths, index, limits, notebook)


def main() -> NoReturn:
    """Run the command; an error is printed as one line, never as a traceback."""
    code = 0
    try:
        code = app(prog_name="quoth", standalone_mode=False) or 0
    except QuothError as error:
        typer.echo(f"quoth: {lines(str(error))}", err=True)
        code = error.exit_code
    except TyperException as error:
        told, context = error.format_message(), getattr(error, "ctx", None)
        if "\n" not in told:  # the help that a bare `quoth` prints has several lines
            command = context.command_path if context else "quoth"
            told = f"quoth: {told.removesuffix('.')} (see {command} --help)"
        typer.echo(lines(told), err=True)
        code = error.exit_code
    except KeyboardInterrupt:
        told = "quoth: stopped; what was committed stays, run the command again to go on"
        typer.echo(told, err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAULT
    sys.exit(code)


if __name__ == "__main__":
    main()

"""The `quoth` command: its options. `ui.cli.actions` has what it does, loaded when needed."""

import os
import sys
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
    ask_command,
    config_command,
    eval_command,
    index_command,
    names_command,
    notebook_command,
    place_command,
    work_command,
)
from ui.cli.options import (
    FAULT,
    MISTAKE,
    Config,
    EmbeddedFirst,
    IndexPlace,
    Memory,
    NoReader,
    Ocr,
    Precision,
    Seconds,
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


def _version(wanted: bool) -> None:  # noqa: FBT001 -- as typer calls it
    if wanted:
        from importlib import metadata  # noqa: PLC0415 -- it takes a twentieth of a find

        typer.echo(f"quoth {metadata.version('quoth')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Answers questions about your own documents in their own words, each one cited."""
    del version


app.add_typer(ask_command.app)
app.add_typer(archive_command.app)
app.add_typer(names_command.app)
app.add_typer(work_command.app)
app.add_typer(config_command.app, name="config")
app.add_typer(place_command.app, name="index")
app.add_typer(notebook_command.app, name="notebook")
app.add_typer(notebook_command.news_app)


@app.command()
def add(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…", help="Files and folders, and addresses such as s3://archive."
        ),
    ],
    index: IndexPlace = ".quoth",
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


@app.command()
def ui(
    index: IndexPlace = ".quoth",
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
    address: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="An address by which clients know this server, such as https://archive.example "
            "of a reverse proxy. May be repeated.",
        ),
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve as MCP tools too.")] = False,
    log: Annotated[
        bool, typer.Option("--log", help="Log each request, as a line of JSON on standard error.")
    ] = False,
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
        addresses=address or (),
        mcp=mcp,
        log=log,
    )


@app.command()
def watch(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files and folders.")],
    index: IndexPlace = ".quoth",
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

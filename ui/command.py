"""The `quoth` command."""

import datetime as dt
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from index import (
    DEFAULT_MODEL,
    AllOf,
    Index,
    InFolder,
    NameMatches,
    PublishedFrom,
    PublishedTo,
    QuothError,
    Where,
    load_encoder,
)
from index.add import Progress as Done
from index.check import verify as check_index
from index.index import check_new_folder
from index.store import is_index
from index.tokens import DEFAULT as DEFAULT_TOKENS
from index.tokens import token_counter
from qa import Assistant, Settings, check, read_exported
from ui import evaluate, show

NOT_ANSWERED = 3
FAULT = 1
MISTAKE = 2

app = typer.Typer(
    help="Answers questions about your own documents in their own words, each one cited.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.add_typer(evaluate.app, name="eval")

IndexFolder = Annotated[
    Path,
    typer.Option("--index", envvar="QUOTH_INDEX", metavar="DIR", help="The index's folder."),
]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Settings, as a sweep's best.toml has them.")
]
NoReader = Annotated[
    bool, typer.Option("--no-reader", help="Answer with whole sentences, without the reader.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


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
            help=f"The tiktoken encoding passages are counted in. [default: {DEFAULT_TOKENS}]",
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Bring files and folders into the index; what has not changed is left alone."""
    asked = {"model": model, "size": size, "overlap": overlap, "tokens": tokens}
    changes = {**(Settings.changes_in(config) if config else {}), **_stated(asked)}
    with _open_or_create(index, paths, changes) as opened:
        with _bar("Adding") as tell:
            report = opened.add(paths, tell)
        show.added(report)
    if not report.indexed_any:
        raise typer.Exit(MISTAKE)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    index: IndexFolder = Path(".quoth"),
    passages: Annotated[int, typer.Option("-k", min=1, help="How many passages to show.")] = 5,
    published_from: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Published on 2022-09-13 or later.")
    ] = None,
    published_to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Published on this day or earlier.")
    ] = None,
    document: Annotated[
        str | None, typer.Option("--doc", metavar="PATTERN", help="Only names like this: '*.txt'.")
    ] = None,
    folder: Annotated[
        str | None, typer.Option("--in", metavar="FOLDER", help="Only documents in this folder.")
    ] = None,
    config: Config = None,
    *,
    no_reader: NoReader = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the documents, and cite every word."""
    where = _where(published_from, published_to, document, folder)
    settings = _asking(config, no_reader=no_reader)
    with Assistant.open(index, settings=settings) as assistant:
        found = assistant.ask(question, passages, where)
    if as_json:
        _print_json(found.as_json())
    else:
        show.answer(found)
    if found.answer is None:
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def ui(
    index: IndexFolder = Path(".quoth"),
    host: Annotated[str, typer.Option(help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    auth: Annotated[
        str | None,
        typer.Option(
            metavar="USER:PASSWORD", help="Ask for a sign-in; or the file made of one before."
        ),
    ] = None,
    config: Config = None,
    *,
    no_reader: NoReader = False,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Let everyone in who reaches the address.")
    ] = False,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve as MCP tools too.")] = False,
) -> None:
    """Serve the web page over an index, for this machine only unless told otherwise."""
    from ui.guard import SignIn  # noqa: PLC0415 -- Gradio takes seconds to load
    from ui.server import serve  # noqa: PLC0415

    if mcp and importlib.util.find_spec("mcp") is None:
        raise QuothError("--mcp needs the package mcp; run: pip install 'quoth[mcp]'")
    sign_in = None
    if auth is not None:
        sign_in = SignIn.of(auth) if ":" in auth else SignIn.read(Path(auth))
        if ":" in auth:
            kept = index.with_name(f"{index.name}-auth")
            sign_in.write(kept)
            show.err.print(f"the sign-in is kept as a hash: --auth {kept}", markup=False)
    serve(
        index,
        host,
        port,
        sign_in,
        open_to_all=no_auth,
        mcp=mcp,
        settings=_asking(config, no_reader=no_reader),
        told=lambda address: show.out.print(f"serving {index} at {address}", markup=False),
    )


@app.command("list")
def list_documents(index: IndexFolder = Path(".quoth"), *, as_json: AsJson = False) -> None:
    """Show the documents, with title, author and date and how each was found."""
    with Index.open(index) as opened:
        listed = opened.documents()
    if as_json:
        rows = [
            {key: value for key, value in asdict(one).items() if key != "key"} for one in listed
        ]
        _print_json(rows)
    else:
        show.documents(listed)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Documents or folders.")],
    index: IndexFolder = Path(".quoth"),
) -> None:
    """Take documents out of the index; the files themselves are not touched."""
    with Index.open(index) as opened:
        gone = opened.remove(names)
    show.out.print(f"{len(gone)} removed", markup=False)


@app.command()
def status(index: IndexFolder = Path(".quoth"), *, as_json: AsJson = False) -> None:
    """Show what the index holds and how it was made."""
    with Index.open(index) as opened:
        one = opened.status()
    if as_json:
        _print_json({**asdict(one), "folder": str(one.folder)})
    else:
        show.status(one)


@app.command()
def verify(
    exported: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[CITATIONS.json]…", help="Files that `quoth ask --json` wrote."),
    ] = None,
    index: IndexFolder = Path(".quoth"),
) -> None:
    """Check every document, passage and derived file, and any exported citations."""
    with Index.open(index) as opened:
        checked = check_index(opened)
        faults = list(checked.faults)
        by_name = {one.name: one.key for one in opened.documents()}
        claims = [claim for file in exported or () for claim in read_exported(file)]
        for claim in claims:
            key = by_name.get(claim.document)
            fault = check(claim, opened.document(key) if key else None)
            faults += [fault] if fault else []
    for fault in faults:
        show.err.print(fault, markup=False, style="red")
    counted = (
        f"{checked.documents} documents, {checked.passages} passages, "
        f"{checked.derived} derived files" + (f", {len(claims)} citations" if claims else "")
    )
    if faults:
        show.err.print(f"{len(faults)} faults in {counted}", markup=False)
        raise typer.Exit(FAULT)
    show.out.print(f"all is as committed: {counted}", markup=False)


@app.command()
def repair(index: IndexFolder = Path(".quoth")) -> None:
    """Make damaged vectors and text index again from the documents kept in the index."""
    with Index.open(index) as opened:
        faults = opened.repair()
    for fault in faults:
        show.out.print(f"made again: {fault}", markup=False)
    if not faults:
        show.out.print("nothing is damaged", markup=False)


def _stated(options: Mapping[str, object]) -> dict[str, object]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _asking(config: Path | None, *, no_reader: bool) -> Settings:
    """The settings of asking."""
    settings = Settings.read(config) if config else Settings()
    return settings.having({"reader": "none"}) if no_reader else settings


def _open_or_create(folder: Path, paths: list[str], changes: dict[str, object]) -> Index:
    """The index, made if need be; an index that is there must be as `changes` say."""
    if is_index(folder):
        opened = Index.open(folder)
        kept = Settings(model=opened.status().model, chunks=opened.settings)
        asked = kept.having(changes)
        if (asked.chunks, asked.model) != (kept.chunks, kept.model):
            opened.close()
            message = (
                f"the index {folder} was made with other settings and every document must be cut "
                "and embedded alike; leave the options out, or make a new index with --index"
            )
            raise QuothError(message)
        return opened
    if not any(os.path.lexists(path) for path in paths):
        message = f"{paths[0]}: there is no such file or folder; check the path"
        raise QuothError(message)
    settings = Settings().having(changes)
    token_counter(settings.chunks.tokens)
    check_new_folder(folder)
    return Index.create(folder, load_encoder(settings.model), settings.chunks)


def _where(
    published_from: str | None, published_to: str | None, document: str | None, folder: str | None
) -> Where | None:
    filters: list[Where] = []
    if published_from:
        filters.append(PublishedFrom(_day(published_from)))
    if published_to:
        filters.append(PublishedTo(_day(published_to)))
    if document:
        filters.append(NameMatches(document))
    if folder:
        filters.append(InFolder(folder))
    return AllOf(tuple(filters)) if filters else None


def _day(stated: str) -> dt.date:
    try:
        return dt.date.fromisoformat(stated)
    except ValueError as error:
        message = f"{stated!r} is not a date; write it as 2022-09-13"
        raise QuothError(message) from error


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def _bar(label: str) -> Iterator[Callable[[Done], None] | None]:
    """A progress bar with rate and time left, on a terminal only."""
    if not show.err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=show.err, transient=True) as progress:
        task = progress.add_task(label, total=1.0, told="")

        def tell(done: Done) -> None:
            seconds = progress.tasks[0].elapsed or 0
            rate = f", {done.embedded / seconds:.0f}/s" if seconds > 1 and done.embedded else ""
            told = f"{done.files} files, {done.embedded} of {done.passages} passages{rate}"
            progress.update(task, completed=done.done, told=told)

        yield tell


def main() -> NoReturn:
    """Run the command; a mistake or fault is one line, never a traceback."""
    try:
        app(standalone_mode=True)
    except QuothError as error:
        show.err.print(f"quoth: {error}", markup=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        show.err.print("quoth: stopped; what was committed stays, run the command again to go on")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAULT)
    sys.exit(0)


if __name__ == "__main__":
    main()

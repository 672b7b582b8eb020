"""The commands `quoth queue` and `quoth work`: adding by several workers."""

from typing import Annotated

import typer

from index.parsing.limits import Limits
from ui.cli.options import IndexPlace, Memory, Ocr, Seconds

app = typer.Typer()


@app.command()
def queue(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…", help="Files and folders, and addresses such as s3://archive."
        ),
    ],
    index: IndexPlace = ".quoth",
) -> None:
    """Let files wait for workers, which add them to an index on a server: see quoth work.

    Each worker opens a file by its whole path, as on a folder that all machines share.
    """
    from ui.cli import work_actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    work_actions.queue(paths, index)


@app.command()
def work(
    index: Annotated[
        str, typer.Argument(metavar="URL", help="The address of an index on a server.")
    ],
    seconds: Seconds = 60.0,
    memory: Memory = 1000,
    *,
    ocr: Ocr = False,
    until_done: Annotated[
        bool, typer.Option("--until-done", help="End when no file waits and none is in work.")
    ] = False,
) -> None:
    """Add files that wait in the queue, until Ctrl-C, which hands back those in work.

    Any number of workers on any machines share the work. quoth status tells how far they are.
    """
    from ui.cli import work_actions  # noqa: PLC0415 -- what it takes to do it is loaded then

    limits = Limits(seconds=seconds, memory=memory * 1_000_000, ocr=ocr)
    work_actions.work(index, limits, until_done=until_done)

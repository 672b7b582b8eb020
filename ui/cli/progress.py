"""A progress bar in the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from index.ingest.report import Progress as Done
from ui.cli import console


@contextmanager
def bar(label: str) -> Iterator[Callable[[Done], None] | None]:
    """A progress bar with rate and time left, on a terminal only."""
    if not console.err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=console.err, transient=True) as progress:
        task = progress.add_task(label, total=1.0, told="")
        stage, before = "", 0

        def tell(done: Done) -> None:
            nonlocal stage, before
            if done.stage != stage:
                stage, before = done.stage, done.embedded
                progress.reset(task, description=stage.capitalize())
            seconds, embedded = progress.tasks[0].elapsed or 0, done.embedded - before
            rate = f", {embedded / seconds:.0f}/s" if seconds > 1 and embedded > 0 else ""
            have = f"{done.embedded} of " if done.embedded else ""
            told = f"{done.files} files, {have}{done.passages} passages{rate}"
            progress.update(task, completed=done.done, told=told)

        yield tell


@contextmanager
def count_bar(label: str, noun: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar that counts items of a known number, on a terminal only."""
    if not console.err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(noun),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console.err, transient=True) as progress:
        task = progress.add_task(label, total=None)

        def tell(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        yield tell

"""What `quoth queue` and `quoth work` do."""

import signal
import sys
from types import FrameType

from index.engines.at import engine_at
from index.errors import FaultError
from index.parsing.limits import Limits
from index.work import Worked, enqueue
from index.work import work as work_for
from ui.cli import console
from ui.cli.options import INTERRUPTED


def queue(paths: list[str], index: str) -> None:
    """Let files wait for workers and say how many."""
    count, skipped = enqueue(index, paths)
    for one in skipped:
        console.err.print(f"skipped {one.message}", markup=False)
    place = engine_at(index).place
    console.out.print(f"{count:,} more files wait; add them with: quoth work {place}", markup=False)


def work(index: str, limits: Limits, *, until_done: bool) -> None:
    """Add files that wait, and say what was added after each commit."""
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        del number, frame
        interrupted = True
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    done = Worked()

    def tell(worked: Worked) -> None:
        nonlocal done
        done = worked
        console.out.print(_told(done), markup=False)

    if not until_done:
        console.out.print("waiting for files; press Ctrl-C to stop", markup=False)
    try:
        done = work_for(index, tell, until_done=until_done, limits=limits)
    except (KeyboardInterrupt, FaultError):
        if not interrupted:  # a statement that is stopped may end in an error of the server
            raise
        console.err.print("stopped; files in work were handed back", markup=False)
        sys.exit(INTERRUPTED if until_done else 0)
    console.out.print(f"done: {_told(done)}", markup=False)


def _told(done: Worked) -> str:
    skipped = f", {done.skipped:,} skipped" if done.skipped else ""
    return (
        f"{done.files:,} files, {done.documents:,} documents, {done.passages:,} passages{skipped}"
    )

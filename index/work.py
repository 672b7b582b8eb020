"""Adding by several workers: processes, on any machines, that share the files of one queue."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from index.engines.at import Place, engine_at, is_on_server
from index.errors import FaultError, QuothError
from index.parsing.limits import Limits
from index.parsing.paths import FilePlace, Paths, as_paths, find, size_of
from index.parsing.remote_files import RemoteFile
from index.parsing.skip_reasons import Skipped

if TYPE_CHECKING:
    from index.engines.postgres.engine import PostgresEngine
    from index.engines.postgres.jobs import Jobs, Outcome, Queue

_SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(frozen=True, slots=True)
class Worked:
    """What a worker has added so far: files, documents and passages, and files it skipped.

    Example:
        >>> Worked(files=2, documents=2, passages=31).skipped
        0
    """

    files: int = 0
    documents: int = 0
    passages: int = 0
    skipped: int = 0

    def and_also(self, outcomes: "Sequence[Outcome]") -> Self:
        """With the outcomes of more files."""
        return replace(
            self,
            files=self.files + len(outcomes),
            documents=self.documents + sum(one.documents for one in outcomes),
            passages=self.passages + sum(one.passages for one in outcomes),
            skipped=self.skipped + sum(one.state == "skipped" for one in outcomes),
        )


def enqueue(place: Place, paths: Paths) -> tuple[int, list[Skipped]]:
    """Let the files at and under `paths` wait for workers.

    Args:
        place: the address of an index on a server.
        paths: files and folders, at the same paths on every machine that has a worker, and
            addresses of an object storage, such as "s3://archive/2026".

    Returns:
        How many files wait that did not wait before, and what was skipped.

    Raises:
        QuothError: if there is no index there, or `place` is a folder.

    Example:
        >>> enqueue("postgresql://quoth@db/news", "archive")   # doctest: +SKIP
        (421, [])
    """
    engine = _server(place)
    found = find(as_paths(paths), engine.folder)
    skipped = [one for one in found if isinstance(one, Skipped)]
    files = [
        (one[0], _whole(one[1]), size_of(one[1])) for one in found if not isinstance(one, Skipped)
    ]
    with _jobs(engine) as jobs:
        return jobs.file(files), skipped


def queue_of(place: Place) -> "Queue":
    """How far the workers of the index at `place` are. Raises QuothError for a folder."""
    with _jobs(_server(place)) as jobs:
        return jobs.queue()


def work(
    place: Place,
    tell: Callable[[Worked], None] | None = None,
    *,
    until_done: bool = False,
    limits: Limits | None = None,
) -> Worked:
    """Add files of the queue of an index on a server until interrupted.

    Several workers share the work, on as many machines as there are. Ctrl-C hands back the files
    that are in work. If a file makes the worker fail, that counts as a try.

    Args:
        place: the address of the index.
        tell: is told what this worker has added, after each commit.
        until_done: end when no file waits and none is in work.
        limits: what reading a document may cost.

    Returns:
        What this worker added.

    Raises:
        QuothError: if there is no index there, or `place` is a folder.

    Example:
        >>> work("postgresql://quoth@db/news", until_done=True)   # doctest: +SKIP
        Worked(files=421, documents=421, passages=5210, skipped=0)
    """
    engine = _server(place)
    from index.worker import Worker  # noqa: PLC0415 -- an extra, which `engine` has checked

    worker = Worker(engine, limits or Limits())
    done = Worked()
    ended = threading.Event()
    try:
        while True:
            outcomes = worker.add_some()
            if outcomes is not None:
                done = done.and_also(outcomes)
                (tell or (lambda _: None))(done)
            elif until_done and worker.nothing_left():
                return done
            else:
                ended.wait(_SECONDS_BETWEEN_LOOKS)
    except (KeyboardInterrupt, FaultError):  # a fault of the server is not the files'
        with suppress(FaultError):
            worker.hand_back()
        raise
    finally:
        worker.close()


def _whole(place: FilePlace) -> FilePlace:
    """Where a file is, for every machine."""
    if isinstance(place, RemoteFile):
        return place
    return Path(os.path.abspath(place))  # noqa: PTH100 -- links stay


def _server(place: Place) -> "PostgresEngine":
    """The engine of an index on a server. Raises QuothError for a folder."""
    if not is_on_server(place):
        raise QuothError(
            f"{place} is a folder, which one process adds to; add its files with: "
            f"quoth add PATH --index {place}"
        )
    engine: PostgresEngine = engine_at(place)  # type: ignore[assignment]
    return engine


@contextmanager
def _jobs(engine: "PostgresEngine") -> "Iterator[Jobs]":
    from index.engines.postgres.jobs import Jobs  # noqa: PLC0415 -- an extra

    tables = engine.open()
    try:
        yield Jobs(tables)
    finally:
        tables.close()

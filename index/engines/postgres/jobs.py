"""Files that wait to be added to an index on a server, by whichever worker takes them.

A worker has a job under a lease, which it renews while it works. A job whose lease has run out is
taken by another worker with a few others, and after that alone: a file that ends its worker then
ends it without other files.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.engines.postgres.dialect import storable
from index.engines.postgres.tables import PostgresTables
from index.errors import FaultError
from index.parsing.paths import FilePlace
from index.parsing.remote_files import RemoteFile, is_remote

LEASE_SECONDS = 30
"""A worker that says nothing for so long has ended, or cannot reach the server."""
_TOGETHER, _ALONE = 2, 3
"""A file is tried so often with others, which says little, and then so often alone."""
_FEW = 8
"""How many files are taken together that were tried once before."""
_MOST_FILES = 64
_MOST_BYTES = 250_000
"""A worker takes so much at once: a few seconds of embedding, which are lost if it is killed."""
_TAKE = """
WITH free AS (
    SELECT id, size FROM jobs WHERE state = 'waiting' AND tries = 0
    ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED
), chosen AS (
    SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM free) AS counted
    WHERE before < ?
)
UPDATE jobs SET state = 'working', tries = tries + 1, worker = ?,
    lease = now() + make_interval(secs => ?)
WHERE id IN (SELECT id FROM chosen) RETURNING id, path, name
"""
_TAKE_AGAIN = """
UPDATE jobs SET state = 'working', tries = tries + 1, worker = ?,
    lease = now() + make_interval(secs => ?)
WHERE id IN (
    SELECT id FROM jobs WHERE tries BETWEEN ? AND ?
    AND (state = 'waiting' OR (state = 'working' AND lease < now()))
    ORDER BY tries, id LIMIT ? FOR UPDATE SKIP LOCKED
) RETURNING id, path, name
"""
_GIVE_UP = """
UPDATE jobs SET state = 'failed', told = name || ': it ended its worker ' || tries - ?
    || ' times; look at the file, then queue it again'
WHERE state = 'working' AND lease < now() AND tries >= ?
"""
_FINISH = """
UPDATE jobs SET state = given.state, documents = given.documents, passages = given.passages,
    told = given.told, lease = NULL
FROM unnest(?::bigint[], ?::text[], ?::integer[], ?::integer[], ?::text[])
    AS given (id, state, documents, passages, told)
WHERE jobs.id = given.id AND jobs.worker = ? AND jobs.state = 'working' RETURNING jobs.id
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A file that waits for a worker, by the place that the worker opens, and its name."""

    id: int
    place: FilePlace
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: "done", or "skipped" with the reason; documents and passages made."""

    job: Job
    state: str
    documents: int
    passages: int
    told: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """How far the workers of an index are.

    Attributes:
        waiting: how many files nobody works on.
        working: how many files are in work.
        done: how many files were read.
        skipped: the files that gave nothing, or ended their worker each time they were tried, with
            the reasons.
        workers: who works: machine, process and number of files.

    """

    waiting: int = 0
    working: int = 0
    done: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    workers: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """How many files there are in all."""
        return self.waiting + self.working + self.done + len(self.skipped)


class LeaseLostError(FaultError):
    """Another worker has taken a job, because this one was not heard of for too long."""


class Jobs:
    """The jobs of the index that `tables` read."""

    def __init__(self, tables: PostgresTables) -> None:
        """Reach them through tables that hold no state."""
        self._tables = tables

    def file(self, found: Sequence[tuple[str, FilePlace, int]]) -> int:
        """Let files wait, each with its name, place and size; how many did not wait already.

        What is left of work that has ended is forgotten first.
        """
        run = self._tables.rows
        with self._tables.transaction():
            if not run("SELECT 1 FROM jobs WHERE state IN ('waiting', 'working') LIMIT 1"):
                run("DELETE FROM jobs")
            before = self._open()
            self._tables.run_many(
                "INSERT INTO jobs (name, path, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(storable(name), _kept(place), size) for name, place, size in found],
            )
            return self._open() - before

    def _open(self) -> int:
        statement = "SELECT count(*) FROM jobs WHERE state IN ('waiting', 'working')"
        return int(self._tables.rows(statement)[0][0])

    def take(self, worker: str) -> list[Job]:
        """Some files for a worker, which are its own while it renews its lease; none if none wait.

        A file that was tried before is given with a few others, or alone.
        """
        self._tables.rows(_GIVE_UP, [_TOGETHER, _TOGETHER + _ALONE])
        rows = self._tables.rows(_TAKE, [_MOST_FILES, _MOST_BYTES, worker, LEASE_SECONDS])
        again = [worker, LEASE_SECONDS]
        few = [*again, 1, _TOGETHER - 1, _FEW]
        one = [*again, _TOGETHER, _TOGETHER + _ALONE, 1]
        rows = rows or self._tables.rows(_TAKE_AGAIN, few) or self._tables.rows(_TAKE_AGAIN, one)
        return [Job(number, _place(bytes(path)), name) for number, path, name in sorted(rows)]

    def renew(self, worker: str) -> None:
        """Go on having the files that a worker has."""
        self._tables.rows(
            "UPDATE jobs SET lease = now() + make_interval(secs => ?) "
            "WHERE worker = ? AND state = 'working'",
            [LEASE_SECONDS, worker],
        )

    def hand_back(self, worker: str) -> None:
        """Let the files that a worker has wait for another, as if it had not taken them."""
        self._tables.rows(
            "UPDATE jobs SET state = 'waiting', tries = greatest(tries - 1, 0), lease = NULL "
            "WHERE worker = ? AND state = 'working'",
            [worker],
        )

    def queue(self) -> Queue:
        """How far the work is."""
        rows = self._tables.rows("SELECT state, count(*) FROM jobs GROUP BY state")
        counts = {str(state): int(count) for state, count in rows}
        skipped = self._tables.rows(
            "SELECT name, told FROM jobs WHERE state IN ('skipped', 'failed') ORDER BY id"
        )
        workers = self._tables.rows(
            "SELECT worker, count(*) FROM jobs WHERE state = 'working' AND lease >= now() "
            "GROUP BY worker ORDER BY worker"
        )
        return Queue(
            counts.get("waiting", 0),
            counts.get("working", 0),
            counts.get("done", 0),
            tuple((name, told) for name, told in skipped),
            tuple(f"{worker} ({count} files)" for worker, count in workers),
        )


def _kept(place: FilePlace) -> bytes:
    return os.fsencode(place.url if isinstance(place, RemoteFile) else place)


def _place(kept: bytes) -> FilePlace:
    path = os.fsdecode(kept)
    return RemoteFile(path) if is_remote(path) else Path(path)


def finish(tables: PostgresTables, worker: str, outcomes: Sequence[Outcome]) -> None:
    """Say what came of a worker's jobs, in the transaction that adds their documents.

    Raises LeaseLostError if one of them is another worker's now: then none is finished.
    """
    columns = (
        [one.job.id for one in outcomes],
        [one.state for one in outcomes],
        [one.documents for one in outcomes],
        [one.passages for one in outcomes],
        [storable(one.told) for one in outcomes],
    )
    if len(tables.rows(_FINISH, [*columns, worker])) < len(outcomes):
        raise LeaseLostError("another worker has taken over files of this one")

"""One worker: it takes files of a queue under a lease, and adds them to an index on a server.

It reads the files and embeds their passages first. Only then does it take the index's writer lock,
and commits the documents and the end of the jobs together: a file is added once, however many
workers were ended while they had it.
"""

import os
import socket
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from index.engines.postgres.engine import PostgresEngine
from index.engines.postgres.jobs import LEASE_SECONDS, Job, Jobs, LeaseLostError, Outcome, finish
from index.errors import QuothError
from index.index import Index
from index.ingest.add import Adding
from index.ingest.commit_parts import CommitParts, Encoded
from index.ingest.embed import Block
from index.ingest.report import AddReport
from index.parsing.limits import Limits
from index.parsing.paths import real_place
from index.storage.schema import Change, Entry
from index.storage.tables import Tables
from index.text.chunking import Chunker
from index.text.visible import storable


class Worker:
    """One process that takes files of a queue."""

    def __init__(self, engine: PostgresEngine, limits: Limits) -> None:
        """Work for the index that `engine` keeps; read a document within `limits`."""
        self._engine = engine
        self._limits = limits
        with Index.open(engine.address) as index:
            self._encoder = index.encoder
            self._settings = index.settings
        self._name = f"{socket.gethostname()} process {os.getpid()} {uuid.uuid4().hex[:6]}"
        self._tables = self._engine.open()
        self._jobs = Jobs(self._tables)

    def hand_back(self) -> None:
        """Let the files that are in work wait for another worker, as if they were not tried."""
        self._jobs.hand_back(self._name)

    def close(self) -> None:
        """Let go of the connection. Files that are in work wait until their lease runs out."""
        self._tables.close()

    def _chunker(self) -> Chunker:
        return Chunker(self._settings, self._encoder)

    def nothing_left(self) -> bool:
        """Whether no file waits and none is in work, here or elsewhere."""
        queue = self._jobs.queue()
        return queue.waiting == queue.working == 0

    def add_some(self) -> list[Outcome] | None:
        """Take some files and add them; what came of each. None if there are none to take.

        An empty list if another worker has taken them over meanwhile.
        """
        jobs = self._jobs.take(self._name)
        if not jobs:
            return None
        with self._renewing():
            collected = _Collected()
            adding = Adding(self._tables, collected, self._chunker)
            found = [(job.name, job.place) for job in jobs]
            report = adding.add_found(found, self._limits, whole=True, remember=False)
            made = self._embed(collected.change.added)
            outcomes = _outcomes(jobs, collected.change, report)
            try:
                with self._engine.writing(lambda: self._encoder, self._chunker, wait=True) as (
                    tables,
                    writer,
                ):
                    change = _named_apart(tables, collected.change)
                    cut = int(tables.fact("cut_to_fit", "0")) + report.cut_to_fit
                    writer.commit_made(
                        replace(change, facts={"cut_to_fit": str(cut)}),
                        made,
                        lambda tables: finish(tables, self._name, outcomes),
                    )
            except LeaseLostError:
                return []
        return outcomes

    def _embed(self, entries: Sequence[Entry]) -> Block:
        """The vectors of the passages whose texts are new, while no lock is held."""
        parts = CommitParts(self._tables, lambda: self._encoder, self._chunker)
        new = parts.new_among(entries)
        passages = [(entry.document, passage) for entry in new for passage in entry.passages]
        ids, rows = parts.embed(passages, None)
        return Block(ids, rows, self._encoder.precision if len(ids) else "")

    @contextmanager
    def _renewing(self) -> Iterator[None]:
        """Renew the lease meanwhile, over another connection."""
        ended = threading.Event()

        def renew() -> None:
            tables = self._engine.open()
            try:
                while not ended.wait(LEASE_SECONDS / 3):
                    with suppress(QuothError):  # the commit tells whether the lease was lost
                        Jobs(tables).renew(self._name)
            finally:
                tables.close()

        thread = threading.Thread(target=renew, name="renewing", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


class _Collected:
    """Keeps what an add would commit, instead of committing it."""

    def __init__(self) -> None:
        self.change = Change()

    def commit(self, change: Change, encoded: Encoded | None = None, *, embed: bool = True) -> None:
        del encoded, embed
        self.change = change

    def add_vectors(self, block: Block) -> None:
        raise NotImplementedError

    def repair(self, faults: Sequence[str]) -> None:
        raise NotImplementedError


def _outcomes(jobs: Sequence[Job], change: Change, report: AddReport) -> list[Outcome]:
    """What came of each file."""
    made: dict[str, list[int]] = {}
    for entry in change.added:
        made.setdefault(entry.file, []).append(len(entry.passages))
    found = []
    for job in jobs:
        passages = made.get(storable(real_place(job.place)), [])
        told = next((one.message for one in report.skipped if _is_of(one.path, job.name)), "")
        state = "skipped" if told and not passages else "done"
        found.append(Outcome(job, state, len(passages), sum(passages), told))
    return found


def _is_of(path: str, name: str) -> bool:
    """Whether what was skipped is a file, or a part of it."""
    return path == name or path.startswith(f"{name}/")


def _named_apart(tables: Tables, change: Change) -> Change:
    """The change, with a document's whole path as its name if another has taken its name since."""
    holders = {
        one.name: one.source
        for one in tables.listed_as([entry.document.name for entry in change.added], [])
    }
    added = [
        entry
        if holders.get(entry.document.name, entry.source) == entry.source
        else replace(entry, document=replace(entry.document, name=entry.source))
        for entry in change.added
    ]
    return replace(change, added=added)

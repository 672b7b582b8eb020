"""Reading files in worker processes, with limits on time and memory."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from index.document_json import document_from
from index.documents import Document
from index.parsing.limits import Limits
from index.parsing.paths import inside
from index.parsing.skip_reasons import Reason, Skipped
from index.parsing.worker import read_message, write_message


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document of a file, or why it was skipped; `part` is its place, "" for the whole."""

    part: str
    document: Document | Skipped


class WorkerPool:
    """Worker processes that parse files, one for each thread that calls `read`."""

    def __init__(self) -> None:
        """Processes are started when they are needed."""
        self._mine = threading.local()
        self._all: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        """Kill the processes."""
        for process in self._all:
            process.kill()
            if process.stdin:
                process.stdin.close()
            if process.stdout:
                process.stdout.close()
            process.wait()
        self._all.clear()

    def read(self, name: str, path: Path, limits: Limits) -> Iterator[Parsed]:
        """The documents in a file in order, each as soon as it is read."""
        process = self._process()
        request = {
            "name": name,
            "path": os.fsencode(path.absolute()).hex(),
            "limits": asdict(limits),
        }
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a reader without pipes")
        try:
            write_message(process.stdin, request)
            while (message := read_message(process.stdout)) is not None:
                if "end" in message:
                    return
                yield _read(name, message)
        except BrokenPipeError:
            pass
        self._mine.process = None
        yield Parsed("", Skipped(name, Reason.STOPPED, "the parser process ended"))

    def _process(self) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] | None = getattr(self._mine, "process", None)
        if process is None or process.poll() is not None:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "index.parsing.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            self._mine.process = process
            self._all.append(process)
        return process


def _read(name: str, message: dict[str, object]) -> Parsed:
    match message:
        case {"skipped": {"part": str(part), "reason": str(reason), "detail": str(detail)}}:
            return Parsed(part, Skipped(inside(name, part), Reason(reason), detail))
        case {"part": str(part), "document": dict(plain)}:
            return Parsed(part, document_from(plain))
        case _:
            raise RuntimeError(f"a reader said {str(message)[:80]}")

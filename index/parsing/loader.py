"""Files and folders -> documents, or the reason why a file is left out."""

import hashlib
import os
import queue
import stat
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from index.documents import Document
from index.parsing.formats import is_plain, load
from index.parsing.formats.base import Source
from index.parsing.limits import Limits
from index.parsing.paths import FilePlace, Paths, as_paths, find
from index.parsing.remote_files import RemoteFile, fetched, looked_up
from index.parsing.skip_reasons import MAX_BYTES, Reason, SkipFileError, Skipped
from index.parsing.worker_pool import Parsed, WorkerPool
from index.text.visible import storable

_HEAD = 2048
_BLOCK = 1 << 20
_FILES_AHEAD = 8
_DOCUMENTS_AHEAD = 16
_MOST_READERS = 4
_BYTES_A_CHARACTER = 4
_LOOK_SECONDS = 0.5
_Held = queue.Queue[Parsed | BaseException | None]


@dataclass(frozen=True, slots=True)
class File:
    """A file: the name given to `add`, where it really is, its SHA-256 and size.

    One that is `remote` has no path until it is fetched.
    """

    name: str
    path: Path
    real: str
    file_hash: str
    size: int
    plain: bool
    remote: RemoteFile | None = None


class Loader:
    """Reads files: plain text directly, other formats in parallel worker processes."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Read within `limits`."""
        self.limits = limits or Limits()
        self._readers = WorkerPool()
        self._stopped = threading.Event()

    def close(self) -> None:
        """End the processes."""
        self._stopped.set()
        self._readers.close()

    def read(self, file: File) -> Iterator[Parsed]:
        """The documents in `file`, in order, and what was skipped of it."""
        if file.remote is None:
            yield from self._read_local(file)
            return
        try:
            with fetched(file.remote) as path:
                yield from self._read_local(replace(identify(file.name, path), real=file.real))
        except SkipFileError as skip:
            yield Parsed("", Skipped(file.name, skip.reason, skip.detail))

    def _read_local(self, file: File) -> Iterator[Parsed]:
        if not file.plain:
            yield from self._readers.read(file.name, file.path, self.limits)
            return
        try:
            yield from _read_plain(file, self.limits)
        except SkipFileError as skip:
            yield Parsed("", Skipped(file.name, skip.reason, skip.detail))

    def ahead(self, files: Iterable[File]) -> Iterator[tuple[File, Iterator[Parsed]]]:
        """Yield each file with its documents, in order, while the next files are read.

        The number of waiting documents is bounded, so memory does not grow with the folder.
        """
        waiting: deque[tuple[File, Iterator[Parsed]]] = deque()
        threads = min(_MOST_READERS, os.cpu_count() or 1)
        with ThreadPoolExecutor(threads, "reading") as pool:
            try:
                for file in files:
                    waiting.append((file, self._begun(file, pool)))
                    if len(waiting) > _FILES_AHEAD:
                        yield waiting.popleft()
                while waiting:
                    yield waiting.popleft()
            finally:  # before the pool waits for its threads: an interrupt ends them at once
                self.close()

    def _begun(self, file: File, pool: ThreadPoolExecutor) -> Iterator[Parsed]:
        if file.plain:
            return self.read(file)
        held: _Held = queue.Queue(_DOCUMENTS_AHEAD)
        pool.submit(self._fill, file, held)
        return _taken(held)

    def _fill(self, file: File, held: _Held) -> None:
        try:
            for one in self.read(file):
                self._put(held, one)
        except BaseException as error:  # noqa: BLE001 -- it is raised where the file is taken
            self._put(held, error)
        else:
            self._put(held, None)

    def _put(
        self,
        held: _Held,
        one: Parsed | BaseException | None,
    ) -> None:
        while not self._stopped.is_set():
            try:
                held.put(one, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return


def _taken(held: _Held) -> Iterator[Parsed]:
    while (one := held.get()) is not None:
        if isinstance(one, BaseException):
            raise one
        yield one


def _read_plain(file: File, limits: Limits) -> Iterator[Parsed]:
    if file.size > limits.characters * _BYTES_A_CHARACTER:
        raise SkipFileError(Reason.TOO_LARGE, f"{file.size // 1_000_000} MB of text")
    for piece in load(Source(file.name, file.path, limits)):
        document = piece.document()
        if len(document.text) > limits.characters:
            raise SkipFileError(Reason.TOO_LARGE, f"{len(document.text):,} characters")
        yield Parsed(piece.part, document)


def identify(name: str, path: FilePlace) -> File:
    """Hash the file at `path`; never blocks on a pipe. Raises SkipFileError.

    A remote one is not fetched: its version is hashed in place of its content.
    """
    if isinstance(path, RemoteFile):
        remote = looked_up(path)
        hashes = (storable(remote.url), remote.file_hash, remote.size)
        return File(storable(name), Path(), *hashes, plain=False, remote=remote)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise SkipFileError(Reason.NOT_A_FILE)
            if about.st_size > MAX_BYTES:
                raise SkipFileError(Reason.TOO_LARGE, f"{about.st_size // 1_000_000} MB")
            head = file.read(_HEAD)
            hashed = hashlib.sha256(head)
            while block := file.read(_BLOCK):
                hashed.update(block)
    except FileNotFoundError as error:
        raise SkipFileError(Reason.MISSING) from error
    except OSError as error:
        raise SkipFileError(_why_not_opened(path), error.strerror or "") from error
    except ValueError as error:  # a NUL in the path
        raise SkipFileError(Reason.MISSING, str(error)) from error
    real = storable(os.path.realpath(path))
    plain = is_plain(path.name, head)
    return File(storable(name), path, real, hashed.hexdigest(), about.st_size, plain)


def _why_not_opened(path: Path) -> Reason:
    try:
        about = path.stat()
    except OSError:
        return Reason.UNREADABLE
    return Reason.UNREADABLE if stat.S_ISREG(about.st_mode) else Reason.NOT_A_FILE


def documents_in(paths: Paths, limits: Limits | None = None) -> Iterator[Document | Skipped]:
    """Every document at and under `paths`, and what was skipped, without an index."""
    loader = Loader(limits)
    try:
        for one in find(as_paths(paths), Path()):
            if isinstance(one, Skipped):
                yield one
                continue
            try:
                file = identify(*one)
            except SkipFileError as skip:
                yield Skipped(one[0], skip.reason, skip.detail)
                continue
            yield from (read.document for read in loader.read(file))
    finally:
        loader.close()

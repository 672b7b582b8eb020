"""Atomic and durable file writes, and the lock that allows one writer per index."""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import BusyError, FaultError, QuothError

EMBEDDING_LOCK = "embedding.lock"


def write_whole(path: Path, content: bytes) -> None:
    """Write a new file and make it durable: its bytes, then its name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def replace_whole(path: Path, content: bytes) -> None:
    """Replace the file at `path` atomically: write a new file beside it, then rename it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        write_whole(aside, content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    sync_file(folder)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def plain_faults(folder: Path) -> Iterator[None]:
    """Turn an operating system error while `folder` is written into a plain message."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message = (
                f"no space is left on the disk that holds {folder}; "
                "what was committed before is intact; free some space and run the command again"
            )
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            message = f"{folder} cannot be written ({error.strerror}); check its permissions"
        else:
            message = (
                f"{folder} could not be written ({error.strerror or error}); what was committed "
                "before is intact; check the disk and run the command again"
            )
        raise FaultError(message) from error


@contextmanager
def writer_lock(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Be the one writer of the index in `folder`.

    The lock goes with the process, however it ends. Raises QuothError at once, with the
    holder's process id, when another process has it; with `wait` it waits for its end instead. It
    also waits while a process is embedding, which has the lock for moments only.
    """
    wait = wait or _is_locked(folder, EMBEDDING_LOCK)
    with _locked(folder, "lock", wait=wait) as holder:
        if holder is not None:
            raise QuothError(
                f"another process (id {holder}) is writing to the index {folder}; "
                "wait until it has finished, then run the command again"
            )
        yield


@contextmanager
def embedding_lock(folder: Path) -> Iterator[None]:
    """Be the one process that makes vectors for the index in `folder`.

    Raises BusyError at once, with the holder's process id, when another process has the lock.
    """
    with _locked(folder, EMBEDDING_LOCK, wait=False) as holder:
        if holder is not None:
            raise BusyError(
                f"another process (id {holder}) is making the vectors of the index {folder}; "
                "it makes all that are missing"
            )
        yield


def _is_locked(folder: Path, name: str) -> bool:
    """Whether another process has locked a file of an index."""
    try:
        descriptor = os.open(folder / name, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _locked(folder: Path, name: str, *, wait: bool) -> Iterator[str | None]:
    """Lock a file of an index, or give the process id of the one that has locked it."""
    with plain_faults(folder):
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            return
        with plain_faults(folder):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield None
    finally:
        os.close(descriptor)

"""Walking files and folders, without ever raising for one of them."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.parsing.remote_files import RemoteFile, is_remote, remote_files
from index.parsing.skip_reasons import Reason, SkipFileError, Skipped

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""One path or several. A single string is one path, not a sequence of letters."""
FilePlace = Path | RemoteFile
"""Where a file is: on this machine, or in an object storage."""


def as_paths(paths: Paths) -> list[str]:
    """The paths as a list of strings. Raises TypeError for what is none."""
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    return [os.fspath(path) for path in several]


def is_there(path: str | os.PathLike[str]) -> bool:
    """Whether a file or folder is at `path`; False for an invalid path."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def find(
    paths: Iterable[str], leave_out: Path, within: Sequence[Path] = ()
) -> list[tuple[str, FilePlace] | Skipped]:
    """Find every file at or under `paths`; a file with several paths is returned once.

    Args:
        paths: files and folders, and addresses of an object storage.
        leave_out: a folder that is not walked into: the index's own.
        within: if given, only files in these folders are returned, after links are followed.

    Returns:
        (name, place) for each file, in order, and what was skipped.

    """
    found: list[tuple[str, FilePlace] | Skipped] = []
    seen: set[str] = set()
    roots = [_real(root) for root in within]
    asked = list(paths)
    if roots:
        found += [Skipped(path, Reason.OUTSIDE) for path in asked if is_remote(path)]
        asked = [path for path in asked if not is_remote(path)]
    for one in walk(asked, leave_out):
        if isinstance(one, Skipped):
            found.append(one)
            continue
        real = real_place(one[1])
        if roots and not any(os.path.commonpath([root, real]) == root for root in roots):
            found.append(Skipped(one[0], Reason.OUTSIDE))
        elif real not in seen:
            seen.add(real)
            found.append(one)
    return found


def walk(paths: list[str], leave_out: Path) -> Iterator[tuple[str, FilePlace] | Skipped]:
    """Every file at or under `paths`, as (name, place), names in order, and what is not a file.

    A folder is walked in name order; links to folders are followed once. `leave_out`, the
    index's own folder, and whatever begins with a dot are not walked into. What cannot be looked
    at is skipped with its reason; nothing is raised.
    """
    own = _real(leave_out)
    for given in paths:
        if is_remote(given):
            yield from _walk_remote(given)
            continue
        path = Path(given)
        if _is_folder(path):
            yield from _walk_folder(path, frozenset(), own)
        else:
            yield os.path.normpath(given), path


def _walk_remote(url: str) -> Iterator[tuple[str, FilePlace] | Skipped]:
    try:
        files = remote_files(url)
    except SkipFileError as skip:
        yield Skipped(url, skip.reason, skip.detail)
        return
    start = len(url.rstrip("/"))
    for file in files:
        if any(part.startswith(".") for part in file.url[start:].split("/")):
            yield Skipped(file.url, Reason.HIDDEN)
        else:
            yield file.url, file


def real_place(place: FilePlace) -> str:
    """What identifies a file: its path after links are followed, or its address."""
    return place.url if isinstance(place, RemoteFile) else _real(place)


def size_of(place: FilePlace) -> int:
    """The length of a file in bytes; 0 if that is unknown."""
    if isinstance(place, RemoteFile):
        return place.size
    try:
        return place.stat().st_size
    except (OSError, ValueError):
        return 0


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder; False if that is unknown: reading it gives the reason."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _real(path: str | Path) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)


def _walk_folder(
    folder: Path, above: frozenset[tuple[int, int]], leave_out: str
) -> Iterator[tuple[str, Path] | Skipped]:
    if _real(folder) == leave_out:
        return
    try:
        about = folder.stat()
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(os.path.normpath(folder), Reason.UNREADABLE, error.strerror or "")
        return
    here = (about.st_dev, about.st_ino)
    if here in above:
        yield Skipped(os.path.normpath(folder), Reason.LOOP)
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            if _real(path) != leave_out:
                yield Skipped(os.path.normpath(path), Reason.HIDDEN)
            continue
        if _is_folder(path):
            yield from _walk_folder(path, above | {here}, leave_out)
        else:
            yield os.path.normpath(path), path


def is_gone(file: str) -> bool:
    """Whether a document came from a file, and that file is not there any more."""
    return file.startswith("/") and not os.path.lexists(file)


def inside(name: str, part: str) -> str:
    """The name of what lies at `part` in the file called `name`."""
    return f"{name}/{part}" if part else name

"""Keeping an index up to date with folders whose files are added, changed and removed."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import watchfiles

from index.errors import BusyError, QuothError
from index.index import Index
from index.ingest.report import AddReport
from index.parsing.limits import Limits
from index.parsing.paths import Paths, as_paths, is_there
from index.parsing.remote_files import is_remote

_MANY = 200
_QUIET_MS = 400
_LONGEST_MS = 5_000
_AGAIN_MS = 2_000


def watch(
    index: Index,
    paths: Paths,
    told: Callable[[AddReport | QuothError], None],
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Bring `index` up to date with `paths`, then again whenever something in them changes.

    `told` gets what each round did, or what kept it from being done; such a round is tried again.
    What happened while nobody watched is found by the first round. A burst is one round, and so
    many changes that some may have been missed are answered by looking at everything.
    Many new passages are found by their words at once, and embedded between rounds.
    Returns when `stop` is set.
    Raises QuothError if there is no such path, or the system lets no more be watched.
    """
    paths = as_paths(paths)
    _check_there(paths)
    stop = stop or threading.Event()
    own = index.folder.resolve()
    pending = set(paths)
    while not stop.is_set():
        seen = _identities(paths)
        if pending and not _tried(index, sorted(pending), paths, told, limits):
            pending = set()
        there = [path for path in paths if is_there(path)]
        if not there:
            stop.wait(_AGAIN_MS / 1000)
            pending = set(paths)
            continue
        missed = set(paths)  # files that changed before the watch began
        for events in _events(there, stop):
            changed = {path for path in events if not _is_inside(path, own)}
            pending |= missed
            missed = set()
            pending |= set(paths) if len(changed) >= _MANY else _as_given(changed, paths)
            if _identities(paths) != seen:  # another file or folder is there: watch that one
                pending |= set(paths)
                break
            if pending and not _tried(index, sorted(pending), paths, told, limits):
                pending = set()
            if index.count_unembedded():  # one block, then what has changed meanwhile
                _embed_some(index, told)


def _check_there(paths: Sequence[str]) -> None:
    for path in paths:
        if is_remote(path):
            raise QuothError(
                f"{path}: an object storage cannot be watched; run `quoth add` again when it has "
                "changed"
            )
        if not is_there(path):
            raise QuothError(f"{path}: there is no such file or folder; check the path")


def _embed_some(index: Index, told: Callable[[AddReport | QuothError], None]) -> None:
    """Embed one block; it is tried again if that fails."""
    try:
        index.embed(most=1)
    except BusyError:  # another process makes these vectors
        pass
    except QuothError as error:
        told(error)


def _events(paths: Sequence[str], stop: threading.Event) -> Iterator[set[str]]:
    """The paths that changed, burst by burst, and an empty set when nothing did for a while."""
    try:
        for events in watchfiles.watch(
            *paths,
            watch_filter=None,
            debounce=_LONGEST_MS,
            step=_QUIET_MS,
            rust_timeout=_AGAIN_MS,
            yield_on_timeout=True,
            stop_event=stop,
        ):
            yield {path for _, path in events}
    except FileNotFoundError:  # it went just now; it is looked for again
        return
    except OSError as error:
        raise QuothError(
            f"{', '.join(paths)} cannot be watched ({error}); on Linux, raise "
            "fs.inotify.max_user_watches to watch more folders"
        ) from error


def _identities(paths: Sequence[str]) -> list[tuple[int, int] | None]:
    """Which file or folder is at each path now."""
    found: list[tuple[int, int] | None] = []
    for path in paths:
        try:
            about = Path(path).stat()
        except OSError:
            found.append(None)
        else:
            found.append((about.st_dev, about.st_ino))
    return found


def _is_inside(path: str, folder: Path) -> bool:
    return Path(path).resolve().is_relative_to(folder)


def _tried(
    index: Index,
    changed: Sequence[str],
    watched: Sequence[str],
    told: Callable[[AddReport | QuothError], None],
    limits: Limits | None,
) -> bool:
    """Run one scan; return whether it must be tried again."""
    try:
        there = [path for path in changed if Path(path).exists()]
        report = index.add(there, limits=limits, embed=False)
        report.removed += index.remove_missing(watched)
    except QuothError as error:
        told(error)
        return True
    told(report)
    return False


def _as_given(changed: set[str], paths: Sequence[str]) -> set[str]:
    """The changed paths, named as an add of the watched `paths` would name them."""
    found = set()
    for path in changed:
        for given in paths:
            root = Path(given)
            for base in (root, root.absolute(), root.resolve()):
                if Path(path).is_relative_to(base):
                    found.add(str(root / Path(path).relative_to(base)))
                    break
            else:
                continue
            break
    hidden = {one for one in found if any(part.startswith(".") for part in _below(one, paths))}
    return found - hidden


def _below(path: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The parts of a path below the watched one that holds it."""
    for given in paths:
        if Path(path).is_relative_to(given):
            return Path(path).relative_to(given).parts
    return Path(path).parts

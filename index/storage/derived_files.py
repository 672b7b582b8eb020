"""Derived files: built from the database, never changed, and checked before they are read.

A commit writes new files under new names and records their sizes and hashes. Files that the current
generation does not name are unused and get deleted.
"""

import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from index.durable_files import sha256_of, sync_file, sync_folder
from index.errors import DamagedIndexError

DERIVED = "derived"
NAMES = "names.db"
"""The file of the names that qa.archive.names recognizes; it can be made again at any time."""
VECTORS, TEXT = "vectors", "text"
"""The kinds of derived files."""
_HASHING = 4
"""Threads that hash derived files; they wait for the disk as much as for the processor."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived file: its kind, place, size in bytes and SHA-256."""

    kind: str
    folder: str
    file: str
    size: int
    sha256: str

    def path(self, index: Path) -> Path:
        """Where it is."""
        return derived_folder(index, self.folder) / self.file


def derived_folder(index: Path, name: str) -> Path:
    """Where the derived folder called `name` is."""
    return index / DERIVED / name


def new_folder(index: Path, kind: str, generation: int) -> Path:
    """A name for a derived folder of `kind` and `generation`; nothing is there yet."""
    parent = index / DERIVED
    parent.mkdir(exist_ok=True)
    taken = {folder.name for folder in parent.iterdir()}
    while f"{kind}-{generation}" in taken:
        generation += 1
    return parent / f"{kind}-{generation}"


def record(kind: str, path: Path) -> Derived:
    """Make a newly written derived file durable, and return its entry for the commit."""
    sync_file(path)
    return Derived(kind, path.parent.name, path.name, path.stat().st_size, sha256_of(path))


def sync_derived(folder: Path) -> None:
    """Make the names of a derived folder and its files durable."""
    sync_folder(folder)
    sync_folder(folder.parent)


def collect(index: Path, named: Iterable[Derived]) -> None:
    """Delete the derived folders that hold none of the files `named`."""
    parent = index / DERIVED
    if not parent.is_dir():
        return
    folders = {entry.folder for entry in named}
    for folder in parent.iterdir():
        if folder.name not in folders:
            shutil.rmtree(folder, ignore_errors=True)


def faults(index: Path, entries: Sequence[Derived]) -> list[str]:
    """One line for each of these derived files that is missing or not what was committed."""
    with ThreadPoolExecutor(_HASHING) as pool:
        return [fault for fault in pool.map(lambda one: _fault(index, one), entries) if fault]


def check_sound(index: Path, entries: Sequence[Derived]) -> None:
    """Raise DamagedIndexError unless these derived files are what was committed."""
    found = faults(index, entries)
    if found:
        raise DamagedIndexError(
            f"the index {index} has a damaged file: {found[0]}; "
            f"nothing is lost, run: quoth repair --index {index}"
        )


def _fault(index: Path, entry: Derived) -> str:
    path = entry.path(index)
    shown = path.relative_to(index)
    try:
        if path.stat().st_size != entry.size or sha256_of(path) != entry.sha256:
            return f"{shown} is not what was committed"
    except FileNotFoundError:
        return f"{shown} is missing"
    except OSError as error:
        return f"{shown} cannot be read ({error.strerror})"
    return ""

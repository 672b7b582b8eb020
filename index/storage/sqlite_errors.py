"""SQLite's errors as messages for the user."""

import os
import sqlite3
from pathlib import Path

from index.errors import DamagedIndexError, FaultError, QuothError

_LEAST_BYTES = 65_536


def plain_error(folder: Path, error: sqlite3.Error) -> QuothError:
    """Turn an SQLite error about the index in `folder` into an error for the user."""
    said = str(error)
    if "full" in said or (isinstance(error, sqlite3.OperationalError) and _is_full(folder)):
        return FaultError(
            f"no space is left on the disk that holds {folder}; what was committed before "
            "is intact; free some space and run the command again"
        )
    if isinstance(error, sqlite3.OperationalError):
        return FaultError(
            f"the index {folder} could not be read or written ({said}); "
            "check the disk and the folder's permissions, then run the command again"
        )
    return DamagedIndexError(
        f"the index {folder} is damaged ({said}); add the files again to a new index"
    )


def _is_full(folder: Path) -> bool:
    try:
        about = os.statvfs(folder)
    except OSError:
        return False
    return about.f_bavail * about.f_frsize < _LEAST_BYTES

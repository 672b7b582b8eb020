"""Creating and opening the database of an index."""

import sqlite3
from pathlib import Path

from index.durable_files import plain_faults, sync_folder
from index.errors import DamagedIndexError, QuothError
from index.storage.schema import SCHEMA
from index.storage.sqlite_errors import plain_error
from index.storage.store import DATABASE, Store

FORMAT = 3
_CANNOT_WRITE = ("disk I/O error", "unable to open", "readonly")


def create_store(folder: Path, facts: dict[str, str]) -> None:
    """Make an empty index in `folder`. The caller holds the writer's lock."""
    with plain_faults(folder):
        try:
            connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            rows = {**facts, "format": str(FORMAT), "generation": "0"}
            connection.execute("BEGIN IMMEDIATE")
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            connection.executemany("INSERT INTO facts VALUES (?, ?)", rows.items())
            connection.execute("COMMIT")
            connection.close()
        except sqlite3.Error as error:
            raise plain_error(folder, error) from error
        sync_folder(folder)


def connected(folder: Path) -> sqlite3.Connection:
    """A connection to the database in `folder` that can be read from.

    To read, SQLite must create a file beside the database. On a full disk or in a read-only folder
    it cannot. The database is then opened read-only: as immutable or, if its log holds commits,
    with an exclusive lock.
    """
    path = folder / DATABASE
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if not any(told in str(error) for told in _CANNOT_WRITE):
            raise
        connection.close()
    else:
        return connection
    log = path.with_name(f"{DATABASE}-wal")
    is_logged = log.exists() and log.stat().st_size > 0
    address = f"{path.absolute().as_uri()}?mode=ro" + ("" if is_logged else "&immutable=1")
    connection = sqlite3.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, timeout=30
    )
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return connection


def is_index(folder: Path) -> bool:
    """Whether `folder` holds an index, that is, one whose creation was committed."""
    if not (folder / DATABASE).is_file():
        return False
    try:
        connection = connected(folder)
        try:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        raise plain_error(folder, error) from error
    except sqlite3.DatabaseError as error:
        message = (
            f"{folder / DATABASE} is not a Quoth index or is damaged ({error}); "
            "choose another folder with --index, or delete this one and add the files again"
        )
        raise DamagedIndexError(message) from error
    return bool(tables[0])


def newest(folder: Path) -> int:
    """The generation that is committed now."""
    store = open_store(folder)
    try:
        return store.generation
    finally:
        store.close()


def open_store(folder: Path) -> Store:
    """Open the database of the index in `folder`.

    Raises QuothError when there is none or when a newer Quoth made it.
    """
    if not is_index(folder):
        message = f"there is no index in {folder}; make one with: quoth add PATH --index {folder}"
        raise QuothError(message)
    try:
        connection = connected(folder)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error as error:
        raise plain_error(folder, error) from error
    store = Store(folder, connection)
    made = store.fact("format")
    if made != str(FORMAT):
        store.close()
        message = (
            f"the index {folder} has format {made or 'unknown'} and this Quoth reads format "
            f"{FORMAT}; use the version of Quoth that made it, or add the files to a new index"
        )
        raise QuothError(message)
    return store

"""Connections to the server of an index, and its errors as messages for the user."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import psycopg
from pgvector.psycopg import register_vector
from psycopg import errors, sql

from index.address import ServerAddress
from index.engines.waiting import waits
from index.errors import FaultError, QuothError

Connection = psycopg.Connection[tuple[object, ...]]
T = TypeVar("T")

EXTENSIONS = {
    "vector": "pgvector, in most distributions the package postgresql-NN-pgvector",
    "pg_textsearch": "pg_textsearch, from github.com/timescale/pg_textsearch; it must also stand "
    "in shared_preload_libraries in postgresql.conf",
}
"""The extensions that an index needs, and how to get them."""
_NEAREST = {
    "hnsw.ef_search": "400",
    "hnsw.iterative_scan": "strict_order",
    "hnsw.max_scan_tuples": "100000",
    "hnsw.scan_mem_multiplier": "4",
}
"""How pgvector searches: so many candidates, and more of them until a filter has enough hits."""
_SECONDS_TO_CONNECT, _SECONDS_AT_ONCE = 10, 2
_SECONDS_BETWEEN_TRIES = 0.25


def connect(address: ServerAddress, *, writes: bool = False, **options: str) -> Connection:
    """A connection to the server of an index, in which each statement commits itself.

    Args:
        address: the index. Of several servers the first is used that can be reached.
        writes: use only a server that can be written to, not a standby.
        options: settings of the session, as PostgreSQL names them.

    Returns:
        The connection. Its search path is the index's schema, and those of the extensions.

    Raises:
        QuothError: if the server cannot be reached or refuses.

    """
    # pg_textsearch does not see the limit of a prepared statement, and takes 20 times as long.
    how: dict[str, object] = {"application_name": "quoth", "prepare_threshold": None}
    if "connect_timeout" not in address.libpq:
        how["connect_timeout"] = _SECONDS_TO_CONNECT if waits() else _SECONDS_AT_ONCE
    if writes and "target_session_attrs" not in address.libpq:
        how["target_session_attrs"] = "read-write"
    try:
        connection = psycopg.connect(address.libpq, autocommit=True, **how)  # type: ignore[arg-type]
    except (psycopg.Error, UnicodeError, ValueError) as error:
        raise plain_error(address, error) from error
    try:
        schemas = {address.schema, "public"}
        found = connection.execute(
            "SELECT extname, nspname FROM pg_extension "
            "JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = ANY(%s)",
            [list(EXTENSIONS)],
        ).fetchall()
        extensions = {str(name): str(schema) for name, schema in found}
        schemas |= set(extensions.values())
        path = [address.schema, *sorted(schemas - {address.schema})]
        connection.execute(
            sql.SQL("SET search_path TO {}").format(sql.SQL(", ").join(map(sql.Identifier, path)))
        )
        if "vector" in extensions:
            register_vector(connection)
            connection.execute("SELECT NULL::vector")  # loads the library, which has the settings
            options = {**_NEAREST, **options}
        for name, value in options.items():
            connection.execute("SELECT set_config(%s, %s, false)", [name, value])
    except psycopg.Error as error:
        connection.close()
        raise plain_error(address, error) from error
    return connection


class LostError(FaultError):
    """The server cannot be reached, or has ended the connection."""


def is_lost(connection: Connection, error: Exception) -> bool:
    """Whether what a connection reads is lost, as when the server went away.

    A standby that gets changes for too long while it is read cancels what is read.
    """
    ended = isinstance(error, errors.AdminShutdown | errors.SerializationFailure)
    return connection.closed or connection.broken or ended


def patiently(reach: Callable[[], T], seconds: float) -> T:
    """Reach a server that may take so many seconds to come back. Raises LostError then.

    It is tried once in `without_waiting`.
    """
    until = time.monotonic() + (seconds if waits() else 0)
    while True:
        try:
            return reach()
        except LostError:
            if time.monotonic() >= until:
                raise
            time.sleep(_SECONDS_BETWEEN_TRIES)


def plain_error(address: ServerAddress, error: Exception) -> QuothError:
    """Turn an error of the server or of the connection into an error for the user.

    Raises KeyboardInterrupt if the user has stopped the statement: then it is no error.
    """
    if isinstance(error, errors.QueryCanceled) and isinstance(error.__context__, KeyboardInterrupt):
        raise KeyboardInterrupt from error
    said = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
    if isinstance(error, errors.UndefinedTable | errors.InvalidSchemaName):
        return no_index(address)
    if "session is read-only" in said:
        kind, message = _STANDBY
    else:
        kind, message = next(
            (told for types, told in _MESSAGES.items() if isinstance(error, types)), _FAULT
        )
    return kind(message.format(address=address, said=said))


_Told = tuple[type[QuothError], str]
_MESSAGES: dict[tuple[type[Exception], ...], _Told] = {
    (errors.DiskFull, errors.OutOfMemory): (
        FaultError,
        (
            "the server of {address} has no space left ({said}); what was committed before is "
            "intact; free some space there and run the command again"
        ),
    ),
    (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction): (
        QuothError,
        (
            "the user of {address} may not do that ({said}); ask for the right, or name another "
            "user in the address"
        ),
    ),
    (errors.IndexCorrupted, errors.DataCorrupted): (
        FaultError,
        "the index {address} is damaged ({said}); run: quoth verify",
    ),
    (errors.QueryCanceled, errors.LockNotAvailable): (
        FaultError,
        (
            "the server of {address} stopped a statement ({said}); run the command again, or ask "
            "its administrator for more time"
        ),
    ),
    (errors.DeadlockDetected, errors.SerializationFailure): (
        FaultError,
        "the server of {address} was changing the same rows ({said}); run the command again",
    ),
    (psycopg.OperationalError, errors.AdminShutdown): (
        LostError,
        (
            "the server of {address} cannot be reached or has ended the connection ({said}); what "
            "was committed is intact; check that it runs, then run the command again"
        ),
    ),
    (psycopg.DataError, UnicodeError, ValueError): (
        QuothError,
        "the server of {address} does not take this ({said}); change it",
    ),
}
"""What is told for an error: the first line whose types it is of."""
_STANDBY: _Told = (
    LostError,
    (
        "the server of {address} is a standby, which can be asked but not changed; name the "
        "primary in the address, or both: postgresql://user@primary,standby/database"
    ),
)
_FAULT: _Told = (
    FaultError,
    "the server of {address} reported a fault ({said}); what was committed is intact",
)


@contextmanager
def plain_errors(address: ServerAddress) -> Iterator[None]:
    """Raise the errors of the server of `address` as errors for the user."""
    try:
        yield
    except psycopg.Error as error:
        raise plain_error(address, error) from error


def no_index(address: ServerAddress) -> QuothError:
    """The error that says that there is no index at an address."""
    return QuothError(
        f"there is no index in {address}; make one with: quoth add PATH --index {address}"
    )


def close_quietly(connection: Connection) -> None:
    """Close a connection that may be gone already."""
    with suppress(psycopg.Error):
        connection.close()

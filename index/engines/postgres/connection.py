"""Connections to the server of an index, and its errors as messages for the user."""

import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
from pgvector.psycopg import register_vector
from psycopg import errors, sql

from index.address import ServerAddress
from index.errors import FaultError, QuothError

Connection = psycopg.Connection[tuple[object, ...]]

EXTENSIONS = {
    "vector": "pgvector, in most distributions the package postgresql-NN-pgvector",
    "pg_textsearch": "pg_textsearch, from github.com/timescale/pg_textsearch; it must also stand "
    "in shared_preload_libraries in postgresql.conf",
}
"""The extensions that an index needs, and how to get them."""
_NEAREST = {
    "hnsw.ef_search": "200",
    "hnsw.iterative_scan": "strict_order",
    "hnsw.max_scan_tuples": "100000",
    "hnsw.scan_mem_multiplier": "4",
}
"""How pgvector searches: so many candidates, and more of them until a filter has enough hits."""
_SECONDS_TO_CONNECT = 10
_SECONDS_BETWEEN_TRIES = 0.25


def connect(address: ServerAddress, **options: str) -> Connection:
    """A connection to the server of an index, in which each statement commits itself.

    Args:
        address: the index.
        options: settings of the session, as PostgreSQL names them.

    Returns:
        The connection. Its search path is the index's schema, and those of the extensions.

    Raises:
        QuothError: if the server cannot be reached or refuses.

    """
    given = "connect_timeout" in address.libpq
    try:
        connection = psycopg.connect(
            address.libpq,
            autocommit=True,
            application_name="quoth",
            connect_timeout=None if given else _SECONDS_TO_CONNECT,
        )
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
    """Whether a connection ended with this error, as when the server went away."""
    return connection.closed or connection.broken or isinstance(error, errors.AdminShutdown)


def patiently(connect: Callable[[], Connection], seconds: float) -> Connection:
    """Connect to a server that may take so many seconds to come back. Raises LostError then."""
    until = time.monotonic() + seconds
    while True:
        try:
            return connect()
        except LostError:
            if time.monotonic() > until:
                raise
            time.sleep(_SECONDS_BETWEEN_TRIES)


def plain_error(address: ServerAddress, error: Exception) -> QuothError:
    """Turn an error of the server or of the connection into an error for the user."""
    said = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
    match error:
        case errors.DiskFull() | errors.OutOfMemory():
            return FaultError(
                f"the server of {address} has no space left ({said}); what was committed before "
                "is intact; free some space there and run the command again"
            )
        case errors.InsufficientPrivilege() | errors.ReadOnlySqlTransaction():
            return QuothError(
                f"the user of {address} may not do that ({said}); ask for the right, or name "
                "another user in the address"
            )
        case errors.UndefinedTable() | errors.InvalidSchemaName():
            return no_index(address)
        case errors.IndexCorrupted() | errors.DataCorrupted():
            return FaultError(f"the index {address} is damaged ({said}); run: quoth verify")
        case psycopg.OperationalError() | errors.AdminShutdown():
            return LostError(
                f"the server of {address} cannot be reached or has ended the connection ({said}); "
                "what was committed is intact; check that it runs, then run the command again"
            )
        case psycopg.DataError() | UnicodeError() | ValueError():
            return QuothError(f"the server of {address} does not take this ({said}); change it")
    return FaultError(
        f"the server of {address} reported a fault ({said}); what was committed is intact"
    )


def no_index(address: ServerAddress) -> QuothError:
    """The error that says that there is no index at an address."""
    return QuothError(
        f"there is no index in {address}; make one with: quoth add PATH --index {address}"
    )


def close_quietly(connection: Connection) -> None:
    """Close a connection that may be gone already."""
    with suppress(psycopg.Error):
        connection.close()

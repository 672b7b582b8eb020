"""Locks on an index on a server: they go with the connection, however it ends."""

from index.address import ServerAddress
from index.engines.postgres.connection import Connection, plain_errors
from index.errors import BusyError, QuothError

_KEY = "hashtextextended(%s, 0)"
_HOLDER = (
    "SELECT pid, coalesce(host(client_addr), 'its own machine') FROM pg_locks "
    "JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted "
    f"AND (classid::bigint << 32) + objid::bigint = {_KEY} LIMIT 1"
)


class WriterLock:
    """The lock of the one process that writes to an index."""

    def __init__(self, address: ServerAddress, *, wait: bool = False) -> None:
        """Lock the index at an address; `wait` for another process to finish."""
        self._address = address
        self._wait = wait

    def take(self, connection: Connection) -> None:
        """Have the lock until the connection ends.

        Raises QuothError if another process has it, and this one does not wait. It always waits
        while a process is embedding, which has the lock for moments only.
        """
        key = _key(self._address, "writing")
        with plain_errors(self._address):
            if self._wait or _holder(connection, _key(self._address, "embedding")):
                connection.execute(f"SELECT pg_advisory_lock({_KEY})", [key])
            elif not _take(connection, key):
                raise QuothError(
                    f"another process ({_holder(connection, key)}) is writing to the index "
                    f"{self._address}; wait until it has finished, then run the command again"
                )
        self._wait = True


def take_embedding_lock(address: ServerAddress, connection: Connection) -> None:
    """Be the one process that makes vectors. Raises BusyError if another is."""
    key = _key(address, "embedding")
    with plain_errors(address):
        if not _take(connection, key):
            raise BusyError(
                f"another process ({_holder(connection, key)}) is making the vectors of the index "
                f"{address}; it makes all that are missing"
            )


def _key(address: ServerAddress, what: str) -> str:
    return f"quoth {what} {address.schema}"


def _take(connection: Connection, key: str) -> bool:
    row = connection.execute(f"SELECT pg_try_advisory_lock({_KEY})", [key]).fetchone()
    return bool(row and row[0])


def _holder(connection: Connection, key: str) -> str:
    """Who has a lock: the id of its connection, and where it comes from; empty if nobody has."""
    row = connection.execute(_HOLDER, [key]).fetchone()
    return f"connection {row[0]} of {row[1]}" if row else ""

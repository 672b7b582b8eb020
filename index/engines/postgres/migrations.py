"""Bringing the tables of an older Quoth to the format of this one."""

from collections.abc import Callable

import psycopg

from index.address import ServerAddress
from index.duplicates.minhash import bands_kept
from index.engines.postgres.connection import Connection, plain_error
from index.engines.postgres.locks import WriterLock
from index.engines.postgres.schema import FORMAT, JOBS, check_format, run_all


def migrate(address: ServerAddress, connection: Connection) -> int:
    """Bring the index at an address to this Quoth's format, in one transaction.

    Args:
        address: the index.
        connection: to its server.

    Returns:
        The format that it had.

    Raises:
        QuothError: if a newer Quoth made it, or another process is writing to it.

    """
    try:
        WriterLock(address).take(connection)
        with connection.transaction():
            row = connection.execute("SELECT value FROM facts WHERE key = 'format'").fetchone()
            made = int(str(row[0])) if row else FORMAT
            for number in range(made, FORMAT):
                _STEPS[number](connection)
            connection.execute(
                "UPDATE facts SET value = %s WHERE key = 'format'", [str(max(made, FORMAT))]
            )
    except psycopg.Error as error:
        raise plain_error(address, error) from error
    check_format(address, str(max(made, FORMAT)))
    return made


def _add_bands_and_jobs(connection: Connection) -> None:
    """From format 1 to 2."""
    connection.execute("ALTER TABLE signatures ADD COLUMN bands bigint[]")
    kept = connection.execute("SELECT key, minhash FROM signatures").fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE signatures SET bands = %s WHERE key = %s",
            [(bands_kept(bytes(minhash)), key) for key, minhash in kept],  # type: ignore[call-overload]
        )
    connection.execute("ALTER TABLE signatures ALTER COLUMN bands SET NOT NULL")
    connection.execute(
        "CREATE INDEX signatures_by_band ON signatures USING gin (bands) WITH (fastupdate = off)"
    )
    connection.execute("CREATE INDEX files_by_hash ON files (file_hash)")
    run_all(connection, JOBS)


_STEPS: dict[int, Callable[[Connection], None]] = {1: _add_bands_and_jobs}
"""What brings a format to the next one."""

"""The tables of an index on a server, and making them."""

import psycopg
from psycopg import errors, sql

from index.address import ServerAddress
from index.engines.postgres.connection import EXTENSIONS, Connection, no_index, plain_error
from index.errors import QuothError

FORMAT = 2
"""The version of the tables. A newer Quoth may change them; an older one refuses them."""

_TABLES = """
CREATE TABLE facts (key text COLLATE "C" PRIMARY KEY, value text NOT NULL);
CREATE TABLE texts (
    key text COLLATE "C" PRIMARY KEY, text bytea NOT NULL, content_hash text NOT NULL,
    regions text NOT NULL, places text NOT NULL, title bytea NOT NULL, digest text NOT NULL,
    cut_apart boolean NOT NULL DEFAULT false
);
CREATE TABLE documents (
    name text COLLATE "C" PRIMARY KEY, source text COLLATE "C" NOT NULL UNIQUE,
    file text COLLATE "C" NOT NULL, file_hash text NOT NULL,
    key text COLLATE "C" NOT NULL REFERENCES texts (key), encoding text NOT NULL,
    published text COLLATE "C", facts text NOT NULL, digest text NOT NULL,
    author text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX documents_by_key ON documents (key);
CREATE INDEX documents_by_file ON documents (file);
CREATE INDEX documents_by_date ON documents (published);
CREATE TABLE files (
    file text COLLATE "C" PRIMARY KEY, file_hash text NOT NULL, limits text NOT NULL,
    skipped text NOT NULL
);
CREATE INDEX files_by_hash ON files (file_hash);
CREATE TABLE signatures (
    key text COLLATE "C" PRIMARY KEY REFERENCES texts (key), minhash bytea NOT NULL,
    bands bigint[] NOT NULL
);
CREATE INDEX signatures_by_band ON signatures USING gin (bands) WITH (fastupdate = off);
CREATE TABLE alike (
    key text COLLATE "C" NOT NULL, other text COLLATE "C" NOT NULL,
    share double precision NOT NULL, PRIMARY KEY (key, other)
);
CREATE INDEX alike_by_other ON alike (other);
CREATE TABLE passages (
    id bigint PRIMARY KEY, key text COLLATE "C" NOT NULL REFERENCES texts (key),
    start integer NOT NULL, "end" integer NOT NULL, part text NOT NULL,
    words text NOT NULL, title_words text NOT NULL, placed tsvector NOT NULL
);
CREATE INDEX passages_by_key ON passages (key);
CREATE TABLE vectors (
    id bigint PRIMARY KEY, key text COLLATE "C" NOT NULL REFERENCES texts (key),
    vector halfvec(%d) NOT NULL
);
CREATE INDEX vectors_by_key ON vectors (key);
CREATE TABLE terms (
    term text COLLATE "C" PRIMARY KEY, passages bigint NOT NULL, titles bigint NOT NULL,
    letters integer NOT NULL
);
"""
"""
`published` is a date as ISO 8601 writes it. `words` are a passage's stems with its title in front,
`title_words` the title's, and `placed` the same stems with their places; `terms` says in how many
passages each stands, and `letters` has a bit for each letter it is written with. `bands` are
numbers made of parts of a signature: two texts that share one are compared.
"""

JOBS = """
CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path bytea NOT NULL, name text NOT NULL,
    size bigint NOT NULL, state text NOT NULL DEFAULT 'waiting', tries integer NOT NULL DEFAULT 0,
    worker text NOT NULL DEFAULT '', lease timestamptz, documents integer NOT NULL DEFAULT 0,
    passages integer NOT NULL DEFAULT 0, told text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX jobs_open ON jobs (path) WHERE state IN ('waiting', 'working');
CREATE INDEX jobs_by_state ON jobs (state, id);
"""
"""Files that wait for a worker: see `jobs.py`."""

SEARCH_INDEXES = {
    "passages_by_place": "ON passages USING gin (placed)",
    "passages_by_words": "ON passages USING bm25 (words) WITH (text_config = 'simple')",
    "vectors_by_meaning": "ON vectors USING hnsw (vector halfvec_ip_ops) "
    "WITH (m = 16, ef_construction = 100)",
}
"""The indexes that searches use."""


def build_search_indexes(connection: Connection) -> None:
    """Build those of the indexes that are missing."""
    for name, what in SEARCH_INDEXES.items():
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name} {what}")


def drop_search_indexes(connection: Connection) -> None:
    """Drop the indexes, so that many rows can be added faster."""
    for name in SEARCH_INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")


def create_tables(address: ServerAddress, connection: Connection, facts: dict[str, str]) -> None:
    """Make the tables of an empty index in its schema, in one transaction.

    Args:
        address: the index.
        connection: to its server.
        facts: the settings kept with it; `dimension` is the length of its vectors.

    Raises:
        QuothError: if an extension is missing, or the user lacks the right.

    """
    add_extensions(address, connection)
    rows = {**facts, "format": str(FORMAT), "generation": "0"}
    try:
        with connection.transaction():
            name = sql.Identifier(address.schema)
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
            run_all(connection, _TABLES % int(facts["dimension"]))
            run_all(connection, JOBS)
            build_search_indexes(connection)
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO facts VALUES (%s, %s)", list(rows.items()))
    except errors.DuplicateTable:
        return  # another process was making them
    except psycopg.Error as error:
        raise plain_error(address, error) from error


def run_all(connection: Connection, statements: str) -> None:
    """Run statements that are divided by semicolons."""
    for statement in statements.split(";"):
        if statement.strip():
            connection.execute(statement)


def add_extensions(address: ServerAddress, connection: Connection) -> None:
    """Switch the extensions on in the database, or say which is missing and how to get it."""
    rows = connection.execute("SELECT extname FROM pg_extension").fetchall()
    there = {str(name) for (name,) in rows}
    for name, how in EXTENSIONS.items():
        if name in there:
            continue
        try:
            connection.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
            )
        except errors.InsufficientPrivilege as error:
            raise QuothError(
                f"the database of {address} lacks the extension {name} and its user may not add "
                f"it; ask an administrator to run there: CREATE EXTENSION {name}"
            ) from error
        except psycopg.Error as error:
            raise QuothError(
                f"the server of {address} lacks the extension {name}; install {how}"
            ) from error


def check_format(address: ServerAddress, made: str) -> None:
    """Raise QuothError unless this Quoth reads tables of this format."""
    if not made:
        raise no_index(address)
    if int(made) < FORMAT:
        raise QuothError(
            f"the index {address} has format {made}, of an older Quoth; bring it to format "
            f"{FORMAT} with: quoth index init {address}"
        )
    if int(made) > FORMAT:
        raise QuothError(
            f"the index {address} has format {made} and this Quoth reads format {FORMAT}; use the "
            "version of Quoth that made it, or add the files to a new index"
        )

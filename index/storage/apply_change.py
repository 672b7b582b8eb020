"""What a commit changes in the database's tables."""

import json
import sqlite3
from typing import TYPE_CHECKING

from index.storage.schema import Change, Listed, insert_document, insert_text

if TYPE_CHECKING:
    from index.storage.store import Store


def apply_change(connection: sqlite3.Connection, change: Change, store: "Store") -> None:
    """Write `change` to the tables, within the transaction that `connection` is in.

    Args:
        connection: the database, in a transaction.
        change: what is added, renamed and removed.
        store: the index as it was before.

    """
    run = connection.execute
    names = [*change.removed, *(old for old, _ in change.renamed)]
    names += [entry.document.name for entry in change.added]
    held = {one.key for one in store.listed_as(names, [entry.source for entry in change.added])}
    held |= {entry.key for entry in change.added}
    for name in change.removed:
        run(
            "DELETE FROM files WHERE file IN (SELECT file FROM documents WHERE name = ?)",
            [name],
        )
        run("DELETE FROM documents WHERE name = ?", [name])
    for old, listed in change.renamed:
        run("DELETE FROM documents WHERE name = ?", [old])
        insert_document(connection, listed)
    for entry in change.added:
        insert_text(connection, entry)
        run(
            "DELETE FROM documents WHERE source = ? OR name = ?",
            [entry.source, entry.document.name],
        )
        insert_document(connection, Listed.of(entry))
    for file in change.files_gone:
        run("DELETE FROM files WHERE file = ?", [file])
    connection.executemany(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
        [(o.file, o.file_hash, o.limits, json.dumps(o.skipped)) for o in change.files],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO signatures VALUES (?, ?)", change.signatures.items()
    )
    connection.executemany("INSERT OR REPLACE INTO alike VALUES (?, ?, ?)", change.alike)
    for key in held:
        if run("SELECT 1 FROM documents WHERE key = ?", [key]).fetchone() is None:
            run("DELETE FROM signatures WHERE key = ?", [key])
            run("DELETE FROM alike WHERE key = ?1 OR other = ?1", [key])
            run("DELETE FROM passages WHERE key = ?", [key])
            run("DELETE FROM texts WHERE key = ?", [key])
    if change.derived is not None:
        run("DELETE FROM derived")
        connection.executemany(
            "INSERT INTO derived VALUES (?, ?, ?, ?, ?)",
            [(d.kind, d.folder, d.file, d.size, d.sha256) for d in change.derived],
        )
    facts = {**(change.facts or {}), "generation": str(store.generation + 1)}
    connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

"""What a commit changes in the tables of an index."""

import json

from index.storage.schema import Change, Listed
from index.storage.tables import Tables


def apply_change(tables: Tables, change: Change) -> None:
    """Write `change` to the tables, within the transaction that they are in.

    Args:
        tables: the index, in a transaction.
        change: what is added, renamed and removed.

    """
    run = tables.rows
    generation = tables.generation
    names = [*change.removed, *(old for old, _ in change.renamed)]
    names += [entry.document.name for entry in change.added]
    held = {one.key for one in tables.listed_as(names, [entry.source for entry in change.added])}
    held |= {entry.key for entry in change.added}
    for name in change.removed:
        run("DELETE FROM files WHERE file IN (SELECT file FROM documents WHERE name = ?)", [name])
        run("DELETE FROM documents WHERE name = ?", [name])
    for old, listed in change.renamed:
        run("DELETE FROM documents WHERE name = ?", [old])
        tables.insert_document(listed)
    for entry in change.added:
        tables.insert_text(entry)
        run(
            "DELETE FROM documents WHERE source = ? OR name = ?",
            [entry.source, entry.document.name],
        )
        tables.insert_document(Listed.of(entry))
    for file in change.files_gone:
        run("DELETE FROM files WHERE file = ?", [file])
    tables.run_many(
        "INSERT INTO files VALUES (?, ?, ?, ?) ON CONFLICT (file) DO UPDATE SET "
        "file_hash = excluded.file_hash, limits = excluded.limits, skipped = excluded.skipped",
        [(o.file, o.file_hash, o.limits, json.dumps(o.skipped)) for o in change.files],
    )
    tables.insert_signatures(change.signatures or {})
    tables.run_many(
        "INSERT INTO alike VALUES (?, ?, ?) "
        "ON CONFLICT (key, other) DO UPDATE SET share = excluded.share",
        change.alike,
    )
    still = {one.key for one in tables.listed(held)}
    for key in sorted(held - still):
        tables.delete_text(key)
    facts = {**(change.facts or {}), "generation": str(generation + 1)}
    tables.run_many(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        facts.items(),
    )

"""The rows of the truth: what a document, text, passage and derived file are kept as."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.chunk import Passage
from index.documents import Document, Found, Span

DERIVED = "derived"
SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (
    key TEXT PRIMARY KEY, text TEXT NOT NULL, content_hash TEXT NOT NULL,
    regions TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE documents (
    name TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, file_hash TEXT NOT NULL,
    key TEXT NOT NULL REFERENCES texts (key), encoding TEXT NOT NULL, published TEXT,
    facts TEXT NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_by_key ON documents (key);
CREATE INDEX documents_by_file ON documents (file_hash);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL REFERENCES texts (key),
    start INTEGER NOT NULL, end INTEGER NOT NULL, part TEXT NOT NULL
);
CREATE INDEX passages_by_key ON passages (key);
CREATE TABLE derived (
    kind TEXT NOT NULL, folder TEXT NOT NULL, file TEXT NOT NULL,
    size INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (folder, file)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as the index knows it, without its text."""

    name: str
    source: str
    file_hash: str
    key: str
    encoding: str
    title: Found
    author: Found | None
    published: Found | None


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
        return index / DERIVED / self.folder / self.file


@dataclass(frozen=True, slots=True)
class Entry:
    """A document about to be committed, with its passages."""

    document: Document
    source: str
    file_hash: str
    key: str
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit does: documents removed by name, renamed, and added or replaced."""

    removed: Sequence[str] = ()
    renamed: Sequence[tuple[str, Listed]] = ()
    added: Sequence[Entry] = ()
    derived: Sequence[Derived] | None = None
    facts: dict[str, str] | None = None


def insert_document(connection: sqlite3.Connection, listed: Listed) -> None:
    """Write a document's row."""
    published = listed.published.value if listed.published else None
    facts = json.dumps(
        {
            "title": _as_json(listed.title),
            "author": _as_json(listed.author),
            "published": _as_json(listed.published),
        }
    )
    row = [
        listed.name,
        listed.source,
        listed.file_hash,
        listed.key,
        listed.encoding,
        published,
        facts,
    ]
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [*row, digest(*row)]
    )


def insert_text(connection: sqlite3.Connection, entry: Entry) -> None:
    """Write a text's row and its passages'; what is there already stays."""
    one = entry.document
    regions = json.dumps([[r.span.start, r.span.end, r.part.value] for r in one.regions])
    row = (entry.key, one.content_hash, regions, one.search_title)
    connection.execute(
        "INSERT OR IGNORE INTO texts VALUES (?, ?, ?, ?, ?, ?)",
        [entry.key, one.text, one.content_hash, regions, one.search_title, digest(*row)],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO passages VALUES (?, ?, ?, ?, ?)",
        [(p.id, p.document, p.span.start, p.span.end, p.part.value) for p in entry.passages],
    )


def digest(*fields: object) -> str:
    """A row's fields as one hash, kept beside them, so that a changed row is noticed."""
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:32]


def _as_json(found: Found | None) -> list[object] | None:
    if found is None:
        return None
    place = [found.span.start, found.span.end] if found.span else None
    return [found.value, found.how, place]


def found_from(stored: list[object] | None) -> Found | None:
    """A fact as it was kept, or None."""
    match stored:
        case [str(value), str(how), [int(start), int(end)]]:
            return Found(value, how, Span(start, end))
        case [str(value), str(how), None]:
            return Found(value, how)
        case _:
            return None

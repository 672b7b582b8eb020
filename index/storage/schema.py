"""The database schema of an index, and its rows as values."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from index.document_json import found_as_json, left_out_as_json, places_as_json, regions_as_json
from index.documents import Document, Found, LeftOut
from index.storage.derived_files import Derived
from index.text.chunking import Passage

UNEMBEDDED = "unembedded"
"""The fact that tells how many passages have no vector yet; absent where all have one."""

SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (
    key TEXT PRIMARY KEY, text TEXT NOT NULL, content_hash TEXT NOT NULL,
    regions TEXT NOT NULL, places TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE TABLE documents (
    name TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, file TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    key TEXT NOT NULL REFERENCES texts (key), encoding TEXT NOT NULL, published TEXT,
    facts TEXT NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_by_key ON documents (key);
CREATE INDEX documents_by_file ON documents (file);
CREATE TABLE files (
    file TEXT PRIMARY KEY, file_hash TEXT NOT NULL, limits TEXT NOT NULL,
    skipped TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE signatures (
    key TEXT PRIMARY KEY REFERENCES texts (key), minhash BLOB NOT NULL
);
CREATE TABLE alike (
    key TEXT NOT NULL, other TEXT NOT NULL, share REAL NOT NULL, PRIMARY KEY (key, other)
) WITHOUT ROWID;
CREATE INDEX alike_by_other ON alike (other);
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
    """A document as the index knows it, without its text.

    `file` is the real path of the file that holds it. `source` is the document's own place, which
    differs from `file` only if the file holds several documents.
    """

    name: str
    source: str
    file: str
    file_hash: str
    key: str
    encoding: str
    title: Found
    author: Found | None
    published: Found | None
    left_out: tuple[LeftOut, ...] = ()

    @classmethod
    def of(cls, entry: "Entry") -> Self:
        """A document about to be committed, as it will be listed."""
        one = entry.document
        return cls(
            one.name,
            entry.source,
            entry.file,
            entry.file_hash,
            entry.key,
            one.encoding,
            one.title,
            one.author,
            one.published,
            one.left_out,
        )


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that has been read: where it is, its SHA-256, and what was skipped of it.

    Each entry of `skipped` is a place in the file, a reason's code and the detail. `limits` are the
    limits within which the file was read.
    """

    file: str
    file_hash: str
    limits: str
    skipped: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A document about to be committed, with its passages."""

    document: Document
    source: str
    file: str
    file_hash: str
    key: str
    passages: Sequence[Passage]

    def regions_and_places(self) -> tuple[str, str]:
        """The regions and the places of its document, as they are stored."""
        one = self.document
        return json.dumps(regions_as_json(one.regions)), json.dumps(places_as_json(one.places))


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit does: documents removed by name, renamed, and added or replaced.

    `files` have been read to the end; `files_gone` are forgotten. `signatures` are by key; None
    says that they and `alike` are still to be worked out. An entry of `alike` is two keys and the
    share of the shorter text that the other one has.
    """

    removed: Sequence[str] = ()
    renamed: Sequence[tuple[str, Listed]] = ()
    added: Sequence[Entry] = ()
    files: Sequence[KnownFile] = ()
    files_gone: Sequence[str] = ()
    signatures: Mapping[str, bytes] | None = None
    alike: Sequence[tuple[str, str, float]] = ()
    derived: Sequence[Derived] | None = None
    facts: dict[str, str] | None = None


def document_row(listed: Listed) -> list[str | None]:
    """A document's row: the columns in their order, the digest last."""
    published = listed.published.value if listed.published else None
    facts = json.dumps(
        {
            "title": found_as_json(listed.title),
            "author": found_as_json(listed.author),
            "published": found_as_json(listed.published),
            **({"left_out": left_out_as_json(listed.left_out)} if listed.left_out else {}),
        }
    )
    row = [
        listed.name,
        listed.source,
        listed.file,
        listed.file_hash,
        listed.key,
        listed.encoding,
        published,
        facts,
    ]
    return [*row, digest(*row)]


def digest(*fields: object) -> str:
    """The hash of a row's fields; it is stored in the row, to detect a changed row."""
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:32]

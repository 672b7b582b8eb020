"""The tables of an index, read and changed alike whichever database holds them.

Statements are written once, in SQL that SQLite and PostgreSQL both have, with a `?` for each
parameter. A database supplies what it writes differently, and the transaction.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.document_json import found_from, left_out_from, places_from, regions_from
from index.documents import Document, Part, Span, content_hash
from index.errors import DamagedIndexError
from index.filters import Where
from index.storage.filter_sql import Dialect, condition_of
from index.storage.schema import UNEMBEDDED, Entry, KnownFile, Listed, digest, document_row
from index.text.chunking import Passage, passage_id
from index.text.visible import storable

Row = tuple[Any, ...]

LISTED = (
    "SELECT name, source, file, file_hash, key, encoding, published, facts, digest FROM documents"
)
TEXT = "SELECT key, text, content_hash, regions, places, title, digest FROM texts"
_PASSAGE = 'SELECT id, key, start, "end", part FROM passages'


class Tables(ABC):
    """The tables of one index.

    Attributes:
        place: the folder or the address, as messages name it.
        dialect: how the database writes what others write differently.

    """

    place: str
    dialect: Dialect

    @abstractmethod
    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows that a statement gives; none for one that only changes."""

    @abstractmethod
    def run_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement that changes once for each row of parameters."""

    @abstractmethod
    def hold_generation(self) -> None:
        """Read only the current generation from now on; one that is held already stays held."""

    @abstractmethod
    def let_go(self) -> None:
        """Stop holding a generation: each read then sees the latest commit."""

    @abstractmethod
    def is_in_place(self) -> bool:
        """Whether the index is still the one that was opened."""

    @abstractmethod
    def check_truth(self) -> list[str]:
        """The faults that the database's own checks find, a line each."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    def text_in(self, text: str) -> object:
        """A document's text as the database keeps it."""
        return text

    def text_out(self, kept: object) -> str:
        """A document's text, from what the database keeps."""
        return str(kept)

    def fact(self, key: str, default: str = "") -> str:
        """A setting or figure kept with the index."""
        rows = self.rows("SELECT value FROM facts WHERE key = ?", [key])
        return str(rows[0][0]) if rows else default

    @property
    def generation(self) -> int:
        """How many commits there have been."""
        return int(self.fact("generation", "0"))

    def documents(self, where: Where | None = None) -> list[Listed]:
        """The documents that pass the filter, in name order, without their texts."""
        condition, parameters = condition_of(where, self.dialect)
        rows = self.rows(f"{LISTED} WHERE {condition} ORDER BY name", parameters)
        return [self.as_listed(row) for row in rows]

    def listed(self, keys: Iterable[str]) -> list[Listed]:
        """The documents whose texts have these keys, in name order."""
        wanted = list(keys)
        if not wanted:
            return []
        condition, parameters = self.dialect.is_one_of("key", wanted)
        rows = self.rows(f"{LISTED} WHERE {condition} ORDER BY name", parameters)
        return [self.as_listed(row) for row in rows]

    def listed_in(self, files: Iterable[str]) -> list[Listed]:
        """The documents that these files hold, in name order."""
        condition, parameters = self.dialect.is_one_of("file", list(files))
        rows = self.rows(f"{LISTED} WHERE {condition} ORDER BY name", parameters)
        return [self.as_listed(row) for row in rows]

    def listed_as(self, names: Iterable[str], sources: Iterable[str]) -> list[Listed]:
        """The documents with one of these names or sources, each once."""
        found: dict[str, Listed] = {}
        for column, values in (("name", names), ("source", sources)):
            wanted = [storable(one) for one in values]
            condition, parameters = self.dialect.is_one_of(column, wanted)
            for row in self.rows(f"{LISTED} WHERE {condition}", parameters):
                found[str(row[0])] = self.as_listed(row)
        return list(found.values())

    def described_with(self, beginnings: Iterable[str], where: Where | None = None) -> list[Listed]:
        """The documents whose title or author has a word that begins so, and possibly others.

        A title with letters beyond ASCII is kept escaped, so all such documents are given.
        """
        wanted = [*(f"%{one}%" for one in beginnings), "%\\u%"]
        passes, parameters = condition_of(where, self.dialect)
        any_of = " OR ".join(["lower(facts) LIKE ? ESCAPE '!'"] * len(wanted))
        rows = self.rows(
            f"{LISTED} WHERE {passes} AND ({any_of}) ORDER BY name", [*parameters, *wanted]
        )
        return [self.as_listed(row) for row in rows]

    def count_documents(self, where: Where | None = None) -> int:
        """How many documents pass the filter."""
        condition, parameters = condition_of(where, self.dialect)
        return self._number(f"SELECT count(*) FROM documents WHERE {condition}", parameters)

    def _number(self, statement: str, parameters: Sequence[object] = ()) -> int:
        return int(self.rows(statement, parameters)[0][0])

    def as_listed(self, row: Row) -> Listed:
        """A row of LISTED as a value. Raises DamagedIndexError if it was changed."""
        *fields, kept = row
        if digest(*fields) != kept:
            raise self.damaged(f"the record of {row[0]!r}")
        name, source, file, file_hash, key, encoding, _, facts = fields
        found = json.loads(facts)
        title = found_from(found["title"])
        if title is None:
            raise self.damaged(f"the title of {name!r}")
        author, published = found_from(found["author"]), found_from(found["published"])
        left_out = left_out_from(found.get("left_out", ()))
        return Listed(
            name, source, file, file_hash, key, encoding, title, author, published, left_out
        )

    def document(self, key: str, where: Where | None = None) -> Document:
        """The document whose text is kept under `key`, checked against its hash.

        If several files have this text, it is the first by name that passes the filter; the
        others are its copies. Raises DamagedIndexError if the text is not what was committed.
        """
        row = self.text_row(key)
        listed = self.listed([key])
        if row is None or not listed:
            raise KeyError(key)
        passing = self._passing(key, where) if where is not None and len(listed) > 1 else None
        first = next((one for one in listed if passing is None or one.name in passing), listed[0])
        _, kept_text, text_hash, regions, places, kept_title, kept = row
        text, title = self.text_out(kept_text), self.text_out(kept_title)
        if (
            content_hash(text) != text_hash
            or digest(key, text_hash, regions, places, title) != kept
        ):
            raise self.damaged(f"the text of {first.name!r}")
        return Document(
            name=first.name,
            text=text,
            title=first.title,
            author=first.author,
            published=first.published,
            encoding=first.encoding,
            regions=regions_from(json.loads(regions)),
            places=places_from(json.loads(places)),
            copies=tuple(one.name for one in listed if one.name != first.name),
            left_out=first.left_out,
        )

    def text_row(self, key: str) -> Row | None:
        """What is kept of a text: key, text, hash, regions, places, title and digest."""
        rows = self.rows(f"{TEXT} WHERE key = ?", [key])
        return rows[0] if rows else None

    def read_ahead(self, keys: Iterable[str]) -> None:  # noqa: B027 -- a file is as fast without
        """The documents with these keys will be asked for; a server gives them all at once."""

    def files(self, among: Iterable[str] | None = None) -> list[KnownFile]:
        """The files that have been read whole: all of them, or those at one of these paths."""
        if among is None:
            return self._known_files("(1 = 1)", [])
        return self._known_files(*self.dialect.is_one_of("file", list(among)))

    def files_hashed(self, hashes: Iterable[str]) -> list[KnownFile]:
        """The files that have been read whole and have one of these hashes."""
        return self._known_files(*self.dialect.is_one_of("file_hash", list(hashes)))

    def _known_files(self, condition: str, parameters: Sequence[object]) -> list[KnownFile]:
        return [
            KnownFile(file, hashed, limits, _skipped(skipped))
            for file, hashed, limits, skipped in self.rows(
                f"SELECT file, file_hash, limits, skipped FROM files WHERE {condition}", parameters
            )
        ]

    def signatures(self) -> dict[str, bytes]:
        """The MinHash signature of each text that has one."""
        return {
            key: bytes(minhash) for key, minhash in self.rows("SELECT key, minhash FROM signatures")
        }

    def alike(self, among: Iterable[str] | None = None) -> list[tuple[str, str, float]]:
        """The pairs of texts that share much, and how much of the shorter one the other has.

        With `among` only the pairs of which one text has one of these keys.
        """
        statement = "SELECT key, other, share FROM alike"
        if among is None:
            rows = self.rows(statement)
        else:
            wanted = list(among)
            first, its = self.dialect.is_one_of("key", wanted)
            second, others = self.dialect.is_one_of("other", wanted)
            rows = self.rows(f"{statement} WHERE {first} OR {second}", [*its, *others])
        return [(key, other, share) for key, other, share in rows]

    def _passing(self, key: str, where: Where) -> set[str]:
        """The names of the documents with this text that pass the filter."""
        condition, parameters = condition_of(where, self.dialect)
        statement = f"SELECT name FROM documents WHERE key = ? AND {condition}"
        return {name for (name,) in self.rows(statement, [key, *parameters])}

    def count_undated(self, where: Where) -> int:
        """How many documents that pass the filter state no date."""
        condition, parameters = condition_of(where, self.dialect)
        statement = f"SELECT count(*) FROM documents WHERE published IS NULL AND {condition}"
        return self._number(statement, parameters)

    def keys(self, where: Where | None = None) -> list[str]:
        """The keys of the texts that pass the filter."""
        condition, parameters = condition_of(where, self.dialect)
        statement = f"SELECT DISTINCT key FROM documents WHERE {condition}"
        return [key for (key,) in self.rows(statement, parameters)]

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in this order. Raises KeyError for an unknown id."""
        wanted = [int(number) for number in ids]
        condition, parameters = self.dialect.is_one_of("id", wanted)
        rows = self.rows(f"{_PASSAGE} WHERE {condition}", parameters)
        found = {one.id: one for one in map(self._passage, rows)}
        return [found[number] for number in wanted]

    def passages_of(self, keys: Sequence[str] | None = None) -> list[Passage]:
        """Every passage of these texts, or of all, in order of text and place."""
        condition, parameters = (
            self.dialect.is_one_of("key", keys) if keys is not None else ("(1 = 1)", [])
        )
        rows = self.rows(f'{_PASSAGE} WHERE {condition} ORDER BY key, start, "end"', parameters)
        return [self._passage(row) for row in rows]

    def keys_cut_apart(self) -> list[str]:
        """The keys of the texts with two neighbouring passages that share nothing."""
        statement = (
            'SELECT DISTINCT key FROM (SELECT key, "end", lead(start) OVER '
            '(PARTITION BY key ORDER BY start, "end") AS following FROM passages) AS pairs '
            'WHERE following >= "end"'
        )
        return [key for (key,) in self.rows(statement)]

    def keys_of(self, ids: Sequence[int]) -> set[str]:
        """The keys of the texts that these passages are of."""
        condition, parameters = self.dialect.is_one_of("id", [int(number) for number in ids])
        statement = f"SELECT DISTINCT key FROM passages WHERE {condition}"
        return {key for (key,) in self.rows(statement, parameters)}

    def count_unembedded(self) -> int:
        """How many passages have no vector yet."""
        return int(self.fact(UNEMBEDDED, "0"))

    def count_passages(self) -> int:
        """How many passages there are."""
        return self._number("SELECT count(*) FROM passages")

    def passage_ids_by_date(self, *, newest_first: bool) -> NDArray[np.int64]:
        """The ids of all passages in order of their documents' dates; undated ones come last."""
        order = "DESC" if newest_first else "ASC"
        return self._ids(
            "SELECT id FROM passages JOIN (SELECT key, max(published) AS day FROM documents "
            f"GROUP BY key) AS days USING (key) ORDER BY day {order} NULLS LAST, key, start"
        )

    def passage_ids(self, where: Where | None = None) -> NDArray[np.int64]:
        """The ids of the passages whose document passes the filter, ascending."""
        if where is None:
            return self._ids("SELECT id FROM passages ORDER BY id")
        condition, parameters = condition_of(where, self.dialect)
        inside = f"SELECT key FROM documents WHERE {condition}"
        return self._ids(f"SELECT id FROM passages WHERE key IN ({inside}) ORDER BY id", parameters)

    def _ids(self, statement: str, parameters: Sequence[object] = ()) -> NDArray[np.int64]:
        return np.fromiter((number for (number,) in self.rows(statement, parameters)), np.int64)

    def _passage(self, row: Row) -> Passage:
        number, key, start, end, part = row
        try:
            passage = Passage(number, key, Span(start, end), Part(part))
        except ValueError as error:
            raise self.damaged(f"passage {number}") from error
        if passage_id(key, passage.span, passage.part) != number:
            raise self.damaged(f"passage {number}")
        return passage

    def insert_document(self, listed: Listed) -> None:
        """Write a document's row."""
        row = document_row(listed)
        marks = ", ".join("?" * len(row))
        self.rows(
            "INSERT INTO documents (name, source, file, file_hash, key, encoding, published, "
            f"facts, digest) VALUES ({marks})",
            row,
        )

    def insert_text(self, entry: Entry) -> None:
        """Write a text's row and its passages'; what is there already stays."""
        one = entry.document
        regions, places = entry.regions_and_places()
        self.rows(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [
                entry.key,
                self.text_in(one.text),
                one.content_hash,
                regions,
                places,
                self.text_in(one.search_title),
                digest(entry.key, one.content_hash, regions, places, one.search_title),
            ],
        )
        self.insert_passages(entry)

    def insert_passages(self, entry: Entry) -> None:
        """Write the rows of a text's passages; what is there already stays."""
        self.run_many(
            'INSERT INTO passages (id, key, start, "end", part) VALUES (?, ?, ?, ?, ?) '
            "ON CONFLICT DO NOTHING",
            [(p.id, p.document, p.span.start, p.span.end, p.part.value) for p in entry.passages],
        )

    def insert_signatures(self, signatures: Mapping[str, bytes]) -> None:
        """Write the signatures of texts, by key."""
        self.run_many(
            "INSERT INTO signatures (key, minhash) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET minhash = excluded.minhash",
            signatures.items(),
        )

    def delete_text(self, key: str) -> None:
        """Delete a text that no document has any more, and all that belongs to it."""
        self.rows("DELETE FROM signatures WHERE key = ?", [key])
        self.rows("DELETE FROM alike WHERE key = ? OR other = ?", [key, key])
        self.rows("DELETE FROM passages WHERE key = ?", [key])
        self.rows("DELETE FROM texts WHERE key = ?", [key])

    def damaged(self, what: str) -> DamagedIndexError:
        """The error that says that `what` has changed since it was committed."""
        return DamagedIndexError(
            f"{what} in the index {self.place} is not what was committed; "
            "run `quoth verify` to see what else is damaged, then add the files again "
            "to a new index"
        )


def _skipped(kept: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((part, reason, detail) for part, reason, detail in json.loads(kept))

"""One commit: the derived files of the next generation, then the switch to it."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from index.documents import Document
from index.duplicates.clusters import is_other_article
from index.duplicates.minhash import KnownTexts
from index.durable_files import plain_faults
from index.embedding.base import Encoder, Vectors
from index.ingest.embed import Block, ids_in, texts_to_embed
from index.search import text_snapshot
from index.search.vector_segment import (
    IDS,
    ROWS,
    Ids,
    Rows,
    read_blocks,
    read_ids,
    rows_of,
    write_segment,
)
from index.search.vectors import alive
from index.storage.derived_files import (
    TEXT,
    VECTORS,
    Derived,
    check_sound,
    collect,
    derived_folder,
    new_folder,
    record,
    sync_derived,
)
from index.storage.schema import UNEMBEDDED, Change, Entry, KnownFile, Listed
from index.storage.store import Store
from index.text.chunking import Chunker, Passage
from index.text.matching import matching_text

_MOST_DEAD = 0.25

Encoded = Callable[[int], None]


class Writer:
    """Makes commits. The caller must hold the index's writer lock."""

    def __init__(
        self,
        store: Store,
        encoder: Callable[[], Encoder],
        chunker: Callable[[], Chunker],
    ) -> None:
        """Write to `store`; `encoder` is called only when there is something to embed."""
        self._store = store
        self._encoder = encoder
        self._precision = ""
        self._chunker = chunker
        self._known: KnownTexts | None = None

    def commit(
        self,
        added: Sequence[Entry] = (),
        removed: Sequence[str] = (),
        renamed: Sequence[tuple[str, Listed]] = (),
        facts: dict[str, str] | None = None,
        encoded: Encoded | None = None,
        *,
        files: Sequence[KnownFile] = (),
        files_gone: Sequence[str] = (),
        embed: bool = True,
    ) -> None:
        """Add, replace, remove and rename documents in one atomic commit.

        If several entries have the same source or name, the last one is used.
        A removed document is named; a replaced one is known by its source or name. `files` have
        been read whole, `files_gone` are known no longer. Without `embed` new passages get no
        vectors: they are found by their words until
        `add_vectors` has brought them.
        """
        added = _latest(added)
        before = {one.key for one in self._store.listed({entry.key for entry in added})}
        gone = self._keys_gone(added, removed)
        new = list({entry.key: entry for entry in added if entry.key not in before}.values())
        derived, facts = None, dict(facts or {})
        if gone or any(entry.passages for entry in new):
            passages = [(entry.document, passage) for entry in new for passage in entry.passages]
            after = self._ids_after([passage.id for _, passage in passages], gone)
            with plain_faults(self._store.folder):
                new_rows = self._embed(passages if embed else [], encoded)
                vectors = self._vector_files(new_rows, gone, after)
                derived = vectors + self._text_files(new, gone)
            if self._store.count_unembedded() or not embed:
                facts[UNEMBEDDED] = str(self._without_vectors(after(), vectors))
        signatures, alike = self._copies(new, gone)
        change = Change(
            removed=removed,
            renamed=renamed,
            added=added,
            files=files,
            files_gone=files_gone,
            signatures=signatures,
            alike=alike,
            derived=derived,
            facts=self._also(facts),
        )
        self._store.commit(change)
        collect(self._store.folder, self._store.derived())

    def _copies(
        self, new: Sequence[Entry], gone: Sequence[str]
    ) -> tuple[dict[str, bytes], list[tuple[str, str, float]]]:
        """The signatures of new texts, and which texts they share much with."""
        if not new:
            return {}, []
        if self._known is None:
            self._known = KnownTexts(
                self._store.signatures(), self._store.document, is_other_article
            )
        self._known.forget(gone)
        return self._known.add({entry.key: entry.document for entry in new})

    def add_vectors(self, block: Block) -> None:
        """Commit the vectors of passages that have none, of those that are still there."""
        after = self._store.passage_ids()
        have = ids_in(self._store.folder, self._store.derived())
        wanted = np.isin(block.ids, np.setdiff1d(after, have))
        if not wanted.any():
            return
        self._computed_in(block.precision)
        new = (block.ids[wanted], block.rows[wanted])
        with plain_faults(self._store.folder):
            vectors = self._vector_files(new, (), lambda: after)
        facts = {UNEMBEDDED: str(self._without_vectors(after, vectors))}
        change = Change(derived=vectors + self._store.derived(TEXT), facts=self._also(facts))
        self._store.commit(change)
        collect(self._store.folder, self._store.derived())

    def _ids_after(self, new: Sequence[int], gone: Sequence[str]) -> Callable[[], Ids]:
        """Gives the ids of all passages once `new` are added and texts are `gone`."""

        @cache
        def ids() -> Ids:
            lost = [passage.id for passage in self._store.passages_of(gone)] if gone else []
            staying = np.setdiff1d(self._store.passage_ids(), np.array(lost, np.int64))
            return np.union1d(staying, np.array(new, np.int64))

        return ids

    def _without_vectors(self, ids: Ids, vectors: list[Derived]) -> int:
        """How many of `ids` have no row in the files of `vectors`."""
        return len(np.setdiff1d(ids, ids_in(self._store.folder, vectors)))

    def repair(self, faults: Sequence[str]) -> None:
        """Drop the derived files that `faults` name, and make the text index again.

        What was in a damaged segment has no vector then, as before it was first embedded.
        """
        damaged = {
            (folder, file)
            for one in self._store.derived(VECTORS)
            for folder, file in [(one.folder, one.file)]
            if any(fault.startswith(f"derived/{folder}/{file} ") for fault in faults)
        }
        with plain_faults(self._store.folder):
            vectors = self._sound_vectors(damaged)
            derived = vectors + self._whole_text()
        missing = self._without_vectors(self._store.passage_ids(), vectors)
        self._store.commit(Change(derived=derived, facts={UNEMBEDDED: str(missing)}))
        collect(self._store.folder, self._store.derived())

    def _keys_gone(self, added: Sequence[Entry], removed: Sequence[str]) -> list[str]:
        """The keys that no document will have once `added` and `removed` are done."""
        names = [*removed, *(entry.document.name for entry in added)]
        going = self._store.listed_as(names, [entry.source for entry in added])
        named = {one.name for one in going}
        keys = {one.key for one in going} - {entry.key for entry in added}
        staying = {one.key for one in self._store.listed(keys) if one.name not in named}
        return sorted(keys - staying)

    def _vector_files(
        self,
        new: tuple[Ids, Vectors],
        gone: Sequence[str],
        after: Callable[[], Ids],
    ) -> list[Derived]:
        """The vector segments of the next generation, with `new` ids and their rows.

        Texts are `gone` from it, and `after` gives the ids of all its passages.

        Each commit adds one segment. It merges earlier segments of at most twice its size, which
        keeps their number small. If over a quarter of the rows are deleted, all are merged.
        """
        segments = self._segments()
        ids, rows = new
        sizes = {name: segment_rows(files) for name, files in segments.items()}
        if self._store.count_unembedded():
            live = np.intersect1d(after(), ids_in(self._store.folder, self._store.derived()))
            dead = sum(sizes.values()) - len(np.setdiff1d(live, ids))
        else:
            lost = len(self._store.passages_of(gone)) if gone else 0
            dead = sum(sizes.values()) - self._store.count_passages() + lost
        everything = dead > _MOST_DEAD * sum(sizes.values())
        kept: list[Derived] = []
        taken: list[str] = []
        together = len(ids)
        for name in sorted(segments, key=lambda name: sizes[name]):
            if everything or (together and sizes[name] <= together * 2):
                taken.append(name)
                together += sizes[name]
            else:
                kept += segments[name]
        if not len(ids) and not taken:
            return kept
        known = after() if dead and taken else None
        return [*kept, *self._write_segment([(ids, rows)], taken, known)]

    def _segments(self) -> dict[str, list[Derived]]:
        """The files of each vector segment, by its folder."""
        found: dict[str, list[Derived]] = {}
        for one in self._store.derived(VECTORS):
            found.setdefault(one.folder, []).append(one)
        return found

    def _write_segment(
        self, new: Sequence[tuple[Ids, Vectors]], taken: Sequence[str], known: Ids | None
    ) -> list[Derived]:
        """Write one segment: `new` rows, and rows of `taken` with `known` ids (None: all rows)."""
        check_sound(self._store.folder, self._rows_and_ids(taken))
        folders = [derived_folder(self._store.folder, name) for name in taken]
        ids = [one for one, _ in new] + [read_ids(folder) for folder in folders]
        blocks = [[(0, vectors)] for _, vectors in new] + [
            read_blocks(folder, self._dimension()) for folder in folders
        ]
        chosen = alive(ids, known) if known is not None else [None] * len(ids)
        parts = [Rows(*one) for one in zip(ids, blocks, chosen, strict=True)]
        if not any(len(one.ids) if one.chosen is None else one.chosen.any() for one in parts):
            return []
        folder = self._new_folder(VECTORS)
        files = write_segment(folder, parts, self._dimension())
        derived = [record(VECTORS, file) for file in files]
        sync_derived(folder)
        return derived

    def _new_folder(self, kind: str) -> Path:
        return new_folder(self._store.folder, kind, self._store.generation + 1)

    def _dimension(self) -> int:
        return int(self._store.fact("dimension"))

    def _embed(
        self, passages: Sequence[tuple[Document, Passage]], encoded: Encoded | None
    ) -> tuple[Ids, Vectors]:
        """The ids of these passages and their vectors."""
        ids = np.array([passage.id for _, passage in passages], np.int64)
        if not passages:
            return ids, np.empty((0, self._dimension()), np.float32)
        texts = texts_to_embed(passages, self._chunker())
        encoder = self._encoder()
        self._computed_in(encoder.precision)
        return ids, encoder.encode(texts, encoded)

    def _computed_in(self, precision: str) -> None:
        """Note that vectors of the next commit were calculated in this precision."""
        known = self._store.fact("precision").split(", ")
        self._precision = ", ".join(sorted({*filter(None, known), precision}))

    def _also(self, facts: dict[str, str] | None) -> dict[str, str]:
        """`facts`, and the precisions that the vectors were calculated in."""
        return {**(facts or {}), **({"precision": self._precision} if self._precision else {})}

    def _text_files(self, new: Sequence[Entry], gone: Sequence[str]) -> list[Derived]:
        earlier = self._store.derived(TEXT)
        base = earlier[0].path(self._store.folder).parent if earlier else None
        entries = [line for entry in new for line in _lines(entry.document, entry.passages)]
        known = {d.file: d for d in earlier}
        return self._write_text(base, gone, entries, known)

    def _write_text(
        self,
        base: Path | None,
        gone: Sequence[str],
        entries: Sequence[text_snapshot.Entry],
        known: dict[str, Derived],
    ) -> list[Derived]:
        folder = self._new_folder(TEXT)
        text_snapshot.write_snapshot(folder, base, gone, entries)
        derived = []
        for file in text_snapshot.files(folder):
            earlier = known.get(file.name)
            if earlier and base and (base / file.name).samefile(file):
                derived.append(Derived(TEXT, folder.name, file.name, earlier.size, earlier.sha256))
            else:
                derived.append(record(TEXT, file))
        sync_derived(folder)
        return derived

    def _sound_vectors(self, damaged: set[tuple[str, str]]) -> list[Derived]:
        """One new segment of the vectors that are sound."""
        rows = {(name, file) for name in self._segments() for file in (IDS, ROWS)}
        broken = {folder for folder, _ in rows & damaged}
        sound = [name for name in self._segments() if name not in broken]
        return self._write_segment([], sound, self._store.passage_ids()) if sound else []

    def _rows_and_ids(self, names: Sequence[str]) -> list[Derived]:
        """The files of ids and rows of these segments; the other files can be made from them."""
        wanted = (IDS, ROWS)
        return [one for name in names for one in self._segments()[name] if one.file in wanted]

    def _whole_text(self) -> list[Derived]:
        entries: list[text_snapshot.Entry] = []
        passages = self._store.passages_of()
        for key in sorted({passage.document for passage in passages}):
            mine = [passage for passage in passages if passage.document == key]
            entries += _lines(self._store.document(key), mine)
        return self._write_text(None, [], entries, {}) if entries else []


def _latest(added: Sequence[Entry]) -> list[Entry]:
    by_source = {entry.source: entry for entry in added}
    return list({entry.document.name: entry for entry in by_source.values()}.values())


def segment_rows(files: Sequence[Derived]) -> int:
    """How many rows the segment with these files has."""
    return next(rows_of(one.size) for one in files if one.file == IDS)


def _lines(document: Document, passages: Sequence[Passage]) -> list[text_snapshot.Entry]:
    return [
        text_snapshot.Entry(
            passage.id,
            passage.document,
            "" if passage.part.is_footer else matching_text(document.search_title).text,
            matching_text(passage.span.of(document.text)).text,
            passage.part,
        )
        for passage in passages
    ]

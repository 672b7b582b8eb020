"""One commit: the derived files of the next generation, then the switch to it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from index.durable_files import plain_faults
from index.embedding.base import Encoder, Vectors
from index.ingest.commit_parts import CommitParts, Encoded, lines
from index.ingest.embed import Block, ids_in
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
from index.storage.schema import UNEMBEDDED, Change, Entry
from index.storage.store import Store
from index.text.chunking import Chunker

_MOST_DEAD = 0.25


class Writer(CommitParts):
    """Makes commits. The caller must hold the index's writer lock."""

    def __init__(
        self,
        store: Store,
        encoder: Callable[[], Encoder],
        chunker: Callable[[], Chunker],
    ) -> None:
        """Write to `store`; `encoder` is called only when there is something to embed."""
        super().__init__(store, encoder, chunker)
        self._store: Store = store

    def commit(self, change: Change, encoded: Encoded | None = None, *, embed: bool = True) -> None:
        """Add, replace, remove and rename documents in one atomic commit.

        If several entries have the same source or name, the last one is used. A removed document
        is named; a replaced one is known by its source or name. Without `embed` new passages get no
        vectors: they are found by their words until `add_vectors` has brought them.
        """
        change, new, gone = self.worked_out(change)
        if gone or any(entry.passages for entry in new):
            passages = [(entry.document, passage) for entry in new for passage in entry.passages]
            after = self._ids_after([passage.id for _, passage in passages], gone)
            facts = dict(change.facts or {})
            with plain_faults(self._store.folder):
                new_rows = self.embed(passages if embed else [], encoded)
                vectors = self._vector_files(new_rows, gone, after)
                derived = vectors + self._text_files(new, gone)
            if self._store.count_unembedded() or not embed:
                facts[UNEMBEDDED] = str(self._without_vectors(after(), vectors))
            change = replace(change, derived=derived, facts=facts)
        self._store.commit(self.with_precision(change))
        collect(self._store.folder, self._store.derived())

    def add_vectors(self, block: Block) -> None:
        """Commit the vectors of passages that have none, of those that are still there."""
        after = self._store.passage_ids()
        have = ids_in(self._store.folder, self._store.derived())
        wanted = np.isin(block.ids, np.setdiff1d(after, have))
        if not wanted.any():
            return
        self.computed_in(block.precision)
        new = (block.ids[wanted], block.rows[wanted])
        with plain_faults(self._store.folder):
            vectors = self._vector_files(new, (), lambda: after)
        facts = {UNEMBEDDED: str(self._without_vectors(after, vectors))}
        change = Change(derived=vectors + self._store.derived(TEXT), facts=facts)
        self._store.commit(self.with_precision(change))
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

    def _text_files(self, new: Sequence[Entry], gone: Sequence[str]) -> list[Derived]:
        earlier = self._store.derived(TEXT)
        base = earlier[0].path(self._store.folder).parent if earlier else None
        entries = [line for entry in new for line in lines(entry.document, entry.passages)]
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
            entries += lines(self._store.document(key), mine)
        return self._write_text(None, [], entries, {}) if entries else []


def segment_rows(files: Sequence[Derived]) -> int:
    """How many rows the segment with these files has."""
    return next(rows_of(one.size) for one in files if one.file == IDS)

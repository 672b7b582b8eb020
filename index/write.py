"""One commit: the derived files of the next generation, then the switch to it."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from index import lexical, vectors
from index.chunk import Chunker, Passage, embedded
from index.copies import KnownTexts
from index.documents import Document
from index.encode import Encoder
from index.files import plain_faults, write_whole
from index.rows import Change, Derived, Entry, KnownFile, Listed
from index.store import Store
from index.vectors import Ids

VECTORS, TEXT = "vectors", "text"
_SEGMENT = "segment.faiss"
_MOST_DEAD = 0.25
_NUMBER_BYTES = 4

Encoded = Callable[[int], None]


class Writer:
    """Makes commits. Whoever has one holds the index's lock."""

    def __init__(
        self, store: Store, encoder: Callable[[], Encoder], chunker: Callable[[], Chunker]
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
    ) -> None:
        """Add, replace, remove and rename, whole or not at all.

        A removed document is named; a replaced one is known by its source or name. `files` have
        been read whole, `files_gone` are known no longer.
        """
        before = set(self._store.keys())
        gone = self._keys_gone(added, removed)
        new = list({entry.key: entry for entry in added if entry.key not in before}.values())
        derived = None
        if gone or any(entry.passages for entry in new):
            with plain_faults(self._store.folder):
                derived = self._vector_files(new, gone, encoded) + self._text_files(new, gone)
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
        self._store.collect()

    def _copies(
        self, new: Sequence[Entry], gone: Sequence[str]
    ) -> tuple[dict[str, bytes], list[tuple[str, str, float]]]:
        """The signatures of new texts, and which texts they share much with."""
        if not new:
            return {}, []
        if self._known is None:
            self._known = KnownTexts(self._store.signatures(), self._text)
        self._known.forget(gone)
        return self._known.add({entry.key: entry.document for entry in new})

    def _text(self, key: str) -> Document:
        return self._store.document(key)

    def repair(self, faults: Sequence[str], encoded: Encoded | None = None) -> None:
        """Make every derived file that `faults` name again, from the truth."""
        damaged = {fault.split("/")[1] for fault in faults if fault.startswith("derived/")}
        with plain_faults(self._store.folder):
            derived = self._sound_vectors(damaged, encoded) + self._whole_text()
        self._store.commit(Change(derived=derived, facts=self._also(None)))
        self._store.collect()

    def _keys_gone(self, added: Sequence[Entry], removed: Sequence[str]) -> list[str]:
        """The keys that no document will have once `added` and `removed` are done."""
        names = {*removed, *(entry.document.name for entry in added)}
        sources = {entry.source for entry in added}
        listed = self._store.documents()
        going = [one for one in listed if one.name in names or one.source in sources]
        staying = (
            {one.key for one in listed}
            if not going
            else {one.key for one in listed if one.name not in names and one.source not in sources}
        )
        coming = {entry.key for entry in added}
        return sorted({one.key for one in going} - staying - coming)

    def _vector_files(
        self, new: Sequence[Entry], gone: Sequence[str], encoded: Encoded | None
    ) -> list[Derived]:
        """The vector segments of the next generation.

        Each commit adds one, which takes in those before it that are no larger than itself, so
        that there are few; once a quarter of the rows is dead, all become one.
        """
        segments = self._store.derived(VECTORS)
        live = np.setdiff1d(
            np.array(self._store.passage_ids(), np.int64),
            np.array([p.id for p in self._store.passages_of(gone)] if gone else [], np.int64),
        )
        passages = [(entry.document, passage) for entry in new for passage in entry.passages]
        rows = [(np.array([p.id for _, p in passages], np.int64), self._embed(passages, encoded))]
        dimension = self._dimension()
        sizes = {d: d.size // (dimension * _NUMBER_BYTES) for d in segments}
        dead = sum(sizes.values()) - len(live)
        everything = dead > _MOST_DEAD * sum(sizes.values())
        kept = []
        together = len(passages)
        for segment in sorted(segments, key=lambda d: sizes[d]):
            if everything or (together and sizes[segment] <= together * 2):
                rows.append(self._segment(segment))
                together += sizes[segment]
            else:
                kept.append(segment)
        alive = np.concatenate([live, rows[0][0]])
        return [*kept, *self._write_segment(rows, alive)]

    def _segment(self, segment: Derived) -> tuple[Ids, np.ndarray]:
        return vectors.from_bytes(segment.path(self._store.folder).read_bytes())

    def _write_segment(self, rows: list[tuple[Ids, np.ndarray]], alive: Ids) -> list[Derived]:
        joined = vectors.VectorIndex(rows, np.unique(alive), self._dimension())
        if not len(joined):
            return []
        folder = self._store.new_folder(VECTORS)
        folder.mkdir()
        write_whole(folder / _SEGMENT, vectors.to_bytes(joined.ids, joined.vectors(joined.ids)))
        self._store.sync_derived(folder)
        return [self._store.record(VECTORS, folder / _SEGMENT)]

    def _dimension(self) -> int:
        return int(self._store.fact("dimension"))

    def _embed(
        self, passages: Sequence[tuple[Document, Passage]], encoded: Encoded | None
    ) -> np.ndarray:
        if not passages:
            return np.empty((0, self._dimension()), np.float32)
        title = cache(self._chunker().title)
        texts = [embedded(title(d, p.part), p.span.of(d.text)) for d, p in passages]
        encoder = self._encoder()
        known = self._store.fact("precision").split(", ")
        self._precision = ", ".join(sorted({*filter(None, known), encoder.precision}))
        return encoder.encode(texts, encoded)

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
        entries: Sequence[lexical.Entry],
        known: dict[str, Derived],
    ) -> list[Derived]:
        folder = self._store.new_folder(TEXT)
        lexical.write_snapshot(folder, base, gone, entries)
        derived = []
        for file in lexical.files(folder):
            earlier = known.get(file.name)
            if earlier and base and (base / file.name).samefile(file):
                derived.append(Derived(TEXT, folder.name, file.name, earlier.size, earlier.sha256))
            else:
                derived.append(self._store.record(TEXT, file))
        self._store.sync_derived(folder)
        return derived

    def _sound_vectors(self, damaged: set[str], encoded: Encoded | None) -> list[Derived]:
        sound = [d for d in self._store.derived(VECTORS) if d.folder not in damaged]
        rows = [self._segment(segment) for segment in sound]
        have = np.concatenate([np.empty(0, np.int64), *(ids for ids, _ in rows)])
        alive = np.array(self._store.passage_ids(), np.int64)
        lost = self._store.passages([int(number) for number in np.setdiff1d(alive, have)])
        documents = {key: self._store.document(key) for key in {p.document for p in lost}}
        embedded_again = self._embed([(documents[p.document], p) for p in lost], encoded)
        rows.append((np.array([p.id for p in lost], np.int64), embedded_again))
        return self._write_segment(rows, alive)

    def _whole_text(self) -> list[Derived]:
        entries: list[lexical.Entry] = []
        passages = self._store.passages_of()
        for key in sorted({passage.document for passage in passages}):
            mine = [passage for passage in passages if passage.document == key]
            entries += _lines(self._store.document(key), mine)
        return self._write_text(None, [], entries, {}) if entries else []


def _lines(document: Document, passages: Sequence[Passage]) -> list[lexical.Entry]:
    return [
        lexical.Entry(
            passage.id,
            passage.document,
            "" if passage.part.is_footer else document.search_title,
            passage.span.of(document.text),
            passage.part,
        )
        for passage in passages
    ]

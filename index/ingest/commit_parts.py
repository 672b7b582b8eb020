"""What a commit consists of, wherever the index is kept: vectors, copies, and texts that go."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from index.documents import Document
from index.duplicates.clusters import is_other_article
from index.duplicates.minhash import BandsInMemory, KnownTexts
from index.embedding.base import Encoder, Vectors
from index.ingest.embed import texts_to_embed
from index.search import text_snapshot
from index.search.vector_segment import Ids
from index.storage.schema import Change, Entry
from index.storage.tables import Tables
from index.text.chunking import Chunker, Passage
from index.text.matching import matching_text

Encoded = Callable[[int], None]
"""Is told how many more passages are embedded."""


class CommitParts:
    """Works out what a commit to `store` consists of, beside the documents themselves."""

    def __init__(
        self,
        store: Tables,
        encoder: Callable[[], Encoder],
        chunker: Callable[[], Chunker],
    ) -> None:
        """Work for `store`; `encoder` is called only when there is something to embed."""
        self._store = store
        self._encoder = encoder
        self._precision = ""
        self._chunker = chunker
        self._known: KnownTexts | None = None

    def worked_out(self, change: Change) -> tuple[Change, list[Entry], list[str]]:
        """A change with what it did not say: what its texts share with others.

        Also the entries whose texts are new to the index, each text once, and the keys of the texts
        that no document will have any more.
        """
        added = _latest(change.added)
        gone = self._keys_gone(added, change.removed)
        new = self.new_among(added)
        change = replace(change, added=added)
        if change.signatures is None:
            signatures, alike = self._copies(new, gone)
            change = replace(change, signatures=signatures, alike=alike)
        return change, new, gone

    def new_among(self, added: Sequence[Entry]) -> list[Entry]:
        """The entries whose texts are not in the index, each text once."""
        before = {one.key for one in self._store.listed({entry.key for entry in added})}
        return list({entry.key: entry for entry in added if entry.key not in before}.values())

    def _copies(
        self, new: Sequence[Entry], gone: Sequence[str]
    ) -> tuple[dict[str, bytes], list[tuple[str, str, float]]]:
        """The signatures of new texts, and which texts they share much with."""
        if not new:
            return {}, []
        known = self.known_texts()
        known.forget(gone)
        return known.add({entry.key: entry.document for entry in new})

    def known_texts(self) -> KnownTexts:
        """The texts of the index, with which new ones are compared."""
        if self._known is None:
            bands = BandsInMemory(self._store.signatures())
            self._known = KnownTexts(bands, self._store.document, is_other_article)
        return self._known

    def _keys_gone(self, added: Sequence[Entry], removed: Sequence[str]) -> list[str]:
        """The keys that no document will have once `added` and `removed` are done."""
        names = [*removed, *(entry.document.name for entry in added)]
        going = self._store.listed_as(names, [entry.source for entry in added])
        named = {one.name for one in going}
        keys = {one.key for one in going} - {entry.key for entry in added}
        staying = {one.key for one in self._store.listed(keys) if one.name not in named}
        return sorted(keys - staying)

    def embed(
        self, passages: Sequence[tuple[Document, Passage]], encoded: Encoded | None
    ) -> tuple[Ids, Vectors]:
        """The ids of these passages and their vectors."""
        ids = np.array([passage.id for _, passage in passages], np.int64)
        if not passages:
            return ids, np.empty((0, int(self._store.fact("dimension"))), np.float32)
        texts = texts_to_embed(passages, self._chunker())
        encoder = self._encoder()
        self.computed_in(encoder.precision)
        return ids, encoder.encode(texts, encoded)

    def computed_in(self, precision: str) -> None:
        """Note that vectors of the next commit were calculated in this precision, or these."""
        known = [*self._store.fact("precision").split(", "), *precision.split(", ")]
        self._precision = ", ".join(sorted({*filter(None, known)}))

    def with_precision(self, change: Change) -> Change:
        """A change that also keeps the precisions that the vectors were calculated in."""
        if not self._precision:
            return change
        return replace(change, facts={**(change.facts or {}), "precision": self._precision})


def _latest(added: Sequence[Entry]) -> list[Entry]:
    """The entries, of which only the last one of a source or name."""
    by_source = {entry.source: entry for entry in added}
    return list({entry.document.name: entry for entry in by_source.values()}.values())


def lines(document: Document, passages: Sequence[Passage]) -> list[text_snapshot.Entry]:
    """What a search by words reads of each passage: its title and its text, normalized."""
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

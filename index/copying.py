"""Copying an index to another place: from a folder to a server, or from a server to a folder."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from index.engines.at import Place, engine_at
from index.errors import FaultError, QuothError
from index.ingest.embed import Block
from index.ingest.report import Progress
from index.storage.schema import Change, Entry, Listed
from index.storage.tables import Tables
from index.text.chunking import Chunker

if TYPE_CHECKING:
    from index.engines.base import Writing
    from index.index import Index
    from index.search.base import Search

T = TypeVar("T")

_SETTINGS = ("model", "fingerprint", "dimension", "size", "overlap", "tokens", "title")
_FIGURES = ("last_add", "cut_to_fit", "precision")
_COPYING = "copying"
"""The fact that tells of what an index is a copy that is not finished."""
_TEXTS_A_COMMIT = 500
_VECTORS_A_COMMIT = 20_000


@dataclass(frozen=True, slots=True)
class Copied:
    """How much was copied, and compared with what it was copied from.

    Example:
        >>> Copied(documents=2, passages=31, vectors=31).vectors
        31
    """

    documents: int
    passages: int
    vectors: int


def copy_index(
    source: "Index", to: Place, progress: Callable[[Progress], None] | None = None
) -> Copied:
    """Copy an index to a new place, vectors included, and compare the copy with it.

    After an interruption the same call goes on. Files beside the index, such as recognized names,
    are not copied: `quoth names --make` makes them again.

    Args:
        source: the index, opened; the generation that it reads is copied.
        to: a new folder, or the address of a server that has no index there.
        progress: is told how far it is.

    Returns:
        How much there is.

    Raises:
        QuothError: if there is another index at `to`.
        FaultError: if the copy is not what was copied.

    Example:
        >>> copy_index(Index.open(".quoth"), "copy").documents   # doctest: +SKIP
        2
    """
    tell = progress or (lambda _: None)
    store = source.store
    mark = f"generation {source.generation} of {source.place}"
    engine = engine_at(to)
    if not engine.exists():
        engine.check_new()
        engine.create({**_facts(store, _SETTINGS), _COPYING: mark})
    opened: Tables = engine.open()
    try:
        begun = opened.fact(_COPYING)
    finally:
        opened.close()
    if begun != mark:
        raise QuothError(
            f"there is an index in {engine.place} already"
            + (f", an unfinished copy of {begun}" if begun else "")
            + "; name a new place for the copy"
        )
    with (
        engine.loading(),
        engine.writing(
            lambda: source.encoder, lambda: Chunker(source.settings, source.encoder), wait=True
        ) as (target, writer),
    ):
        copied = _Copying(source, target, writer, tell)
        copied.texts()
        copied.vectors()
        facts = {**_facts(store, _FIGURES), _COPYING: ""}
        wrong = next(differences(source, target, engine.search(target)), None)
        if wrong is not None:
            raise FaultError(
                f"the copy in {engine.place} is not what was copied: {wrong}; check the index "
                f"that was copied with: quoth verify --index {source.place}"
            )
        writer.commit(Change(facts=facts, files=store.files()))
        return Copied(
            target.count_documents(),
            target.count_passages(),
            target.count_passages() - target.count_unembedded(),
        )


class _Copying:
    """One copy, from the first text to the last vector."""

    def __init__(
        self,
        source: "Index",
        target: Tables,
        writer: "Writing",
        tell: Callable[[Progress], None],
    ) -> None:
        self._source = source
        self._target = target
        self._writer = writer
        self._tell = tell
        self._all_passages = max(1, source.store.count_passages())

    def texts(self) -> None:
        """Copy the documents, their passages and what they share, but no vectors."""
        store = self._source.store
        signatures = store.signatures()
        alike: dict[str, list[tuple[str, str, float]]] = {}
        for pair in store.alike():
            alike.setdefault(pair[0], []).append(pair)
        there = set(self._target.keys())
        for keys in _in_parts(sorted(set(store.keys()) - there), _TEXTS_A_COMMIT):
            change = Change(
                added=[entry for key in keys for entry in entries_of(store, key)],
                signatures={key: signatures[key] for key in keys if key in signatures},
                alike=[pair for key in keys for pair in alike.get(key, [])],
            )
            self._writer.commit(change, embed=False)
            self._told("copying texts")

    def vectors(self) -> None:
        """Copy the vectors that the copy has not yet."""
        precision = self._source.store.fact("precision")
        ids = self._source.store.passage_ids()
        for some in _in_parts(ids.tolist(), _VECTORS_A_COMMIT):
            rows = self._source.vectors(some)
            has = ~np.isnan(rows[:, 0]) if len(rows) else np.empty(0, bool)
            if has.any():
                block = Block(np.array(some, np.int64)[has], rows[has], precision)
                self._writer.add_vectors(block)
            self._told("copying vectors")

    def _told(self, doing: str) -> None:
        passages = self._target.count_passages()
        vectors = passages - self._target.count_unembedded()
        share = (passages + vectors) / 2 / self._all_passages
        self._tell(
            Progress(min(1.0, share), self._target.count_documents(), passages, vectors, doing)
        )


def differences(source: "Index", target: Tables, search: "Search") -> Iterator[str]:
    """A line for each thing in which an index differs from the one it was copied from."""
    store = source.store
    if set(store.documents()) != set(target.documents()):
        yield "the lists of documents differ"
    if set(store.alike()) != set(target.alike()) or store.signatures() != target.signatures():
        yield "the copies and versions differ"
    for keys in _in_parts(sorted(store.keys()), _TEXTS_A_COMMIT):
        passages = store.passages_of(keys)
        if passages != target.passages_of(keys):
            yield "the passages differ"
        for key in keys:
            if store.document(key) != target.document(key):
                yield f"the text of {store.document(key).name!r} differs"
        ids = [passage.id for passage in passages]
        if not np.array_equal(source.vectors(ids), search.vectors(ids), equal_nan=True):
            yield "the vectors differ"


def _facts(store: Tables, keys: Sequence[str]) -> dict[str, str]:
    return {key: value for key in keys if (value := store.fact(key))}


def entries_of(store: Tables, key: str) -> Iterator[Entry]:
    """The documents with one text, as they were added."""
    document, passages = store.document(key), store.passages_of([key])
    for one in store.listed([key]):
        yield Entry(
            replace(document, copies=(), **_own(one)),
            one.source,
            one.file,
            one.file_hash,
            key,
            passages,
        )


def _own(listed: Listed) -> dict[str, Any]:
    """What documents with the same text may have differently."""
    names = ("name", "title", "author", "published", "encoding", "left_out")
    return {name: getattr(listed, name) for name in names}


def _in_parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

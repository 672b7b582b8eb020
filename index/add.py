"""Bringing files into an index: what is new, changed, renamed or to be skipped."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.anatomy import file_stem
from index.chunk import Chunker, document_key
from index.documents import FILE_NAME, Document, Found
from index.load import Source, load, read, walk
from index.rows import Entry, Listed
from index.skipped import Reason, SkipFileError, Skipped
from index.store import Store
from index.write import Writer

_PASSAGES_A_COMMIT = 2_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an add is: the share of the work done (0 to 1) and what has been counted."""

    done: float
    files: int
    passages: int
    embedded: int


@dataclass(slots=True)
class AddReport:
    """What one add did, file by file."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    passages: int = 0
    cut_to_fit: int = 0
    seconds: float = 0.0

    @property
    def indexed_any(self) -> bool:
        """Whether any file named is now in the index."""
        return bool(self.added or self.replaced or self.renamed or self.unchanged)

    def as_json(self) -> str:
        """The report for keeping with the index."""
        return json.dumps(
            {
                "added": len(self.added),
                "replaced": len(self.replaced),
                "renamed": len(self.renamed),
                "unchanged": len(self.unchanged),
                "skipped": [
                    {"path": s.path, "reason": s.reason.value, "message": s.message}
                    for s in self.skipped
                ],
                "passages": self.passages,
                "cut_to_fit": self.cut_to_fit,
            }
        )


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document on its way in: where it is from, the hash of its source, and its bytes' number."""

    name: str
    source: str
    file_hash: str
    size: int
    load: Callable[[], Document]


class Adding:
    """One add, from incoming documents to commits."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        chunker: Callable[[], Chunker],
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        """Add to `store` through `writer`; `progress` is told as the work goes on."""
        self.report = AddReport()
        self._store = store
        self._writer = writer
        self._chunker = chunker
        self._tell = progress or (lambda _: None)
        self._started = time.monotonic()
        listed = store.documents()
        self._by_source = {one.source: one for one in listed}
        self._by_name = {one.name: one for one in listed}
        self._by_file = {one.file_hash: one for one in listed}
        self._pending: list[Entry] = []
        self._renamed: list[tuple[str, Listed]] = []
        self._total = 1
        self._committed_bytes = 0
        self._pending_bytes = 0
        self._embedded = 0

    def add(
        self, incoming: Iterator[Incoming | Skipped], total_bytes: int, *, whole: bool = False
    ) -> AddReport:
        """Take in everything that comes, committing as it goes or, if `whole`, once."""
        self._total = max(1, total_bytes)
        for one in incoming:
            if isinstance(one, Skipped):
                self.report.skipped.append(one)
                continue
            self._take(one)
            pending = sum(len(entry.passages) for entry in self._pending)
            if pending >= _PASSAGES_A_COMMIT and not whole:
                self._commit()
        self._commit(last=True)
        self.report.seconds = time.monotonic() - self._started
        return self.report

    def _take(self, one: Incoming) -> None:
        known = self._by_source.get(one.source)
        self._pending_bytes += one.size
        if known is not None and known.file_hash == one.file_hash:
            self.report.unchanged.append(known.name)
            return
        moved = self._by_file.get(one.file_hash)
        if known is None and moved is not None and _is_gone(moved.source):
            self._rename(moved, one)
            return
        try:
            document = one.load()
        except SkipFileError as skip:
            self.report.skipped.append(Skipped(one.name, skip.reason, skip.detail))
            return
        name = self._name(one, known)
        document = replace(document, name=name)
        chunks = self._chunker().chunk(document)
        entry = Entry(document, one.source, one.file_hash, document_key(document), chunks.passages)
        self._pending.append(entry)
        self.report.passages += len(chunks.passages)
        self.report.cut_to_fit += chunks.cut_to_fit
        (self.report.replaced if known else self.report.added).append(name)
        listed = Listed(
            name,
            one.source,
            one.file_hash,
            entry.key,
            document.encoding,
            document.title,
            None,
            None,
        )
        self._by_source[one.source] = self._by_name[name] = listed

    def _rename(self, moved: Listed, one: Incoming) -> None:
        name = self._name(one, None)
        title = moved.title
        if title.how == FILE_NAME:
            title = Found(file_stem(name), FILE_NAME)
        listed = replace(moved, name=name, source=one.source, title=title)
        self._renamed.append((moved.name, listed))
        self.report.renamed.append((moved.name, name))
        self._by_file[one.file_hash] = self._by_source[one.source] = self._by_name[name] = listed

    def _name(self, one: Incoming, known: Listed | None) -> str:
        """The path given to add, or the whole path if another document has that name."""
        if known is not None:
            return known.name
        holder = self._by_name.get(one.name)
        return one.name if holder is None or holder.source == one.source else one.source

    def _commit(self, *, last: bool = False) -> None:
        before = self._committed_bytes
        total = max(1, sum(len(entry.passages) for entry in self._pending))
        done = 0

        def encoded(count: int) -> None:
            nonlocal done
            done += count
            self._embedded += count
            share = min(1.0, done / total)
            self._say(before + self._pending_bytes * share)

        facts = {}
        if last:
            facts = {"last_add": self.report.as_json()}
        if (
            self._pending
            or self._renamed
            or (last and self._store.fact("last_add") != facts["last_add"])
        ):
            cut = int(self._store.fact("cut_to_fit", "0"))
            facts["cut_to_fit"] = str(cut + self.report.cut_to_fit if last else cut)
            self._writer.commit(self._pending, (), self._renamed, facts, encoded)
        self._committed_bytes += self._pending_bytes
        self._pending, self._renamed, self._pending_bytes = [], [], 0
        self._say(self._committed_bytes)

    def _say(self, done_bytes: float) -> None:
        files = len(self.report.added) + len(self.report.replaced)
        share = min(1.0, done_bytes / self._total)
        self._tell(Progress(share, files, self.report.passages, self._embedded))


def _is_gone(source: str) -> bool:
    return source.startswith("/") and not os.path.lexists(source)


def from_paths(paths: Sequence[str], leave_out: Path) -> tuple[Iterator[Incoming | Skipped], int]:
    """The files at and under `paths` as they come in, and how many bytes they are."""
    found = list(walk(list(paths), leave_out))
    total = sum(_size(one[1]) for one in found if not isinstance(one, Skipped))
    return _read_all(found), total


def _read_all(found: Sequence[tuple[str, Path] | Skipped]) -> Iterator[Incoming | Skipped]:
    seen: set[str] = set()
    for one in found:
        if isinstance(one, Skipped):
            yield one
            continue
        name, path = one
        try:
            source = read(name, path)
        except SkipFileError as skip:
            yield Skipped(name, skip.reason, skip.detail)
            continue
        real = storable(os.path.realpath(path))
        if real not in seen:
            seen.add(real)
            yield incoming_file(source, real)


def incoming_file(source: Source, real: str) -> Incoming:
    """A file that has been read, on its way in."""
    name = storable(source.name)
    return Incoming(
        name,
        real,
        source.file_hash,
        len(source.content),
        lambda: load(replace(source, name=name)),
    )


def storable(path: str) -> str:
    r"""A path as text: bytes of its name that are not UTF-8 become `\udcXX` spelled out."""
    return path.encode("utf-8", "backslashreplace").decode()


def from_documents(documents: Sequence[Document]) -> tuple[Iterator[Incoming | Skipped], int]:
    """Documents already in memory as they come in, and how many characters they are."""
    return (_incoming_document(one) for one in documents), sum(len(d.text) for d in documents)


def _incoming_document(document: Document) -> Incoming | Skipped:
    if not document.text.strip():
        return Skipped(document.name, Reason.EMPTY)
    return Incoming(
        document.name,
        f"memory:{document.name}",
        document.content_hash,
        len(document.text),
        lambda: document,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

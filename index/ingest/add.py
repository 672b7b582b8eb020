"""Adding files to an index: which are new, changed, renamed or skipped."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.documents import FILE_NAME, Document, Found
from index.errors import QuothError
from index.ingest.known_documents import KnownDocuments
from index.ingest.report import AddReport, Progress
from index.parsing.front_matter import file_stem
from index.parsing.limits import Limits
from index.parsing.loader import File, Loader, identify
from index.parsing.paths import FilePlace, find, inside, is_gone, size_of
from index.parsing.skip_reasons import LIMITED, Reason, SkipFileError, Skipped
from index.parsing.worker_pool import Parsed
from index.storage.schema import Change, Entry, KnownFile, Listed
from index.storage.tables import Tables
from index.text.chunking import Chunker, Chunks, document_key

if TYPE_CHECKING:
    from index.engines.base import Writing

_EMBEDDED_AT_ONCE = 2_000
"""An add of fewer passages is one commit, vectors included; a larger one commits words first."""
_PASSAGES_A_COMMIT = 10_000
_MANY_PASSAGES = 300
"""The time to embed is estimated only for documents with at least so many passages."""
_NOT_READ_THROUGH = frozenset(
    [
        Reason.TOO_SLOW,
        Reason.TOO_MUCH_MEMORY,
        Reason.TOO_LARGE,
        Reason.STOPPED,
        Reason.MISSING,
        Reason.UNREACHABLE,
    ]
)
"""If a part was skipped for one of these reasons, the file may hold more than was read."""


class Adding:
    """One add, from files to commits."""

    def __init__(
        self,
        store: Tables,
        writer: "Writing",
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
        self._known = KnownDocuments(store)
        self._pending: list[Entry] = []
        self._pending_passages = 0
        self._renamed: list[tuple[str, Listed]] = []
        self._removed: list[str] = []
        self._done_files: list[KnownFile] = []
        self._files_gone: list[str] = []
        self._limits = Limits()
        self._total = 1
        self._committed_bytes = 0
        self._pending_bytes = 0
        self._embedded = 0
        self._words_first = False
        self._embeds_all = False
        self._remembers = True

    def add_files(
        self,
        paths: Sequence[str],
        leave_out: Path,
        limits: Limits | None,
        *,
        whole: bool,
        embed: bool = True,
        within: Sequence[Path] = (),
    ) -> AddReport:
        """Add the files at and under `paths`, in batches or, if `whole`, in one commit.

        Many passages are committed without vectors, unless it is `whole` and to `embed` as well.
        With `within`, only files in these folders are added, after links are followed.
        """
        self._embeds_all = whole and embed
        return self.add_found(find(paths, leave_out, within), limits, whole=whole)

    def add_found(
        self,
        found: Sequence[tuple[str, FilePlace] | Skipped],
        limits: Limits | None,
        *,
        whole: bool,
        remember: bool = True,
    ) -> AddReport:
        """Add files that were found, each a name and a place, or skipped.

        To `remember` is to keep the report with the index.
        """
        self._limits = limits or Limits()
        self._remembers = remember
        self._total = max(1, sum(size_of(one[1]) for one in found if not isinstance(one, Skipped)))
        loader = Loader(limits)
        try:
            for file, reads in loader.ahead(self._to_read(found)):
                self._take_file(file, reads, whole=whole)
            self.report.skipped.sort(key=lambda one: one.path)
            self._commit(last=True)
        finally:
            loader.close()
        self.report.seconds = time.monotonic() - self._started
        return self.report

    def add_documents(self, documents: Sequence[Document]) -> AddReport:
        """Add documents that are already in memory; each is identified by its name.

        Raises QuothError, before any is added, if a text holds half a character.
        """
        self._total = max(1, sum(len(one.text) for one in documents))
        files, kept = [], []
        for one in documents:
            _check_characters(one)
            real = f"memory:{one.name}"
            file = File(one.name, Path(), real, one.content_hash, len(one.text), plain=True)
            if not one.text.strip():
                self.report.skipped.append(Skipped(one.name, Reason.EMPTY))
            else:
                files.append(file)
                kept.append(one)
        for file, one in zip(self._known.looked_up(files), kept, strict=True):
            if self._is_new(file):
                self._take_file(file, iter([Parsed("", one)]), whole=False)
        self._commit(last=True)
        self.report.seconds = time.monotonic() - self._started
        return self.report

    def _to_read(self, found: Iterable[tuple[str, FilePlace] | Skipped]) -> Iterator[File]:
        return filter(self._is_new, self._known.looked_up(self._identified(found)))

    def _identified(self, found: Iterable[tuple[str, FilePlace] | Skipped]) -> Iterator[File]:
        for one in found:
            self.report.files += not (isinstance(one, Skipped) and one.reason is Reason.LOOP)
            if isinstance(one, Skipped):
                self.report.skipped.append(one)
                continue
            try:
                yield identify(*one)
            except SkipFileError as skip:
                self.report.skipped.append(Skipped(one[0], skip.reason, skip.detail))

    def _is_new(self, file: File) -> bool:
        """Whether a file must be read; an unchanged or renamed file is added to the report."""
        known = self._known.file(file.real)
        if known is not None and known.file_hash == file.file_hash and self._is_settled(known):
            held = self._known.of_file(file.real)
            self.report.unchanged += [one.name for one in held]
            self.report.left_out += [(one.name, told) for one in held for told in one.left_out]
            self.report.skipped += [
                Skipped(inside(file.name, part), Reason(reason), detail)
                for part, reason, detail in known.skipped
            ]
            self._pending_bytes += file.size
            return False
        alike = self._known.hashed(file.file_hash) if known is None else []
        moved = next((one for one in alike if self._is_renamed(one, file)), None)
        if moved is not None:
            self._rename(moved, file)
            self._pending_bytes += file.size
            return False
        return True

    def _is_renamed(self, moved: KnownFile, file: File) -> bool:
        """Whether `file` was read before under another name and would give the same documents."""
        return (
            is_gone(moved.file)
            and Path(moved.file).suffix == Path(file.real).suffix
            and bool(self._known.of_file(moved.file))
            and self._is_settled(moved)
        )

    def _is_settled(self, known: KnownFile) -> bool:
        """Whether reading an unchanged file again would give the same result."""
        reasons = {Reason(reason) for _, reason, _ in known.skipped}
        if reasons & LIMITED and known.limits != self._limits.described():
            return False
        return reasons.isdisjoint([Reason.STOPPED, Reason.MISSING, Reason.UNREACHABLE])

    def _take_file(self, file: File, reads: Iterator[Parsed], *, whole: bool) -> None:
        skipped: list[tuple[str, str, str]] = []
        taken: set[str] = set()
        for read in reads:
            if isinstance(read.document, Skipped):
                self.report.skipped.append(read.document)
                skipped.append((read.part, read.document.reason.value, read.document.detail))
                continue
            source = inside(file.real, read.part)
            taken.add(source)
            document = replace(read.document, name=inside(file.name, read.part))
            try:
                self._take(file, source, document)
            except SkipFileError as skip:
                told = Skipped(document.name, skip.reason, skip.detail)
                self.report.skipped.append(told)
                skipped.append((read.part, skip.reason.value, skip.detail))
            most = _PASSAGES_A_COMMIT if self._words_first else _EMBEDDED_AT_ONCE
            if self._pending_passages >= most:
                self._commit(whole=whole)
        reasons = {Reason(reason) for _, reason, _ in skipped}
        if not reasons & _NOT_READ_THROUGH:
            gone = [one for one in self._known.of_file(file.real) if one.source not in taken]
            self._removed += [one.name for one in gone]
            self.report.removed += [one.name for one in gone]
        self._done_files.append(
            KnownFile(file.real, file.file_hash, self._limits.described(), tuple(skipped))
        )
        self._pending_bytes += file.size
        self._say(self._committed_bytes)

    def _take(self, file: File, source: str, document: Document) -> None:
        known = self._known.by_source(source)
        name = self._name(document.name, source, known)
        document = replace(document, name=name)
        chunks = self._cut(document)
        key = document_key(document)
        entry = Entry(document, source, file.real, file.file_hash, key, chunks.passages)
        self._pending.append(entry)
        self._pending_passages += len(chunks.passages)
        self.report.passages += len(chunks.passages)
        self.report.cut_to_fit += chunks.cut_to_fit
        (self.report.replaced if known else self.report.added).append(name)
        self.report.left_out += [(name, told) for told in document.left_out]
        self._known.take(Listed.of(entry))

    def _cut(self, document: Document) -> Chunks:
        """The document's passages. Raises SkipFileError if they would take too long to embed."""
        began = time.monotonic()
        late = f"{self._limits.seconds:g} s"

        def check() -> None:
            if time.monotonic() - began > self._limits.seconds:
                raise SkipFileError(Reason.TOO_SLOW, late)

        chunker = self._chunker()
        chunks = chunker.chunk(document, check)
        if len(chunks.passages) >= _MANY_PASSAGES:
            needed = chunker.seconds_to_embed(document, chunks)
            if time.monotonic() - began + needed > self._limits.seconds:
                told = f"{len(chunks.passages):,} passages, about {needed:.0f} s of {late}"
                raise SkipFileError(Reason.TOO_SLOW, told)
        return chunks

    def _rename(self, moved: KnownFile, file: File) -> None:
        for one in self._known.of_file(moved.file):
            part = one.source.removeprefix(moved.file).lstrip("/")
            source = inside(file.real, part)
            name = self._name(inside(file.name, part), source, None)
            title = one.title
            if title.how == FILE_NAME:
                title = Found(file_stem(name), FILE_NAME)
            listed = replace(one, name=name, source=source, file=file.real, title=title)
            self._renamed.append((one.name, listed))
            self.report.renamed.append((one.name, name))
            self._known.take(listed)
        self.report.skipped += [
            Skipped(inside(file.name, part), Reason(reason), detail)
            for part, reason, detail in moved.skipped
        ]
        self._files_gone.append(moved.file)
        known = replace(moved, file=file.real)
        self._done_files.append(known)
        self._known.moved(moved, known)

    def _name(self, name: str, source: str, known: Listed | None) -> str:
        """The path given to add, or the whole path if another document has that name."""
        if known is not None:
            return known.name
        holder = self._known.by_name(name)
        return name if holder is None or holder.source == source else source

    def _commit(self, *, last: bool = False, whole: bool = False) -> None:
        if whole and not last:
            return
        before = self._committed_bytes
        total = max(1, self._pending_passages)
        if not self._embeds_all and total >= _EMBEDDED_AT_ONCE:
            self._words_first = True
        done = 0

        def encoded(count: int) -> None:
            nonlocal done
            done += count
            self._embedded += count
            share = min(1.0, done / total)
            self._say(before + self._pending_bytes * share)

        facts = {}
        if last and self._remembers:
            cut = int(self._store.fact("cut_to_fit", "0"))
            facts = {
                "last_add": self.report.as_json(),
                "cut_to_fit": str(cut + self.report.cut_to_fit),
            }
        if (
            self._pending
            or self._renamed
            or self._removed
            or self._done_files
            or (facts and self._store.fact("last_add") != facts["last_add"])
        ):
            change = Change(
                added=self._pending,
                removed=self._removed,
                renamed=self._renamed,
                facts=facts,
                files=self._done_files,
                files_gone=self._files_gone,
            )
            self._writer.commit(change, encoded, embed=not self._words_first)
        self._committed_bytes += self._pending_bytes
        self._pending, self._renamed, self._removed = [], [], []
        self._pending_passages = 0
        self._done_files, self._files_gone, self._pending_bytes = [], [], 0
        self._say(self._committed_bytes)

    def _say(self, done_bytes: float) -> None:
        files = len(self.report.added) + len(self.report.replaced)
        share = min(1.0, done_bytes / self._total)
        self._tell(Progress(share, files, self.report.passages, self._embedded))


def _check_characters(document: Document) -> None:
    """Raise QuothError if the text holds half a character, which no file can give."""
    try:
        document.text.encode()
    except UnicodeEncodeError as error:
        raise QuothError(
            f"the text of {document.name!r} holds half a character (a lone surrogate) at "
            f"{error.start}; decode it with errors='replace', then add it again"
        ) from error

"""The index: a folder of documents that can be added to, searched and checked."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from index.documents import Document, Span
from index.embedding.base import Encoder
from index.engines.at import Place, engine_at
from index.errors import BusyError, DamagedIndexError, NotShownError
from index.ingest.name_lookup import missing, named
from index.ingest.order import First
from index.parsing.limits import Limits
from index.parsing.paths import Paths, as_paths
from index.search.readable_index import ReadableIndex
from index.storage.schema import Change
from index.text.chunking import Chunker, ChunkSettings

if TYPE_CHECKING:
    from index.engines.base import Writing
    from index.ingest.report import AddReport, Progress
    from index.page_image import PagePicture
    from index.storage.tables import Tables


class Index(ReadableIndex):
    """An index of documents in a folder, opened for reading. It can also be written to.

    It reads one generation: the newest one at the time it was opened or last refreshed. Commits by
    other processes do not change it. It is refreshed after it has written; during the write it
    already reads its own commits if it was not searched before. It is safe to use from several
    threads.

    Example:
        >>> with Index.open(".quoth") as index:
        ...     hits = index.search_text(["who brokered the ceasefire?"], 5)[0]
        ...     passage = index.passages([hits[0].id])[0]
        ...     print(index.document(passage.document).name)
        seeds/003_b2d011834734ebc9.txt
    """

    @classmethod
    def open(cls, place: Place, encoder: Encoder | None = None) -> Self:
        """Open the index in a folder or on a server. Its model is loaded when first needed.

        Args:
            place: the folder, or an address such as `postgresql://user@host/database`.
            encoder: the index's model, if it is loaded already.

        Raises:
            QuothError: if there is no index there, or a newer Quoth made it.

        """
        return cls(engine_at(place), encoder)

    @classmethod
    def create(cls, place: Place, encoder: Encoder, settings: ChunkSettings | None = None) -> Self:
        """Make an empty index in a new or empty folder, or on a server, and open it.

        The index remembers the encoder and the settings. Raises QuothError if the folder holds
        anything else.
        """
        engine = engine_at(place)
        settings = settings or ChunkSettings()
        engine.check_new()
        engine.create(
            {
                "model": encoder.name,
                "fingerprint": encoder.fingerprint,
                "dimension": str(encoder.dimension),
                "size": str(settings.size),
                "overlap": str(settings.overlap),
                "tokens": settings.tokens,
                "title": str(int(settings.title)),
            }
        )
        return cls(engine, encoder)

    def add(
        self,
        paths: Paths,
        progress: "Callable[[Progress], None] | None" = None,
        *,
        whole: bool = False,
        sync: bool = False,
        embed: bool = True,
        first: First = First.NEWEST,
        limits: Limits | None = None,
        within: Sequence[Path] = (),
    ) -> "AddReport":
        """Add the files at and under `paths` that are new, changed or renamed.

        Files whose bytes have not changed are left alone. Work is committed as it goes: after an
        interruption the same call goes on where it stopped. With `whole` it is one commit, so that
        an interruption leaves the index as it was. `limits` say what reading a document may cost.

        An add of 2,000 passages or more is committed without vectors, so that it can be asked at
        once; then its passages are embedded block by block, those of the newest documents `first`.
        Without `embed` that is left to `embed`.
        With `within`, only files in these folders are added, after links are followed.
        The report's `missing` names the documents at and under `paths` whose files are gone; with
        `sync` they are removed. Raises QuothError if another process is writing.
        """
        from index.ingest.add import Adding  # noqa: PLC0415 -- asking starts faster without

        wanted = as_paths(paths)
        with self._writing() as (store, writer):
            adding = Adding(store, writer, self._chunker, progress)
            report = adding.add_files(
                wanted, self.folder, limits, whole=whole, embed=embed, within=within
            )
            gone = missing(store.documents(), wanted)
            if sync and gone:
                writer.commit(Change(removed=gone))
                report.removed += gone
            else:
                report.missing += gone
        if embed:
            report.seconds += self._timed_embed(progress, first)
        return report

    def add_documents(
        self, documents: Sequence[Document], progress: "Callable[[Progress], None] | None" = None
    ) -> "AddReport":
        """Add documents that are already in memory; each is identified by its name."""
        from index.ingest.add import Adding  # noqa: PLC0415 -- asking starts faster without

        with self._writing() as (store, writer):
            report = Adding(store, writer, self._chunker, progress).add_documents(documents)
        report.seconds += self._timed_embed(progress, First.NEWEST)
        return report

    def embed(
        self,
        progress: "Callable[[Progress], None] | None" = None,
        first: First = First.NEWEST,
        most: int | None = None,
    ) -> int:
        """Embed the passages that were added without vectors; how many there were.

        Each thousand is one commit: after an interruption the same call goes on. Others may add
        and ask meanwhile; a commit waits until they have written. `first` says which documents
        come first. With `most` it ends once so many are embedded. Raises BusyError if another
        process is embedding.
        """
        done = 0
        if not self._waiting():
            return done
        tell = progress or (lambda _: None)
        with self._engine.embedding():
            for block in self._engine.blocks(self.encoder, self._chunker(), first, tell):
                with self._writing(wait=True) as (_, writer):
                    writer.add_vectors(block)
                done += len(block.ids)
                if most is not None and done >= most:
                    break
        return done

    def _waiting(self) -> int:
        """How many passages have no vector in the newest generation."""
        store: Tables = self._engine.open()
        try:
            return store.count_unembedded()
        finally:
            store.close()

    def _timed_embed(self, progress: "Callable[[Progress], None] | None", first: First) -> float:
        began = time.monotonic()
        with suppress(BusyError):  # the other process makes these vectors too
            self.embed(progress, first)
        return time.monotonic() - began

    def remove(self, names: str | Sequence[str]) -> list[str]:
        """Remove the documents with these names in one commit; return the removed names.

        A name may also be a file name without its folder, if it is unique, or a folder's name.
        Raises QuothError and removes nothing if a name matches no document or is ambiguous.
        """
        names = [names] if isinstance(names, str) else names
        with self._writing() as (store, writer):
            exact = {one.name for one in store.listed_as(names, ())}
            listed = [] if exact.issuperset(names) else store.documents()
            going = list(
                dict.fromkeys(
                    n for name in names for n in ([name] if name in exact else named(listed, name))
                )
            )
            writer.commit(Change(removed=going))
        return going

    def remove_missing(self, paths: Paths) -> list[str]:
        """Remove the documents at and under `paths` whose files are gone; return their names.

        Nothing is removed for a path that is a missing folder, as when its disk is not mounted.
        """
        gone = missing(self.documents(), as_paths(paths))
        return self.remove(gone) if gone else []

    def page_picture(self, name: str, span: Span) -> "PagePicture":
        """The page of the document called `name` on which `span` begins, with the span marked.

        Raises NotShownError if the document has no pages or its file has changed or is gone.
        """
        from index.page_image import page_picture  # noqa: PLC0415 -- starts a process

        listed = next(iter(self._store.listed_as([name], [])), None)
        if listed is None:
            raise NotShownError(f"no document is called {name!r}")
        return page_picture(listed, self.document(listed.key), span)

    def repair(self, progress: "Callable[[Progress], None] | None" = None) -> list[str]:
        """Rebuild damaged derived files from the database; return a line for each of them.

        Vectors that were lost are embedded again, in blocks, as `embed` does.
        """
        with self._writing() as (store, writer):
            found = self._engine.faults(store)
            if not found:
                try:
                    self.check_searchable()
                except DamagedIndexError as error:
                    found = [str(error)]
            if found:
                writer.repair(found)
        self._timed_embed(progress, First.NEWEST)
        return found

    def _chunker(self) -> Chunker:
        return Chunker(self.settings, self.encoder)

    @contextmanager
    def _writing(self, *, wait: bool = False) -> "Iterator[tuple[Tables, Writing]]":
        writing = self._engine.writing(lambda: self.encoder, self._chunker, wait=wait)
        try:
            with writing as (store, writer):
                with self._lock:
                    # While a generation is held, SQLite cannot truncate its log, which would grow.
                    if self._searching is None:
                        self._store.let_go()
                yield store, writer
        finally:
            self.refresh()

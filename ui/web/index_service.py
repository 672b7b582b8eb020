"""Operations of the page and the HTTP interface on one index: ask, list, add, remove."""

import datetime as dt
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from index import Document, Found, Index, Listed, QuothError, Span, Versions
from index.engines.at import Place, as_text, folder_beside
from index.errors import NotShownError
from index.page_image import PagePicture, has_pages
from index.parsing.paths import is_there
from index.text.visible import one_line
from qa import (
    Answer,
    Assistant,
    CheckedSentence,
    Claimed,
    Facet,
    Mentions,
    Notebook,
    Overview,
    Settings,
    Summary,
    Timeline,
    WhoSays,
    Written,
    check,
    check_draft,
    configured_writer,
    facets,
    follow_ups,
    mentions,
    mentions_by_meaning,
    overview,
    summary,
    timeline,
    who_says,
)
from qa.archive.aliases import aliases_file, aliases_of
from qa.writing.written import growing
from ui.web.asked import Asked
from ui.web.current_index import CurrentIndex
from ui.web.job import Job
from ui.web.notebooks import PageNotebook, news_of
from ui.web.permissions import Permissions
from ui.web.sources import Sources, sources_of
from ui.web.uploads import keep_uploads

_SHOWN = 5
MOST_SHOWN = 10
MOST_SUMMARISED = 8
"""How many passages the page shows; those after the fifth are folded."""
_PICTURES = 32
_MOST_SHOWN = 200


class IndexService:
    """One index, asked and changed from many threads."""

    def __init__(
        self,
        place: Place,
        settings: Settings | None = None,
        permissions: Permissions | None = None,
    ) -> None:
        """Serve the index at `place`, asked as `settings` say; clients may do `permissions`."""
        self.place = place
        self.folder = folder = folder_beside(place)
        self.permissions = permissions or Permissions()
        self.uploads = folder.with_name(f"{folder.name.lstrip('.')}-uploads")
        self.runs = folder.with_name(f"{folder.name.lstrip('.')}-runs")
        self.notebook = PageNotebook(folder)
        self._lock = threading.Lock()
        self.settings = settings or Settings()
        self._current = CurrentIndex(place, self.settings)
        self.job: Job | None = None
        self._drawn: dict[tuple[str, str, Span], PagePicture] = {}

    @property
    def calibrated(self) -> bool:
        """Whether ranking and confidence were fitted for the reader in use."""
        return self._current.calibrated

    def warm(self) -> None:
        """Load the model, so that the first question does not wait for it."""
        with self._current.held() as held:
            held.assistant.consider("what is this about?")

    def ask(self, asked: Asked, k: int = _SHOWN, today: dt.date | None = None) -> Answer:
        """Answer a question asked on the day `today`, by default this one.

        Raises QuothError for one that cannot be asked.
        """
        with self._current.held() as held:
            return held.assistant.ask(
                asked.question,
                k,
                asked.where(held.index),
                today or dt.date.today(),  # noqa: DTZ011
            )

    def follow_ups(self, asked: Asked, today: dt.date | None = None) -> list[Answer]:
        """What can be asked after `asked`, with its answers. Raises QuothError as `ask` does."""
        day = today or dt.date.today()  # noqa: DTZ011
        with self._current.held() as held:
            answer = held.assistant.ask(asked.question, MOST_SHOWN, asked.where(held.index), day)
            return follow_ups(held.assistant, answer, asked.where(held.index), day)

    def writing(self, asked: Asked, today: dt.date | None = None) -> Iterator[Written]:
        """Yield the configured writer's answer as it grows, each sentence checked.

        Raises QuothError if none is set, and if it cannot be reached or takes too long.
        """
        writer = configured_writer()
        if writer is None:
            raise QuothError("no writer is set; set one with `quoth config writer URL MODEL`")
        day = today or dt.date.today()  # noqa: DTZ011
        with self._current.held() as held:
            answer = held.assistant.ask(asked.question, MOST_SHOWN, asked.where(held.index), day)
            yield from growing(held.assistant, answer, writer)

    def mentions(
        self, phrase: str, asked: Asked, *, case: bool = False, meaning: bool = False
    ) -> Mentions:
        """Every mention of a phrase in what passes the filters of `asked`, or what is near it.

        Raises QuothError for one that cannot be looked for.
        """
        with self._current.held() as held:
            among = held.index.restricted_to(asked.where(held.index))
            if meaning:
                return mentions_by_meaning(among, phrase)
            also = aliases_of(phrase, aliases_file(self.folder))
            return mentions(among, phrase, case=case, also=also)

    def timeline(self, about: str, asked: Asked) -> Timeline:
        """The dated events of a name or question in what passes the filters of `asked`.

        Raises QuothError for one that cannot be looked for.
        """
        with self._current.held() as held:
            return timeline(held.index.restricted_to(asked.where(held.index)), about)

    def summary(self, about: str, asked: Asked, most: int = MOST_SUMMARISED) -> Summary:
        """The most representative sentences of what passes the filters of `asked`, by date.

        Raises QuothError for a name or question that cannot be looked for.
        """
        with self._current.held() as held:
            return summary(held.index.restricted_to(asked.where(held.index)), about, most)

    def who_says(self, asked: Asked, today: dt.date | None = None) -> WhoSays:
        """Every answer in what passes the filters of `asked`. Raises QuothError as `ask`."""
        day = today or dt.date.today()  # noqa: DTZ011
        with self._current.held() as held:
            return who_says(held.assistant, asked.question, asked.where(held.index), day)

    def check(
        self, text: str, asked: Asked, written: dt.date | None = None
    ) -> list[CheckedSentence]:
        """Check a draft against what passes the filters of `asked`.

        Raises QuothError for one that states nothing or has too many sentences.
        """
        draft = Document("the draft", text, Found("the draft", "given"))
        with self._current.held() as held:
            return check_draft(held.index.restricted_to(asked.where(held.index)), draft, written)

    def hidden(self, asked: Asked) -> int:
        """How many of the best five passages the filters hide above the best visible one."""
        with self._current.held() as held:
            where = asked.where(held.index)
            if where is None or not asked.question.strip():
                return 0
            allowed = {one.key for one in held.index.documents(where)}
            ranked = held.assistant.consider(asked.question).said.ranked[:_SHOWN]
        hidden = [one.passage.document not in allowed for one in ranked]
        return hidden.index(False) if False in hidden else len(hidden)

    def documents(self) -> list[Listed]:
        """The documents, in name order."""
        with self._current.held() as held:
            return held.index.documents()

    def document_names(self) -> list[str]:
        """The documents' names, in order."""
        return [one.name for one in self.documents()]

    def document(self, name: str) -> Document | None:
        """The document called `name`."""
        with self._current.held() as held:
            listed = held.index.named([name]).get(name)
            return replace(held.index.document(listed.key), name=name) if listed else None

    def told_again(self, name: str) -> tuple[tuple[str, ...], Versions]:
        """The names of the copies of the document called `name`, and its versions."""
        with self._current.held() as held:
            listed = held.index.named([name]).get(name)
            if listed is None:
                return (), Versions()
            key = listed.key
            stories = held.index.stories()
            versions = stories.versions(key)
            own = {name, *(one.document for one in (*versions.later, *versions.earlier))}
            copies = [*held.index.document(key).copies, *stories.names(stories.copies(key))]
        return tuple(one for one in dict.fromkeys(copies) if one not in own), versions

    def has_pages(self, name: str) -> bool:
        """Whether the document called `name` has pages that can be drawn."""
        with self._current.held() as held:
            listed = held.index.named([name]).get(name)
        return listed is not None and has_pages(listed)

    def page_picture(self, name: str, content_hash: str, span: Span) -> PagePicture:
        """The page a span begins on, with it marked. Raises QuothError if it cannot be drawn."""
        with self._lock:
            drawn = self._drawn.get((name, content_hash, span))
        if drawn is not None:
            return drawn
        document = self.document(name)
        if document is not None and content_hash not in {"", document.content_hash}:
            raise NotShownError(f"{name} has changed since it was cited; ask again")
        with self._current.held() as held:
            drawn = held.index.page_picture(name, span)
        with self._lock:
            self._drawn[name, content_hash, span] = drawn
            while len(self._drawn) > _PICTURES:
                del self._drawn[next(iter(self._drawn))]
        return drawn

    def sources(self, words: str, asked: Asked, sort: str, *, down: bool = False) -> Sources:
        """The documents whose title, author, date or name holds all of the words.

        They pass the filters of `asked`, and are in order of `sort`: "name", "title", "published"
        or "author", those without one last.
        """
        with self._current.held() as held:
            return sources_of(held.index, asked.where(held.index), words, sort, down=down)

    def overview(self) -> Overview:
        """What the archive is."""
        with self._current.held() as held:
            return overview(held.index)

    def facets(self, asked: Asked) -> list[Facet]:
        """The facets, with counts, of the documents that pass the filters of `asked`.

        The values of a kind that already filters are counted without that filter, so that another
        value can be added.
        """
        with self._current.held() as held:
            found = facets(held.index, asked.where(held.index))
            for kind in {one.lstrip("-").partition(":")[0] for one in asked.facets}:
                others = facets(held.index, asked.without_kind(kind).where(held.index))
                found = [one for one in found if one.kind != kind]
                found += [one for one in others if one.kind == kind]
        return found

    @contextmanager
    def assistant(self) -> Iterator[Assistant]:
        """The assistant as it is now; it stays open to the end of the `with`."""
        with self._current.held() as held:
            yield held.assistant

    @contextmanager
    def index(self) -> Iterator[Index]:
        """The index as it is now; it stays open to the end of the `with`."""
        with self._current.held() as held:
            yield held.index

    def counts(self) -> dict[str, tuple[str, int]]:
        """The index in figures: for each name what it counts, and how many there are.

        Raises QuothError if the index cannot be read as it is now.
        """
        with self._current.held() as held:
            index = held.index
            return {
                "documents": ("Documents.", index.count_documents()),
                "passages": ("Passages.", index.count_passages()),
                "unembedded_passages": ("Passages without a vector.", index.count_unembedded()),
                "generation": ("Commits so far.", index.generation),
            }

    def pin(self, claimed: Claimed, sentence: Span, question: str) -> Notebook:
        """Pin a quotation in the notebook, with the sentence that holds it.

        Raises QuothError if nothing may be changed from here, or the document does not say so.
        """
        self.permissions.check_changing()
        document = self.document(claimed.document)
        fault = check(claimed, document)
        if fault or document is None:
            raise QuothError(fault or f"{claimed.document} is not in the index any more")
        return self.notebook.pin(document, claimed, sentence, question)

    def follow(self, kind: str, text: str) -> Notebook:
        """Follow a "question" or a "name" in the notebook.

        Raises QuothError for one that cannot be asked or looked for.
        """
        with self._current.held() as held:
            return self.notebook.follow(held.assistant, kind, text, self.folder)

    def seen(self) -> Notebook:
        """Mark in the notebook that all news has been seen."""
        with self._current.held() as held:
            _, after = news_of(held.assistant, self.notebook.read(), self.folder)
        return self.notebook.mark_seen({one.id: one.seen for one in after.entries})

    def add(self, paths: Sequence[str]) -> None:
        """Begin to add files and folders of this machine.

        Raises QuothError where that is not permitted, and while another add is under way.
        """
        for path in paths:
            self.permissions.check_path(Path(path))
        self._begin(paths, self.permissions.roots)

    def upload(self, files: Sequence[str]) -> None:
        """Begin to add files that were uploaded to this server, kept under their own names.

        Raises QuothError where that is not permitted, for a path that no upload made, and for a
        kind of file that is not read.
        """
        self.permissions.check_changing()
        kept = keep_uploads(files, self.uploads)
        self._begin(kept, ())

    def _begin(self, paths: Sequence[str], within: Sequence[Path]) -> None:
        with self._lock:
            if self.job is not None and self.job.running:
                raise QuothError("files are being added already; wait until that is done")
            if not paths:
                raise QuothError("type the path of a file or folder first")
            missing = [path for path in paths if not is_there(path)]
            if missing:
                raise QuothError(
                    f"{one_line(missing[0][:_MOST_SHOWN])}: there is no such file or folder; "
                    "check the path"
                )
            roots = [str(one) for one in within]
            stated = {"index": as_text(self.place), "paths": list(paths), "within": roots}
            self.job = Job("ui.web.add_job", [], json.dumps(stated))

    def remove(self, names: Sequence[str]) -> list[str]:
        """Remove documents; their names.

        Raises QuothError where that is not permitted, and while files are being added.
        """
        self.permissions.check_changing()
        if self.job is not None and self.job.running:
            raise QuothError("files are being added; remove documents when that is done")
        with self._current.held() as held, Index.open(self.place, held.index.encoder) as writing:
            gone = writing.remove(names)
        self.refresh()
        return gone

    def cancel(self) -> None:
        """End an add that is under way; the index is left as it was."""
        self.permissions.check_changing()
        if self.job is not None:
            self.job.cancel()

    def refresh(self) -> None:
        """Switch to the newest generation; running questions finish with the old one."""
        self._current.refresh()

    def close(self) -> None:
        """Cancel a running add and close the index."""
        if self.job is not None and self.job.running:
            self.job.cancel()
        self._current.close()

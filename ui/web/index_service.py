"""What the page and the programs ask of one index: questions, lists, adding, removing."""

import datetime as dt
import json
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from index import (
    AllOf,
    Document,
    Found,
    Index,
    InFolder,
    Listed,
    NameMatches,
    PublishedFrom,
    PublishedTo,
    QuothError,
    Span,
    Where,
)
from index.durable_files import plain_faults
from index.errors import NotShownError
from index.page_image import has_pages
from index.parsing.formats.registry import suffixes
from index.parsing.paths import is_there
from index.storage.open_store import newest
from index.storage.store import DATABASE
from index.text.visible import one_line
from qa import (
    Answer,
    Assistant,
    CheckedSentence,
    Mentions,
    Settings,
    Timeline,
    check_draft,
    mentions,
    timeline,
)
from ui.web.html import Row, documents_html, read_link
from ui.web.job import Job
from ui.web.permissions import Permissions, is_below

_SHOWN = 5
_MOST_LISTED = 200
_PICTURES = 32
_MOST_SHOWN = 200
UPLOADED = "GRADIO_TEMP_DIR"
"""The environment's name for the folder that Gradio keeps uploaded files in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its filters, as a person states them; empty is no filter."""

    question: str = ""
    published_from: str = ""
    published_to: str = ""
    folder: str = ""
    document: str = ""

    def where(self) -> Where | None:
        """The filters. Raises QuothError for a date that is none."""
        filters: list[Where] = []
        if self.published_from.strip():
            filters.append(PublishedFrom(_day(self.published_from)))
        if self.published_to.strip():
            filters.append(PublishedTo(_day(self.published_to)))
        if self.folder:
            filters.append(InFolder(self.folder))
        if self.document:
            filters.append(NameMatches(self.document))
        return AllOf(tuple(filters)) if filters else None

    def link(self) -> str:
        """The address that asks this again."""
        stated = {
            "q": self.question,
            "from": self.published_from,
            "to": self.published_to,
            "in": self.folder,
            "doc": self.document,
        }
        return "?" + urlencode({name: value for name, value in stated.items() if value})

    def without_filters(self) -> "Asked":
        """The question alone."""
        return Asked(self.question)


def _day(stated: str) -> dt.date:
    try:
        return dt.date.fromisoformat(stated.strip())
    except ValueError as error:
        raise QuothError(f"{stated!r} is not a date; write it as 2022-09-13") from error


@dataclass(slots=True)
class _Held:
    """An assistant over one opening of the index, and how many are using it."""

    assistant: Assistant
    index: Index
    users: int = 0
    retired: bool = False


class IndexService:
    """One index, asked and changed from many threads."""

    def __init__(
        self,
        folder: Path,
        settings: Settings | None = None,
        permissions: Permissions | None = None,
    ) -> None:
        """Serve the index in `folder`, asked as `settings` say; clients may do `permissions`."""
        self.folder = folder
        self.permissions = permissions or Permissions()
        self.uploads = folder.with_name(f"{folder.name.lstrip('.')}-uploads")
        self._lock = threading.Lock()
        self.settings = settings or Settings()
        index = Index.open(folder)
        try:
            self._now = _Held(Assistant.as_set(index, self.settings), index)
        except BaseException:
            index.close()
            raise
        self._seen = self._changed_at()
        self.job: Job | None = None
        self._drawn: dict[tuple[str, str, Span], bytes] = {}

    @property
    def calibrated(self) -> bool:
        """Whether ranking and confidence were fitted for what reads."""
        return self._now.assistant.calibrated

    @contextmanager
    def _held(self) -> Iterator[_Held]:
        """The index as it is now; it stays open to the end, whatever is refreshed meanwhile."""
        self._follow()
        with self._lock:
            held = self._now
            held.users += 1
        try:
            yield held
        finally:
            with self._lock:
                held.users -= 1
            self._let_go(held)

    def _follow(self) -> None:
        """Ask the newest generation, should another process have changed the index."""
        with self._lock:
            now = self._changed_at()
            if now == self._seen:
                return
            self._seen = now
            held = self._now
            held.users += 1
        try:
            if newest(self.folder) != held.index.generation:
                self._replace(held)
        except BaseException:
            self._seen = ()  # so that the next question tries again
            raise
        finally:
            with self._lock:
                held.users -= 1
            self._let_go(held)

    def _changed_at(self) -> tuple[int, ...]:
        """When the truth's files were last written to."""
        found = []
        for suffix in ("", "-wal"):
            try:
                found.append((self.folder / f"{DATABASE}{suffix}").stat().st_mtime_ns)
            except OSError:
                found.append(0)
        return tuple(found)

    def _replace(self, held: _Held) -> None:
        index = Index.open(self.folder, held.index.encoder)
        following = _Held(held.assistant.over(index), index)
        with self._lock:
            before, self._now = self._now, following
            before.retired = True
        self._let_go(before)

    def _let_go(self, held: _Held) -> None:
        with self._lock:
            done = held.retired and not held.users
        if done:
            held.assistant.close()

    def warm(self) -> None:
        """Load the model, so that the first question does not wait for it."""
        with self._held() as held:
            held.assistant.consider("what is this about?")

    def ask(self, asked: Asked, k: int = _SHOWN, today: dt.date | None = None) -> Answer:
        """Answer a question asked on the day `today`, by default this one.

        Raises QuothError for one that cannot be asked.
        """
        with self._held() as held:
            return held.assistant.ask(
                asked.question,
                k,
                asked.where(),
                today or dt.date.today(),  # noqa: DTZ011
            )

    def mentions(self, phrase: str, asked: Asked, *, case: bool = False) -> Mentions:
        """Every mention of a phrase in what passes the filters of `asked`.

        Raises QuothError for one that cannot be looked for.
        """
        with self._held() as held:
            return mentions(held.index.restricted_to(asked.where()), phrase, case=case)

    def timeline(self, about: str, asked: Asked) -> Timeline:
        """The dated events of a name or question in what passes the filters of `asked`.

        Raises QuothError for one that cannot be looked for.
        """
        with self._held() as held:
            return timeline(held.index.restricted_to(asked.where()), about)

    def check(
        self, text: str, asked: Asked, written: dt.date | None = None
    ) -> list[CheckedSentence]:
        """Check a draft against what passes the filters of `asked`.

        Raises QuothError for one that states nothing or has too many sentences.
        """
        draft = Document("the draft", text, Found("the draft", "given"))
        with self._held() as held:
            return check_draft(held.index.restricted_to(asked.where()), draft, written)

    def hidden(self, asked: Asked) -> int:
        """How many of the best five passages the filters hide, above the best they let through."""
        where = asked.where()
        if where is None or not asked.question.strip():
            return 0
        with self._held() as held:
            allowed = {one.key for one in held.index.documents(where)}
            ranked = held.assistant.consider(asked.question).said.ranked[:_SHOWN]
        hidden = [one.passage.document not in allowed for one in ranked]
        return hidden.index(False) if False in hidden else len(hidden)

    def documents(self) -> list[Listed]:
        """The documents, in name order."""
        with self._held() as held:
            return held.index.documents()

    def names(self) -> list[str]:
        """The documents' names, in order."""
        return [one.name for one in self.documents()]

    def folders(self) -> list[str]:
        """The folders that documents lie in."""
        parents = {str(Path(one.name).parent) for one in self.documents()}
        return sorted(parent for parent in parents if parent != ".")

    def document(self, name: str) -> Document | None:
        """The document called `name`."""
        with self._held() as held:
            key = next((one.key for one in held.index.documents() if one.name == name), None)
            return replace(held.index.document(key), name=name) if key is not None else None

    def has_pages(self, name: str) -> bool:
        """Whether the document called `name` has pages that can be drawn."""
        return any(one.name == name and has_pages(one) for one in self.documents())

    def page_picture(self, name: str, content_hash: str, span: Span) -> bytes:
        """The page a span begins on, with it marked. Raises QuothError if it is not to be had."""
        with self._lock:
            drawn = self._drawn.get((name, content_hash, span))
        if drawn is not None:
            return drawn
        document = self.document(name)
        if document is not None and content_hash not in {"", document.content_hash}:
            raise NotShownError(f"{name} has changed since it was cited; ask again")
        with self._held() as held:
            drawn = held.index.page_picture(name, span)
        with self._lock:
            self._drawn[name, content_hash, span] = drawn
            while len(self._drawn) > _PICTURES:
                del self._drawn[next(iter(self._drawn))]
        return drawn

    def documents_page(self, search: str = "") -> str:
        """The list of documents whose title, author or name holds the words of `search`."""
        words = search.lower().split()
        with self._held() as held:
            index = held.index
            listed = index.documents()
            shown = [one for one in listed if all(word in _searched(one) for word in words)]
            rows = [
                Row(
                    one,
                    len(index.passages_of([one.key])),
                    read_link(one.name, index.document(one.key).content_hash),
                )
                for one in shown[:_MOST_LISTED]
            ]
            status = index.status()
        skipped = status.last_add.get("skipped", [])
        return documents_html(
            rows,
            len(shown),
            len(listed),
            status.passages,
            skipped if isinstance(skipped, list) else [],
        )

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
        received = [Path(folder).resolve() for folder in [os.environ.get(UPLOADED, "")] if folder]
        paths = [Path(file) for file in files]
        for path in paths:
            if not is_below(path, received) or not is_there(str(path)):
                raise QuothError(f"{path.name} was not uploaded to this server; choose it again")
            if path.suffix.lower() not in suffixes():
                raise QuothError(
                    f"{path.name} is of a kind that is not read; give {', '.join(suffixes())}"
                )
        kept = []
        with plain_faults(self.uploads):
            self.uploads.mkdir(parents=True, exist_ok=True)
            for path in paths:
                target = self.uploads / path.name
                shutil.move(path, target)
                kept.append(str(target))
        self._begin(kept, ())

    def _begin(self, paths: Sequence[str], within: Sequence[Path]) -> None:
        with self._lock:
            if self.job is not None and self.job.running:
                raise QuothError("files are being added already; wait until that is done")
            missing = [path for path in paths if not is_there(path)]
            if missing or not paths:
                named = missing[0] if missing else "nothing"
                raise QuothError(
                    f"{one_line(named[:_MOST_SHOWN])}: there is no such file or folder; "
                    "check the path"
                )
            stated = json.dumps({"paths": list(paths), "within": [str(one) for one in within]})
            self.job = Job("ui.web.add_job", [str(self.folder)], stated)

    def remove(self, names: Sequence[str]) -> list[str]:
        """Remove documents; their names.

        Raises QuothError where that is not permitted, and while files are being added.
        """
        self.permissions.check_changing()
        if self.job is not None and self.job.running:
            raise QuothError("files are being added; remove documents when that is done")
        with self._held() as held, Index.open(self.folder, held.index.encoder) as writing:
            gone = writing.remove(names)
        self.refresh()
        return gone

    def cancel(self) -> None:
        """End an add that is under way; the index is left as it was."""
        self.permissions.check_changing()
        if self.job is not None:
            self.job.cancel()

    def refresh(self) -> None:
        """Ask the newest generation from now on; questions under way end with the one they have."""
        with self._held() as held:
            self._replace(held)

    def close(self) -> None:
        """End an add that is under way, and let go of the index."""
        if self.job is not None and self.job.running:
            self.job.cancel()
        self._now.assistant.close()


def _searched(one: Listed) -> str:
    author = one.author.value if one.author else ""
    published = one.published.value if one.published else ""
    return f"{one.name} {one.title.value} {author} {published}".lower()

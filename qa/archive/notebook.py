"""A notebook: quotations, questions and names of one's own work, in a readable file."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from index import Document, QuothError
from index.durable_files import plain_faults, replace_whole
from qa.answer import Quotation
from qa.citation import Claimed, check

VERSION = 1
SUFFIX = ".quoth.json"
_MOST_ENTRIES = 5_000


@dataclass(frozen=True, slots=True)
class NotebookEntry:
    """An entry of a notebook.

    Attributes:
        id: its number, which does not change when entries are moved or removed.
        kind: "quotation", "question" or "name".
        text: the quotation, the question or the name.
        added: the day it was added, as 2022-09-13.
        note: what the person wrote beside it.
        cited: for a quotation, the fields of an exported citation; else empty.
        seen: for a question or a name, the result of the last look at the archive; else empty.

    Example:
        >>> Notebook("Ceasefires").with_question("Who brokered it?").entries[0].kind
        'question'
    """

    id: int
    kind: str
    text: str
    added: str
    note: str = ""
    cited: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def claim(self) -> Claimed:
        """What a quotation says stands in its document."""
        cited = self.cited
        return Claimed(
            str(cited["document"]),
            int(cited["start"]),
            int(cited["end"]),
            self.text,
            cited["content_hash"],
        )

    def as_json(self) -> dict[str, object]:
        """The entry as plain values, as the file has it."""
        stated = {"id": self.id, "kind": self.kind, "text": self.text, "added": self.added}
        more = {"note": self.note, "cited": self.cited, "seen": self.seen}
        return {**stated, **{name: value for name, value in more.items() if value}}


@dataclass(frozen=True, slots=True)
class Notebook:
    """Quotations, questions and names, in the person's own order.

    Attributes:
        title: its title.
        entries: its entries, in order.

    Example:
        >>> notebook = Notebook("Ceasefires").with_question("Who brokered the ceasefire?")
        >>> notebook.write(Path("ceasefires.quoth.json"))
        >>> Notebook.read(Path("ceasefires.quoth.json")) == notebook
        True
    """

    title: str
    entries: tuple[NotebookEntry, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Notebook":
        """Read a notebook.

        Raises:
            QuothError: if the file is missing, is no notebook, or was written by a newer Quoth.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            version = content["quoth_notebook"]
            if version > VERSION:
                raise QuothError(f"{path} was written by a newer Quoth; update this one")
            entries = tuple(_entry(one) for one in content["entries"])
            return cls(str(content["title"]), entries)
        except OSError as error:
            message = f"{path} cannot be read ({error.strerror}); check the path"
            raise QuothError(message) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{path} is not a notebook, or is damaged ({error}); fix it or use a backup"
            raise QuothError(message) from error

    def write(self, path: Path) -> None:
        """Write the notebook; the file is replaced as a whole, or stays as it was.

        Raises:
            QuothError: if it cannot be written.
        """
        content = {
            "quoth_notebook": VERSION,
            "title": self.title,
            "entries": [one.as_json() for one in self.entries],
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        with plain_faults(path):
            replace_whole(path, text.encode("utf-8", "replace"))

    def with_quotation(self, said: Quotation, note: str = "", question: str = "") -> "Notebook":
        """The same with a quotation at its end: the sentence, with the short answer marked."""
        whole, short = said.sentence, said.citation
        cited = {
            "document": whole.document,
            "title": whole.title,
            "author": whole.author,
            "published": whole.published,
            "page": whole.page,
            "paragraph": whole.paragraph,
            "start": whole.start,
            "end": whole.end,
            "content_hash": whole.content_hash,
            "marked": [short.start, short.end],
            "question": question,
        }
        return self._with("quotation", whole.quote, note, cited=cited)

    def with_question(self, text: str, note: str = "") -> "Notebook":
        """The same with a standing question at its end."""
        return self._with("question", text, note)

    def with_name(self, text: str, note: str = "") -> "Notebook":
        """The same with a name to follow at its end."""
        return self._with("name", text, note)

    def _with(
        self, kind: str, text: str, note: str, cited: dict[str, Any] | None = None
    ) -> "Notebook":
        if len(self.entries) >= _MOST_ENTRIES:
            raise QuothError(f"a notebook has at most {_MOST_ENTRIES:,} entries; begin another")
        following = max((one.id for one in self.entries), default=0) + 1
        today = str(dt.date.today())  # noqa: DTZ011 -- the person's own day
        entry = NotebookEntry(following, kind, text, today, note, cited or {})
        return replace(self, entries=(*self.entries, entry))

    def without(self, id_: int) -> "Notebook":
        """The same without an entry. Raises QuothError if there is none of this number."""
        self._find(id_)
        return replace(self, entries=tuple(one for one in self.entries if one.id != id_))

    def moved(self, id_: int, place: int) -> "Notebook":
        """The same with an entry moved to `place`, from 1. Raises QuothError for an unknown one."""
        entry = self._find(id_)
        others = [one for one in self.entries if one.id != id_]
        others.insert(max(0, place - 1), entry)
        return replace(self, entries=tuple(others))

    def noted(self, id_: int, note: str) -> "Notebook":
        """The same with another note on an entry. Raises QuothError for an unknown entry."""
        return self._replaced(replace(self._find(id_), note=note))

    def having_seen(self, id_: int, seen: dict[str, Any]) -> "Notebook":
        """The same, with what the archive says now to a question or a name."""
        return self._replaced(replace(self._find(id_), seen=seen))

    def _replaced(self, entry: NotebookEntry) -> "Notebook":
        changed = (entry if one.id == entry.id else one for one in self.entries)
        return replace(self, entries=tuple(changed))

    def _find(self, id_: int) -> NotebookEntry:
        for one in self.entries:
            if one.id == id_:
                return one
        raise QuothError(f"the notebook has no entry {id_}; `quoth notebook list` shows them")

    def faults(self, documents: dict[str, Document]) -> Iterator[tuple[NotebookEntry, str]]:
        """The quotations that their documents no longer hold, each with what is wrong.

        Args:
            documents: the documents that are quoted, by name.
        """
        for one in self.entries:
            if one.kind == "quotation" and (
                fault := check(one.claim(), documents.get(str(one.cited["document"])))
            ):
                yield one, fault


def _entry(stated: dict[str, Any]) -> NotebookEntry:
    kind = stated["kind"]
    if kind not in ("quotation", "question", "name"):
        raise ValueError(f"{kind!r} is no kind of entry")
    entry = NotebookEntry(
        int(stated["id"]),
        kind,
        str(stated["text"]),
        str(stated["added"]),
        str(stated.get("note", "")),
        dict(stated.get("cited", {})),
        dict(stated.get("seen", {})),
    )
    if kind == "quotation":
        entry.claim()
    return entry


def as_answers(notebook: Notebook) -> list[dict[str, Any]]:
    """The quotations in the form that `quoth ask --json` prints, so that they can be packed."""
    return [
        {
            "question": one.cited.get("question", ""),
            "pinned": _as_quotation(one),
            "note": one.note,
        }
        for one in notebook.entries
        if one.kind == "quotation"
    ]


def _as_quotation(one: NotebookEntry) -> dict[str, Any]:
    start, end = one.cited.get("marked") or (one.cited["start"], one.cited["end"])
    first = one.cited["start"]
    sentence = {"text": one.text, "start": one.cited["start"], "end": one.cited["end"]}
    return {
        "document": one.cited["document"],
        "start": start,
        "end": end,
        "text": one.text[start - first : end - first],
        "content_hash": one.cited["content_hash"],
        "sentence": sentence,
    }


def markdown_of(notebook: Notebook) -> str:
    """The notebook as Markdown, to mail or to paste."""
    lines = [f"# {notebook.title}", ""]
    for one in notebook.entries:
        lines += _lines(one)
    return "\n".join(lines)


def _lines(one: NotebookEntry) -> Sequence[str]:
    note = [one.note, ""] if one.note else []
    if one.kind != "quotation":
        return [f"- {one.kind}: {one.text}", "", *note]
    cited = one.cited
    told = (cited.get("author"), cited.get("published"), cited["document"], cited.get("page"))
    place = ", ".join(str(part) for part in told if part)
    quote = " ".join(one.text.split())
    return [
        f"> {quote}",
        ">",
        f"> — {cited['title']}, {place}, paragraph {cited['paragraph']}",
        "",
        *note,
    ]

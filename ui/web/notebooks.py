"""The notebook that the page pins to: a file beside the index, as `quoth notebook` reads it."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from index import Document, QuothError, Span
from qa import Assistant, Claimed, News, Notebook, Quotation, news
from qa.archive.aliases import aliases_file

_TITLE = "Notebook"


class PageNotebook:
    """One notebook, read and changed from many threads."""

    def __init__(self, index: Path) -> None:
        """The notebook beside the index in the folder `index`."""
        self.path = index.with_name(f"{index.name.lstrip('.')}-notebook.quoth.json")
        self._lock = threading.Lock()

    def read(self) -> Notebook:
        """The notebook as it is now. Raises QuothError if its file is damaged."""
        return Notebook.read(self.path) if self.path.exists() else Notebook(_TITLE)

    def change(self, changed: Callable[[Notebook], Notebook]) -> Notebook:
        """Change it and write it. Raises QuothError if that cannot be done."""
        with self._lock:
            after = changed(self.read())
            after.write(self.path)
        return after

    def pin(self, document: Document, claimed: Claimed, sentence: Span, question: str) -> Notebook:
        """Pin a quotation of `document` with the sentence that holds it, unless it is pinned.

        Raises QuothError if the sentence does not hold the quotation.
        """
        span = Span(claimed.start, claimed.end)
        if not (0 <= sentence.start <= span.start < span.end <= sentence.end <= len(document.text)):
            raise QuothError("the sentence does not hold the quotation; ask again")
        said = Quotation.of(document, span, 1.0, sentence)
        place = (claimed.document, sentence.start, sentence.end)

        def pinned(notebook: Notebook) -> Notebook:
            known = {
                (one.cited["document"], one.cited["start"], one.cited["end"])
                for one in notebook.entries
                if one.cited
            }
            return notebook if place in known else notebook.with_quotation(said, question=question)

        return self.change(pinned)

    def follow(self, assistant: Assistant, kind: str, text: str, folder: Path) -> Notebook:
        """Follow a question or a name from now on, unless it is followed.

        What the archive says now is known; later news are what differs from it.
        """

        def followed(notebook: Notebook) -> Notebook:
            if any(one.kind == kind and one.text == text for one in notebook.entries):
                return notebook
            after = notebook.with_question(text) if kind == "question" else notebook.with_name(text)
            alone = replace(after, entries=after.entries[-1:])
            (entry,) = news_of(assistant, alone, folder)[1].entries
            return after.having_seen(entry.id, entry.seen)

        return self.change(followed)

    def mark_seen(self, seen: Mapping[int, dict[str, Any]]) -> Notebook:
        """Mark what the archive said to each entry, by its number, as seen."""

        def marked(notebook: Notebook) -> Notebook:
            for one in notebook.entries:
                if one.id in seen:
                    notebook = notebook.having_seen(one.id, seen[one.id])
            return notebook

        return self.change(marked)


def news_of(assistant: Assistant, notebook: Notebook, folder: Path) -> tuple[list[News], Notebook]:
    """What is new today for a notebook in the index of a folder, and the notebook after looking.

    Raises QuothError for a question or name that cannot be asked or looked for.
    """
    today = dt.date.today()  # noqa: DTZ011 -- the person's own day
    return news(assistant, notebook, today, aliases=aliases_file(folder))

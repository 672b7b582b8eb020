"""What is new to a notebook's questions and names since they were last looked at."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.answer import Answer, Quotation
from qa.archive.aliases import aliases_of
from qa.archive.mentions import mentions
from qa.archive.notebook import Notebook, NotebookEntry
from qa.assistant import Assistant


@dataclass(frozen=True, slots=True)
class News:
    """Something new to an entry of a notebook.

    Attributes:
        entry: the question or name.
        kind: "new answer", "changed answer", "no answer any more", "new other answer" or
            "new mentions".
        told: what is new, in a line.
        quotation: where it stands; None for what is gone.

    Example:
        >>> notebook = Notebook("Ceasefires").with_name("Blinken")
        >>> assistant = Assistant.open(".quoth")
        >>> found, notebook = news(assistant, notebook)
        >>> [one.told for one in found], news(assistant, notebook)[0]
        (['3 mentions in 1 document: seeds/003_b2d011834734ebc9.txt'], [])
    """

    entry: NotebookEntry
    kind: str
    told: str
    quotation: Quotation | None = None

    def as_json(self) -> dict[str, object]:
        """The news as plain values, in the form `quoth news --json` prints."""
        return {
            "id": self.entry.id,
            "about": self.entry.text,
            "kind": self.kind,
            "told": self.told,
            "quotation": self.quotation.as_json() if self.quotation else None,
        }


def news(
    assistant: Assistant,
    notebook: Notebook,
    today: dt.date | None = None,
    *,
    aliases: Path | None = None,
) -> tuple[list[News], Notebook]:
    """What is new since the notebook was last looked at.

    Each question is asked again: its answer may be new, changed or gone, and other documents may
    give different answers. Each name is searched again: there may be new mentions.

    Args:
        assistant: what answers.
        notebook: the notebook.
        today: the day from which "last September" is counted.
        aliases: the file with other forms of names, see `aliases_file`; None counts none.

    Returns:
        The news, in the order of the entries, and the notebook as it is after looking.

    Raises:
        QuothError: for a question or name that cannot be asked or looked for.

    Example:
        >>> notebook = Notebook("Ceasefires").with_question("Who brokered the ceasefire?")
        >>> found, _ = news(Assistant.open(".quoth"), notebook)
        >>> [one.kind for one in found]
        ['new answer']
    """
    found: list[News] = []
    for entry in notebook.entries:
        if entry.kind == "question":
            answer = assistant.ask(entry.text, today=today)
            found += _of_question(entry, answer)
            notebook = notebook.having_seen(entry.id, _seen(answer))
        elif entry.kind == "name":
            seen = entry.seen.get("documents", {})
            also = aliases_of(entry.text, aliases) if aliases else ()
            named = {
                one.document.name: len(one.spans)
                for one in mentions(assistant.index, entry.text, also=also).found
            }
            new = {name: count for name, count in named.items() if count > seen.get(name, 0)}
            if new:
                count = sum(more - seen.get(name, 0) for name, more in new.items())
                told = f"{_count(count, 'mention')} in {_count(len(new), 'document')}"
                found.append(News(entry, "new mentions", f"{told}: {', '.join(new)}"))
            notebook = notebook.having_seen(entry.id, {"documents": named})
    return found, notebook


def _seen(answer: Answer) -> dict[str, Any]:
    given = answer.answer
    return {
        "answer": _told(given) if given else None,
        "others": [_told(one) for one in answer.others],
    }


def _told(said: Quotation) -> dict[str, object]:
    cited = said.citation
    return {"text": said.text, "document": cited.document, "start": cited.start}


def _of_question(entry: NotebookEntry, answer: Answer) -> Iterator[News]:
    before = entry.seen.get("answer")
    known = {one["text"] for one in (before, *entry.seen.get("others", [])) if one}
    now = answer.answer
    if now and not before:
        yield News(entry, "new answer", now.text, now)
    elif before and not now:
        yield News(entry, "no answer any more", f"it was “{before['text']}”")
    elif now and before and now.text != before["text"]:
        told = f"{now.text}; it was “{before['text']}”"
        yield News(entry, "changed answer", told, now)
    for one in answer.others:
        if one.text not in known:
            yield News(entry, "new other answer", one.text, one)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

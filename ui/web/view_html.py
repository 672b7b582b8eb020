"""The page's views as HTML, besides the answer and the article: everything escaped."""

from collections.abc import Sequence
from dataclasses import dataclass

from index import Document, Listed
from qa import (
    Answer,
    CheckedSentence,
    Citation,
    News,
    Notebook,
    NotebookEntry,
    Overview,
)
from qa import Summary as SummaryFound
from qa import Timeline as TimelineFound
from qa.answering.answer_kinds import asks_number
from qa.archive.draft_report import counted, told
from qa.language.question import Question
from ui.web.asked import Asked
from ui.web.charts import month_bars
from ui.web.html import cut_in_pieces, headline, read_link, template

_MOST_ROWS = 200
EXPORTS = (
    ("md", "Markdown"),
    ("docx", "evidence sheet for Word"),
    ("html", "evidence sheet"),
    ("zip", "evidence pack"),
)
"""The forms that a notebook is saved in: the file's suffix, and the form in words."""


def start_html(found: Overview, examples: Sequence[str]) -> str:
    """The start view: an overview of the archive and example questions."""
    return template("start.html.jinja").render(
        overview=found,
        bars=month_bars(
            found.by_month,
            lambda first, last: Asked().between(first, last).link(view="sources"),
            found.undated,
        ),
        examples=[(text, Asked(text).link()) for text in examples],
        newest=[
            (one, headline(one.title.value), read_link(one.name, ""))
            for one in found.newest
            if one.published
        ],
    )


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it is listed."""

    date: str
    words: str
    worked_out: bool
    told: list["ToldRow"]


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A sentence that tells of an event, as it is listed."""

    number: str
    text: str
    headline: str
    dated: str
    read: str


def timeline_html(found: TimelineFound, asked: Asked) -> str:
    """The dated events, by date."""
    rows = [
        EventRow(
            event.date,
            event.words,
            event.worked_out,
            [
                ToldRow(
                    str(number) if not place else f"{number}-{place + 1}",
                    one.quote,
                    headline(one.title),
                    one.dated or "no date found",
                    read_link(
                        one.document,
                        one.content_hash,
                        [(one.start, one.end)],
                        (one.start, one.end),
                    ),
                )
                for place, one in enumerate(event.told)
            ],
        )
        for number, event in enumerate(found.events[:_MOST_ROWS], 1)
    ]
    return template("time.html.jinja").render(
        asks_figure=asks_number(Question.parse(asked.question)),
        found=found,
        asked=asked,
        rows=rows,
        more=len(found.events) - len(rows),
        bars=month_bars(
            found.by_month, lambda first, last: asked.between(first, last).link(view="time")
        ),
    )


def summary_html(found: SummaryFound) -> str:
    """The sentences that stand best for all that tell of something, by date."""
    rows = [
        ToldRow(
            f"s{number}",
            one.citation.quote,
            headline(one.citation.title),
            one.date or "no date found",
            read_link(
                one.citation.document,
                one.citation.content_hash,
                [(one.citation.start, one.citation.end)],
                (one.citation.start, one.citation.end),
            ),
        )
        for number, one in enumerate(found.sentences, 1)
    ]
    return template("summary.html.jinja").render(found=found, rows=rows)


def next_html(found: Sequence[Answer], asked: Asked) -> str:
    """What can be asked next, with the same filters."""
    return template("next.html.jinja").render(
        found=[(one, asked.asking(one.question).link()) for one in found if one.answer]
    )


def draft_html(most: int) -> str:
    """The form for a draft of at most so many characters."""
    return template("draft.html.jinja").render(most=most)


def _evidence_row(one: Citation) -> dict[str, object]:
    place = (one.start, one.end)
    return {
        "evidence": one,
        "headline": headline(one.title),
        "read": read_link(one.document, one.content_hash, [place], place),
    }


def checked_html(checked: Sequence[CheckedSentence]) -> str:
    """What the documents say to each sentence of a draft."""
    return template("checked.html.jinja").render(
        told=counted(checked),
        rows=[
            {
                "pieces": cut_in_pieces(
                    one.text, one.span.start, [it.span for it in one.differences]
                ),
                "finding": one.finding,
                "differences": [told(it) for it in one.differences],
                **(_evidence_row(one.evidence) if one.evidence else {"evidence": None}),
                "number": number,
                "others": [_evidence_row(it) for it in one.others],
            }
            for number, one in enumerate(checked, 1)
        ],
    )


def notebook_html(
    notebook: Notebook,
    path: str,
    faults: dict[int, str],
    found: Sequence[News],
    *,
    may_change: bool,
) -> str:
    """The notebook, with its quotations that no longer match and its news."""
    new: dict[int, list[str]] = {}
    for one in found:
        place = one.quotation.citation if one.quotation else None
        where = f" — {headline(place.title)}, {place.dated or 'no date'}" if place else ""
        new.setdefault(one.entry.id, []).append(f"{one.kind}: {one.told}{where}")
    return template("notebook.html.jinja").render(
        notebook=notebook,
        path=path,
        forms=EXPORTS,
        may_change=may_change,
        followed=any(one.kind != "quotation" for one in notebook.entries),
        entries=[
            {
                "entry": one,
                "fault": faults.get(one.id, ""),
                "news": new.get(one.id, []),
                "link": Asked(one.text).link(view="mentions" if one.kind == "name" else ""),
                "read": _read_entry(one),
            }
            for one in notebook.entries
        ],
    )


def _read_entry(one: NotebookEntry) -> str:
    if one.kind != "quotation":
        return ""
    place = (int(one.cited["start"]), int(one.cited["end"]))
    return read_link(str(one.cited["document"]), str(one.cited["content_hash"]), [place], place)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A document as it is listed."""

    listed: Listed
    headline: str
    read: str


def sources_html(
    shown: Sequence[Listed],
    counts: tuple[int, int, int],
    asked: Asked,
    *,
    words: str = "",
    sort: str = "name",
    down: bool = False,
    unread: Sequence[str] = (),
    may_change: bool = False,
    whole: bool = True,
) -> str:
    """The documents, what each states and how it was found.

    `counts` are the numbers of matching documents, of all documents and of passages. Without
    `whole`, only the list is rendered and not the whole view.
    """
    matching, total, passages = counts

    def sorted_by(name: str) -> str:
        order = "-" if name == sort and not down else ""
        return asked.link(view="sources", s=words, sort=f"{order}{name}")

    return template("sources.html.jinja" if whole else "documents.html.jinja").render(
        shown=[SourceRow(one, headline(one.title.value), read_link(one.name, "")) for one in shown],
        matching=matching,
        more=matching - len(shown),
        total=total,
        passages=passages,
        unread=unread,
        further=asked.link(
            view="sources",
            s=words,
            sort=f"{'-' if down else ''}{sort}",
            most=str(len(shown) + _MOST_ROWS),
        ),
        sorted_by=sorted_by,
        sort=sort,
        down=down,
        words=words,
        may_change=may_change,
    )


def faults_of(notebook: Notebook, documents: dict[str, Document]) -> dict[int, str]:
    """The fault of each quotation that no longer matches its document, by entry number."""
    return {entry.id: fault for entry, fault in notebook.faults(documents)}

"""Answers, lists and reports as text for a terminal."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from index import AddReport, Listed, Part, QuothError, Span, Status
from index.text.visible import json_text, lines, one_line
from qa import Answer, Citation, CitedPassage, Quotation
from qa.answer import sure_word

if TYPE_CHECKING:
    from index.engines.postgres.jobs import Queue


class SafeConsole(Console):
    """A console that shows control characters as escapes.

    So no printed text can control the terminal; only the console's own styles do.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """See `Console.render`; every segment of text is made safe."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=lines(segment.text))


out = SafeConsole(highlight=False, soft_wrap=not sys.stdout.isatty())
err = SafeConsole(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())

_SKIPPED_SHOWN = 20
_COPIES_SHOWN = 6
_MARK = "bold black on bright_yellow"


def answer(found: Answer) -> None:
    """The answer, its sentence and its citation, then the passages."""
    if found.answer is None:
        out.print(f"[bold]{found.refusal()}[/]")
        for reason in found.reasons:
            out.print(escape(one_line(reason)))
        if found.possible:
            out.print("[bold]A possible answer[/]")
            _quotation(found.possible)
    else:
        if found.verdict:
            out.print(
                f"[bold]{found.verdict.capitalize()},[/] [dim]as Quoth reads this sentence:[/]"
            )
        _quotation(found.answer)
        _sources(found)
    _beside(found, "Also named", found.members)
    _beside(found, "Other documents say", found.others)
    undated(found.undated)
    if found.passages:
        out.print()
        out.print("[bold]Passages[/]" if found.answer else "[bold]The nearest passages[/]")
    passages(found.passages)


def _beside(found: Answer, heading: str, quotations: Sequence[Quotation]) -> None:
    """What else is said, under a heading."""
    if quotations:
        out.print(f"[bold]{heading}[/]")
    for one in quotations:
        _quotation(one)
        if found.is_later(one):
            out.print("  [yellow]published later than the answer[/]")


def _sources(found: Answer) -> None:
    """How many documents say the same, and which."""
    if told := found.sources():
        out.print(f"  [dim]{told}[/]")
    for one in found.agreeing:
        indented(Text(f"also {one_line(one.citation.place())}", style="dim"), 4)


def undated(count: int) -> None:
    """Print how many documents a date filter left out because they state no date."""
    if count:
        noun = "document states" if count == 1 else "documents state"
        out.print(f"[yellow]{count} {noun} no date and could not pass the date filter[/]")


def words_only(count: int) -> None:
    """How many passages are found by their words only, and what to do."""
    if count:
        noun = "passage is" if count == 1 else "passages are"
        told = f"{count:,} {noun} found by words only; quoth embed makes the vectors"
        err.print(told, markup=False, style="yellow")


def follow_ups(found: Sequence[Answer]) -> None:
    """What can be asked next, each with its answer."""
    if found:
        out.print()
        out.print("Ask next:")
    for one in found:
        if one.answer:
            told = f"{one.question}  {_flat(one.answer.text)}"
            indented(Text(one_line(told)), 2)


def passages(found: Sequence[CitedPassage]) -> None:
    """Passages with their places, best first."""
    if not found:
        out.print("No passage was found.")
    for passage in found:
        _passage(passage)


def _quotation(said: Quotation) -> None:
    out.print(Text(_flat(said.text), style=_MARK))
    whole = said.sentence
    if whole != said.citation:
        indented(marks(whole, [Span(said.citation.start, said.citation.end)]), 2)
    indented(Text(one_line(said.citation.place()), style="bold"), 2)
    if said.said_by:
        indented(Text(one_line(f"attributed to {said.said_by}"), style="dim"), 2)
    for date in said.worked_out:
        indented(Text(one_line(str(date)), style="dim"), 2)
    out.print(f"  [dim]confidence {said.confidence:.0%}, {sure_word(said.confidence)}[/]")


def _passage(passage: CitedPassage) -> None:
    footer = f"  [italic]footer: {passage.part.value}[/]" if passage.part is not Part.BODY else ""
    out.print()
    out.print(
        f"[bold cyan]\\[{passage.rank}][/] {escape(one_line(passage.citation.place()))}"
        f"  [dim]score {passage.score:.3f}[/]{footer}"
    )
    indented(marks(passage.citation, passage.highlights), 4)
    if passage.file_gone:
        out.print("    [yellow]the file that this was read from is not there any more[/]")
    if passage.copies:
        count = len(passage.copies)
        noun = "document" if count == 1 else "documents"
        named = ", ".join(one_line(name) for name in passage.copies[:_COPIES_SHOWN])
        more = f" and {count - _COPIES_SHOWN} more" if count > _COPIES_SHOWN else ""
        out.print(f"    [dim]also in {count} {noun}: {escape(named)}{more}[/]")
    for word, versions in (
        ("a later", passage.versions.later),
        ("an earlier", passage.versions.earlier),
    ):
        for one in versions:
            dated = f", {one.published}" if one.published else ""
            told = f"{word} version is {one_line(one.document)}{dated} ({one.how})"
            out.print(f"    [yellow]{escape(told)}[/]")


def indented(text: Text, by: int) -> None:
    """Print text with a left margin that wrapped lines keep."""
    if out.is_terminal:
        out.print(Padding(text, (0, 0, 0, by), expand=False))
        return
    for line in text.plain.splitlines():
        out.print(" " * by + line if line else "", markup=False)


def marks(citation: Citation, marked: Sequence[Span]) -> Text:
    """A citation's quotation with these spans of the document marked."""
    start, quote = citation.start, citation.quote
    text = Text()
    at = 0
    for span in marked:
        inner = Span(span.start - start, span.end - start)
        text.append(_flat(quote[at : inner.start]))
        text.append(_flat(inner.of(quote)), style=_MARK)
        at = inner.end
    return text.append(_flat(quote[at:]))


def _flat(text: str) -> str:
    """Text as a terminal can show it safely: control characters as escapes, paragraphs kept."""
    kept = lines(text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "\n".join(line for line in kept.split("\n") if line.strip() or not line)


def documents(listed: list[Listed]) -> None:
    """The documents of an index, one a row, with what each states and how it was found."""
    if not out.is_terminal:
        for one in listed:
            author = one.author.value if one.author else "-"
            published = one.published.value if one.published else "-"
            fields = (one_line(one.name), one.title.value, author, published)
            sys.stdout.write("\t".join(one_line(" ".join(f.split())) for f in fields) + "\n")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Document", "Title", "Author", "Published"):
        table.add_column(heading, overflow="fold")
    for one in listed:
        author = (
            f"{escape(one_line(one.author.value))} [dim]({one.author.how})[/]" if one.author else ""
        )
        published = (
            f"{one.published.value} [dim]({one.published.how}, {one.published.certainty.value})[/]"
            if one.published
            else "[dim]no date found[/]"
        )
        title = f"{escape(one_line(one.title.value))} [dim]({one.title.how})[/]"
        left_out = "".join(f"\n[dim]{escape(told.message)}[/]" for told in one.left_out)
        table.add_row(escape(one_line(one.name)) + left_out, title, author, published)
    out.print(table)


def added(report: AddReport) -> None:
    """What an add did, in a line, and a line for each file it skipped."""
    counts = report.counts()
    shown = ", ".join(f"{count} {word}" for word, count in counts.items()) or "no file found"
    rate = f", {report.passages} passages in {report.seconds:.1f} s" if report.passages else ""
    out.print(f"{shown}{rate}", markup=False)
    _some([f"skipped {one.message}" for one in report.skipped], "quoth status --json")
    by_document: dict[str, list[str]] = {}
    for name, one in report.left_out:
        by_document.setdefault(name, []).append(one.message)
    _some(
        [f"left out of {one_line(name)}: {', '.join(told)}" for name, told in by_document.items()],
        "quoth list --json",
    )
    if report.missing:
        _some(
            [f"no longer there: {one_line(name)}" for name in report.missing],
            "quoth add --report FILE",
        )
        err.print(
            "they are still in the index; remove them with quoth add --sync, or quoth remove NAME",
            markup=False,
            style="yellow",
        )


def _some(lines: Sequence[str], where: str) -> None:
    """The first of some lines, and where the others are."""
    for line in lines[:_SKIPPED_SHOWN]:
        err.print(line, markup=False, style="yellow")
    if len(lines) > _SKIPPED_SHOWN:
        rest = len(lines) - _SKIPPED_SHOWN
        err.print(f"and {rest} more; {where} lists them all", markup=False, style="yellow")


class Rounds:
    """Prints the result of each scan of a watch, without repeating skipped files or errors."""

    def __init__(self) -> None:
        """No message has been printed yet."""
        self._told: set[str] = set()
        self._error = ""

    def __call__(self, done: AddReport | QuothError) -> None:
        """Print the result of a scan, or its error, if there is anything new."""
        if isinstance(done, QuothError):
            if str(done) != self._error:  # a failed scan is tried again every few seconds
                err.print(str(done), markup=False, style="red")
            self._error = str(done)
            return
        self._error = ""
        new = [one for one in done.skipped if one.message not in self._told]
        self._told.update(one.message for one in new)
        if new or set(done.counts()) - {"unchanged", "skipped"}:
            added(replace(done, skipped=new))


def copies(groups: Sequence[Sequence[Listed]]) -> None:
    """The stories that several documents tell, a block each."""
    if not groups:
        out.print("no two documents tell the same story")
        return
    for group in groups:
        first = min(
            group, key=lambda one: (one.published.value if one.published else "9", one.name)
        )
        out.print(f"[bold]{escape(one_line(first.title.value))}[/] [dim]{len(group)} documents[/]")
        for one in group:
            published = one.published.value if one.published else "no date found"
            out.print(f"  {escape(one_line(one.name))} [dim]{published}[/]")


def status(one: Status, queue: "Queue | None" = None) -> None:
    """What an index holds and how it was made, and how far the workers of its queue are."""
    settings = one.settings
    title = "title in front" if settings.title else "no title"
    rows = {
        "index": one.place,
        "documents": f"{one.documents} ({one.undated} without a date"
        + (f", {one.gone} of files that are gone)" if one.gone else ")"),
        "passages": f"{one.passages} ({one.cut_to_fit} cut to fit the encoder's window"
        + (f", {one.unembedded} found by words only: run quoth embed)" if one.unembedded else ")"),
        "cut at": f"{settings.size} tokens of {settings.tokens}, "
        f"{settings.overlap} sentences of overlap, {title}",
        "model": f"{one.model}, weights SHA-256 {one.fingerprint[:16]}…, "
        f"vectors in {one.precision or 'no precision recorded'}",
        "meaning": "only words are compared until there are vectors"
        if one.unembedded == one.passages > 0
        else "every vector is compared"
        if one.recall == 1
        else f"an index of them is searched; it finds {one.recall:.1%} of the nearest 100",
        "on disk": f"{one.bytes_on_disk / 1e6:.1f} MB, generation {one.generation}",
    }
    if one.last_add:
        counts = ("added", "replaced", "renamed", "unchanged", "removed")
        told = [f"{one.last_add.get(count, 0)} {count}" for count in counts]
        skipped = one.last_add.get("skipped", [])
        told.append(f"{len(skipped) if isinstance(skipped, list) else 0} skipped")
        rows["last add"] = ", ".join(told)
    if queue and queue.files:
        rows["queue"] = (
            f"{queue.waiting:,} files wait, {queue.working:,} in work, {queue.done:,} done, "
            f"{len(queue.skipped):,} skipped"
        )
        rows["workers"] = ", ".join(queue.workers) or "none"
    for name, value in rows.items():
        out.print(f"[bold]{name:10}[/] {escape(value)}")
    for _, reason in queue.skipped[:_SKIPPED_SHOWN] if queue else []:
        out.print(f"{'':10} skipped {reason}", markup=False)
    skipped = one.last_add.get("skipped", [])
    for line in skipped[:_SKIPPED_SHOWN] if isinstance(skipped, list) else []:
        out.print(f"{'':10} skipped {line['message']}", markup=False)


def as_json(value: object) -> None:
    """Print JSON, for programs."""
    out.file.write(json_text(value) + "\n")

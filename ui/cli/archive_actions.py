"""What the commands about the whole archive do and print."""

import datetime as dt
import sys
from pathlib import Path

from rich.markup import escape
from rich.text import Text

from index import Index, QuothError, Span, Where
from index.engines.at import folder_beside
from index.text.visible import one_line
from qa import Assistant, Citation, WhoSays, who_says
from qa.archive.aliases import aliases_file, aliases_of
from qa.archive.mentions import Mentions, NamedIn
from qa.archive.mentions import mentions as every_mention
from qa.archive.mentions_by_meaning import mentions_by_meaning
from qa.archive.rows import as_csv
from qa.archive.timeline import Timeline
from qa.archive.timeline import timeline as dated_events
from ui.cli import console

_BAR = 40
_SENTENCES, _UNREAD = 3, 10


def mentions(
    phrase: str,
    index: str,
    documents: int,
    where: Where | None,
    form: str,
    aliases: Path | None,
    *,
    case: bool,
    meaning: bool,
) -> bool:
    """Print every mention of a phrase, as text, json or csv; whether there is any."""
    if meaning and (case or aliases):
        raise QuothError("--meaning looks at no letters; leave out --case and --aliases")
    if aliases is not None and not aliases.exists():
        raise QuothError(f"there is no file {aliases}; check the path given to --aliases")
    also = aliases_of(phrase, aliases or aliases_file(folder_beside(index)))
    with Index.open(index) as opened:
        among = opened.restricted_to(where)
        if meaning:
            found = mentions_by_meaning(among, phrase)
        else:
            found = every_mention(among, phrase, case=case, also=also)
    if form == "json":
        console.as_json(found.as_json())
    elif form == "csv":
        sys.stdout.write(as_csv(found.rows()))
    else:
        _print(found, documents)
    return found.count > 0


def timeline(about: str, index: str, where: Where | None, form: str) -> bool:
    """Print what happened when, as text, json or csv; whether anything is dated."""
    with Index.open(index) as opened:
        found = dated_events(opened.restricted_to(where), about)
    if form == "json":
        console.as_json(found.as_json())
    elif form == "csv":
        sys.stdout.write(as_csv(found.rows()))
    else:
        _print_events(found)
    return bool(found.events)


def says(
    question: str,
    index: str,
    where: Where | None,
    today: dt.date,
    form: str,
    *,
    over_time: bool = False,
) -> bool:
    """Print who says what, as text, json or csv; whether anyone says anything."""
    with Assistant.open(index) as assistant:
        found = who_says(assistant, question, where, today)
    if form == "json":
        console.as_json(found.as_json())
    elif form == "csv":
        sys.stdout.write(as_csv(found.rows()))
    elif over_time:
        _print_figures(found)
        return bool(found.figures)
    else:
        _print_claims(found)
    return bool(found.claims)


def _print_claims(found: WhoSays) -> None:
    read = f"{count_of(found.passages, 'passage')} of {count_of(found.documents, 'document')}"
    if not found.claims:
        console.out.print(f"[bold]No answer stands in the {read} that were read.[/]")
        return
    strong = [one for one in found.claims if not one.weak]
    weak = found.claims[len(strong) :]
    answers = count_of(len(strong), "different answer")
    weaker = f" and {len(weak)} weaker" if weak else ""
    console.out.print(f"[bold]{answers}[/]{weaker} in the {read} that were read")
    for claim in strong:
        several = len(claim.quotations)
        days = claim.first if claim.first == claim.last else f"{claim.first} to {claim.last}"
        told = ", ".join(
            part
            for part in (
                count_of(several, "document"),
                days,
                "a sentence speaks of a denial" if claim.denied else "",
            )
            if part
        )
        console.out.print()
        console.out.print(Text(one_line(claim.answer), style="bold") + Text(f"  {told}", "dim"))
        for one in claim.quotations[:_SENTENCES]:
            console.indented(console.marks(one.sentence, [_span(one.citation)]), 2)
            who = f"  attributed to {one_line(one.said_by)}" if one.said_by else ""
            console.indented(Text(one_line(one.citation.place()) + who, style="dim"), 2)
        if several > _SENTENCES:
            console.out.print(f"  [dim]and in {count_of(several - _SENTENCES, 'more document')}[/]")
    if weak:
        console.out.print("\n[dim]Weaker, and perhaps no answers:[/]")
    for claim in weak:
        place = one_line(claim.quotations[0].citation.place())
        console.indented(Text(one_line(claim.answer)) + Text(f"  {place}", "dim"), 2)


def _print_figures(found: WhoSays) -> None:
    if not found.figures:
        console.out.print("[bold]No document with a date states a number.[/]")
    for one in found.figures:
        quotation = one.quotation
        told = Text(f"{one.published}  ", style="dim") + Text(one_line(quotation.text), "bold")
        if quotation.said_by:
            told += Text(f"  {one_line(quotation.said_by)}", "dim")
        console.out.print(told)
        console.indented(Text(one_line(quotation.citation.place()), style="dim"), 2)


def _span(cited: Citation) -> Span:
    return Span(cited.start, cited.end)


def _print_events(found: Timeline) -> None:
    named = f"“{escape(one_line(found.about))}”"
    rest = (
        f"; {count_of(found.undated, 'sentence')} about it without a date" if found.undated else ""
    )
    if not found.events:
        console.out.print(f"[bold]No sentence about {named} states a date[/]{rest}.")
        return
    console.out.print(f"[bold]{named}: {count_of(len(found.events), 'dated event')}[/]{rest}.")
    for event in found.events:
        first, *others = event.told
        stated = f"  (“{one_line(event.words)}”)" if event.worked_out else ""
        console.out.print()
        console.out.print(Text(event.date, style="bold") + Text(stated, style="dim"))
        console.indented(Text(one_line(" ".join(first.quote.split()))), 2)
        console.indented(Text(one_line(first.place()), style="dim"), 2)
        for other in others:
            console.indented(Text(f"also {one_line(other.place())}", style="dim"), 2)


def _print(found: Mentions, documents: int) -> None:
    named = f"“{escape(one_line(found.phrase))}”"
    searched = _searched(found)
    if found.also:
        forms = ", ".join(f"“{escape(one_line(form))}”" for form in found.also)
        console.out.print(f"[dim]counted as well, from the file of other forms: {forms}[/]")
    if not found.count:
        verb = "has a sentence near in meaning to" if found.by_meaning else "names"
        console.out.print(f"[bold]None of {searched} {verb} {named}.[/]")
        _print_unread(found)
        if found.nearest:
            near = ", ".join(escape(one_line(word)) for word in found.nearest)
            console.out.print(f"Words that are spelled much like it: {near}")
        return
    copies = f" ({count_of(found.copies, 'copy', 'copies')} not counted)" if found.copies else ""
    counted = count_of(
        found.count,
        "sentence near in meaning" if found.by_meaning else "mention",
        "sentences near in meaning" if found.by_meaning else None,
    )
    console.out.print(
        f"[bold]{named}: {counted} in "
        f"{count_of(len(found.found), 'document')}[/]{copies}, of {searched}."
    )
    if not found.by_meaning:
        _print_unread(found)
    bars(found.by_month())
    for one in found.found[:documents]:
        _document(one, by_meaning=found.by_meaning)
    if len(found.found) > documents:
        rest = len(found.found) - documents
        console.out.print(
            f"\nand {count_of(rest, 'more document')}; -k {len(found.found)} shows all"
        )


def _searched(found: Mentions) -> str:
    days = f"from {found.first} to {found.last}" if found.first != found.last else found.first
    dated = f", dated {days}" if found.first else ""
    without = f", {len(found.undated)} of them without a date" if found.undated else ""
    return f"{count_of(found.searched, 'document')}{dated}{without}"


def _print_unread(found: Mentions) -> None:
    """How much could not be read; the reasons too if nothing was found."""
    if not found.unread:
        return
    told = f"{count_of(len(found.unread), 'file or part of one', 'files or parts of files')} could"
    shown = found.unread[:_UNREAD] if not found.count else ()
    console.out.print(f"{told} not be read and may name it{':' if shown else '.'}")
    for one in shown:
        console.indented(Text(one_line(one), style="dim"), 2)
    if shown and len(found.unread) > len(shown):
        console.out.print(f"  [dim]and {len(found.unread) - len(shown):,} more; --json has all[/]")


def bars(months: dict[str, int]) -> None:
    """Print a bar a month."""
    most = max(months.values(), default=0)
    for month, count in months.items():
        bar = "█" * max(1, round(_BAR * count / most))
        console.out.print(f"  {month} {bar} {count}", markup=False)


def _document(one: NamedIn, *, by_meaning: bool) -> None:
    said = one.cited()
    counted = count_of(len(one.spans), "sentence" if by_meaning else "mention")
    alone = f", {one.surname_only} by the surname alone" if one.surname_only else ""
    console.out.print()
    console.out.print(
        f"{escape(one_line(said[0].title))} — {escape(one_line(one.document.name))}"
        f"[dim], {said[0].dated or 'no date found'}: "
        f"{counted}{alone}[/]"
    )
    for sentence in said[:_SENTENCES]:
        marked = [s for s in one.spans if sentence.start <= s.start and s.end <= sentence.end]
        place = f"paragraph {sentence.paragraph}: "
        console.indented(Text(place, style="dim") + console.marks(sentence, marked), 2)
    if len(said) > _SENTENCES:
        console.out.print(f"  [dim]and in {count_of(len(said) - _SENTENCES, 'more sentence')}[/]")
    if one.copies:
        names = ", ".join(escape(one_line(name)) for name in one.copies)
        console.out.print(f"  [dim]also in {names}[/]")


def count_of(count: int, noun: str, several: str | None = None) -> str:
    """A number with its noun, in the plural where it is not one."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"

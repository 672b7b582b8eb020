"""What `quoth ask --write`, `quoth config writer` and `quoth summary` do and print."""

from rich.markup import escape
from rich.text import Text

from index import Index, QuothError, Where
from index.text.visible import one_line
from qa import Answer, Assistant, Writer, configured_writer, quotations_of, summary, written
from qa.archive.summary import Summary
from qa.writing.prompt import messages
from qa.writing.writer import forget_writer, set_writer, writer_file
from qa.writing.written import Written, growing
from ui.cli import console

_UNSET = (
    "no writer is set; start one, such as llama.cpp's or Ollama's server, and set it with "
    "`quoth config writer URL MODEL`"
)


def writer_that_is_set() -> Writer:
    """The writer of `quoth config writer`. Raises QuothError if none is set."""
    writer = configured_writer()
    if writer is None:
        raise QuothError(_UNSET)
    return writer


def write(assistant: Assistant, found: Answer, writer: Writer, *, as_json: bool) -> Written:
    """Let the writer answer in sentences; print them, each checked, unless `as_json`.

    The supported sentences are printed when all have come: only then it is known whether there are
    enough of them. Raises QuothError if the writer cannot be reached.
    """
    if not as_json and not writer.is_here:
        console.err.print(f"the quotations go to {escape(one_line(str(writer)))}")
    if as_json:
        return written(assistant, found, writer)
    given = Written(str(writer), (), 0, ())
    with console.err.status("writing …") as status:
        for given in growing(assistant, found, writer):
            status.update(f"writing … {len(given.sentences)} sentences checked")
    _print_written(given)
    return given


def _print_written(given: Written) -> None:
    """Print the supported sentences if there are enough, then what is not supported."""
    supported = [one for one in given.sentences if one.supported] if given.enough else []
    out = console.out
    out.print()
    out.print(f"[bold]Written by {escape(one_line(given.writer))}[/]")
    for sentence in supported:
        console.indented(Text(f"{one_line(sentence.text)} [{sentence.rests_on}]"), 2)
    if given.held_back:
        out.print(f"[dim]{given.held_back} quotations were not sent: they contain instructions.[/]")
    if not given.sentences:
        out.print("The writer wrote no sentence.")
        return
    said = sum(one.supported for one in given.sentences)
    out.print(f"[dim]{said} of {len(given.sentences)} sentences are in the documents.[/]")
    if not given.enough:
        out.print("That is too little to show: the answer above stands.")
    for quotation in given.quotations:
        if any(one.rests_on == quotation.number for one in supported):
            place = one_line(quotation.citation.place())
            console.indented(Text(f"[{quotation.number}] {place}", style="dim"), 2)
    struck = [one for one in given.sentences if not one.supported]
    if struck:
        out.print("[dim]Not in the documents[/]")
    for one in struck:
        told = Text(one_line(one.text), style="strike dim")
        told.append(f"  ({one_line(one.why_not)})", style="not strike dim")
        console.indented(told, 2)


def show_what_is_sent(found: Answer, *, as_json: bool) -> None:
    """Print what would be sent to a writer, and send nothing."""
    quotations, held_back = quotations_of(found)
    told = messages(found.question, quotations)
    if as_json:
        console.as_json({"messages": told, "held_back": [one.quote for one in held_back]})
        return
    writer = configured_writer()
    goes = f"to {one_line(str(writer))}" if writer else "to no writer: none is set"
    console.out.print(f"[bold]This would be sent[/] {escape(goes)}")
    for message in told:
        console.out.print()
        console.out.print(f"[bold]{message['role']}[/]")
        for line in message["content"].splitlines():
            console.indented(Text(one_line(line)), 2)
    for one in held_back:
        console.out.print()
        console.out.print(f"[bold]held back[/], it contains instructions: {escape(one.place())}")


def config_writer(url: str | None, model: str | None, *, off: bool) -> None:
    """Set the writer, forget it, or say which is set.

    Raises QuothError for an invalid URL or a missing model.
    """
    if off:
        told = "the writer is forgotten" if forget_writer() else "no writer was set"
    elif url is None:
        writer = configured_writer()
        told = f"the writer is {writer}" if writer else _UNSET
    elif model is None:
        raise QuothError("name the model too: quoth config writer URL MODEL")
    else:
        writer = set_writer(url, model)
        told = f"the writer is {writer}, kept in {writer_file()}"
        if not writer.is_here:
            told += "; with --write, quotations of your documents leave this machine"
    console.out.print(told, markup=False)


def summarize(about: str, index: str, where: Where | None, most: int, *, as_json: bool) -> bool:
    """Print the most representative sentences about something; return whether there are any."""
    with Index.open(index) as opened:
        found = summary(opened.restricted_to(where), about, most)
    if as_json:
        console.as_json(found.as_json())
    else:
        _print_summary(found)
    return bool(found.sentences)


def _print_summary(found: Summary) -> None:
    named = f"“{escape(one_line(found.about))}”"
    if not found.sentences:
        console.out.print(f"[bold]No sentence is about {named}[/].")
        return
    console.out.print(
        f"[bold]{named}[/]: {len(found.sentences)} sentences that represent {found.found} in "
        f"{found.documents} documents"
    )
    for one in found.sentences:
        date = one.date or "no date found"
        published = "" if one.stated or not one.date else "  (published)"
        console.out.print()
        console.out.print(Text(date, style="bold") + Text(published, style="dim"))
        console.indented(Text(one_line(" ".join(one.citation.quote.split()))), 2)
        console.indented(Text(one_line(one.citation.place()), style="dim"), 2)

"""What `quoth names` does and prints."""

import sys

from rich.table import Table
from rich.text import Text

from index import Index, QuothError, Where
from index.engines.at import folder_beside
from index.text.visible import one_line
from qa import Name, Names, has_names, name_details, names
from qa.archive.names.corrections import correct, corrections_file
from qa.archive.rows import as_csv
from ui.cli import add_actions, console
from ui.cli.archive_actions import bars, count_of


def make(index: str, ner: str | None) -> None:
    """Recognize the names of the documents of an index."""
    with Index.open(index) as opened:
        if not add_actions.recognize_names(opened, ner):
            console.out.print("every text has its names")


def correct_name(
    index: str, name: str, rename: str | None, kind: str | None, *, reject: bool
) -> None:
    """Add a correction to the file beside the index."""
    if not name:
        raise QuothError("which name? type it: quoth names NAME --rename NEW")
    file = corrections_file(folder_beside(index))
    with Index.open(index) as opened:
        if has_names(opened):
            name = name_details(opened, name).name.name  # as it is listed, not as it was typed
    if reject:
        correct(file, "reject", name)
    if rename is not None:
        correct(file, "rename", name, rename)
    if kind is not None:
        correct(file, "type", rename or name, kind)
    console.out.print(f"written in {file}; delete the line to undo it", markup=False)


def show_all(
    index: str, where: Where | None, kind: str | None, like: str, most: int, form: str
) -> bool:
    """Print the names as text, json or csv; whether there is any."""
    with Index.open(index) as opened:
        found = names(opened, where, kind=kind, like=like, k=None if form == "csv" else most)
    if form == "json":
        console.as_json(found.as_json())
    elif form == "csv":
        sys.stdout.write(as_csv(found.rows()))
    else:
        _print(found)
    return found.total > 0


def show(index: str, name: str, where: Where | None, form: str, most: int) -> None:
    """Print a name over time, its documents, and the names beside it."""
    with Index.open(index) as opened:
        found = name_details(opened, name, where)
    if form == "json":
        console.as_json(found.as_json())
        return
    if form == "csv":
        sys.stdout.write(as_csv(found.rows()))
        return
    own = found.name
    console.out.print(
        Text(one_line(own.name), style="bold")
        + Text(
            f" ({own.kind}): {count_of(own.mentions, 'mention')} in "
            f"{count_of(own.documents, 'document')}"
        )
    )
    others = [form for form in own.forms if form != own.name]
    if others:
        console.out.print(Text(f"also written {', '.join(map(one_line, others))}", style="dim"))
    bars(found.by_month)
    if found.beside:
        console.out.print("\n[bold]Named in the same paragraphs[/]")
        console.out.print(_table(found.beside, "paragraphs"))
    console.out.print("\n[bold]Documents[/]")
    for one in found.named_in[:most]:
        dated = one.published.value if one.published else "no date found"
        console.indented(
            Text(f"{dated}  ", style="dim")
            + Text(one_line(one.title.value))
            + Text(f" — {one_line(one.name)}", style="dim"),
            2,
        )
    if len(found.named_in) > most:
        console.out.print(f"  [dim]and {len(found.named_in) - most:,} more; -k shows more[/]")


def _print(found: Names) -> None:
    how = (
        "words with capitals; no model is used and their kinds are not known"
        if found.recognizer == "capitals"
        else f"the model {found.recognizer}"
    )
    told = f"{count_of(found.total, 'name')} in {count_of(found.documents, 'document')}"
    console.out.print(Text(told, style="bold") + Text(f", recognized by {how}", style="dim"))
    if found.not_recognized:
        console.out.print(
            f"{count_of(found.not_recognized, 'document')} without names yet; "
            "run: quoth names --make"
        )
    if found.names:
        console.out.print(_table(found.names, "mentions"))
    if found.total > len(found.names):
        rest = found.total - len(found.names)
        console.out.print(f"[dim]and {rest:,} more; -k shows more, --like finds one[/]")


def _table(found: tuple[Name, ...], counted: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("documents", justify="right")
    table.add_column(counted, justify="right")
    table.add_column("kind", no_wrap=True)
    table.add_column("name")
    for one in found:
        others = [form for form in one.forms if form != one.name][:3]
        also = Text(f"  {', '.join(map(one_line, others))}" if others else "", style="dim")
        table.add_row(
            f"{one.documents:,}", f"{one.mentions:,}", one.kind, Text(one_line(one.name)) + also
        )
    return table

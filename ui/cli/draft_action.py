"""What `quoth check` does and prints."""

import sys
from pathlib import Path

from rich.text import Text

from index import Index, Where
from index.durable_files import plain_faults, replace_whole
from index.text.visible import one_line
from qa.archive.draft import CheckedSentence, Finding, check_draft
from qa.archive.draft_report import as_html, counted, told
from ui.cli import actions, console
from ui.cli.options import INTERRUPTED
from ui.cli.progress import count_bar

_STYLES = {Finding.SUPPORTED: "green", Finding.DIFFERS: "red", Finding.NOTHING: "yellow"}


def check(
    draft: Path,
    index: str,
    where: Where | None,
    dated: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> bool:
    """Check a draft, print what was found, and write the report; whether all is supported."""
    written = actions.date_stated(dated) if dated else None
    with Index.open(index) as opened, count_bar("Checking", "sentences") as tell:
        try:
            checked = check_draft(opened.restricted_to(where), draft, written, tell)
        except KeyboardInterrupt:
            console.err.print("stopped; nothing was written", markup=False)
            sys.exit(INTERRUPTED)
    if out is not None:
        with plain_faults(out):
            replace_whole(out, as_html(draft.name, checked).encode("utf-8", "replace"))
    if as_json:
        console.as_json([one.as_json() for one in checked])
    else:
        for one in checked:
            _print(one)
        console.out.print(counted(checked) + (f": {out}" if out else ""), markup=False)
    return all(one.finding is Finding.SUPPORTED for one in checked)


def _print(one: CheckedSentence) -> None:
    finding = Text(one.finding.value, style=_STYLES[one.finding])
    console.out.print(finding + Text(f"  {one_line(' '.join(one.text.split()))}", style="default"))
    for difference in one.differences:
        console.indented(Text(one_line(told(difference)), style="red"), 2)
    if one.evidence and one.differences:
        console.indented(Text(f"“{one_line(' '.join(one.evidence.quote.split()))}”"), 2)
    if one.evidence:
        console.indented(Text(one_line(one.evidence.place()), style="dim"), 2)
    for other in one.others:
        said = f"another number in: “{one_line(' '.join(other.quote.split()))}”"
        console.indented(Text(said, style="yellow"), 2)
        console.indented(Text(one_line(other.place()), style="dim"), 2)
    console.out.print()

"""What `quoth verify` does and prints."""

from itertools import groupby
from pathlib import Path

from index import (
    Index,
)
from index.verify import verify as check_index
from qa import check, read_exported
from ui.cli import console


def verify(exported: list[Path], index: str, *, complete: bool = False) -> bool:
    """Check everything and print the result; return whether there are no faults."""
    with Index.open(index) as opened:
        checked = check_index(opened)
        faults = list(checked.faults)
        by_name = {one.name: one.key for one in opened.documents()}
        claims = [claim for file in exported for claim in read_exported(file)]
        for claim in claims:
            key = by_name.get(claim.document)
            fault = check(claim, opened.document(key) if key else None)
            faults += [fault] if fault else []
        if complete:
            _tell_incomplete(opened)
    for fault in faults:
        console.err.print(fault, markup=False, style="red")
    counted = (
        f"{checked.documents} documents, {checked.passages} passages, "
        f"{checked.derived} derived files" + (f", {len(claims)} citations" if claims else "")
    )
    if faults:
        console.err.print(f"{len(faults)} faults in {counted}", markup=False)
    else:
        console.out.print(f"everything is intact: {counted}", markup=False)
    return not faults


def _tell_incomplete(opened: Index) -> None:
    """Print the files whose documents lack many words of a second, simple extraction."""
    from index.parsing.completeness import THRESHOLD, completeness  # noqa: PLC0415 -- for this only

    listed_by_file = sorted(opened.documents(), key=lambda one: one.file)
    looked_at = 0
    for file, group in groupby(listed_by_file, lambda one: one.file):
        listed = list(group)
        try:
            found = completeness(Path(file), [opened.document(one.key) for one in listed])
        except OSError:
            continue
        looked_at += 1
        if found.share > THRESHOLD:
            told = ", ".join(one.message for one in found.left_out) or "the parser left nothing out"
            words = f"{found.share:.0%} of its words ({' '.join(found.examples)} …)"
            console.out.print(f"{listed[0].name}: {words} are not indexed; {told}", markup=False)
    console.out.print(f"{looked_at} files read again", markup=False)

"""What `quoth pack` does, and `quoth verify` of a pack."""

from collections.abc import Sequence
from pathlib import Path

from index import Index, QuothError
from index.durable_files import sha256_of
from index.text.visible import one_line
from qa.archive.evidence import pack as make_pack
from qa.archive.evidence_check import verify_pack
from ui.cli import console


def pack(exported: Sequence[Path], out: Path, index: str, *, passages: bool) -> None:
    """Write an evidence pack and tell what is in it."""
    if out.suffix.lower() != ".zip":
        raise QuothError(f"{out}: an evidence pack is a .zip file; end its name in .zip")
    with Index.open(index) as opened:
        exhibits = make_pack(opened, exported, out, passages=passages)
    originals = {one.original for one in exhibits if one.original}
    pictures = sum(one.picture is not None for one in exhibits)
    drawn = f", {_count(pictures, 'picture')} of pages" if pictures else ""
    console.out.print(
        f"{_count(len(exhibits), 'quotation')}, {_count(len(originals), 'original file')}"
        f"{drawn}: {out}",
        markup=False,
    )
    for why in dict.fromkeys(one.without_original for one in exhibits if one.without_original):
        console.err.print(f"without its original file: {one_line(why)}", markup=False)
    console.out.print(f"SHA-256 {sha256_of(out)}", markup=False)


def verify(path: Path) -> bool:
    """Check an evidence pack and print the result; return whether it is intact."""
    count, faults = verify_pack(path)
    for fault in faults:
        console.err.print(one_line(fault), markup=False, style="red")
    if faults:
        console.err.print(f"{_count(len(faults), 'fault')} in {path}", markup=False)
    else:
        console.out.print(f"{path} is whole: {_count(count, 'quotation')}", markup=False)
    return not faults


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

"""Rankings and judgements in the files that trec_eval and ir_measures read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from index.durable_files import replace_whole


def write_run(path: Path, ranked: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """A run: question, Q0, what was found, rank, score, tag; ids are percent-encoded."""
    lines = [
        f"{_id(question)} Q0 {_id(one)} {rank} {score:g} quoth\n"
        for question, found in ranked.items()
        for rank, (one, score) in enumerate(found, 1)
    ]
    replace_whole(path, "".join(lines).encode())


def write_qrels(path: Path, right: Mapping[str, Iterable[str]]) -> None:
    """Judgements: question, 0, what is right, 1; ids are percent-encoded."""
    lines = [
        f"{_id(question)} 0 {_id(one)} 1\n"
        for question, ones in right.items()
        for one in sorted(ones)
    ]
    replace_whole(path, "".join(lines).encode())


def _id(text: str) -> str:
    """An id without the spaces that part the fields."""
    return quote(text, safe="/:._-") or "%00"

"""What changed from one version of a text to another, word by word.

Long texts are compared in a separate process, run as `python -m ui.web.text_diff`: comparing holds
the interpreter lock, and questions would wait for it.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from rapidfuzz.distance import Indel

from index import Document, FaultError

_WORD = re.compile(r"\S+\s*|\s+")
_PARAGRAPH = re.compile(r"[^\n]*\n*")
_SAME_SHOWN = 60
_SHORT = 10_000
"""Characters of a text that is compared at once, in a few milliseconds."""
_SECONDS = 20
_NICE = 10
_ONE_AT_A_TIME = threading.Lock()
_MOST_STRETCHES = 2_000
_MOST_WORDS = 20_000
"""Words of each text that are compared. Comparing takes at most the product of both counts in
bits, about a tenth of a second, whatever the texts hold."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of two texts.

    Attributes:
        kind: "same", "gone" from the earlier text, "new" in the later one, or "left out": a long
            stretch that both have is shown at its ends only.
        text: the stretch; for "left out" how much is left out.

    """

    kind: str
    text: str


def changes(earlier: Document, later: Document) -> list[Change]:
    """The stretches of two texts, in the order of the later one.

    Raises:
        FaultError: if comparing takes too long or its process breaks down.
    """
    if max(len(earlier.text), len(later.text)) <= _SHORT:
        return _shown([list(one) for one in map(astuple, compared(earlier.text, later.text))])
    try:
        with _ONE_AT_A_TIME:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "ui.web.text_diff"],
                input=json.dumps([earlier.text, later.text]).encode(),
                capture_output=True,
                timeout=_SECONDS,
                check=True,
            )
    except subprocess.SubprocessError as error:
        raise FaultError(f"{earlier.name} and {later.name} could not be compared") from error
    return _shown(json.loads(done.stdout))


def _shown(stretches: list[list[str]]) -> list[Change]:
    """The first stretches, and how many more there are."""
    shown = [Change(kind, text) for kind, text in stretches[:_MOST_STRETCHES]]
    more = len(stretches) - len(shown)
    return [*shown, Change("left out", f"{more:,} more changes")] if more else shown


def compared(earlier: str, later: str) -> Iterator[Change]:
    """The stretches of two texts, in the order of the later one.

    Paragraphs that both begin or end with are set aside first; the words between are aligned by
    their longest common subsequence (bit-parallel; Hyyrö 2004). Only the first 20,000 words of
    what remains are compared; the rest is reported as left out.
    """
    old, new = _PARAGRAPH.findall(earlier), _PARAGRAPH.findall(later)
    first = _common(old, new)
    last = _common(old[first:][::-1], new[first:][::-1])
    yield from _same(_words(new[:first]))
    yield from _between(_words(old[first : len(old) - last]), _words(new[first : len(new) - last]))
    yield from _same(_words(new[len(new) - last :]))


def _between(old: list[str], new: list[str]) -> Iterator[Change]:
    before, after = old[:_MOST_WORDS], new[:_MOST_WORDS]
    numbers: dict[str, int] = {}
    steps = Indel.opcodes(_numbered(before, numbers), _numbered(after, numbers))
    gone: list[str] = []
    came: list[str] = []
    for step in steps:
        if step.tag == "equal":
            yield from _changed(gone, came)
            gone, came = [], []
            yield from _same(after[step.dest_start : step.dest_end])
        else:
            gone += before[step.src_start : step.src_end]
            came += after[step.dest_start : step.dest_end]
    yield from _changed(gone, came)
    rest = max(len(old), len(new)) - _MOST_WORDS
    if rest > 0:
        yield Change("left out", f"{rest:,} more words that were not compared")


def _changed(gone: Sequence[str], came: Sequence[str]) -> Iterator[Change]:
    if gone:
        yield Change("gone", "".join(gone))
    if came:
        yield Change("new", "".join(came))


def _numbered(words: Sequence[str], numbers: dict[str, int]) -> list[int]:
    """Each word as a number, equal for equal words whatever space follows them."""
    return [numbers.setdefault(word.strip(), len(numbers)) for word in words]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many paragraphs at the beginning are the same."""
    count = 0
    for a, b in zip(old, new, strict=False):
        if a != b or not a:
            break
        count += 1
    return count


def _words(paragraphs: Sequence[str]) -> list[str]:
    return _WORD.findall("".join(paragraphs))


def _same(words: list[str]) -> Iterator[Change]:
    if not words:
        return
    if len(words) <= 2 * _SAME_SHOWN:
        yield Change("same", "".join(words))
        return
    yield Change("same", "".join(words[:_SAME_SHOWN]))
    yield Change("left out", f"{len(words) - 2 * _SAME_SHOWN} words that both have")
    yield Change("same", "".join(words[-_SAME_SHOWN:]))


def main() -> None:
    """Compare the two texts on standard input; the changes go to standard output, as JSON."""
    os.nice(_NICE)  # a lower priority than questions
    earlier, later = json.load(sys.stdin)
    json.dump([astuple(change) for change in compared(earlier, later)], sys.stdout)


if __name__ == "__main__":
    main()

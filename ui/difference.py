"""What changed from one version of a text to another, word by word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from index import Document

_WORD = re.compile(r"\S+\s*|\s+")
_SAME_SHOWN = 60
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of two texts: "same", "gone" from the earlier, "new" in the later, or "left out".

    A long stretch that both have is shown at its ends only; `text` then says how much is left out.
    """

    kind: str
    text: str


def changes(earlier: Document, later: Document) -> Iterator[Change]:
    """The stretches of two texts, in the order of the later one."""
    old = _WORD.findall(earlier.text)[:_MOST_WORDS]
    new = _WORD.findall(later.text)[:_MOST_WORDS]
    matcher = difflib.SequenceMatcher(None, _bare(old), _bare(new), autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield from _same(new[c:d])
        else:
            if a < b:
                yield Change("gone", "".join(old[a:b]))
            if c < d:
                yield Change("new", "".join(new[c:d]))


def _bare(words: list[str]) -> list[str]:
    return [word.strip() for word in words]


def _same(words: list[str]) -> Iterator[Change]:
    if len(words) <= 2 * _SAME_SHOWN:
        yield Change("same", "".join(words))
        return
    yield Change("same", "".join(words[:_SAME_SHOWN]))
    yield Change("left out", f"{len(words) - 2 * _SAME_SHOWN} words that both have")
    yield Change("same", "".join(words[-_SAME_SHOWN:]))

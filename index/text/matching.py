"""The normalized view of a text that is matched, embedded and read.

The document's text is not changed. In the view, words hyphenated at a line's end are joined, soft
hyphens and zero-width characters are removed, and letters with accents are one character each
(Unicode's form C). Offsets in the view can be converted to offsets in the text.
"""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from index.documents import Span
from index.text.hyphens import is_line_ends_own

_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c"
_CUT = re.compile(
    r"(?P<before>[^\W\d_]+)(?P<cut>[-\u2010\u00ad][ \t]*\r?\n\s*)(?P<after>[^\W\d_]+)"
)
_DROPPED = re.compile(f"[{_UNSEEN}]")
_LETTER = re.compile(r"[^\W\d_]")
_CUT_MARK = re.compile("[-\u2010\u00ad][ \\t]*\\r?\\n")


@dataclass(frozen=True, slots=True)
class MatchingText:
    """A view of a text.

    Attributes:
        text: the view.
        starts: for each of its characters where it begins in the text; None if the two are equal.
        length: how many characters the text has.
    """

    text: str
    starts: tuple[int, ...] | None
    length: int

    def span_in_text(self, span: Span) -> Span:
        """The stretch of the text that a stretch of the view stands for."""
        if self.starts is None:
            return span
        start = self.starts[span.start] if span.start < len(self.starts) else self.length
        end = self.starts[span.end] if span.end < len(self.starts) else self.length
        if 0 < span.end < len(self.starts):
            last = self.starts[span.end - 1]
            end = min(end, last + self._width(last, end))
        return Span(start, max(start, end))

    def _width(self, last: int, following: int) -> int:
        """How far the last character of a span reaches: over its accents, not over a cut."""
        return max(1, following - last) if following - last <= _MOST_ACCENTS else 1

    def span_in_view(self, span: Span) -> Span:
        """The stretch of the view that stands for a stretch of the text."""
        if self.starts is None:
            return span
        return Span(bisect_left(self.starts, span.start), bisect_left(self.starts, span.end))


_MOST_ACCENTS = 3


def matching_text(text: str) -> MatchingText:
    """The view of `text` that is matched, embedded and read.

    Example:
        >>> view = matching_text("the new inspec-" + chr(10) + "tor of mines")
        >>> view.text
        'the new inspector of mines'
        >>> view.span_in_text(Span(8, 17))
        Span(start=8, end=19)
    """
    if _is_its_own_view(text):
        return MatchingText(text, None, len(text))
    dropped = [found.span() for found in _DROPPED.finditer(text)]
    if _may_be_cut(text):
        dropped += [
            found.span("cut")
            for found in _CUT.finditer(text)
            if is_line_ends_own(found["before"], found["after"])
        ]
    kept: list[str] = []
    starts: list[int] = []
    at = 0
    for start, end in [*sorted(dropped), (len(text), len(text))]:
        if at < start:
            _keep(text, at, start, kept, starts)
        at = end
    return MatchingText("".join(kept), tuple(starts), len(text))


def _is_its_own_view(text: str) -> bool:
    if _may_be_cut(text):
        return False
    if text.isascii():
        return True
    return not _DROPPED.search(text) and unicodedata.is_normalized("NFC", text)


def _may_be_cut(text: str) -> bool:
    """Whether a letter stands before a hyphen at a line's end."""
    return any(
        _LETTER.fullmatch(text, max(0, mark.start() - 1), mark.start())
        for mark in _CUT_MARK.finditer(text)
    )


def _keep(text: str, at: int, until: int, kept: list[str], starts: list[int]) -> None:
    """Add a stretch of the text to the view, each letter with its accents as one character."""
    changing = "".join(filter(_changes, set(text[at:until])))
    if changing:
        # A letter, and what follows it that changes; most of a text stands between such places.
        for found in re.compile(f"(?s).?[{re.escape(changing)}]+").finditer(text, at, until):
            _keep_as_it_is(text, at, found.start(), kept, starts)
            _compose(text, *found.span(), kept, starts)
            at = found.end()
    _keep_as_it_is(text, at, until, kept, starts)


def _keep_as_it_is(text: str, at: int, until: int, kept: list[str], starts: list[int]) -> None:
    kept.append(text[at:until])
    starts += range(at, until)


def _compose(text: str, at: int, until: int, kept: list[str], starts: list[int]) -> None:
    while at < until:
        end = at + 1
        while end < until and unicodedata.combining(text[end]):
            end += 1
        composed = unicodedata.normalize("NFC", text[at:end])
        kept.append(composed)
        starts += [at] * len(composed)
        at = end


@cache
def _changes(char: str) -> bool:
    """Whether a character is an accent or has another form in NFC."""
    return bool(unicodedata.combining(char)) or unicodedata.normalize("NFC", char) != char

"""The normalized view of a text that is matched, embedded and read.

The document's text is not changed. In the view, words hyphenated at a line's end are joined, soft
hyphens and zero-width characters are removed, and letters with accents are one character each
(Unicode's form C). Offsets in the view can be converted to offsets in the text.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
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
        runs: where each run of characters that is the same in both begins in the view, and where
            it begins in the text; None if the view is the text.
        length: how many characters the text has.
    """

    text: str
    runs: tuple[Sequence[int], Sequence[int]] | None
    length: int

    def span_in_text(self, span: Span) -> Span:
        """The stretch of the text that a stretch of the view stands for."""
        if self.runs is None:
            return span
        start, end = self._in_text(span.start), self._in_text(span.end)
        if 0 < span.end < len(self.text):
            last = self._in_text(span.end - 1)
            end = min(end, last + self._width(last, end))
        return Span(start, max(start, end))

    def _in_text(self, at: int) -> int:
        """Where a character of the view begins in the text."""
        if self.runs is None or at >= len(self.text):
            return self.length
        in_view, in_text = self.runs
        run = bisect_right(in_view, at) - 1
        return in_text[run] + at - in_view[run]

    def _width(self, last: int, following: int) -> int:
        """How far the last character of a span reaches: over its accents, not over a cut."""
        return max(1, following - last) if following - last <= _MOST_ACCENTS else 1

    def span_in_view(self, span: Span) -> Span:
        """The stretch of the view that stands for a stretch of the text."""
        return Span(self._in_view(span.start), self._in_view(span.end))

    def _in_view(self, at: int) -> int:
        """The first character of the view that begins at `at` or after it in the text."""
        if self.runs is None:
            return at
        in_view, in_text = self.runs
        run = bisect_left(in_text, at)
        following = in_view[run] if run < len(in_view) else len(self.text)
        return min(following, in_view[run - 1] + at - in_text[run - 1]) if run else following


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
    changing = "".join(filter(_changes, set(text)))
    # A letter, and what follows it that changes; most of a text stands between such places.
    changed = re.compile(f"(?s).?[{re.escape(changing)}]+") if changing else None
    view = _View(text)
    at = 0
    for start, end in [*sorted(dropped), (len(text), len(text))]:
        if at < start:
            for found in changed.finditer(text, at, start) if changed else ():
                view.keep(at, found.start())
                view.compose(*found.span())
                at = found.end()
            view.keep(at, start)
        at = end
    return MatchingText("".join(view.kept), (view.in_view, view.in_text), len(text))


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


class _View:
    """A view as it is made."""

    def __init__(self, text: str) -> None:
        self.kept: list[str] = []
        self.in_view: list[int] = []
        self.in_text: list[int] = []
        self._text = text
        self._length = 0

    def keep(self, at: int, until: int) -> None:
        """Add a stretch of the text as it is."""
        if at < until:
            self._add(self._text[at:until], at)

    def compose(self, at: int, until: int) -> None:
        """Add a stretch of the text, each letter with its accents as one character."""
        while at < until:
            end = at + 1
            while end < until and unicodedata.combining(self._text[end]):
                end += 1
            for char in unicodedata.normalize("NFC", self._text[at:end]):
                self._add(char, at)
            at = end

    def _add(self, kept: str, at: int) -> None:
        self.in_view.append(self._length)
        self.in_text.append(at)
        self.kept.append(kept)
        self._length += len(kept)


@cache
def _changes(char: str) -> bool:
    """Whether a character is an accent or has another form in NFC."""
    return bool(unicodedata.combining(char)) or unicodedata.normalize("NFC", char) != char

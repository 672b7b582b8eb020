"""What Quoth knows of one article, and where in it each fact was found."""

import bisect
import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `[start, end)` of a document's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]

    def holds(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: "Span") -> int:
        """How many characters the two share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class Part(StrEnum):
    """What a stretch of a document is. Only the body answers questions."""

    BODY = "body"
    MASTHEAD = "masthead"
    ABOUT_AUTHOR = "about the author"
    CONTACT = "contact"
    RELATED = "related"
    NOTICE = "notice"
    REST_OF_PAGE = "rest of page"

    @property
    def is_footer(self) -> bool:
        """Whether it is kept and findable, but is not the article's own words."""
        return self not in (Part.BODY, Part.MASTHEAD)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the text that is not the article's body, and what it is instead."""

    span: Span
    part: Part


@dataclass(frozen=True, slots=True)
class Found:
    """A fact about a document: its value, how it was found and, if in the text, where."""

    value: str
    how: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    `text` is canonical: every offset in Quoth counts its characters, and for plain text it
    is the decoded file, so `open(path, encoding=document.encoding, newline="").read()` has the
    same offsets. `name` is the path given to `add`; `regions` are in order and do not overlap.
    """

    name: str
    text: str
    title: Found
    author: Found | None = None
    published: Found | None = None
    encoding: str = "utf-8"
    regions: tuple[Region, ...] = ()
    copies: tuple[str, ...] = ()
    _paragraphs: list[int] = field(default_factory=list, compare=False, repr=False)

    @property
    def content_hash(self) -> str:
        """SHA-256 of the text as UTF-8, in hexadecimal."""
        return content_hash(self.text)

    @property
    def date(self) -> dt.date | None:
        """The published date, or None when the document states none."""
        return dt.date.fromisoformat(self.published.value) if self.published else None

    @property
    def search_title(self) -> str:
        """The title put in front of each passage: only one that is the document's own.

        A file's name is no title to search by: with it a renamed file would be another document.
        """
        return "" if self.title.how == FILE_NAME else self.title.value

    def paragraph(self, offset: int) -> int:
        """The number of the paragraph `offset` is in: blank lines part them, the first is 1."""
        if not self._paragraphs:
            self._paragraphs.extend(m.start() for m in _PARAGRAPH.finditer(self.text))
        return max(1, bisect.bisect_right(self._paragraphs, offset))

    def part_at(self, offset: int) -> Part:
        """What the text at `offset` is."""
        for region in self.regions:
            if region.span.start <= offset < region.span.end:
                return region.part
        return Part.BODY


FILE_NAME = "file name"
_PARAGRAPH = re.compile(r"(?:\A|\n[^\S\n]*\n)\s*(?=\S)")


def content_hash(text: str) -> str:
    """SHA-256 of `text` as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

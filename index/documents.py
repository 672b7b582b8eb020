"""A document: its text, title, author and date, and where each fact was found."""

import bisect
import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `[start, end)` of a document's text.

    Attributes:
        start: the first character's offset.
        end: the offset behind the last character.

    Example:
        >>> Span(4, 8).of("The mill closed.")
        'mill'
    """

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
    """The kind of a stretch of a document's text. Only the body answers questions.

    Example:
        >>> Part.RELATED.is_footer, Part.BODY.is_footer
        (True, False)
    """

    BODY = "body"
    MASTHEAD = "masthead"
    ABOUT_AUTHOR = "about the author"
    CONTACT = "contact"
    RELATED = "related"
    ALT_TEXT = "picture description"
    NOTICE = "notice"
    REST_OF_PAGE = "rest of page"
    MARGIN = "header or footer"

    @property
    def is_footer(self) -> bool:
        """Whether text of this kind can be searched but is not part of the article."""
        return self not in (Part.BODY, Part.MASTHEAD)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the text that is not the article's body, and what it is instead."""

    span: Span
    part: Part


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the text and the page it is on: "page 3", "slide 2", "sheet Budget"."""

    span: Span
    label: str


class Certainty(StrEnum):
    """How far a fact about a document can be trusted.

    A fact is stated when the document says it of itself, likely when it follows from something else
    (an address, a dateline), and weak when only a file's name or properties have it.

    Example:
        >>> Certainty("weak")
        <Certainty.WEAK: 'weak'>
    """

    STATED = "stated"
    LIKELY = "likely"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Found:
    """A fact about a document: its title, author or published date.

    Attributes:
        value: the fact; a date is written as 2022-09-13.
        how: where it was found: "byline", "JSON-LD", "file name".
        span: where it stands in the document's text; None if it does not.
        certainty: how far it can be trusted.

    Example:
        >>> index = Index.open(".quoth")
        >>> listed = index.documents()[0]
        >>> listed.author.value, listed.author.how
        ('Alex Lantier', 'byline')
    """

    value: str
    how: str
    span: Span | None = None
    certainty: Certainty = Certainty.STATED


class Omission(StrEnum):
    """Why something that a file holds is not in its document's text.

    Example:
        >>> [one.value for one in Omission]
        ['struck out', 'deleted', 'hidden', 'not read']
    """

    STRUCK_OUT = "struck out"
    DELETED = "deleted"
    HIDDEN = "hidden"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """What was left out of a document's text.

    Attributes:
        kind: why it was left out.
        count: how many stretches of text, pictures, frames or other parts there were.
        what: what they are: "text", "row", "picture".

    Example:
        >>> LeftOut(Omission.HIDDEN, 2, "row").message
        '2 × row hidden'
    """

    kind: Omission
    count: int
    what: str = "text"

    @property
    def message(self) -> str:
        """In words: "2 × text struck out", "1 × picture not read"."""
        return f"{self.count} × {self.what} {self.kind}"


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    Attributes:
        name: the path given to `Index.add`, followed by the place in the file where it holds
            several documents.
        text: the canonical text. Every offset in Quoth counts its characters. For plain text it is
            the decoded file: `open(path, encoding=document.encoding, newline="").read()`.
        title: the title, and how it was found.
        author: the author, or None.
        published: the published date, or None.
        encoding: the encoding that the file was read in.
        regions: the stretches that are not the article's body, in order.
        places: the stretches on each page, slide, sheet or chapter, in order; empty for other
            formats.
        copies: the names of other files with exactly this text.
        left_out: what the file holds that is not in the text.

    Example:
        >>> document = Document("note.txt", "The mill closed.", Found("note", "file name"))
        >>> document.date is None, document.paragraph(4)
        (True, 1)
    """

    name: str
    text: str
    title: Found
    author: Found | None = None
    published: Found | None = None
    encoding: str = "utf-8"
    regions: tuple[Region, ...] = ()
    places: tuple[Place, ...] = ()
    copies: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    _paragraphs: list[int] = field(default_factory=list, init=False, compare=False, repr=False)
    sentences_found: list[tuple[Span, "Part"]] = field(
        default_factory=list, init=False, compare=False, repr=False
    )

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
        """The title put in front of each passage; empty if the title is only the file's name.

        With a file's name in it, the document's key would change when the file is renamed.
        """
        return "" if self.title.how == FILE_NAME else self.title.value

    def paragraph(self, offset: int) -> int:
        """The number, from 1, of the paragraph that holds `offset`; blank lines separate them."""
        if not self._paragraphs:
            self._paragraphs.extend(m.start() for m in _PARAGRAPH.finditer(self.text))
        return max(1, bisect.bisect_right(self._paragraphs, offset))

    def page(self, offset: int) -> str | None:
        """The page, slide, sheet or chapter that `offset` is on; None for a format without."""
        return next(
            (one.label for one in self.places if one.span.start <= offset < one.span.end), None
        )

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

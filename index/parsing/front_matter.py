"""Which part of a plain text is title, byline, date, article and footer."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dateutil import parser as dates

from index.documents import FILE_NAME, Found, Part, Region, Span
from index.text.paragraphs import Block, blocks

_TITLE_WORDS = 30
_MASTHEAD_BLOCKS = 6
_LINE_CHARS = 120
_FOOTER_CHARS = 2_000
_FOOTER_WORDS = 14

_NAME = r"[^\W\d_][\w’'.-]*"
_PERSON = rf"{_NAME}(?:\s+(?:{_NAME}|de|van|von|der|la|bin|al|du|di)){{1,3}}"
_BY = re.compile(rf"[*_]*(?:[Bb]y|BY|[Ww]ritten by|Author:)\s+(?P<name>{_PERSON})\b")
_BARE_NAME = re.compile(rf"{_PERSON}(?:(?:,| and| &)\s+{_PERSON})*")
_ABOUT = re.compile(rf"About\s+(?:the author:?\s+)?(?P<name>{_PERSON})")
_DATE_LABEL = re.compile(
    r"^(?:published|posted|updated|first published|date|last updated)(?:\s+on)?\s*:?\s+",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_DAY_OF_WEEK = re.compile(r"^\s*(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)(?:\.,?|,)?\s+", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")

_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?P=sign)"
    r"(?P<year>(?:1[5-9]|20)\d\d)(?![\d/-]|\.\d)"
)
_MONTHS = 12

_FOOTERS = (
    (Part.ABOUT_AUTHOR, re.compile(r"about the authors?\b", re.IGNORECASE)),
    (Part.CONTACT, re.compile(r"(?:to )?contact (?:the|us|our)\b", re.IGNORECASE)),
    (
        Part.RELATED,
        re.compile(
            r"(?:check also|see also|related(?: (?:articles?|posts?|stories|news|topics|links))?"
            r"|read (?:more|next|also)|more (?:from|on|stories|news)\b.*|recommended(?: for you)?"
            r"|you (?:may|might) also (?:like|enjoy).*|most (?:read|popular).*)\s*:?$",
            re.IGNORECASE,
        ),
    ),
    (
        Part.NOTICE,
        re.compile(
            r"(?:copyright\b|©|\(c\) \d{4}|all rights reserved|follow (?:us|the)\b|subscribe\b"
            r"|sign up (?:for|to)\b|share this\b|leave a (?:reply|comment)\b|tags?:|filed under\b)",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What was found around an article's body."""

    title: Found
    author: Found | None
    published: Found | None
    regions: tuple[Region, ...]


def anatomy(text: str, name: str) -> Anatomy:
    """Find the title, author, published date, masthead and footers of a plain text.

    The title is a first paragraph that reads as one, else the file's name. Author and date are
    lines of their own before the article begins, or the author of an "About …" footer.
    What is not there is None: a date is never guessed from the file's times.
    """
    found = blocks(text)
    footers = _footers(found)
    article = [b for b in found if not footers or b.span.start < footers[0].span.start]
    title = _title(article)
    masthead = _masthead(article, has_title=title is not None)
    author = _first(_byline(block) for block in masthead)
    published = _first(published_line(block) for block in masthead)
    named = {fact.span for fact in (title, author, published) if fact and fact.span}
    regions = [Region(span, Part.MASTHEAD) for span in sorted(named)]
    if author is None:
        author = _first(_about_author(text, region) for region in footers)
    return Anatomy(
        title=title or Found(file_stem(name), FILE_NAME),
        author=author,
        published=published,
        regions=(*regions, *footers),
    )


def file_stem(name: str) -> str:
    """A path's last part without its suffix."""
    return re.sub(r"\.\w{1,8}$", "", re.split(r"[/\\]", name)[-1])


def _first(facts: Iterable[Found | None]) -> Found | None:
    return next((fact for fact in facts if fact is not None), None)


def _title(article: list[Block]) -> Found | None:
    if not article:
        return None
    block = article[0]
    heading = re.match(r"#\s+(.*\S)", block.text)
    if heading:
        start = block.span.start + heading.start(1)
        return Found(heading.group(1), "heading", Span(start, start + len(heading.group(1))))
    first_line = block.text.split("\n", 1)[0].rstrip()
    reads_as_title = (
        len(article) > 1
        and len(first_line.split()) <= _TITLE_WORDS
        and len(first_line) <= _LINE_CHARS * 2
        and not re.search(r"[.;:,]$", first_line)
        and first_line == block.text
        and any(char.isalpha() for char in first_line)
        and published_line(block) is None
    )
    if not reads_as_title:
        return None
    return Found(first_line, "first line", block.span)


def _masthead(article: list[Block], *, has_title: bool) -> list[Block]:
    """The short blocks between the title and the first running text, as lines."""
    lines: list[Block] = []
    for block in article[has_title : _MASTHEAD_BLOCKS + has_title]:
        if block.is_prose or len(block.text) > 4 * _LINE_CHARS:
            break
        at = block.span.start
        for line in block.text.split("\n"):
            if line.strip():
                start = at + len(line) - len(line.lstrip())
                stripped = line.strip()
                lines.append(Block(Span(start, start + len(stripped)), stripped))
            at += len(line) + 1
    return lines


def _byline(line: Block) -> Found | None:
    if len(line.text) > _LINE_CHARS:
        return None
    by = _BY.match(line.text)
    if by:
        start = line.span.start + by.start("name")
        return Found(by.group("name"), "byline", Span(start, start + len(by.group("name"))))
    names = [word for word in line.words if word not in {"and", "&", "de", "van", "von"}]
    if _BARE_NAME.fullmatch(line.text) and all(name[0].isupper() for name in names):
        return Found(line.text, "byline", line.span)
    return None


def published_line(line: Block) -> Found | None:
    """The date that a line of its own states, or one after a byline, or None.

    It has day, month and year.
    A date such as 01/02/2020, which two countries read two ways, is not taken.
    """
    if len(line.text) > _LINE_CHARS or "\n" in line.text or not _YEAR.search(line.text):
        return None
    text = line.text.rstrip("*_ ")
    by = _BY.match(text)
    stated = _DATE_LABEL.sub("", text[by.end() if by else 0 :].lstrip("*_ \t—–-|·,"))
    date = parse_date(stated)
    if date is None:
        return None
    end = line.span.start + len(text)
    return Found(date.isoformat(), "date line", Span(end - len(stated), end))


def parse_date(stated: str, *, day_first: bool | None = None) -> dt.date | None:
    """The date `stated` names in full, and nothing else beside it, or None.

    Args:
        stated: the text.
        day_first: whether 01/02/2020 is in February; None if that is not known, and then it is no
            date. "13/09/2022" and "28.10.2021" need no telling.

    >>> parse_date("1 October 2020"), parse_date("13/09/2022")
    (datetime.date(2020, 10, 1), datetime.date(2022, 9, 13))
    >>> parse_date("October 2020") is None, parse_date("01/02/2020") is None
    (True, True)
    """
    numeric = _NUMERIC.fullmatch(stated.strip())
    if numeric:
        return _numeric_date(numeric, day_first=day_first)
    if _AMBIGUOUS.search(stated) and not re.search(r"\d{4}-\d\d-\d\d", stated):
        return None
    cleaned = _DAY_OF_WEEK.sub("", re.sub(r"\s*\|\s*|\s+at\s+|\s*·\s*", " ", stated))
    try:
        readings = {
            dates.parse(cleaned, default=default, ignoretz=True).date()
            for default in (dt.datetime(1904, 2, 3), dt.datetime(1997, 11, 28))  # noqa: DTZ001
        }
    except (ValueError, OverflowError):
        return None
    return readings.pop() if len(readings) == 1 else None


def _numeric_date(found: re.Match[str], *, day_first: bool | None) -> dt.date | None:
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    if first > _MONTHS or found["sign"] == ".":
        day_first = True
    elif second > _MONTHS:
        day_first = False
    elif first == second:
        day_first = True
    if day_first is None:
        return None
    day, month = (first, second) if day_first else (second, first)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Whether the numeric dates in `texts` are written day first, by those that leave no doubt.

    None if none of them does, or if they disagree.

    >>> day_comes_first(["01/02/2020", "28/02/2020"])
    True
    """
    seen: set[bool] = set()
    for text in texts:
        for found in _NUMERIC.finditer(text):
            first, second = int(found["first"]), int(found["second"])
            if (first > _MONTHS) != (second > _MONTHS):
                seen.add(first > _MONTHS)
    return seen.pop() if len(seen) == 1 else None


def _footers(found: list[Block]) -> list[Region]:
    """The footers at the end of a text: from the first marker among its last blocks."""
    if not found:
        return []
    end = found[-1].span.end
    tail = [b for b in found[1:] if end - b.span.start <= max(_FOOTER_CHARS, end // 5)]
    marked = [(block, part) for block in tail if (part := _footer_part(block)) is not None]
    if not marked:
        return []
    ends = [*(block.span.start for block, _ in marked[1:]), end]
    return [
        Region(Span(block.span.start, stop), part)
        for (block, part), stop in zip(marked, ends, strict=True)
    ]


def _footer_part(block: Block) -> Part | None:
    first = block.text.split("\n", 1)[0].strip("*_# ")
    if len(block.words) > _FOOTER_WORDS or first.endswith("."):
        return None
    about = _ABOUT.fullmatch(first)
    if about and all(word[0].isupper() for word in about.group("name").split()):
        return Part.ABOUT_AUTHOR
    return next((part for part, marker in _FOOTERS if marker.match(first)), None)


def _about_author(text: str, region: Region) -> Found | None:
    if region.part is not Part.ABOUT_AUTHOR:
        return None
    about = _ABOUT.match(text, region.span.start, region.span.end)
    if about is None:
        return None
    return Found(about.group("name"), "“About …” footer", Span(*about.span("name")))

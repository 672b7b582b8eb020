"""Which part of a plain text is title, byline, date, article and footer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.documents import FILE_NAME, Found, Part, Region, Span
from index.parsing.date_lines import day_comes_first, published_line
from index.parsing.footers import PERSON, about_author, footers
from index.parsing.yaml_header import yaml_header
from index.text.paragraphs import Block, blocks

_TITLE_WORDS = 30
_TITLE_CHARS = 240
_HEAD_LINES = 10
_HEAD_CHARS = 5_000
_MASTHEAD_BLOCKS = 6
_LINE_CHARS = 120
_SENTENCE_WORDS = 25
_BYLINE_WORDS = 8
_BY = re.compile(rf"[*_]*(?:[Bb]y|BY|[Ww]ritten by|Author:)\s+(?P<name>{PERSON})\b")
_BARE_NAME = re.compile(rf"{PERSON}(?:(?:,| and| &)\s+{PERSON})*")
_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$")
_ENDS_SENTENCE = re.compile(r"(?<!\.)[.;:,]$")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What was found around an article's body."""

    title: Found
    author: Found | None
    published: Found | None
    regions: tuple[Region, ...]


def anatomy(text: str, name: str) -> Anatomy:
    """Find the title, author, published date, masthead and footers of a plain text.

    A Markdown file may state them in its header. Else the lines before the running text are looked
    at: the title is the first that reads as one, author and date are lines of their own, in any
    order. An "About …" footer names the author too. What is not there is None: a date is never
    guessed from the file's times.

    Args:
        text: the whole text.
        name: the file's name, which is the title where the text has none.
    """
    header = yaml_header(text)
    found = blocks(text, Span(header.span.end, len(text)) if header else None)
    last = footers(found)
    article = [b for b in found if not last or b.span.start < last[0].span.start]
    head = _head_lines(article)
    day_first = day_comes_first([text[:_HEAD_CHARS]])
    title = (header and header.title) or _title(article, head)
    masthead = [line for line in head if title is None or line.span != title.span]
    author = (header and header.author) or _first(_byline(line) for line in masthead)
    published = (header and header.published) or _first(
        published_line(line, day_first=day_first) for line in masthead
    )
    named = {fact.span for fact in (title, author, published) if fact and fact.span}
    if header:
        named = {span for span in named if span.start >= header.span.end} | {header.span}
    regions = [Region(span, Part.MASTHEAD) for span in sorted(named)]
    if author is None:
        author = _first(about_author(text, region) for region in last)
    return Anatomy(
        title=title or Found(file_stem(name), FILE_NAME),
        author=author,
        published=published,
        regions=(*regions, *last),
    )


def file_stem(name: str) -> str:
    """A path's last part without its suffix."""
    return re.sub(r"\.\w{1,8}$", "", re.split(r"[/\\]", name)[-1])


def _first(facts: Iterable[Found | None]) -> Found | None:
    return next((fact for fact in facts if fact is not None), None)


def _head_lines(article: Sequence[Block]) -> list[Block]:
    """The lines before the running text: the first, and then all until a paragraph of prose."""
    lines: list[Block] = []
    for number, block in enumerate(article[: _MASTHEAD_BLOCKS + 1]):
        own = list(_lines(block))
        if number and (block.is_prose or len(block.text) > 4 * _LINE_CHARS):
            break
        if not number and len(block.text) > 4 * _LINE_CHARS:
            own = own[:1] if len(own) > 1 else []
            lines += own
            break
        for line in own:
            if lines and len(line.words) > _SENTENCE_WORDS:
                return lines
            lines.append(line)
        if len(lines) >= _HEAD_LINES:
            break
    return lines[:_HEAD_LINES]


def _lines(block: Block) -> Iterable[Block]:
    at = block.span.start
    for line in block.text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = at + len(line) - len(line.lstrip())
            yield Block(Span(start, start + len(stripped)), stripped)
        at += len(line) + 1


def _title(article: Sequence[Block], head: Sequence[Block]) -> Found | None:
    """The first of the head's lines that reads as a title."""
    for number, line in enumerate(head):
        heading = re.match(r"#\s+(.*\S)", line.text)
        if heading:
            start = line.span.start + heading.start(1)
            return Found(heading.group(1), "heading", Span(start, start + len(heading.group(1))))
        if published_line(line, day_first=True) or _ADDRESS.match(line.text):
            continue
        if number and _BY.match(line.text):
            continue
        reads_as_title = _may_be_title(line) and (
            _is_followed_by_facts(head, number) or _stands_alone(article, line)
        )
        return Found(line.text, "first line", line.span) if reads_as_title else None
    return None


def _may_be_title(line: Block) -> bool:
    return (
        len(line.words) <= _TITLE_WORDS
        and len(line.text) <= _TITLE_CHARS
        and any(char.isalpha() for char in line.text)
    )


def _is_followed_by_facts(head: Sequence[Block], number: int) -> bool:
    """Whether one of the next two lines is a byline or a date: then even a sentence is a title."""
    return any(
        published_line(line, day_first=True) or _BY.match(line.text)
        for line in head[number + 1 : number + 3]
    )


def _stands_alone(article: Sequence[Block], line: Block) -> bool:
    """Whether a line is a paragraph of its own before others, and does not end as a sentence."""
    alone = any(block.span == line.span or block.text.strip() == line.text for block in article[:2])
    return alone and len(article) > 1 and not _ENDS_SENTENCE.search(line.text)


def _byline(line: Block) -> Found | None:
    if len(line.text) > _LINE_CHARS:
        return None
    by = _BY.match(line.text)
    if by and not _is_sentence(line):
        start = line.span.start + by.start("name")
        return Found(by.group("name"), "byline", Span(start, start + len(by.group("name"))))
    names = [word for word in line.words if word not in {"and", "&", "de", "van", "von"}]
    if published_line(line):
        return None
    if _BARE_NAME.fullmatch(line.text) and all(name[0].isupper() for name in names):
        return Found(line.text, "byline", line.span)
    return None


def _is_sentence(line: Block) -> bool:
    """Whether a line that begins with "By" is one: "By Monday Ms Brook had left the town."."""
    return line.text.endswith(".") and len(line.words) > _BYLINE_WORDS

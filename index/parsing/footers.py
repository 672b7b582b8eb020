"""Footers of a plain text: about the author, contact, related articles, notices."""

import re

from index.documents import Found, Part, Region, Span
from index.text.paragraphs import Block

_FOOTER_CHARS = 2_000
_FOOTER_WORDS = 14
_NAME = r"[^\W\d_][\w’'.-]*"
PERSON = rf"{_NAME}(?:\s+(?:{_NAME}|de|van|von|der|la|bin|al|du|di)){{1,3}}"
"""A pattern for the name of a person."""

_ABOUT = re.compile(rf"About\s+(?:the author:?\s+)?(?P<name>{PERSON})")

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


def footers(found: list[Block]) -> list[Region]:
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


def about_author(text: str, region: Region) -> Found | None:
    """The author that a footer "About …" names."""
    if region.part is not Part.ABOUT_AUTHOR:
        return None
    about = _ABOUT.match(text, region.span.start, region.span.end)
    if about is None:
        return None
    return Found(about.group("name"), "“About …” footer", Span(*about.span("name")))

"""A saved web page (.html, .mhtml): its article by trafilatura, then the rest of what it says."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import trafilatura
from trafilatura.settings import Document as Metadata

from index.documents import FILE_NAME, Certainty, Document, Found, Part, Region, Span
from index.parsing import published_date
from index.parsing.charset import decode
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.cleaning import clean
from index.parsing.formats.html_dates import published
from index.parsing.formats.html_shown import (
    BAR,
    Frames,
    picture_descriptions,
    tree_of,
    visible_lines,
)
from index.parsing.front_matter import file_stem
from index.parsing.skip_reasons import Reason, SkipFileError

Element = Any
_HOW = "page metadata"
_NOT_WORD = re.compile(r"\W+")
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_PAGES = frozenset(["text/html", "application/xhtml+xml"])
_MOST_FRAME = 20_000_000
_LABELLED_CHARS = 80
_LABEL_LANGUAGES = {
    "published": ["en"],
    "posted": ["en"],
    "publiziert": ["de"],
    "veröffentlicht": ["de"],
    "erschienen": ["de"],
    "publié": ["fr"],
    "publicado": ["es", "pt"],
    "pubblicato": ["it"],
    "gepubliceerd": ["nl"],
    "publicerad": ["sv"],
    "opublikowano": ["pl"],
    "опубликовано": ["ru"],
}
"""The words for "published", with the languages that have them."""
_LABEL = re.compile(
    rf"(?:.{{0,30}}\b)?(?P<word>{'|'.join(_LABEL_LANGUAGES)})\b(?:\s+(?:on|am|le|el|il|op|dnia))?"
    r"\s*:?\s*(?P<date>\S.{4,30})",
    re.IGNORECASE,
)
_LATIN = frozenset(["iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"])
_PRECISE_ENOUGH = 0.5
_SENTENCE_CHARS = 40


def read(source: Source) -> Iterator[Piece]:
    """The one document of a page."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    content = source.content
    frames: Frames | None = None
    if source.path.suffix.lower() in {".mhtml", ".mht"}:
        message = message_from_bytes(content, policy=policy.default)
        content = _page_of_archive(message)
        frames = _frames_of_archive(message)
    elif source.held is None:
        frames = partial(_frame_beside, source.path)
    markup, encoding = _markup(content)
    return page(markup, source.name, encoding, frames)


def page(markup: str, name: str, encoding: str = "utf-8", frames: Frames | None = None) -> Document:
    """Parse a page: the article, its paragraphs separated by blank lines, then the other lines.

    Lines outside the article follow it, marked "rest of page": they can be searched, but are never
    an answer. Title, author and date are those the page states about itself.
    Raises SkipFileError when the page has no text.
    """
    omissions = Omissions()
    tree = tree_of(markup, omissions, frames)
    about = trafilatura.extract_metadata(
        deepcopy(tree), date_config={"extensive_search": False, "original_date": True}
    )
    visible = visible_lines(deepcopy(tree))
    article = _article(tree, visible)
    body = [line.strip() for line in (article.splitlines() or visible) if line.strip()]
    body = [_row(line) for line in body]
    text = clean("\n\n".join(body))
    rest = clean("\n".join(_lines_not_in(visible, body)))
    pictures = clean("\n".join(_lines_not_in(picture_descriptions(tree), [*body, *visible])))
    left_out = omissions.all()
    if not (text or rest).strip():
        told = "; ".join(["the page has no text", *(one.message for one in left_out)])
        raise SkipFileError(Reason.EMPTY, told)
    pieces = [(text, Part.BODY)] if text else [(rest, Part.BODY)]
    pieces += [(rest, Part.REST_OF_PAGE)] if text and rest else []
    pieces += [(pictures, Part.ALT_TEXT)] if pictures else []
    whole = "\n\n".join(piece for piece, _ in pieces)
    return Document(
        name=name,
        text=whole,
        title=_title(about, name),
        author=_fact(about.author if about else None),
        published=_published(tree, visible, text, about, name),
        encoding=encoding,
        regions=tuple(_regions(pieces)),
        left_out=left_out,
    )


def _published(
    tree: Element, visible: Sequence[str], text: str, about: Metadata | None, name: str
) -> Found | None:
    """When the page was published.

    The other places are looked at only if the page states no date itself, or a weak one: none of
    them is trusted further than that.
    """
    stated = published_date.best(*published(tree, visible))
    if stated is not None and stated.certainty is not Certainty.WEAK:
        return stated
    return published_date.best(
        stated,
        _labelled(visible),
        *published_date.in_text(text),
        _by_library(about),
        published_date.in_name(name),
    )


def _row(line: str) -> str:
    """A line of the article; a table row is written as `tables.table_lines` writes it."""
    if BAR not in line and not (line.startswith("| ") and line.endswith(" |")):
        return line
    return line.strip("| ").replace(BAR, "|")


def _regions(pieces: Sequence[tuple[str, Part]]) -> Iterator[Region]:
    at = 0
    for piece, part in pieces:
        if part is not Part.BODY:
            yield Region(Span(at, at + len(piece)), part)
        at += len(piece) + 2


def _article(tree: Element, visible: Sequence[str]) -> str:
    """Extract the article's text with trafilatura, in its precise mode if that finds enough.

    On the pages of ../shared/data/html_articles the default mode includes teasers, and the precise
    mode sometimes finds nothing. The precise text is used if at least half as long as the other,
    which is not extracted where the precise one has half of all that stands in lines of a sentence.
    """
    precise = _extracted(tree, precise=True)
    in_sentences = sum(len(line) for line in visible if len(line) >= _SENTENCE_CHARS)
    if precise and len(precise) >= _PRECISE_ENOUGH * in_sentences:
        return precise
    usual = _extracted(tree, precise=False)
    return precise if len(precise) >= _PRECISE_ENOUGH * len(usual) else usual


def _extracted(tree: Element, *, precise: bool) -> str:
    try:
        found = trafilatura.extract(deepcopy(tree), include_comments=False, favor_precision=precise)
    except RecursionError:  # elements nested a thousand deep; their text is in the visible lines
        return ""
    return found or ""


def _page_of_archive(message: EmailMessage) -> bytes:
    """The page of a browser's single-file archive."""
    for part in message.walk():
        if part.get_content_type() in _PAGES:
            return _content(part)
    raise SkipFileError(Reason.DAMAGED, "no page inside")


def _content(part: Message) -> bytes:
    """The bytes of a page in an archive, as UTF-8 where the archive alone states the encoding."""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset()
    if charset is None or _CHARSET.search(content[:4096]):
        return content
    with suppress(UnicodeError, LookupError):
        return content.decode(as_browsers_read(charset)).encode()
    return content


def _frames_of_archive(message: EmailMessage) -> Frames:
    """The pages of an archive by address and by content id."""
    held: dict[str, Message] = {}
    for part in message.walk():
        if part.get_content_type() in _PAGES:
            held[str(part["Content-Location"] or "")] = part
            held[f"cid:{str(part['Content-ID'] or '').strip('<> ')}"] = part

    def frame(address: str) -> str | None:
        part = held.get(address)
        if part is None:
            stem = address.rsplit("/", 1)[-1]
            ends = [one for name, one in held.items() if stem and name.rsplit("/", 1)[-1] == stem]
            part = ends[0] if len(ends) == 1 else None
        return _markup(_content(part))[0] if part is not None else None

    return frame


def _frame_beside(path: Path, address: str) -> str | None:
    """A frame that a browser saved in the folder beside its page ("page_files/frame.html")."""
    relative = unquote(address.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0])
    if not relative or ":" in relative or relative.startswith(("/", "\\")):
        return None
    folder = path.parent.resolve()
    target = (folder / relative).resolve()
    if folder not in target.parents or target.suffix.lower() not in {".html", ".htm", ".xhtml"}:
        return None
    try:
        with target.open("rb") as file:
            return _markup(file.read(_MOST_FRAME))[0]
    except (OSError, SkipFileError):
        return None


def _markup(content: bytes) -> tuple[str, str]:
    """A page as text: UTF-8 if it is, else in the encoding it declares, else as detected."""
    declared = _CHARSET.search(content[:4096])
    if declared is not None:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            encoding = as_browsers_read(declared.group(1).decode("ascii", "replace"))
            try:
                return content.decode(encoding), encoding
            except (UnicodeError, LookupError):
                pass
    return decode(content)


def as_browsers_read(charset: str) -> str:
    """The encoding that is meant by a declared one: latin-1 is windows-1252 on the web."""
    stated = charset.lower()
    return "cp1252" if stated in _LATIN else stated


def _title(about: Metadata | None, name: str) -> Found:
    return _fact(about.title if about else None) or Found(file_stem(name), FILE_NAME)


def _fact(value: str | None) -> Found | None:
    shown = " ".join((value or "").split())
    return Found(shown, _HOW) if shown else None


def _by_library(about: Metadata | None) -> Found | None:
    """The date that htmldate finds, for pages where the other rules find none."""
    return (
        published_date.stated(about.date, _HOW, Certainty.LIKELY) if about and about.date else None
    )


def _labelled(lines: Sequence[str]) -> Found | None:
    """The date beside a word for "published", in the language of that word."""
    for line in lines:
        match = _LABEL.match(line) if len(line) <= _LABELLED_CHARS else None
        if match is None or not re.search(r"\b\d{4}\b", line):
            continue
        import dateparser  # noqa: PLC0415 -- a third of a second, for the pages that need it

        day = dateparser.parse(
            match["date"],
            languages=_LABEL_LANGUAGES[match["word"].lower()],
            settings={"REQUIRE_PARTS": ["day", "month", "year"]},
        )
        if day is not None:
            return published_date.stated(
                day.date().isoformat(), "labelled as published", Certainty.LIKELY
            )
    return None


def _lines_not_in(visible: Sequence[str], body: Sequence[str]) -> list[str]:
    """The lines whose sequence of words is not in the article, without repeats."""
    seen = {_bare(line) for line in body}
    article = f" {' '.join(_bare(line) for line in body)} "
    rest = []
    for line in visible:
        bare = _bare(line)
        if bare and bare not in seen and f" {bare} " not in article:
            seen.add(bare)
            rest.append(line)
    return rest


def _bare(line: str) -> str:
    return _NOT_WORD.sub(" ", line).strip()

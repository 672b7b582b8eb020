"""A saved web page (.html, .mhtml): its article by trafilatura, then the rest of what it says."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from email import message_from_bytes, policy
from typing import Any

import trafilatura
from lxml import etree, html
from trafilatura.settings import Document as Metadata

from index.documents import FILE_NAME, Certainty, Document, Found, Part, Region, Span
from index.parsing import published_date
from index.parsing.charset import decode
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.cleaning import clean, legal_markup
from index.parsing.formats.html_dates import published
from index.parsing.front_matter import file_stem
from index.parsing.skip_reasons import Reason, SkipFileError

Element = Any
_HOW = "page metadata"
_NOT_WORD = re.compile(r"\W+")
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.I | re.S)
_NESTING = re.compile(
    r"</?(?!(?:html|head|body|title|meta|link|script|style|template|noscript)\b)[a-z][^>]*>", re.I
)
_UNSHOWN = ("script", "style", "template", "noscript", "head")
_INLINE = frozenset(
    "a abbr b bdi cite code em i mark q s small span strong sub sup time u font".split()
)
_LABELLED_CHARS = 80
_LABEL = re.compile(
    r"(?:.{0,30}\b)?(?:published|posted|publiziert|veröffentlicht|erschienen|publié|publicado|pubblicato"
    r"|gepubliceerd|publicerad|opublikowano|опубликовано)\b(?:\s+(?:on|am|le|el|il|op|dnia))?\s*:?\s*"
    r"(?P<date>\S.{4,30})",
    re.IGNORECASE,
)
_LATIN = frozenset(["iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"])
_PRECISE_ENOUGH = 0.5


def read(source: Source) -> Iterator[Piece]:
    """The one document of a page."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    content = source.content
    if source.path.suffix.lower() in {".mhtml", ".mht"}:
        content = _page_of_archive(content)
    markup, encoding = _markup(content)
    return page(markup, source.name, encoding)


def page(markup: str, name: str, encoding: str = "utf-8") -> Document:
    """The article of a page, its paragraphs parted by blank lines, then the page's other lines.

    What is not in the article is kept behind it, flagged "rest of page": findable, but never
    an answer. Title, author and date are those the page states about itself.
    Raises SkipFileError when the page has no text.
    """
    tree = tree_of(markup)
    about = trafilatura.extract_metadata(
        deepcopy(tree), date_config={"extensive_search": False, "original_date": True}
    )
    article = _article(tree)
    visible = visible_lines(deepcopy(tree))
    body = [line.strip() for line in (article.splitlines() or visible) if line.strip()]
    text = clean("\n\n".join(body))
    rest = clean("\n".join(_lines_not_in(visible, body)))
    whole = f"{text}\n\n{rest}" if text and rest else text or rest
    if not whole.strip():
        raise SkipFileError(Reason.EMPTY, "the page has no text")
    aside = text and rest
    return Document(
        name=name,
        text=whole,
        title=_title(about, name),
        author=_fact(about.author if about else None),
        published=published_date.best(
            *published(tree),
            _labelled(visible),
            *published_date.in_text(text),
            _by_library(about),
            published_date.in_name(name),
        ),
        encoding=encoding,
        regions=(Region(Span(len(text) + 2, len(whole)), Part.REST_OF_PAGE),) if aside else (),
    )


def tree_of(markup: str) -> Element:
    """A page's elements. Entities that a page declares are not expanded, nor fetched.

    libxml2 drops what is nested over 2,048 deep; such a page is read without its nesting.
    """
    bare = _DOCTYPE.sub("", _DECLARATION.sub("", legal_markup(markup)), count=1)
    parser = html.HTMLParser(
        huge_tree=True, no_network=True, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    try:
        tree = html.document_fromstring(bare.encode("utf-8", "replace"), parser=parser)
        if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
            flat = _NESTING.sub("<br>", bare).encode("utf-8", "replace")
            return html.document_fromstring(flat, parser=parser)
        return tree  # noqa: TRY300 -- both returns may raise
    except etree.ParserError as error:
        raise SkipFileError(Reason.EMPTY, "the page has no text") from error


def _article(tree: Element) -> str:
    """The article's text: what trafilatura is sure of, unless that is little of what it finds.

    On the pages of ../shared/data/html_articles its usual choice takes teasers along, and its
    precise one at times takes nothing: half of the usual one's length tells the two apart.
    """
    usual = _extracted(tree, precise=False)
    precise = _extracted(tree, precise=True)
    return precise if len(precise) >= _PRECISE_ENOUGH * len(usual) else usual


def _extracted(tree: Element, *, precise: bool) -> str:
    try:
        found = trafilatura.extract(deepcopy(tree), include_comments=False, favor_precision=precise)
    except RecursionError:  # elements nested a thousand deep; their text is in the visible lines
        return ""
    return found or ""


def _page_of_archive(content: bytes) -> bytes:
    """The page of a browser's single-file archive."""
    message = message_from_bytes(content, policy=policy.default)
    for part in message.walk():
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            charset = part.get_content_charset()
            if charset is None or _CHARSET.search(content[:4096]):
                return content
            with suppress(UnicodeError, LookupError):
                return content.decode(as_browsers_read(charset)).encode()
            return content
    raise SkipFileError(Reason.DAMAGED, "no page inside")


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
    """The date that htmldate finds where this project does not look."""
    return (
        published_date.stated(about.date, _HOW, Certainty.LIKELY) if about and about.date else None
    )


def _labelled(lines: Sequence[str]) -> Found | None:
    """The date beside a word for "published", in the languages that dateparser knows."""
    for line in lines:
        match = _LABEL.match(line) if len(line) <= _LABELLED_CHARS else None
        if match is None or not re.search(r"\b\d{4}\b", line):
            continue
        import dateparser  # noqa: PLC0415 -- a third of a second, for the pages that need it

        day = dateparser.parse(match["date"], settings={"REQUIRE_PARTS": ["day", "month", "year"]})
        if day is not None:
            return published_date.stated(
                day.date().isoformat(), "labelled as published", Certainty.LIKELY
            )
    return None


def visible_lines(tree: Element) -> list[str]:
    """Every line of text a page shows, in order; `tree` is used up."""
    etree.strip_elements(tree, *_UNSHOWN, etree.Comment, with_tail=False)
    for element in tree.iter():
        if element.tag not in _INLINE:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in "".join(tree.itertext()).splitlines())
    return [line for line in lines if line]


def _lines_not_in(visible: Sequence[str], body: Sequence[str]) -> list[str]:
    """The lines whose words the article does not hold in a row, each once."""
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

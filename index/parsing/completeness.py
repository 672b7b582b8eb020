"""A second, simple extraction of a file's words, to find text that its parser lost."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pypdfium2
from lxml import etree, html

from index.documents import Document, LeftOut
from index.parsing.charset import decode
from index.parsing.formats.cleaning import legal_markup
from index.parsing.formats.registry import is_zip, kind_of_file
from index.parsing.skip_reasons import SkipFileError

THRESHOLD = 0.1
"""A file with more than this share of missing words is reported."""

_WORD = re.compile(r"[^\W_]+")
_XML_TEXT = re.compile(rb"^(?:word|ppt|xl|OEBPS|OPS|EPUB|content\.xml|text)")
_NO_TEXT = re.compile(
    rb"styles|theme|settings|fontTable|webSettings|docProps|rels|Master|Layout|numbering|meta\.xml"
    rb"|manifest|tableStyles|presProps|viewProps|calcChain|worksheets|customXml"
)
_UNSHOWN = ("script", "style", "template", "noscript", "head")
_HEAD = 2048
_MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a file's text is in its documents.

    Attributes:
        file: the file.
        words: how many words the simple extraction finds.
        missing: how many of them are in no document.
        examples: some of the missing words, the commonest first.
        left_out: what the parser says that it left out, which may be why.
    """

    file: str
    words: int
    missing: int
    examples: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def share(self) -> float:
        """The share of words that is missing, 0 to 1."""
        return self.missing / max(1, self.words)


def completeness(path: Path, documents: Sequence[Document]) -> Completeness:
    """Compare the words of a simple extraction of a file with those of its documents.

    The simple extraction takes all text nodes of markup, all characters of a PDF and all parts of a
    message. It includes hidden and struck-out text, which documents leave out on purpose.

    Args:
        path: the file.
        documents: its documents, as they were parsed.

    Raises:
        OSError: if the file cannot be read.
    """
    found = Counter(_words(" ".join(_crude(path))))
    indexed: Counter[str] = Counter()
    for one in documents:
        indexed.update(_words(one.text))
        indexed.update(_words(one.title.value))
    missing = found - indexed
    if kind_of(path) == "html":  # a line that a page repeats, as in its menus, is kept once
        missing = Counter({word: count for word, count in missing.items() if word not in indexed})
    return Completeness(
        str(path),
        found.total(),
        missing.total(),
        tuple(word for word, _ in missing.most_common(8)),
        tuple(told for one in documents for told in one.left_out),
    )


def kind_of(path: Path) -> str:
    """The parser of a file, "" if none parses it."""
    with path.open("rb") as file:
        kind = kind_of_file(path.name, file.read(_HEAD))
    return kind.parser if kind is not None else ""


def _words(text: str) -> Iterable[str]:
    return (word.casefold() for word in _WORD.findall(text))


def _crude(path: Path) -> Iterator[str]:
    """The texts of the simple extraction."""
    if path.stat().st_size > _MOST_BYTES:
        return
    content, name = path.read_bytes(), kind_of(path)
    if is_zip(content[:_HEAD]):
        yield from _of_archive(path)
    elif name == "pdf":
        yield from _of_pdf(content)
    elif name == "html":
        yield _of_markup(content)
    elif name == "mail":
        yield from _of_message(content)
    elif name in {"plain_text", "csv_jsonl"}:
        yield from _decoded(content)


def _of_archive(path: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as packed:
            for member in packed.namelist():
                raw = member.encode("utf-8", "replace")
                if member.endswith((".xhtml", ".html", ".htm")):
                    yield _of_markup(packed.read(member))
                elif member.endswith(".xml") and _XML_TEXT.match(raw) and not _NO_TEXT.search(raw):
                    yield _of_xml(packed.read(member))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return


def _of_xml(content: bytes) -> str:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    root = etree.fromstring(content, parser)
    if root is None:
        return ""
    texts: list[str] = []
    for element in root.iter("*"):
        name = element.tag.rpartition("}")[2]
        if name in {"instrText", "delText"}:
            continue
        texts.append(element.text or "")
        if name in {"p", "br", "tab", "tc", "h", "cr", "s", "line-break"}:
            texts.append(" ")
        texts.append(element.tail or "")
        if name in {"p", "h", "si", "comment", "v"}:
            texts.append(" ")
    return "".join(texts)


def _of_markup(content: bytes) -> str:
    text = "".join(_decoded(content))
    try:
        tree = html.document_fromstring(
            legal_markup(text).encode("utf-8", "replace"),
            parser=html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True),
        )
    except (etree.ParserError, ValueError):
        return ""
    etree.strip_elements(tree, *_UNSHOWN, etree.Comment, with_tail=False)
    return " ".join(tree.itertext())


def _of_pdf(content: bytes) -> Iterator[str]:
    try:
        opened = pypdfium2.PdfDocument(content)
        for number in range(len(opened)):
            layer = opened[number].get_textpage()
            yield layer.get_text_range().replace("\ufffe\r\n", "").replace("\ufffe", "")
            layer.close()
    except pypdfium2.PdfiumError:
        return


def _of_message(content: bytes) -> Iterator[str]:
    for part in message_from_bytes(content, policy=policy.default).walk():
        payload = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(payload, bytes):
            yield (
                _of_markup(payload)
                if part.get_content_subtype() == "html"
                else "".join(_decoded(payload))
            )


def _decoded(content: bytes) -> Iterator[str]:
    try:
        yield decode(content)[0]
    except SkipFileError:
        return

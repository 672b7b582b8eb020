"""Files -> documents, one reader a format."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import cast

from index.documents import Document
from index.formats.cleaning import clean
from index.formats.source import Piece, Reader, Source
from index.skipped import Reason, SkipFileError

__all__ = ["Piece", "Source", "is_plain", "load", "prepare", "suffixes"]

_READERS = {
    "plain": ".txt .text .md .markdown",
    "page": ".html .htm .xhtml .mhtml .mht",
    "pdf": ".pdf",
    "word": ".docx .docm",
    "legacy": ".doc .ppt .pps .rtf",
    "slides": ".pptx .pptm .ppsx",
    "sheets": ".xlsx .xlsm .xlsb .xls .ods",
    "opendocument": ".odt .odp",
    "book": ".epub",
    "mail": ".eml .mbox",
    "table": ".csv .tsv .jsonl .ndjson",
    "archive": ".zip",
}
_BY_SUFFIX = {suffix: reader for reader, all_ in _READERS.items() for suffix in all_.split()}
_HEAD = 2048
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_OF_SOME_KIND = "zip"
_ZIP = b"PK\x03\x04"
_ZIPPED = frozenset(["word", "slides", "sheets", "opendocument", "book", "archive"])
_MIMETYPES = (
    (b"mimetypeapplication/epub+zip", "book"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "sheets"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "opendocument"),
)
_INSIDE = (
    ("word/document.xml", "word"),
    ("ppt/presentation.xml", "slides"),
    ("xl/workbook.xml", "sheets"),
    ("xl/workbook.bin", "sheets"),
    ("META-INF/container.xml", "book"),
)


def suffixes() -> list[str]:
    """The file name suffixes that are read, in order."""
    return sorted(_BY_SUFFIX)


def is_plain(name: str, head: bytes) -> bool:
    """Whether a file is read as it stands, without a parser."""
    return _reader_name(name, head) == "plain"


def prepare(source: Source) -> None:
    """Import what reading `source` takes."""
    found = _reader_name(source.path.name, _head(source))
    if found is not None and found != _ZIP_OF_SOME_KIND:
        import_module(f"index.formats.{found}")


def load(source: Source) -> Iterator[Piece]:
    """The documents in `source`, by the reader for its format.

    Raises SkipFileError for an empty file, a format that is not read or content that is damaged.
    """
    name = source.path.name
    head = _head(source)
    found = _reader_name(name, head)
    if found is None:
        raise SkipFileError(Reason.UNSUPPORTED, PurePath(name).suffix or "no suffix")
    if not head:
        raise SkipFileError(Reason.EMPTY)
    if found == _ZIP_OF_SOME_KIND or (found in _ZIPPED and head.startswith(_ZIP)):
        found = _zipped(source, found)
    read = cast("Reader", import_module(f"index.formats.{found}").read)
    count = 0
    for count, piece in enumerate(_guarded(read, source), 1):  # noqa: B007 -- it is looked at below
        yield Piece(piece.part, lambda piece=piece: _document(piece))  # type: ignore[misc]
    if not count:
        raise SkipFileError(Reason.EMPTY, "no document inside")


def _guarded(read: Reader, source: Source) -> Iterator[Piece]:
    try:
        yield from read(source)
    except (SkipFileError, FileNotFoundError, MemoryError, GeneratorExit):
        raise
    except Exception as error:
        raise _damaged(error) from error


def _document(piece: Piece) -> Document:
    try:
        return _clean(piece.document())
    except (SkipFileError, FileNotFoundError, MemoryError):
        raise
    except Exception as error:
        raise _damaged(error) from error


def _clean(document: Document) -> Document:
    """A document whose title and author hold no control characters nor halves of characters."""
    title, author = document.title, document.author
    return replace(
        document,
        title=replace(title, value=" ".join(clean(title.value).split())),
        author=author and replace(author, value=" ".join(clean(author.value).split())),
    )


def _damaged(error: Exception) -> SkipFileError:
    """A parser raises what it likes; to the user it means one thing."""
    told = " ".join(str(error).split())[:120]
    return SkipFileError(Reason.DAMAGED, told or type(error).__name__)


def _head(source: Source) -> bytes:
    if source.held is not None:
        return source.held[:_HEAD]
    with source.path.open("rb") as file:
        return file.read(_HEAD)


def _reader_name(name: str, head: bytes) -> str | None:
    """The reader for a file: by its suffix, unless its first bytes say that it is another's."""
    suffix = PurePath(name).suffix.lower()
    named = _BY_SUFFIX.get(suffix)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return "pdf"
    if _is_markup(start) and named != "mail":
        return "page"
    if named is None and suffix:
        return None
    if b"%PDF-" in head[:1024] and named in {None, "pdf"}:
        return "pdf"
    if start.startswith(_ZIP):
        stated = next((reader for kind, reader in _MIMETYPES if kind in head[:120]), None)
        return stated or (named if named in _ZIPPED else _ZIP_OF_SOME_KIND)
    if start.startswith(b"{\\rtf"):
        return "legacy"
    if start.startswith(_OLE):
        return named if named in {"legacy", "sheets", None} else "legacy"
    return named


def _is_markup(start: bytes) -> bool:
    return start[:200].lower().lstrip().startswith((b"<!doctype html", b"<html"))


def _zipped(source: Source, named: str) -> str:
    """The reader for a zip archive by what is in it, else the one its name calls for."""
    from index.formats.package import Package  # noqa: PLC0415 -- for such files only

    names = set(Package(source).names())
    inside = next((reader for name, reader in _INSIDE if name in names), None)
    if inside is not None:
        return inside
    if "content.xml" in names and named not in {"sheets", "opendocument"}:
        return "opendocument"
    return named if named in _ZIPPED else "archive"

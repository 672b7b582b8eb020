"""Files -> documents, one reader a format."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import PurePath
from typing import cast

from index.documents import Document
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
_INSIDE = (("word/", "word"), ("ppt/", "slides"), ("xl/", "sheets"), ("META-INF/container", "book"))


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
    if found == _ZIP_OF_SOME_KIND:
        found = _zipped(source)
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
        return piece.document()
    except (SkipFileError, FileNotFoundError, MemoryError):
        raise
    except Exception as error:
        raise _damaged(error) from error


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
    if named is None and suffix:
        return None
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in head[:1024] and named in {None, "plain", "page", "word", "legacy", "pdf"}:
        return "pdf" if start.startswith(b"%PDF-") or named in {None, "pdf"} else named
    if start.startswith(_ZIP):
        stated = next((reader for kind, reader in _MIMETYPES if kind in head[:120]), None)
        return stated or (named if named in _ZIPPED else _ZIP_OF_SOME_KIND)
    if start.startswith(b"{\\rtf"):
        return "legacy"
    if start.startswith(_OLE):
        return named if named in {"legacy", "sheets", None} else "legacy"
    if named in {"legacy", "word", "sheets"} and _is_markup(start):
        return "page"
    return named


def _is_markup(start: bytes) -> bool:
    return start[:200].lower().lstrip().startswith((b"<!doctype html", b"<html"))


def _zipped(source: Source) -> str:
    from index.formats.package import Package  # noqa: PLC0415 -- for a file with a wrong name only

    names = Package(source).names()
    for start, reader in _INSIDE:
        if any(name.startswith(start) for name in names):
            return reader
    return "opendocument" if "content.xml" in names else "archive"

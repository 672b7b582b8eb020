"""Files to documents: a parser for each kind of file, and the registry of kinds."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import cast

from index.documents import Document
from index.parsing.formats.base import Parser, Piece, Source
from index.parsing.formats.cleaning import clean
from index.parsing.formats.registry import (
    PLAIN_TEXT,
    ZIP,
    is_zip,
    kind_by_members,
    kind_of_file,
    suffixes,
)
from index.parsing.skip_reasons import Reason, SkipFileError

__all__ = ["Piece", "Source", "is_plain", "load", "prepare", "suffixes"]

_HEAD = 2048


def is_plain(name: str, head: bytes) -> bool:
    """Whether a file is read as it stands, without a parser."""
    return kind_of_file(name, head) is PLAIN_TEXT


def prepare(source: Source) -> None:
    """Import what parsing `source` takes."""
    found = kind_of_file(source.path.name, _head(source))
    if found is not None and found is not ZIP:
        import_module(f"index.parsing.formats.{found.parser}")


def load(source: Source) -> Iterator[Piece]:
    """Parse the documents in a file.

    Args:
        source: the file.

    Yields:
        Each document's place in the file, and how to parse it.

    Raises:
        SkipFileError: for an empty file, a kind that is not read, or damaged content.
    """
    name = source.path.name
    head = _head(source)
    found = kind_of_file(name, head)
    if found is None:
        raise SkipFileError(Reason.UNSUPPORTED, PurePath(name).suffix or "no suffix")
    if not head:
        raise SkipFileError(Reason.EMPTY)
    if found.zipped and is_zip(head):
        from index.parsing.formats.zip_container import Package  # noqa: PLC0415 -- for zips only

        found = kind_by_members(set(Package(source).names()), found)
    read = cast("Parser", import_module(f"index.parsing.formats.{found.parser}").read)
    count = 0
    for count, piece in enumerate(_guarded(read, source), 1):  # noqa: B007 -- it is looked at below
        yield Piece(piece.part, lambda piece=piece: _document(piece))  # type: ignore[misc]
    if not count:
        raise SkipFileError(Reason.EMPTY, "no document inside")


def _guarded(read: Parser, source: Source) -> Iterator[Piece]:
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
    """Remove control characters and lone surrogates from a document's title and author."""
    title, author = document.title, document.author
    return replace(
        document,
        title=replace(title, value=" ".join(clean(title.value).split())),
        author=author and replace(author, value=" ".join(clean(author.value).split())),
    )


def _damaged(error: Exception) -> SkipFileError:
    """Turn any exception of a parser into the reason "damaged"."""
    told = " ".join(str(error).split())[:120]
    return SkipFileError(Reason.DAMAGED, told or type(error).__name__)


def _head(source: Source) -> bytes:
    if source.held is not None:
        return source.held[:_HEAD]
    with source.path.open("rb") as file:
        return file.read(_HEAD)

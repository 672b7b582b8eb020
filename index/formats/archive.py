"""Archives (.zip): each file inside is read as if it lay in a folder of that name."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from index.documents import Document
from index.formats import load
from index.formats.package import Package
from index.formats.source import Piece, Source
from index.skipped import Reason, SkipFileError


def read(source: Source) -> Iterator[Piece]:
    """The documents in an archive, and those in archives inside it."""
    yield from _inside(source, 1)


def _inside(source: Source, depth: int) -> Iterator[Piece]:
    if depth > source.limits.depth:
        raise SkipFileError(Reason.TOO_LARGE, f"archives inside archives, {depth} deep")
    package = Package(source)
    for name in package.names():
        parts = PurePosixPath(name).parts
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        yield from _member(package, name, source, depth)


def _member(package: Package, name: str, source: Source, depth: int) -> Iterator[Piece]:
    """The pieces of one member, which is unpacked when its first piece is asked for."""
    if PurePosixPath(name).suffix.lower() not in _CONTAINERS:
        yield Piece(name, partial(_only, package, name, source))
        return
    try:
        inner = _unpacked(package, name, source)
        pieces = _inside(inner, depth + 1) if name.lower().endswith(".zip") else load(inner)
        for piece in pieces:
            yield Piece(f"{name}/{piece.part}" if piece.part else name, piece.document)
    except SkipFileError as skip:
        yield Piece(name, partial(_refuse, skip))


_CONTAINERS = frozenset([".zip", ".csv", ".tsv", ".jsonl", ".ndjson"])


def _unpacked(package: Package, name: str, source: Source) -> Source:
    return replace(source, name=f"{source.name}/{name}", path=Path(name), held=package.read(name))


def _only(package: Package, name: str, source: Source) -> Document:
    piece = next(load(_unpacked(package, name, source)), None)
    if piece is None:
        raise SkipFileError(Reason.EMPTY)
    return piece.document()


def _refuse(skip: SkipFileError) -> Document:
    raise skip

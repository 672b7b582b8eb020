"""Archives (.zip): each file inside is read as if it lay in a folder of that name."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from index.documents import Document
from index.parsing.formats import load
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.registry import holds_many
from index.parsing.formats.zip_container import Package
from index.parsing.formats.zip_names import member_names
from index.parsing.skip_reasons import Reason, SkipFileError


def read(source: Source) -> Iterator[Piece]:
    """The documents in an archive, and those in archives inside it."""
    yield from _inside(source, 1)


def _inside(source: Source, depth: int) -> Iterator[Piece]:
    if depth > source.limits.depth:
        raise SkipFileError(
            Reason.TOO_LARGE, f"archives inside archives, {depth} deep, as in a zip bomb"
        )
    package = Package(source)
    taken: Counter[str] = Counter()
    members = package.members()
    for member, stated in zip(members, member_names(members), strict=True):
        name = "/".join(part for part in stated.split("/") if part not in {"", ".", ".."})
        taken[name] += 1
        part = f"{name} ({taken[name]})" if taken[name] > 1 else name
        if any(one.startswith((".", "__MACOSX")) for one in name.split("/")):
            yield Piece(part, partial(_refuse, SkipFileError(Reason.HIDDEN)))
        else:
            yield from _member(package, member, name, part, source, depth)


def _member(
    package: Package, member: ZipInfo, name: str, part: str, source: Source, depth: int
) -> Iterator[Piece]:
    """The pieces of one member, which is unpacked when its first piece is asked for."""

    def unpacked() -> Source:
        return replace(
            source,
            name=f"{source.name}/{part}",
            path=Path(name),
            held=package.unpacked(member),
            depth=depth,
        )

    if not holds_many(PurePosixPath(name).name):
        more: list[Iterator[Piece]] = []

        def only() -> Document:
            pieces = load(unpacked())
            piece = next(pieces, None)
            if piece is None:
                raise SkipFileError(Reason.EMPTY)
            if piece.part:
                raise SkipFileError(Reason.UNSUPPORTED, "several documents under a suffix for one")
            more.append(pieces)
            return piece.document()

        yield Piece(part, only)
        for pieces in more:  # parts of it that could not be read, such as a page of a PDF
            for piece in pieces:
                yield Piece(f"{part}/{piece.part}", piece.document)
        return
    try:
        inner = unpacked()
        pieces = _inside(inner, depth + 1) if name.lower().endswith(".zip") else load(inner)
        for piece in pieces:
            yield Piece(f"{part}/{piece.part}" if piece.part else part, piece.document)
    except SkipFileError as skip:
        yield Piece(part, partial(_refuse, skip))


def _refuse(skip: SkipFileError) -> Document:
    raise skip

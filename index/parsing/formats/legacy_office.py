"""Word (.doc) and PowerPoint (.ppt) files of the versions up to 2003."""

import io
import struct
from collections.abc import Iterator
from typing import Any

import olefile
import sharepoint2text

from index.documents import Document
from index.parsing.formats import rtf
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.sections import Properties, Section
from index.parsing.skip_reasons import Reason, SkipFileError

_MASTER, _SLIDE, _UTF16, _BYTES = 0x03F8, 0x03EE, 0x0FA0, 0x0FA8
_LIST, _SLIDE_IN_LIST = 0x0FF0, 0x03F3
_CONTAINER = 0xF
_HEADER = struct.Struct("<HHI")


def read(source: Source) -> Iterator[Piece]:
    """The one document of such a file."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    content = source.content
    if content.lstrip().startswith(b"{\\rtf"):
        return rtf.document(source)
    if not olefile.isOleFile(io.BytesIO(content)):  # it takes short bytes for a file's name
        raise SkipFileError(Reason.DAMAGED, "its first bytes are not those of an Office file")
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        about = _properties(ole)
        if ole.exists("PowerPoint Document"):
            sections = _slides(ole.openstream("PowerPoint Document").read())
            return compose(source.name, sections, about)
        if not ole.exists("WordDocument"):
            raise SkipFileError(Reason.UNSUPPORTED, "neither text nor slides inside")
        if ole.openstream("WordDocument").read(12)[11] & 1:
            raise SkipFileError(Reason.LOCKED)
    read_ = list(sharepoint2text.read_bytes(content, extension=".doc"))
    return compose(source.name, [Section(one.full_text) for one in read_], about)


def _properties(ole: olefile.OleFileIO) -> Properties:
    said: Any = ole.get_metadata()
    page = said.codepage or 1252
    encoding = {65001: "utf-8", 10000: "mac_roman"}.get(page, f"cp{page}")

    def text(value: bytes | None) -> str:
        try:
            return (value or b"").decode(encoding, "replace").rstrip("\0")
        except LookupError:
            return (value or b"").decode("cp1252", "replace")

    created = said.create_time.date().isoformat() if said.create_time else ""
    return Properties(text(said.title), text(said.author), created)


def _slides(stream: bytes) -> Iterator[Section]:
    """The text records of a presentation, slide by slide, without the master slides.

    A record is as in Microsoft's [MS-PPT]: version and instance, type, length, then that many
    bytes; the bytes of a container are records. The texts of placeholders are in the slide list, in
    which a record starts each slide. The texts of other shapes are in the slides themselves.
    """
    listed: list[list[str]] = []
    drawn: list[list[str]] = []
    for kind, texts in _texts(stream, 0, len(stream), ()):
        (listed if kind == _LIST else drawn).append(texts)
    for number in range(max(len(listed), len(drawn))):
        texts = [*(listed[number] if number < len(listed) else [])]
        texts += [t for t in (drawn[number] if number < len(drawn) else []) if t not in texts]
        yield Section("\n\n".join(texts), f"slide {number + 1}")


def _texts(
    stream: bytes, at: int, end: int, within: tuple[int, ...]
) -> Iterator[tuple[int, list[str]]]:
    """For each slide, in the list and drawn, the texts found."""
    in_list: list[str] | None = None
    while at + _HEADER.size <= end:
        version, kind, length = _HEADER.unpack_from(stream, at)
        start, stop = at + _HEADER.size, min(end, at + _HEADER.size + length)
        if kind == _SLIDE_IN_LIST and within and within[-1] == _LIST:
            if in_list is not None:
                yield _LIST, in_list
            in_list = []
        elif in_list is not None and kind in {_UTF16, _BYTES}:
            in_list.append(_decoded(kind, stream[start:stop]))
        elif kind == _SLIDE and version & 0xF == _CONTAINER:
            yield _SLIDE, list(_atoms(stream, start, stop))
        elif version & 0xF == _CONTAINER and kind != _MASTER and not _is_master_list(kind, version):
            yield from _texts(stream, start, stop, (*within, kind))
        at = stop if length or stop > at else end
    if in_list is not None:
        yield _LIST, in_list


def _is_master_list(kind: int, version: int) -> bool:
    return kind == _LIST and version >> 4 != 0


def _atoms(stream: bytes, at: int, end: int) -> Iterator[str]:
    while at + _HEADER.size <= end:
        version, kind, length = _HEADER.unpack_from(stream, at)
        start, stop = at + _HEADER.size, min(end, at + _HEADER.size + length)
        if kind in {_UTF16, _BYTES}:
            yield _decoded(kind, stream[start:stop])
        elif version & 0xF == _CONTAINER:
            yield from _atoms(stream, start, stop)
        at = stop


def _decoded(kind: int, content: bytes) -> str:
    text = content.decode("utf-16-le", "replace") if kind == _UTF16 else content.decode("latin-1")
    return text.replace("\r", "\n").replace("\x0b", "\n").strip()

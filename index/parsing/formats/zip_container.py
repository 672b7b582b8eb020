"""Files that are zip archives, opened with limits on their unpacked size."""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from lxml import etree

from index.parsing.formats.base import Source
from index.parsing.skip_reasons import Reason, SkipFileError

Element = Any
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_BOMB_RATIO = 200
_TREE_TO_XML = 20  # the most memory of a parsed tree, as a multiple of its XML's size
_PARSER = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": True,
    "recover": True,
}


def transitional(xml: bytes) -> bytes:
    """XML with the namespaces of "Strict Open XML" replaced by those that all programs write.

    ISO/IEC 29500 has two sets of names for the same elements; Word saves either as .docx.
    """
    return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", xml)


@dataclass(slots=True)
class Package:
    """A zip archive whose members are read one at a time."""

    source: Source
    _zip: zipfile.ZipFile

    def __init__(self, source: Source) -> None:
        """Open it. Raises SkipFileError when it is damaged or would unpack to too much."""
        self.source = source
        limits = source.limits
        try:
            opened = source.path if source.held is None else io.BytesIO(source.held)
            self._zip = zipfile.ZipFile(opened)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise SkipFileError(Reason.DAMAGED, str(error)) from error
        members = self._zip.infolist()
        if members and min(member.header_offset for member in members) > 0 and self._begins():
            raise SkipFileError(Reason.DAMAGED, "its end is missing")
        total = sum(member.file_size for member in members)
        if len(members) > limits.members:
            raise SkipFileError(Reason.TOO_LARGE, f"{len(members):,} files inside")
        if total > limits.unpacked:
            packed = sum(member.compress_size for member in members)
            told = f"unpacks to {total // 1_000_000:,} MB"
            if total > _BOMB_RATIO * max(1, packed):
                told = f"a decompression bomb, {told}"
            raise SkipFileError(Reason.TOO_LARGE, told)

    def _begins(self) -> bool:
        """Whether the file begins as an archive does, so that its first member is at its start."""
        held = self.source.held
        if held is not None:
            return held.startswith(b"PK\3\4")
        with self.source.path.open("rb") as file:
            return file.read(4) == b"PK\3\4"

    def names(self) -> list[str]:
        """The members' names, in the archive's order."""
        return [member.filename for member in self.members()]

    def members(self) -> list[zipfile.ZipInfo]:
        """The members themselves: an archive may have several of one name."""
        return [member for member in self._zip.infolist() if not member.is_dir()]

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self._zip.NameToInfo

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises SkipFileError when they are damaged, locked or too many."""
        member = self._zip.NameToInfo.get(name)
        if member is None:
            raise SkipFileError(Reason.DAMAGED, f"{name} is missing inside")
        return self.unpacked(member)

    def as_transitional(self) -> bytes:
        """The whole archive, with strict namespaces replaced; the bytes themselves if it has none.

        For libraries that know the transitional names only.
        """
        parts = [name for name in self.names() if name.endswith((".xml", ".rels"))]
        rels = [name for name in parts if name.endswith(".rels")]
        if not any(_STRICT.search(self.read(name)) for name in rels[:4]):
            return self.source.content
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
            for name in dict.fromkeys(self.names()):
                content = self.read(name)
                made.writestr(name, transitional(content) if name in parts else content)
        return held.getvalue()

    def unpacked(self, member: zipfile.ZipInfo) -> bytes:
        """See `read`."""
        name = member.filename
        if member.flag_bits & 1:
            raise SkipFileError(Reason.LOCKED)
        try:
            with self._zip.open(member) as file:
                content = file.read(self.source.limits.unpacked + 1)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise SkipFileError(Reason.DAMAGED, f"{name}: {error}") from error
        except Exception as error:  # zlib.error, lzma.LZMAError: each method has its own
            raise SkipFileError(Reason.DAMAGED, f"{name}: {error}") from error
        if len(content) > self.source.limits.unpacked:
            raise SkipFileError(
                Reason.TOO_LARGE, f"a decompression bomb: {name} is larger than it says"
            )
        return content

    def xml(self, name: str) -> Element:
        """A member as parsed XML; external entities are never fetched."""
        content = transitional(_DOCTYPE.sub(b"", self.read(name), count=1))
        try:
            root = etree.fromstring(content, etree.XMLParser(**_PARSER))
        except etree.XMLSyntaxError as error:
            if len(content) > self.source.limits.memory // _TREE_TO_XML:
                raise MemoryError from error
            raise
        if root is None:
            raise SkipFileError(Reason.DAMAGED, f"{name} is not XML")
        etree.strip_elements(root, etree.Entity, with_tail=False)
        return root

"""Electronic books (.epub), chapter by chapter in reading order."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from index.documents import Document
from index.parsing import published_date
from index.parsing.charset import decode
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.html_shown import tree_of, visible_lines
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.zip_container import Element, Package
from index.parsing.skip_reasons import Reason, SkipFileError

_DC = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_CONTAINER = "META-INF/container.xml"


def read(source: Source) -> Iterator[Piece]:
    """The one document of a book."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    package = Package(source)
    if package.has("META-INF/encryption.xml") and package.has("META-INF/rights.xml"):
        raise SkipFileError(Reason.LOCKED)
    name = next((one.get("full-path") for one in package.xml(_CONTAINER).iter("{*}rootfile")), None)
    if name is None:
        raise SkipFileError(Reason.DAMAGED, "no contents inside")
    contents = package.xml(name)
    day = published_date.stated(contents.findtext(f".//{_DC}date") or "", "book properties")
    about = Properties(
        contents.findtext(f".//{_DC}title") or "", contents.findtext(f".//{_DC}creator") or ""
    )
    omissions = Omissions()
    sections = list(_sections(package, contents, name, omissions))
    return compose(source.name, sections, about, [day] if day else [], omissions=omissions)


def _sections(
    package: Package, contents: Element, name: str, omissions: Omissions
) -> Iterator[Section]:
    folder = posixpath.dirname(name)
    files = {one.get("id"): unquote(one.get("href") or "") for one in contents.iter(f"{_OPF}item")}
    chapter = 0
    for one in contents.iter(f"{_OPF}itemref"):
        path = posixpath.normpath(posixpath.join(folder, files.get(one.get("idref"), "")))
        if not package.has(path):
            continue
        try:
            markup, _ = decode(package.read(path))
        except SkipFileError as skip:
            if skip.reason is Reason.EMPTY:
                continue
            raise
        chapter += 1
        lines = visible_lines(tree_of(markup, omissions))
        yield Section("\n\n".join(lines), f"chapter {chapter}")

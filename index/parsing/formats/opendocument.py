"""OpenDocument texts and presentations (.odt, .odp)."""

from collections.abc import Iterator

from index.documents import Document, Part
from index.parsing.formats.assemble import Properties, Section, compose
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.zip_container import Element, Package
from index.parsing.skip_reasons import Reason, SkipFileError

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _DRAW = f"{_NS}text:1.0}}", f"{_NS}table:1.0}}", f"{_NS}drawing:1.0}}"
_OFFICE, _META, _STYLE = f"{_NS}office:1.0}}", f"{_NS}meta:1.0}}", f"{_NS}style:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DROPPED = frozenset([f"{_TEXT}tracked-changes", f"{_OFFICE}annotation-end"])
_MARGINS = (f"{_STYLE}header", f"{_STYLE}footer")


def read(source: Source) -> Iterator[Piece]:
    """The one document of a text or presentation."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    package = Package(source)
    if package.has("META-INF/manifest.xml") and b"encryption-data" in package.read(
        "META-INF/manifest.xml"
    ):
        raise SkipFileError(Reason.LOCKED)
    body = package.xml("content.xml").find(f"{_OFFICE}body")
    if body is None:
        raise SkipFileError(Reason.DAMAGED, "no body inside")
    return compose(source.name, list(_sections(package, body)), _properties(package))


def _sections(package: Package, body: Element) -> Iterator[Section]:
    slides = list(body.iter(f"{_DRAW}page"))
    for number, slide in enumerate(slides, 1):
        yield Section("\n\n".join(_blocks(slide)), f"slide {number}")
    if not slides:
        yield Section("\n\n".join(_blocks(body)))
    if package.has("styles.xml"):
        for margin in package.xml("styles.xml").iter(*_MARGINS):
            yield Section("\n\n".join(_blocks(margin)), None, Part.MARGIN)


def _properties(package: Package) -> Properties:
    if not package.has("meta.xml"):
        return Properties()
    said = package.xml("meta.xml")
    return Properties(
        next((one.text or "" for one in said.iter(f"{_DC}title")), ""),
        next((one.text or "" for one in said.iter(f"{_META}initial-creator", f"{_DC}creator")), ""),
        next((one.text or "" for one in said.iter(f"{_META}creation-date")), ""),
    )


def _blocks(parent: Element) -> Iterator[str]:
    for child in parent:
        if child.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
            notes: list[Element] = []
            text = "".join(_runs(child, notes))
            if text.strip():
                yield text
            for note in notes:
                yield from _blocks(note)
        elif child.tag == f"{_TABLE}table":
            yield "\n".join(_rows(child))
        elif child.tag not in _DROPPED:
            yield from _blocks(child)


def _rows(table: Element) -> Iterator[str]:
    for row in table.iter(f"{_TABLE}table-row"):
        shown = [" ".join(" ".join(_blocks(cell)).split()) for cell in row]
        if any(shown):
            yield " | ".join(cell for cell in shown if cell)


def _runs(parent: Element, notes: list[Element]) -> Iterator[str]:
    """A paragraph's text; what is anchored in it (notes, frames) goes to `notes`."""
    yield parent.text or ""
    for child in parent:
        if child.tag == f"{_TEXT}s":
            yield " " * int(child.get(f"{_TEXT}c") or 1)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag == f"{_TEXT}note":
            notes.extend(child.iter(f"{_TEXT}note-body"))
        elif child.tag in {f"{_DRAW}frame", f"{_OFFICE}annotation"}:
            notes.append(child)
        elif child.tag not in _DROPPED:
            yield from _runs(child, notes)
        yield child.tail or ""

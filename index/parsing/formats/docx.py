"""Word documents (.docx): paragraphs, tables, notes, comments, headers and footers."""

from collections.abc import Iterator

from index.documents import Document, Part
from index.parsing.formats.assemble import Properties, Section, compose
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.zip_container import Element, Package
from index.parsing.skip_reasons import Reason, SkipFileError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DROPPED = frozenset([f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", _FALLBACK])
_SEPARATORS = frozenset(["separator", "continuationSeparator", "continuationNotice"])
_NOTES = ("footnotes", "endnotes", "comments")
_MAIN = "officeDocument"


def read(source: Source) -> Iterator[Piece]:
    """The one document of a .docx."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    package = Package(source)
    main = _related(package, "", _MAIN)
    if not main:
        raise SkipFileError(Reason.DAMAGED, "no document inside")
    return compose(source.name, list(_sections(package, main[0])), properties(package))


def _sections(package: Package, main: str) -> Iterator[Section]:
    body = package.xml(main).find(f"{_W}body")
    if body is None:
        raise SkipFileError(Reason.DAMAGED, "no body inside")
    yield Section("\n\n".join(_blocks(body)))
    for kind in _NOTES:
        for name in _related(package, main, kind):
            for note in package.xml(name):
                if note.get(f"{_W}type") not in _SEPARATORS:
                    yield Section("\n\n".join(_blocks(note)), kind[:-1])
    for kind in ("header", "footer"):
        for name in _related(package, main, kind):
            yield Section("\n\n".join(_blocks(package.xml(name))), None, Part.MARGIN)


def _related(package: Package, part: str, kind: str) -> list[str]:
    """The parts that `part` ("" for the package itself) names as being of this kind."""
    folder, _, file = part.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels".lstrip("/") if part else "_rels/.rels"
    if not package.has(rels):
        return []
    targets = [
        (one.get("Target") or "")
        for one in package.xml(rels).iter(_REL)
        if (one.get("Type") or "").endswith(f"/{kind}") and one.get("TargetMode") != "External"
    ]
    names = [
        target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
        for target in targets
    ]
    return [name for name in dict.fromkeys(names) if package.has(name)]


def properties(package: Package) -> Properties:
    """Title, author and day of making that an Office file's properties state."""
    names = _related(package, "", "core-properties")
    if not names:
        return Properties()
    root = package.xml(names[0])
    return Properties(
        root.findtext(f"{_DC}title") or "",
        root.findtext(f"{_DC}creator") or "",
        root.findtext(f"{_TERMS}created") or "",
    )


def _blocks(parent: Element) -> Iterator[str]:
    """The paragraphs and tables in `parent`, in order, each as text."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child)
        elif child.tag == f"{_W}tbl":
            yield "\n".join(_rows(child))
        elif child.tag not in _DROPPED:
            yield from _blocks(child)


def _rows(table: Element) -> Iterator[str]:
    """A table's rows, cells parted by a bar; a table in a cell stands in that cell."""
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        cells = [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
        shown = [" ".join(" ".join(_blocks(cell)).split()) for cell in cells]
        if any(shown):
            yield " | ".join(shown)


def _paragraph(paragraph: Element) -> Iterator[str]:
    """A paragraph's text, then that of the text boxes anchored in it."""
    boxes: list[Element] = []
    text = "".join(_runs(paragraph, boxes))
    if text.strip():
        yield text
    for box in boxes:
        yield from _blocks(box)


def _runs(parent: Element, boxes: list[Element]) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in {f"{_W}tab", f"{_W}ptab"}:
            yield "\t" if child.getparent().tag == f"{_W}r" else ""
        elif child.tag in {f"{_W}br", f"{_W}cr"}:
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        elif child.tag not in _DROPPED:
            yield from _runs(child, boxes)

"""Word documents (.docx): paragraphs, tables, notes, comments, headers and footers."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from index.documents import Document, Omission, Part
from index.parsing.formats.assemble import compose
from index.parsing.formats.attached import attached
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.docx_styles import Styles
from index.parsing.formats.formulas import omml_text
from index.parsing.formats.line import Line
from index.parsing.formats.look import Look
from index.parsing.formats.ooxml import (
    description_section,
    drawn_sections,
    properties,
    related,
    relations,
)
from index.parsing.formats.sections import Section
from index.parsing.formats.tables import table_lines
from index.parsing.formats.zip_container import Element, Package
from index.parsing.skip_reasons import Reason, SkipFileError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DELETED = frozenset([f"{_W}del", f"{_W}moveFrom"])
_DROPPED = frozenset([f"{_W}instrText", f"{_W}delText", f"{_W}rPr", f"{_W}pPr", _FALLBACK])
_SEPARATORS = frozenset(["separator", "continuationSeparator", "continuationNotice"])
_NOTES = ("footnotes", "endnotes", "comments")
_MAIN = "officeDocument"


def read(source: Source) -> Iterator[Piece]:
    """The one document of a .docx."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    package = Package(source)
    main = related(package, "", _MAIN)
    if not main:
        raise SkipFileError(Reason.DAMAGED, "no document inside")
    omissions = Omissions()
    sections = list(_sections(package, main[0], omissions))
    return compose(source.name, sections, properties(package), omissions=omissions)


def _sections(package: Package, main: str, omissions: Omissions) -> Iterator[Section]:
    root = package.xml(main)
    body = root.find(f"{_W}body")
    if body is None:
        raise SkipFileError(Reason.DAMAGED, "no body inside")
    styles = Styles.of(package, main)
    text = _Text(package, main, styles, omissions)
    yield Section("\n\n".join(text.blocks(body)))
    for kind in _NOTES:
        for name in related(package, main, kind):
            inside = _Text(package, name, styles, omissions)
            for note in package.xml(name):
                if note.get(f"{_W}type") not in _SEPARATORS:
                    yield Section("\n\n".join(inside.blocks(note)), kind[:-1])
    yield from drawn_sections(package, main, omissions)
    for kind in ("header", "footer"):
        for name in related(package, main, kind):
            inside = _Text(package, name, styles, omissions)
            yield Section("\n\n".join(inside.blocks(package.xml(name))), None, Part.MARGIN)
    yield from description_section([root])


@dataclass(slots=True)
class _Paragraph(Line):
    """A paragraph while it is read, with the text boxes anchored in it."""

    boxes: list[Element] = field(default_factory=list)

    def put_as(self, text: str, look: Look) -> None:
        """Add text that has this look."""
        self.put(text, is_raised=look.raised, is_lowered=look.lowered, is_note=look.calls_note)


def _tab(tab: Element) -> str:
    """The text of a tab; empty for a tab stop in a paragraph's properties."""
    return "\t" if tab.getparent().tag == f"{_W}r" else ""


def _symbol(symbol: Element) -> str:
    """A character that is stated by its code; those of a symbol font's own area have no text."""
    code = int(symbol.get(f"{_W}char") or "0", 16)
    return chr(code) if code and not 0xE000 <= code <= 0xF8FF else ""  # noqa: PLR2004 -- private use


_CHARACTERS: dict[str, Callable[[Element], str]] = {
    f"{_W}t": lambda text: text.text or "",
    f"{_W}tab": _tab,
    f"{_W}ptab": _tab,
    f"{_W}br": lambda _: "\n",
    f"{_W}cr": lambda _: "\n",
    f"{_W}noBreakHyphen": lambda _: "-",
    f"{_W}sym": _symbol,
    f"{_M}oMath": omml_text,
}


class _Text:
    """Reads the text of one part."""

    def __init__(self, package: Package, part: str, styles: Styles, omissions: Omissions) -> None:
        self._package = package
        self._part = part
        self._styles = styles
        self._omissions = omissions

    def blocks(self, parent: Element) -> Iterator[str]:
        """The paragraphs and tables in `parent`, in order, each as text."""
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield "\n\n".join(table_lines(list(self._rows(child))))
            elif child.tag == f"{_W}altChunk":
                yield from self._chunk(child)
            elif child.tag in _DELETED:
                self._deleted(child)
            elif child.tag == f"{_M}oMathPara":
                yield omml_text(child)
            elif child.tag not in _DROPPED and isinstance(child.tag, str):
                yield from self.blocks(child)

    def _deleted(self, element: Element) -> None:
        if any((one.text or "").strip() for one in element.iter(f"{_W}delText", f"{_W}t")):
            self._omissions.add(Omission.DELETED)

    def _chunk(self, chunk: Element) -> Iterator[str]:
        """A document of another format that stands in this one's text."""
        _, name = relations(self._package, self._part).get(chunk.get(f"{_R}id") or "", ("", ""))
        if not self._package.has(name):
            self._omissions.add(Omission.NOT_READ, "inserted document")
            return
        content = self._package.read(name)
        name = posixpath.basename(name)
        inside = attached(self._package.source, name, content, self._omissions)
        yield from (section.text for section in inside)

    def _rows(self, table: Element) -> Iterator[list[str]]:
        """A table's rows; a table in a cell stands in that cell."""
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue
            if row.find(f"{_W}trPr/{_W}hidden") is not None:
                self._omissions.add(Omission.HIDDEN, "row")
                continue
            if row.find(f"{_W}trPr/{_W}del") is not None:
                self._omissions.add(Omission.DELETED, "row")
                continue
            cells = [
                cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row
            ]
            yield [" ".join(self.blocks(cell)) for cell in cells]

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        """A paragraph's text, then that of the text boxes anchored in it."""
        line = _Paragraph()
        self._runs(paragraph, line, self._styles.of_paragraph(paragraph))
        line.settle()
        if line.text.strip():
            yield line.text
        for box in line.boxes:
            yield from self.blocks(box)

    def _runs(self, parent: Element, line: _Paragraph, look: Look) -> None:
        for child in parent:
            if child.tag == f"{_W}r":
                own = self._styles.of_run(child, look)
                if own.withdrawn is None:
                    self._runs(child, line, own)
                elif any((one.text or "").strip() for one in child.iter(f"{_W}t")):
                    self._omissions.add(own.withdrawn)
            elif child.tag in _CHARACTERS:
                line.put_as(_CHARACTERS[child.tag](child), look)
            elif child.tag == f"{_W}txbxContent":
                line.boxes.append(child)
            elif child.tag in _DELETED:
                self._deleted(child)
            elif child.tag not in _DROPPED and isinstance(child.tag, str):
                self._runs(child, line, look)

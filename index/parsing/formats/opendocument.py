"""OpenDocument texts and presentations (.odt, .odp)."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.documents import Document, Omission, Part
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.formulas import mathml_text
from index.parsing.formats.line import Line
from index.parsing.formats.look import Look
from index.parsing.formats.opendocument_styles import Styles
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.tables import table_lines
from index.parsing.formats.zip_container import Element, Package
from index.parsing.skip_reasons import Reason, SkipFileError

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _DRAW = f"{_NS}text:1.0}}", f"{_NS}table:1.0}}", f"{_NS}drawing:1.0}}"
_OFFICE, _META, _STYLE = f"{_NS}office:1.0}}", f"{_NS}meta:1.0}}", f"{_NS}style:1.0}}"
_SVG = f"{_NS}svg-compatible:1.0}}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ANCHORED = frozenset([f"{_DRAW}frame", f"{_DRAW}custom-shape", f"{_OFFICE}annotation"])
_DROPPED = frozenset([f"{_OFFICE}annotation-end", f"{_SVG}title", f"{_SVG}desc"])
_ROW_GROUPS = frozenset([f"{_TABLE}table-row-group", f"{_TABLE}table-rows"])
_MARGINS = (f"{_STYLE}header", f"{_STYLE}footer")
_MOST_REPEATED = 64


def read(source: Source) -> Iterator[Piece]:
    """The one document of a text or presentation."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    package = Package(source)
    check_unlocked(package)
    body = package.xml("content.xml").find(f"{_OFFICE}body")
    if body is None:
        raise SkipFileError(Reason.DAMAGED, "no body inside")
    omissions = Omissions()
    sections = list(_sections(package, body, omissions))
    return compose(source.name, sections, properties(package), omissions=omissions)


def check_unlocked(package: Package) -> None:
    """Raise SkipFileError for an OpenDocument file that is locked."""
    if package.has("META-INF/manifest.xml") and b"encryption-data" in package.read(
        "META-INF/manifest.xml"
    ):
        raise SkipFileError(Reason.LOCKED)


def _sections(package: Package, body: Element, omissions: Omissions) -> Iterator[Section]:
    text = Text(package, Styles.of(package), omissions)
    slides = list(body.iter(f"{_DRAW}page"))
    for number, slide in enumerate(slides, 1):
        if text.styles.is_hidden_slide(slide, slide.get(f"{_DRAW}style-name")):
            omissions.add(Omission.HIDDEN, "slide")
            continue
        yield Section("\n\n".join(text.blocks(slide)), f"slide {number}")
    if not slides:
        yield Section("\n\n".join(text.blocks(body)))
    if package.has("styles.xml"):
        for margin in package.xml("styles.xml").iter(*_MARGINS):
            yield Section("\n\n".join(text.blocks(margin)), None, Part.MARGIN)
    told = [" ".join("".join(one.itertext()).split()) for one in body.iter(f"{_SVG}desc")]
    yield Section("\n".join(dict.fromkeys(filter(None, told))), None, Part.ALT_TEXT)


def properties(package: Package) -> Properties:
    """Title, author and day of making that an OpenDocument file's properties state."""
    if not package.has("meta.xml"):
        return Properties()
    said = package.xml("meta.xml")
    return Properties(
        next((one.text or "" for one in said.iter(f"{_DC}title")), ""),
        next((one.text or "" for one in said.iter(f"{_META}initial-creator", f"{_DC}creator")), ""),
        next((one.text or "" for one in said.iter(f"{_META}creation-date")), ""),
    )


@dataclass(slots=True)
class _Paragraph(Line):
    """A paragraph while it is read, with the notes and frames anchored in it."""

    anchored: list[Element] = field(default_factory=list)

    def put_as(self, text: str, look: Look) -> None:
        """Add text that has this look."""
        self.put(text, is_raised=look.raised, is_lowered=look.lowered)


class Text:
    """Reads the text of an OpenDocument file."""

    def __init__(self, package: Package, styles: Styles, omissions: Omissions) -> None:
        """Read parts of `package`; `omissions` counts what is left out."""
        self.styles = styles
        self._package = package
        self._omissions = omissions

    def blocks(self, parent: Element) -> Iterator[str]:
        """The paragraphs and tables in `parent`, in order, each as text."""
        for child in parent:
            if child.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
                yield from self._paragraph(child)
            elif child.tag == f"{_TABLE}table":
                yield "\n\n".join(table_lines(list(self.rows(child))))
            elif child.tag == f"{_TEXT}tracked-changes":
                deletions = (one for one in child.iter(f"{_TEXT}deletion"))
                gone = sum(bool("".join(one.itertext()).strip()) for one in deletions)
                self._omissions.add(Omission.DELETED, count=gone) if gone else None
            elif child.tag == f"{_DRAW}object":
                yield from self._object(child)
            elif _is_hidden(child):
                self._omissions.add(Omission.HIDDEN)
            elif child.tag not in _DROPPED and isinstance(child.tag, str):
                yield from self.blocks(child)

    def _object(self, element: Element) -> Iterator[str]:
        """A formula or chart that stands in the text as a part of its own."""
        folder = posixpath.normpath(element.get(f"{_XLINK}href") or "").lstrip("/")
        if element.find("{*}math") is not None:
            yield mathml_text(element.find("{*}math"))
        elif self._package.has(f"{folder}/content.xml"):
            root = self._package.xml(f"{folder}/content.xml")
            if root.tag.endswith("}math"):
                yield mathml_text(root)
            else:
                yield from self.blocks(root)
        elif folder != ".":
            self._omissions.add(Omission.NOT_READ, "embedded object")

    def rows(self, table: Element) -> Iterator[list[str]]:
        """A table's rows that are shown; a table in a cell stands in that cell."""
        hidden = self._hidden_columns(table)
        for row in table.iter(f"{_TABLE}table-row"):
            if next(row.iterancestors(f"{_TABLE}table")) is not table:
                continue
            around = [
                one for one in row.iterancestors() if one.tag.startswith(f"{_TABLE}table-row")
            ]
            if any(self.styles.is_hidden_row(one) for one in (row, *around)):
                if "".join(row.itertext()).strip():
                    self._omissions.add(Omission.HIDDEN, "row")
                continue
            cells: list[str] = []
            for cell in row.iter(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                if next(cell.iterancestors(f"{_TABLE}table-row")) is not row:
                    continue
                text = " ".join(self.blocks(cell))
                again = int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
                cells += [text] * min(again, _MOST_REPEATED)
            shown = [cell for at, cell in enumerate(cells) if at not in hidden]
            if any(cell.strip() for cell in shown):
                yield shown

    def _hidden_columns(self, table: Element) -> set[int]:
        hidden: set[int] = set()
        at = 0
        for column in table.iter(f"{_TABLE}table-column"):
            if next(column.iterancestors(f"{_TABLE}table")) is not table:
                continue
            again = int(column.get(f"{_TABLE}number-columns-repeated") or 1)
            if self.styles.is_hidden_row(column):
                hidden.update(range(at, at + min(again, _MOST_REPEATED)))
                self._omissions.add(Omission.HIDDEN, "column")
            at += again
        return hidden

    def _paragraph(self, element: Element) -> Iterator[str]:
        look = self.styles.changed(Look(shaded=_in_cell(element)), element, "paragraph")
        line = _Paragraph()
        if look.withdrawn is not None:
            if "".join(element.itertext()).strip():
                self._omissions.add(look.withdrawn)
            return
        self._runs(element, line, look)
        if line.settle().strip():
            yield line.text
        for one in line.anchored:
            yield from self.blocks(one)

    def _runs(self, parent: Element, line: _Paragraph, look: Look) -> None:
        """A paragraph's text; what is anchored in it (notes, frames) is kept for later."""
        line.put_as(parent.text or "", look)
        for child in parent:
            if child.tag == f"{_TEXT}s":
                line.put_as(" " * int(child.get(f"{_TEXT}c") or 1), look)
            elif child.tag == f"{_TEXT}tab":
                line.put_as("\t", look)
            elif child.tag == f"{_TEXT}line-break":
                line.put_as("\n", look)
            elif child.tag == f"{_TEXT}note":
                line.anchored.extend(child.iter(f"{_TEXT}note-body"))
            elif child.tag in _ANCHORED:
                self._anchored(child, line, look)
            elif _is_hidden(child):
                self._omissions.add(Omission.HIDDEN)
            elif child.tag not in _DROPPED and isinstance(child.tag, str):
                self._run(child, line, look)
            line.put_as(child.tail or "", look)

    def _run(self, run: Element, line: _Paragraph, look: Look) -> None:
        own = self.styles.changed(look, run, "text")
        if own.withdrawn is None:
            self._runs(run, line, own)
        elif "".join(run.itertext()).strip():
            self._omissions.add(own.withdrawn)

    def _anchored(self, frame: Element, line: _Paragraph, look: Look) -> None:
        """A frame: a formula set as a character stands in the line, all else behind it."""
        inner = frame.find(f"{_DRAW}object")
        if inner is not None and frame.get(f"{_TEXT}anchor-type") == "as-char":
            texts = list(self._object(inner))
            if len(texts) == 1:
                line.put_as(texts[0], look)
                return
        line.anchored.append(frame)


def _is_hidden(element: Element) -> bool:
    """Whether a section or a paragraph or text with a condition is not shown."""
    if element.tag in {f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph"}:
        return (element.get(f"{_TEXT}is-hidden") or "true") == "true"
    return bool(element.tag == f"{_TEXT}section" and element.get(f"{_TEXT}display") == "none")


def _in_cell(element: Element) -> bool:
    """Whether a paragraph is in a table or a shape, where a background may be set elsewhere."""
    return any(
        above.tag in {f"{_TABLE}table-cell", f"{_DRAW}frame", f"{_DRAW}custom-shape"}
        for above in element.iterancestors()
    )

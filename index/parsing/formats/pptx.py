"""Presentations (.pptx), slide by slide with their notes, comments, charts and diagrams."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pptx import Presentation

from index.documents import Document, Omission
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.formulas import omml_text
from index.parsing.formats.line import Line
from index.parsing.formats.ooxml import description_section, drawn_sections, related
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.tables import table_lines
from index.parsing.formats.zip_container import Element, Package

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_RUNS = frozenset([f"{_A}r", f"{_A}fld"])


def read(source: Source) -> Iterator[Piece]:
    """The one document of a presentation."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    package = Package(source)
    shown = Presentation(BytesIO(package.as_transitional()))
    said = shown.core_properties
    created = said.created.date().isoformat() if said.created else ""
    about = Properties(said.title or "", said.author or "", created)
    omissions = Omissions()
    sections = list(_sections(package, shown, omissions))
    return compose(source.name, sections, about, omissions=omissions)


def _sections(package: Package, shown: Any, omissions: Omissions) -> Iterator[Section]:  # noqa: ANN401 -- python-pptx has no types
    trees: list[Element] = []
    for number, slide in enumerate(shown.slides, 1):
        label = f"slide {number}"
        root = slide._element  # noqa: SLF001 -- what python-pptx's own classes leave out is in it
        if root.get("show") in {"0", "false"}:
            omissions.add(Omission.HIDDEN, "slide")
            continue
        trees.append(root)
        part = slide.part.partname.lstrip("/")
        yield Section("\n\n".join(_blocks(root, omissions)), label)
        yield from drawn_sections(package, part, omissions, label)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = slide.notes_slide.notes_text_frame._txBody  # noqa: SLF001 -- as above
            yield Section("\n".join(_blocks(notes, omissions)), label)
        for name in related(package, part, "comments"):
            texts = package.xml(name).iter(f"{_P}text", f"{_A}t")
            yield Section("\n".join(one.text or "" for one in texts), label)
    yield from description_section(trees)


def _blocks(parent: Element, omissions: Omissions) -> Iterator[str]:
    """The texts of the shapes in `parent`, in order: a shape's paragraphs, a table's rows."""
    for child in parent:
        if not isinstance(child.tag, str) or child.tag == _FALLBACK:
            continue
        if _is_hidden(child):
            if "".join(child.itertext()).strip():
                omissions.add(Omission.HIDDEN, "shape")
        elif child.tag == f"{_A}tbl":
            yield "\n\n".join(table_lines(list(_rows(child, omissions))))
        elif child.tag.endswith("}txBody"):
            text = "\n".join(_paragraphs(child, omissions))
            if text:
                yield text
        elif child.tag == f"{_A}p":
            yield from filter(str.strip, [_paragraph(child, omissions)])
        else:
            yield from _blocks(child, omissions)


def _is_hidden(shape: Element) -> bool:
    about = shape.find(f"./*/{_P}cNvPr")
    return about is not None and about.get("hidden") in {"1", "true"}


def _rows(table: Element, omissions: Omissions) -> Iterator[list[str]]:
    for row in table.iter(f"{_A}tr"):
        yield [" ".join(_paragraphs(cell, omissions)) for cell in row.iter(f"{_A}tc")]


def _paragraphs(body: Element, omissions: Omissions) -> Iterator[str]:
    yield from filter(str.strip, (_paragraph(one, omissions) for one in body.iter(f"{_A}p")))


def _paragraph(paragraph: Element, omissions: Omissions) -> str:
    line = Line()
    for child in paragraph.iter():
        if any(above.tag == _FALLBACK for above in child.iterancestors()):
            continue
        if child.tag in _RUNS:
            _run(child, line, omissions)
        elif child.tag == f"{_A}br":
            line.put("\n")
        elif child.tag == f"{_M}oMath":
            line.put(omml_text(child))
    return line.settle()


def _run(run: Element, line: Line, omissions: Omissions) -> None:
    text = "".join(one.text or "" for one in run.iter(f"{_A}t"))
    about = run.find(f"{_A}rPr")
    stated = about.get("strike") if about is not None else None
    if stated not in {None, "noStrike"}:
        if text.strip():
            omissions.add(Omission.STRUCK_OUT)
        return
    raised = _number(about.get("baseline") if about is not None else None)
    line.put(text, is_raised=raised > 0, is_lowered=raised < 0)


def _number(stated: str | None) -> float:
    try:
        return float((stated or "0").rstrip("%"))
    except ValueError:
        return 0.0

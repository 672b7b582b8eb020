"""Presentations (.pptx), slide by slide with their notes."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from pptx import Presentation

from index.documents import Document
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.zip_container import Package


def read(source: Source) -> Iterator[Piece]:
    """The one document of a presentation."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    Package(source)  # refuses what would unpack to too much
    shown = Presentation(BytesIO(source.content))
    said = shown.core_properties
    created = said.created.date().isoformat() if said.created else ""
    about = Properties(said.title or "", said.author or "", created)
    return compose(source.name, _sections(shown.slides), about)


def _sections(slides: Iterable[Any]) -> Iterator[Section]:
    for number, slide in enumerate(slides, 1):
        label = f"slide {number}"
        yield Section("\n\n".join(_texts(slide.shapes)), label)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            yield Section(slide.notes_slide.notes_text_frame.text, label)


def _texts(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _texts(shape.shapes)
        elif getattr(shape, "has_table", False) and shape.has_table:
            rows = ([cell.text for cell in row.cells] for row in shape.table.rows)
            yield "\n".join(" | ".join(" ".join(cell.split()) for cell in row) for row in rows)
        elif shape.has_text_frame and shape.text_frame.text.strip():
            yield "\n".join(p.text for p in shape.text_frame.paragraphs if p.text.strip())

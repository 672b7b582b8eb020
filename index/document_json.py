"""Documents as plain values, to pass between processes and to keep."""

from collections.abc import Mapping, Sequence
from typing import Any

from index.documents import (
    Certainty,
    Document,
    Found,
    LeftOut,
    Omission,
    Part,
    Place,
    Region,
    Span,
)

Plain = dict[str, Any]


def found_as_json(found: Found | None) -> list[object] | None:
    """A fact as plain values."""
    if found is None:
        return None
    place = [found.span.start, found.span.end] if found.span else None
    return [found.value, found.how, place, found.certainty.value]


def found_from(stored: Sequence[object] | None) -> Found | None:
    """A fact as it was kept, or None."""
    match stored:
        case [str(value), str(how), [int(start), int(end)], str(certainty)]:
            return Found(value, how, Span(start, end), Certainty(certainty))
        case [str(value), str(how), None, str(certainty)]:
            return Found(value, how, None, Certainty(certainty))
        case _:
            return None


def regions_as_json(regions: Sequence[Region]) -> list[list[object]]:
    """Regions as plain values."""
    return [[one.span.start, one.span.end, one.part.value] for one in regions]


def regions_from(stored: Sequence[Any]) -> tuple[Region, ...]:
    """Regions as they were kept."""
    return tuple(Region(Span(start, end), Part(part)) for start, end, part in stored)


def places_as_json(places: Sequence[Place]) -> list[list[object]]:
    """Places as plain values."""
    return [[one.span.start, one.span.end, one.label] for one in places]


def places_from(stored: Sequence[Any]) -> tuple[Place, ...]:
    """Places as they were kept."""
    return tuple(Place(Span(start, end), str(label)) for start, end, label in stored)


def left_out_as_json(left_out: Sequence[LeftOut]) -> list[list[object]]:
    """What was left out, as plain values."""
    return [[one.kind.value, one.count, one.what] for one in left_out]


def left_out_from(stored: Sequence[Any]) -> tuple[LeftOut, ...]:
    """What was left out, as it was kept."""
    return tuple(LeftOut(Omission(kind), int(count), str(what)) for kind, count, what in stored)


def document_as_json(document: Document) -> Plain:
    """A document as plain values, without its copies."""
    return {
        "name": document.name,
        "text": document.text,
        "title": found_as_json(document.title),
        "author": found_as_json(document.author),
        "published": found_as_json(document.published),
        "encoding": document.encoding,
        "regions": regions_as_json(document.regions),
        "places": places_as_json(document.places),
        "left_out": left_out_as_json(document.left_out),
    }


def document_from(plain: Mapping[str, Any]) -> Document:
    """The document that `document_as_json` made plain values of."""
    title = found_from(plain["title"])
    if title is None:
        raise ValueError("a document without a title")
    return Document(
        name=plain["name"],
        text=plain["text"],
        title=title,
        author=found_from(plain["author"]),
        published=found_from(plain["published"]),
        encoding=plain["encoding"],
        regions=regions_from(plain["regions"]),
        places=places_from(plain["places"]),
        left_out=left_out_from(plain["left_out"]),
    )

"""The filters beside a view, as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa import (
    Facet,
)
from qa.archive.facets import KINDS
from ui.web.asked import Asked
from ui.web.html import template

_HEADINGS = {
    "folder": "Folder",
    "year": "Year",
    "type": "Kind of file",
    "author": "Author",
    "person": "People",
    "organisation": "Organisations",
    "place": "Places",
    "name": "Names",
}


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A facet as it is listed: `used` is "in", "out" or empty."""

    name: str
    value: str
    count: int
    depth: int
    used: str
    link: str
    without: str


def facets_html(asked: Asked, found: Sequence[Facet]) -> str:
    """What the documents can be narrowed by, with counts."""
    return template("facets.html.jinja").render(
        asked=asked,
        kinds=[
            (kind, _HEADINGS[kind], _facet_rows(asked, kind, [f for f in found if f.kind == kind]))
            for kind in KINDS
        ],
    )


def _facet_rows(asked: Asked, kind: str, found: Sequence[Facet]) -> list[FacetRow]:
    known = {one.value for one in found}
    used = [one for one in asked.facets if one.lstrip("-").partition(":")[0] == kind]
    gone = [
        Facet(kind, value, 0)
        for value in (one.partition(":")[2] for one in used)
        if value not in known
    ]
    ordered = sorted(found, key=lambda one: one.value) if kind == "folder" else found
    return [_facet_row(asked, one) for one in [*ordered, *gone]]


def _facet_row(asked: Asked, one: Facet) -> FacetRow:
    inside, outside = one.stated(), one.stated(without=True)
    used = "in" if inside in asked.facets else "out" if outside in asked.facets else ""
    parts = one.value.strip("/").split("/") if one.kind == "folder" else [one.value]
    return FacetRow(
        parts[-1],
        one.value,
        one.count,
        len(parts) - 1,
        used,
        asked.toggled(inside).link(),
        asked.toggled(outside).link(),
    )

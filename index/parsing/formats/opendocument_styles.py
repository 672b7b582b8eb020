"""How text of an OpenDocument looks: struck out, hidden, raised or lowered."""

from dataclasses import dataclass, field, replace
from typing import Self

from index.parsing.formats.look import Look
from index.parsing.formats.zip_container import Element, Package

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE = f"{_NS}text:1.0}}", f"{_NS}style:1.0}}"
_TABLE = f"{_NS}table:1.0}}"
_PRESENTATION = f"{_NS}presentation:1.0}}"
_FO = f"{_NS}xsl-fo-compatible:1.0}}"
_WHITE = frozenset(["#ffffff", "#FFFFFF"])
_CLEAR = frozenset(["transparent", *_WHITE])
_DEEPEST = 20


@dataclass(slots=True)
class Styles:
    """The styles of a document by family and name."""

    styles: dict[tuple[str, str], Element] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Package) -> Self:
        """The styles of the content and of the document."""
        found = cls()
        for part in ("styles.xml", "content.xml"):
            if package.has(part):
                for style in package.xml(part).iter(f"{_STYLE}style"):
                    key = (style.get(f"{_STYLE}family") or "", style.get(f"{_STYLE}name") or "")
                    found.styles[key] = style
        return found

    def changed(self, look: Look, element: Element, family: str) -> Look:
        """A look with what the style that an element names says."""
        name = element.get(f"{_TEXT}style-name") or ""
        for style in reversed(self._chain(family, name)):
            for about in style.iter(f"{_STYLE}text-properties", f"{_STYLE}paragraph-properties"):
                look = _with(look, about)
        return look

    def is_hidden_row(self, element: Element) -> bool:
        """Whether a table's row or column is not shown."""
        return bool((element.get(f"{_TABLE}visibility") or "visible") != "visible")

    def is_hidden_table(self, table: Element) -> bool:
        """Whether a sheet is not shown."""
        return self._says(table.get(f"{_TABLE}style-name"), "table", f"{_TABLE}display", "false")

    def is_hidden_slide(self, slide: Element, name: str | None) -> bool:
        """Whether a presentation skips a slide."""
        stated = f"{_PRESENTATION}visibility"
        return slide.get(stated) == "hidden" or self._says(name, "drawing-page", stated, "hidden")

    def _says(self, name: str | None, family: str, attribute: str, value: str) -> bool:
        chain = self._chain(family, name or "")
        return any(one.get(attribute) == value for style in chain for one in style)

    def _chain(self, family: str, name: str) -> list[Element]:
        chain: list[Element] = []
        while name and len(chain) < _DEEPEST:
            style = self.styles.get((family, name))
            if style is None:
                break
            chain.append(style)
            name = style.get(f"{_STYLE}parent-style-name") or ""
        return chain


def _with(look: Look, about: Element) -> Look:
    background = about.get(f"{_FO}background-color")
    if background is not None:
        look = replace(look, shaded=background not in _CLEAR)
    if about.tag != f"{_STYLE}text-properties":
        return look
    for name in ("text-line-through-style", "text-line-through-type"):
        stated = about.get(f"{_STYLE}{name}")
        if stated is not None:
            look = replace(look, struck=stated != "none")
    display = about.get(f"{_TEXT}display")
    if display is not None:
        look = replace(look, hidden=display == "none")
    position = about.get(f"{_STYLE}text-position")
    if position is not None:
        first = position.split()[0] if position.split() else "0%"
        low = first == "sub" or first.startswith("-")
        look = replace(look, raised=not low and first != "0%", lowered=low)
    color = about.get(f"{_FO}color")
    return replace(look, white=color in _WHITE) if color is not None else look

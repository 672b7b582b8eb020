"""How a run of a Word document looks: struck out, hidden, raised or lowered."""

from dataclasses import dataclass, field, replace
from typing import Self

from index.parsing.formats.look import Look
from index.parsing.formats.ooxml import related
from index.parsing.formats.zip_container import Element, Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset(["0", "false", "off", "none"])
_WHITE = frozenset(["FFFFFF", "ffffff"])
_DEEPEST = 20
_NOTE_STYLES = ("footnotereference", "endnotereference", "footnoteanchor", "endnoteanchor")


@dataclass(slots=True)
class Styles:
    """The styles of a document: by id the run properties, and the style each is based on."""

    properties: dict[str, Element] = field(default_factory=dict)
    based_on: dict[str, str] = field(default_factory=dict)
    defaults: Element | None = None
    background: bool = False

    @classmethod
    def of(cls, package: Package, main: str) -> Self:
        """The styles that the main part of a document names."""
        found = cls()
        root = package.xml(main)
        background = root.find(f"{_W}background")
        found.background = (
            background is not None and background.get(f"{_W}color", "FFFFFF") not in _WHITE
        )
        for name in related(package, main, "styles"):
            for style in package.xml(name).iter(f"{_W}style"):
                key = style.get(f"{_W}styleId") or ""
                own = style.find(f"{_W}rPr")
                if own is not None:
                    found.properties[key] = own
                base = style.find(f"{_W}basedOn")
                if base is not None:
                    found.based_on[key] = base.get(f"{_W}val") or ""
        return found

    def of_paragraph(self, paragraph: Element) -> Look:
        """How a paragraph's runs look unless they say otherwise."""
        about = paragraph.find(f"{_W}pPr")
        look = Look(shaded=self.background or _in_shaded_cell(paragraph))
        if about is None:
            return look
        if _shading(about):
            look = replace(look, shaded=True)
        style = about.find(f"{_W}pStyle")
        return self._with_style(look, style.get(f"{_W}val") or "") if style is not None else look

    def of_run(self, run: Element, look: Look) -> Look:
        """How a run looks in a paragraph of this look."""
        about = run.find(f"{_W}rPr")
        if about is None:
            return look
        style = about.find(f"{_W}rStyle")
        if style is not None:
            look = self._with_style(look, style.get(f"{_W}val") or "")
        return _changed(look, about)

    def _with_style(self, look: Look, style: str) -> Look:
        chain: list[str] = []
        while style and style not in chain and len(chain) < _DEEPEST:
            chain.append(style)
            style = self.based_on.get(style, "")
        for name in reversed(chain):
            if name in self.properties:
                look = _changed(look, self.properties[name])
        calls = any(name.lower().startswith(_NOTE_STYLES) for name in chain)
        return replace(look, calls_note=True, raised=True) if calls else look


def _changed(look: Look, about: Element) -> Look:
    """A look with what run properties say."""
    for name, attribute in (("strike", "struck"), ("dstrike", "struck"), ("vanish", "hidden")):
        found = about.find(f"{_W}{name}")
        if found is not None:
            look = replace(look, **{attribute: (found.get(f"{_W}val") or "1") not in _OFF})
    align = about.find(f"{_W}vertAlign")
    if align is not None:
        stated = align.get(f"{_W}val")
        look = replace(look, raised=stated == "superscript", lowered=stated == "subscript")
    raised = about.find(f"{_W}position")
    if align is None and raised is not None:
        by = raised.get(f"{_W}val") or "0"
        look = replace(look, raised=by.isdigit() and by != "0")
    color = about.find(f"{_W}color")
    if color is not None:
        look = replace(look, white=color.get(f"{_W}val") in _WHITE)
    highlight = about.find(f"{_W}highlight")
    marked = highlight is not None and highlight.get(f"{_W}val") not in {"none", "white"}
    return replace(look, shaded=True) if marked or _shading(about) else look


def _shading(about: Element) -> bool:
    shade = about.find(f"{_W}shd")
    if shade is None:
        return False
    return shade.get(f"{_W}fill", "auto") not in {*_WHITE, "auto"} or shade.get(
        f"{_W}val", "clear"
    ) not in {"clear", "nil"}


def _in_shaded_cell(paragraph: Element) -> bool:
    """Whether a paragraph is where a background may be: a shaded cell, a table style, a box."""
    for above in paragraph.iterancestors():
        if above.tag == f"{_W}tc" and above.find(f"{_W}tcPr/{_W}shd") is not None:
            return True
        if above.tag == f"{_W}tbl" and above.find(f"{_W}tblPr/{_W}tblStyle") is not None:
            return True
        if above.tag == f"{_W}txbxContent":
            return True
    return False

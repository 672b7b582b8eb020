"""The characters of a PDF page, with their places, and which of them are invisible."""

import ctypes
import math
import sys
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from index.documents import Omission
from index.parsing.formats.base import Omissions
from index.parsing.formats.cleaning import clean

JOINED = "\ufffe"
"""Marks a hyphen that comes from hyphenation at a line's end, as in pdfium."""


Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the page's lower left corner."""


WITHDRAWN = "\0"
"""Stands for a withdrawn character until lines are made, so that it leaves no gap in them."""


_TURNED = 0.05


_STRUCK_FROM, _STRUCK_TO = 0.1, 0.48


_THIN = 2.5


_WHITE = 250


_INVISIBLE = 3


class Glyph(NamedTuple):
    """A character on a page.

    Attributes:
        char: the character.
        box: where it is drawn.
        left: where it begins along its line; rotated text is measured as if horizontal.
        right: where it ends along its line.
        baseline: the height of the line it stands on.
        size: its font size, in points.
    """

    char: str
    box: Box
    left: float
    right: float
    baseline: float
    size: float


def glyphs_of(page: pypdfium2.PdfPage, omissions: Omissions) -> list[Glyph | None]:
    """The characters that are seen, in the order they are drawn; None at a line's end."""
    layer = page.get_textpage()
    strokes = list(_strokes(page))
    measures = _Measures(layer)
    unseen = _Unseen(layer, on_white=_is_on_white(page), has_picture=_has_picture(page))
    found: list[Glyph | None] = []
    hidden = struck = False
    for number in range(layer.count_chars()):
        char = measures.char(number)
        if char in "\r\n":
            found.append(None)
            continue
        glyph = measures.glyph(number, char)
        if char != " ":
            is_hidden = unseen(number)
            is_struck = any(_strikes(one, glyph) for one in strokes) if strokes else False
            if is_hidden and not hidden:
                omissions.add(Omission.HIDDEN)
            if is_struck and not struck:
                omissions.add(Omission.STRUCK_OUT)
            hidden, struck = is_hidden, is_struck
            if is_hidden or is_struck:
                glyph = glyph._replace(char=WITHDRAWN)
        if char:
            found.append(glyph)
    layer.close()
    return found


class _Measures:
    """The characters of a page's text layer, with their places.

    A page has thousands of characters and each takes several calls of the library, so what they
    write their results to is made once a page.
    """

    def __init__(self, layer: pypdfium2.PdfTextPage) -> None:
        self._layer = layer.raw
        self._rect = pdfium.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def char(self, number: int) -> str:
        code = pdfium.FPDFText_GetUnicode(self._layer, number)
        if code == ord(JOINED) or pdfium.FPDFText_IsHyphen(self._layer, number) == 1:
            return "-"
        return _char(code)

    def glyph(self, number: int, char: str) -> Glyph:
        layer, rect, x, y = self._layer, self._rect, self._x, self._y
        if not pdfium.FPDFText_GetLooseCharBox(layer, number, rect):
            raise pypdfium2.PdfiumError("a character without a place")
        box = (rect.left, rect.bottom, rect.right, rect.top)
        known = pdfium.FPDFText_GetCharOrigin(layer, number, x, y)
        origin = (x.value, y.value) if known else (box[0], box[1])
        angle = pdfium.FPDFText_GetCharAngle(layer, number)
        if angle <= _TURNED or angle >= 2 * math.pi - _TURNED:
            return Glyph(char, box, box[0], box[2], origin[1], box[3] - box[1])
        corners = [_turned(at, angle) for at in product(box[::2], box[1::2])]
        lefts, heights = zip(*corners, strict=True)
        baseline = _turned(origin, angle)[1]
        return Glyph(char, box, min(lefts), max(lefts), baseline, max(heights) - min(heights))


@lru_cache(maxsize=4096)
def _char(code: int) -> str:
    if not 0 <= code <= sys.maxunicode:
        return ""
    char = chr(code)
    if char in "\r\n":
        return char
    return " " if char.isspace() else clean(char)


def _turned(at: tuple[float, float], angle: float) -> tuple[float, float]:
    """Rotate a point so that text at this angle, in radians, becomes horizontal."""
    x, y = at
    cos, sin = math.cos(angle), math.sin(angle)
    return x * cos + y * sin, y * cos - x * sin


class _Unseen:
    """Whether a character cannot be seen: invisible and not over a scan, or white on white.

    The characters of one text object are drawn alike, so each object is looked at once.
    """

    def __init__(self, layer: pypdfium2.PdfTextPage, *, on_white: bool, has_picture: bool) -> None:
        self._layer = layer.raw
        self._on_white, self._has_picture = on_white, has_picture
        self._of_object: dict[int, bool] = {}
        self._color = [ctypes.c_uint() for _ in range(4)]

    def __call__(self, number: int) -> bool:
        drawn = pdfium.FPDFText_GetTextObject(self._layer, number)
        if not drawn:
            return self._is_white(number)
        key = ctypes.addressof(drawn.contents)
        if (known := self._of_object.get(key)) is None:
            invisible = (
                not self._has_picture and pdfium.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE
            )
            known = self._of_object[key] = invisible or self._is_white(number)
        return known

    def _is_white(self, number: int) -> bool:
        if not self._on_white:
            return False
        known = pdfium.FPDFText_GetFillColor(self._layer, number, *self._color)
        return bool(known) and all(one.value >= _WHITE for one in self._color[:3])


def _objects(page: pypdfium2.PdfPage, kind: int) -> Iterator[pypdfium2.PdfObject]:
    yield from page.get_objects(filter=[kind], max_depth=3)


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return next(_objects(page, pdfium.FPDF_PAGEOBJ_IMAGE), None) is not None


def _is_on_white(page: pypdfium2.PdfPage) -> bool:
    """Whether a page has only text and thin lines, so that white text cannot be seen."""
    for kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING, pdfium.FPDF_PAGEOBJ_PATH):
        for one in _objects(page, kind):
            left, bottom, right, top = _bounds(one)
            if min(right - left, top - bottom) > _THIN:
                return False
    return True


def _strokes(page: pypdfium2.PdfPage) -> Iterator[Box]:
    """Thin horizontal lines, and marks that strike text out."""
    for one in _objects(page, pdfium.FPDF_PAGEOBJ_PATH):
        left, bottom, right, top = _bounds(one)
        if top - bottom <= _THIN and right - left > _THIN:
            yield left, bottom, right, top
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_STRIKEOUT:
            yield from _quads(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)


def _quads(annotation: object) -> Iterator[Box]:
    for at in range(pdfium.FPDFAnnot_CountAttachmentPoints(annotation)):
        quad = pdfium.FS_QUADPOINTSF()
        if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, at, quad):
            xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
            yield min(xs), min(ys), max(xs), max(ys)


def _bounds(one: pypdfium2.PdfObject) -> Box:
    try:
        left, bottom, right, top = one.get_bounds()
    except pypdfium2.PdfiumError:
        return 0.0, 0.0, 0.0, 0.0
    return left, bottom, right, top


def _strikes(stroke: Box, glyph: Glyph) -> bool:
    """Whether a line runs through a character: above its foot, below its head."""
    left, bottom, right, top = stroke
    middle = (glyph.box[0] + glyph.box[2]) / 2
    if not left <= middle <= right:
        return False
    height = (bottom + top) / 2
    if top - bottom > _THIN:  # a mark's quad, as high as the text
        return bottom <= glyph.baseline + glyph.size * _STRUCK_TO and top >= glyph.baseline
    return _STRUCK_FROM <= (height - glyph.baseline) / max(glyph.size, 1.0) <= _STRUCK_TO

"""The lines of a PDF page in reading order, made of the characters that a reader sees."""

import ctypes
import math
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product

import pypdfium2
import pypdfium2.raw as pdfium

from index.documents import Omission
from index.parsing.formats.base import Omissions
from index.parsing.formats.cleaning import clean
from index.parsing.formats.raised import raised

JOINED = "\ufffe"
"""Stands for a hyphen that only a line's end put there; pdfium uses it so."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the page's lower left corner."""

_WITHDRAWN = "\0"
"""Stands for a withdrawn character until lines are made, so that it leaves no gap in them."""

_TURNED = 0.05
_COLUMN_GAP = 1.6
"""A gap of so many font sizes in a line parts two columns or cells."""
_RAISED_BY = 0.15
_SMALLER = 0.86
_LEAST_ROWS = 3
_PROSE_CHARACTERS = 18
_STRUCK_FROM, _STRUCK_TO = 0.1, 0.48
_THIN = 2.5
_WHITE = 250
_INVISIBLE = 3


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character on a page.

    Attributes:
        char: the character.
        box: where it is drawn.
        left: where it begins along its line; of turned text as if it were level.
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


@dataclass(slots=True)
class Line:
    """A line, or the part of one that lies in a column.

    Attributes:
        glyphs: its characters, in order, spaces among them.
        bottom: the height of its baseline.
        cells: where each cell of a table's row begins among the glyphs; empty for text.
    """

    glyphs: list[Glyph]
    cells: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its characters."""
        return "".join(one.char for one in self.glyphs).strip()

    @property
    def size(self) -> float:
        """Its usual font size, in points."""
        sizes = [one.size for one in self.glyphs if not one.char.isspace()]
        return statistics.median(sizes) if sizes else 0.0

    @property
    def baseline(self) -> float:
        """The height of its baseline."""
        return statistics.median([one.baseline for one in self.glyphs])

    @property
    def left(self) -> float:
        """Where it begins."""
        return min(one.left for one in self.glyphs)

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(one.right for one in self.glyphs)

    def cell_texts(self) -> list[str]:
        """The texts of its cells."""
        ends = [*self.cells[1:], len(self.glyphs)]
        return [
            "".join(one.char for one in self.glyphs[start:end]).strip()
            for start, end in zip(self.cells, ends, strict=True)
        ]


def lines_of(page: pypdfium2.PdfPage, omissions: Omissions | None = None) -> list[Line]:
    """The lines of a page in reading order.

    Args:
        page: the page.
        omissions: counts the text that is invisible, white or struck out.

    Returns:
        The lines. Columns that were drawn row by row are put one after the other; rows of a table
        stay rows.
    """
    segments = list(_segments(_glyphs(page, omissions or Omissions())))
    for segment in segments:
        _drop_withdrawn(segment)
        _settle_raised(segment)
    segments = [one for one in segments if one.text]
    return _in_reading_order(segments)


# The characters


def _glyphs(page: pypdfium2.PdfPage, omissions: Omissions) -> list[Glyph | None]:
    """The characters that are seen, in the order they are drawn; None at a line's end."""
    layer = page.get_textpage()
    strokes = list(_strokes(page))
    on_white = _is_on_white(page)
    has_picture = _has_picture(page)
    found: list[Glyph | None] = []
    hidden = struck = False
    for number in range(layer.count_chars()):
        char = _char(layer, number)
        if char in "\r\n":
            found.append(None)
            continue
        glyph = _glyph(layer, number, char)
        is_hidden = char != " " and _is_unseen(
            layer, number, on_white=on_white, has_picture=has_picture
        )
        is_struck = char != " " and any(_strikes(one, glyph) for one in strokes)
        if char != " ":
            if is_hidden and not hidden:
                omissions.add(Omission.HIDDEN)
            if is_struck and not struck:
                omissions.add(Omission.STRUCK_OUT)
            hidden, struck = is_hidden, is_struck
        if char:
            withdrawn = is_hidden or is_struck
            found.append(replace(glyph, char=_WITHDRAWN) if withdrawn else glyph)
    layer.close()
    return found


def _char(layer: pypdfium2.PdfTextPage, number: int) -> str:
    code = pdfium.FPDFText_GetUnicode(layer, number)
    if code == ord(JOINED) or pdfium.FPDFText_IsHyphen(layer, number) == 1:
        return "-"
    if not 0 <= code <= sys.maxunicode:
        return ""
    char = chr(code)
    if char in "\r\n":
        return char
    return " " if char.isspace() else clean(char)


def _glyph(layer: pypdfium2.PdfTextPage, number: int, char: str) -> Glyph:
    box = layer.get_charbox(number, loose=True)
    x, y = ctypes.c_double(), ctypes.c_double()
    known = pdfium.FPDFText_GetCharOrigin(layer, number, x, y)
    origin = (x.value, y.value) if known else (box[0], box[1])
    angle = pdfium.FPDFText_GetCharAngle(layer, number)
    if angle <= _TURNED or angle >= 2 * math.pi - _TURNED:
        return Glyph(char, box, box[0], box[2], origin[1], box[3] - box[1])
    corners = [_turned(at, angle) for at in product(box[::2], box[1::2])]
    lefts, heights = zip(*corners, strict=True)
    baseline = _turned(origin, angle)[1]
    return Glyph(char, box, min(lefts), max(lefts), baseline, max(heights) - min(heights))


def _turned(at: tuple[float, float], angle: float) -> tuple[float, float]:
    """A point as it lies when text that is turned by an angle, in radians, is level."""
    x, y = at
    cos, sin = math.cos(angle), math.sin(angle)
    return x * cos + y * sin, y * cos - x * sin


def _is_unseen(
    layer: pypdfium2.PdfTextPage, number: int, *, on_white: bool, has_picture: bool
) -> bool:
    """Whether a character is not seen: invisible but over no scanned page, or white on white."""
    if not has_picture:
        drawn = pdfium.FPDFText_GetTextObject(layer, number)
        if drawn and pdfium.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE:
            return True
    if not on_white:
        return False
    color = [ctypes.c_uint() for _ in range(4)]
    known = pdfium.FPDFText_GetFillColor(layer, number, *color)
    return bool(known) and all(one.value >= _WHITE for one in color[:3])


def _objects(page: pypdfium2.PdfPage, kind: int) -> Iterator[pypdfium2.PdfObject]:
    yield from page.get_objects(filter=[kind], max_depth=3)


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return next(_objects(page, pdfium.FPDF_PAGEOBJ_IMAGE), None) is not None


def _is_on_white(page: pypdfium2.PdfPage) -> bool:
    """Whether nothing on a page but text and thin lines is drawn, so that white is unseen."""
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


# The lines


def _segments(glyphs: Sequence[Glyph | None]) -> Iterator[Line]:
    """Runs of characters on one line, in the order they are drawn, parted where a gap is wide."""
    run: list[Glyph] = []
    for glyph in glyphs:
        last = next((one for one in reversed(run) if one.char != " "), None)
        if glyph is None or (last and glyph.char != " " and not _goes_on(last, glyph, run)):
            if glyph is None and last is not None:
                run.append(replace(last, char="\n"))
                continue
            if last is not None:
                yield Line(_trimmed(run))
            run = []
        if glyph is not None and (glyph.char != " " or run):
            run.append(glyph)
    if any(one.char not in " \n" for one in run):
        yield Line(_trimmed(run))


def _trimmed(run: Sequence[Glyph]) -> list[Glyph]:
    kept = [one for one in run if one.char != "\n"]
    while kept and kept[-1].char == " ":
        kept.pop()
    return kept


def _goes_on(last: Glyph, glyph: Glyph, run: Sequence[Glyph]) -> bool:
    """Whether a character stands on the same line as the one drawn before it, near it."""
    size = max(last.size, glyph.size)
    if abs(last.baseline - glyph.baseline) > size * 0.5:
        return False
    gap = glyph.left - last.right
    if gap < -size * 2 or gap > size * _COLUMN_GAP:
        return False
    return run[-1].char != "\n" or abs(gap) < size


def _drop_withdrawn(line: Line) -> None:
    """Leave out what is withdrawn, and one of the two spaces around it."""
    kept: list[Glyph] = []
    for glyph in line.glyphs:
        if glyph.char == _WITHDRAWN or (glyph.char == " " and kept and kept[-1].char == " "):
            continue
        kept.append(glyph)
    line.glyphs = kept


def _settle_raised(line: Line) -> None:
    """Put smaller raised characters as what they are: an exponent, or a note's call, left out."""
    if not line.text:
        return
    size, baseline = line.size, line.baseline
    kept: list[Glyph] = []
    at = 0
    glyphs = line.glyphs
    while at < len(glyphs):
        end = at
        while end < len(glyphs) and _is_raised(glyphs[end], size, baseline):
            end += 1
        if end == at:
            kept.append(glyphs[at])
            at += 1
            continue
        mark = glyphs[at:end]
        put = raised("".join(one.char for one in mark), "".join(one.char for one in kept)[-40:])
        kept += [
            replace(mark[min(n, len(mark) - 1)], char=char, baseline=baseline)
            for n, char in enumerate(put)
        ]
        at = end
    line.glyphs = kept or line.glyphs[:0]


def _is_raised(glyph: Glyph, size: float, baseline: float) -> bool:
    return (
        glyph.char != " "
        and glyph.size < size * _SMALLER
        and glyph.baseline - baseline > size * _RAISED_BY
    )


# The order


def _in_reading_order(segments: list[Line]) -> list[Line]:
    """Segments as lines in reading order: as they are drawn, unless that mixes columns."""
    rows = list(_rows(segments))
    if not any(len(row) > 1 for row in rows):
        return segments
    found: list[Line] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and (len(rows[end]) > 1 or (end > at and _is_inside(rows, at, end))):
            end += 1
        if end == at:
            found += rows[at]
            at += 1
            continue
        while len(rows[end - 1]) == 1:
            end -= 1
        found += _columns_or_table(rows[at:end])
        at = end
    return found


def _is_inside(rows: Sequence[Sequence[Line]], first: int, at: int) -> bool:
    """Whether a row of one segment lies in one of the columns of the rows before it."""
    gutter = _gutter(rows[first:at])
    one = rows[at][0]
    return gutter is not None and (one.right <= gutter or one.left >= gutter)


def _rows(segments: Sequence[Line]) -> Iterator[list[Line]]:
    """Segments drawn one after the other on one line, left to right."""
    row: list[Line] = []
    for segment in segments:
        beside = (
            row
            and abs(row[-1].baseline - segment.baseline) < max(row[-1].size, segment.size) * 0.4
            and segment.left > row[-1].right
        )
        if row and not beside:
            yield row
            row = []
        row.append(segment)
    if row:
        yield row


def _gutter(rows: Sequence[Sequence[Line]]) -> float | None:
    """A place across that no segment of the rows crosses, between their first two columns."""
    parted = [row for row in rows if len(row) > 1]
    if not parted:
        return None
    left = max(row[0].right for row in parted)
    right = min(row[1].left for row in parted)
    return (left + right) / 2 if left < right else None


def _columns_or_table(rows: Sequence[Sequence[Line]]) -> list[Line]:
    """Rows of segments: columns of prose one after the other, else each row as one line."""
    gutter = _gutter(rows)
    parted = [row for row in rows if len(row) > 1]
    if gutter is not None and len(parted) >= _LEAST_ROWS and _is_prose(rows, gutter):
        left = [one for row in rows for one in row if one.right <= gutter]
        right = [one for row in rows for one in row if one.left >= gutter]
        rest = list(_rows(right))
        return [*left, *(_columns_or_table(rest) if any(len(r) > 1 for r in rest) else right)]
    return [_joined(row) for row in rows]


def _is_prose(rows: Sequence[Sequence[Line]], gutter: float) -> bool:
    """Whether both columns hold running text: long lines that fill their column."""
    for column in (
        [one for row in rows for one in row if one.right <= gutter],
        [one for row in rows for one in row if one.left >= gutter],
    ):
        if not column:
            return False
        lengths = [len(one.text) for one in column]
        if statistics.median(lengths) < _PROSE_CHARACTERS:
            return False
        if sum(any(char.islower() for char in one.text) for one in column) * 2 < len(column):
            return False
    return True


def _joined(row: Sequence[Line]) -> Line:
    """The segments of a row as one line, which knows where its cells begin."""
    if len(row) == 1:
        return row[0]
    glyphs: list[Glyph] = []
    cells = []
    for segment in row:
        if glyphs:
            last = glyphs[-1]
            glyphs.append(replace(last, char=" "))
        cells.append(len(glyphs))
        glyphs += segment.glyphs
    return Line(glyphs, cells)


def steps(lines: Sequence[Line]) -> list[float]:
    """How far apart the baselines of neighbouring lines are, where the second is below."""
    return [
        above.baseline - below.baseline
        for above, below in pairwise(lines)
        if above.baseline > below.baseline
    ]

"""The lines of a PDF page in reading order, made of the characters that a reader sees."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2

from index.parsing.formats.base import Omissions
from index.parsing.formats.pdf_glyphs import WITHDRAWN, Glyph, glyphs_of
from index.parsing.formats.raised import raised

_COLUMN_GAP = 1.6
"""A gap of this many font sizes in a line separates two columns or cells."""
_RAISED_BY = 0.15
_SMALLER = 0.86
_LEAST_ROWS = 3
_PROSE_CHARACTERS = 18


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
    segments = list(_segments(glyphs_of(page, omissions or Omissions())))
    for segment in segments:
        _drop_withdrawn(segment)
        _settle_raised(segment)
    segments = [one for one in segments if one.text]
    return _in_reading_order(segments)


# The lines


def _segments(glyphs: Sequence[Glyph | None]) -> Iterator[Line]:
    """Runs of characters on one line, in the order they are drawn, parted where a gap is wide."""
    run: list[Glyph] = []
    for glyph in glyphs:
        last = next((one for one in reversed(run) if one.char != " "), None)
        if glyph is None or (last and glyph.char != " " and not _goes_on(last, glyph, run)):
            if glyph is None and last is not None:
                run.append(last._replace(char="\n"))
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
        if glyph.char == WITHDRAWN or (glyph.char == " " and kept and kept[-1].char == " "):
            continue
        kept.append(glyph)
    line.glyphs = kept


def _settle_raised(line: Line) -> None:
    """Write superscripts as exponents where they are exponents; leave out footnote marks."""
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
            mark[min(n, len(mark) - 1)]._replace(char=char, baseline=baseline)
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
    """The x position between the first two columns; None if a segment crosses it."""
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
            glyphs.append(last._replace(char=" "))
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

"""The lines of a PDF's pages as text: paragraphs, tables, and running heads and feet apart."""

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from index.documents import Part
from index.parsing.formats.pdf_glyphs import JOINED
from index.parsing.formats.pdf_layout import Line, steps
from index.parsing.formats.sections import Section
from index.parsing.formats.tables import table_lines
from index.text.hyphens import is_line_ends_own

_NEW_PARAGRAPH = 1.45
_REPEATED_ON = 3
_MOST_MARGIN_LINES = 4
_LEAST_LINES = 4
_FAR = 2.0
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?P<word>page\s*)?[-–—]?\s*(?P<number>\d{1,4})\s*[-–—]?(?P<of>\s*(?:of|/)\s*\d{1,4})?", re.I
)
_LAST_WORD = re.compile(r"(?P<word>[^\W_]+)-$")
_FIRST_WORD = re.compile(r"[^\W_]+")
_CLOSED = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_CAPTION = re.compile(r"(?:fig(?:ure|\.)|table|photo(?:graph)?|chart|map|box|source)\b", re.I)
_OTHER_SIZE = 0.06


def page_label(number: int) -> str:
    """What a page is called; the first is page 1."""
    return f"page {number}"


def page_sections(pages: Sequence[Sequence[Line]]) -> Iterator[Section]:
    """The pages' texts; then their running heads and feet, which would cut sentences in two.

    Args:
        pages: the lines of each page, in reading order.

    Yields:
        A section for each page, then one for each page's margin.
    """
    repeated = _repeated(pages)
    counted = _counted(pages)
    margins = [
        _margin(page, repeated, counts=number in counted) for number, page in enumerate(pages)
    ]
    for number, (page, margin) in enumerate(zip(pages, margins, strict=True), 1):
        apart = {id(line) for line in margin}
        body = [line for line in page if id(line) not in apart]
        yield Section(page_text(body), page_label(number))
    for number, margin in enumerate(margins, 1):
        yield Section("\n".join(one.text for one in margin), page_label(number), Part.MARGIN)


# Heads and feet


def _edges(page: Sequence[Line]) -> list[list[Line]]:
    """The lines from the top inwards, and those from the bottom."""
    most = min(_MOST_MARGIN_LINES, max(1, len(page) // 2))
    return [list(page[:most]), list(page[::-1][:most])]


def _repeated(pages: Sequence[Sequence[Line]]) -> set[str]:
    """The lines at page edges that many pages share, apart from their numbers."""
    shapes = Counter(
        shape
        for page in pages
        for shape in {_shape(line.text) for edge in _edges(page) for line in edge}
    )
    least = max(_REPEATED_ON, len(pages) // 3)
    if len(pages) == 2:  # noqa: PLR2004 -- of two pages both must have it, with a letter
        least = 2
    return {
        shape
        for shape, count in shapes.items()
        if count >= least and (len(pages) > 2 or any(char.isalpha() for char in shape))  # noqa: PLR2004
    }


def _counted(pages: Sequence[Sequence[Line]]) -> set[int]:
    """The pages, counted from 0, that have a running page number at an edge."""
    offsets: dict[int, set[int]] = {}
    for at, page in enumerate(pages):
        for edge in _edges(page):
            found = _PAGE_NUMBER.fullmatch(edge[0].text) if edge else None
            if found:
                offsets.setdefault(int(found["number"]) - at, set()).add(at)
    return {at for pages_ in offsets.values() if len(pages_) > 1 for at in pages_}


def _margin(page: Sequence[Line], repeated: set[str], *, counts: bool) -> list[Line]:
    """A page's running head and foot: what other pages have too, from each edge inwards."""
    if len(page) < _LEAST_LINES and not any(_shape(one.text) in repeated for one in page):
        return []
    found: list[Line] = []
    for edge in _edges(page):
        for line in edge:
            stated = _PAGE_NUMBER.fullmatch(line.text)
            counted = stated is not None and (
                counts or bool(stated["word"] or stated["of"]) or _stands_apart(line, page)
            )
            if not counted and _shape(line.text) not in repeated:
                break
            found.append(line)
    if len(found) >= len(page):  # the pages are alike: only their outermost lines are margins
        return [line for line in found if line is page[0] or line is page[-1]]
    return found


def _stands_apart(line: Line, page: Sequence[Line]) -> bool:
    """Whether a line at the foot is much farther from the others than they are from each other."""
    usual = statistics.median(steps(page) or [0.0])
    at = next(number for number, one in enumerate(page) if one is line)
    if at != len(page) - 1 or not usual or line.cells:
        return False
    return page[at - 1].baseline - line.baseline > usual * _FAR


def _shape(text: str) -> str:
    return _NUMBER.sub("0", text).casefold()


# Text


def page_text(lines: Sequence[Line]) -> str:
    """Lines as text: a wide gap between lines starts a paragraph; table rows stay rows."""
    blocks = _blocks(with_hyphens_settled(lines))
    return "\n\n".join(_block_text(block) for block in _without_interruptions(blocks))


def with_hyphens_settled(lines: Sequence[Line]) -> list[Line]:
    """Replace each hyphen that comes from hyphenation at a line's end with `JOINED`.

    `lines` are those of one page, in order; the last line keeps its hyphen.
    """
    settled = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        before = _LAST_WORD.search(line.text)
        after = _FIRST_WORD.match(following.text) if following else None
        if before and after and is_line_ends_own(before["word"], after.group()):
            kept = list(line.glyphs)
            at = max(place for place, one in enumerate(kept) if one.char == "-")
            kept[at] = kept[at]._replace(char=JOINED)
            settled.append(Line(kept, line.cells))
        else:
            settled.append(line)
    return settled


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Runs of lines: paragraphs, and tables."""
    usual = statistics.median(steps(lines) or [0.0])
    found: list[list[Line]] = []
    for line in lines:
        above = found[-1][-1] if found else None
        if (
            above is None
            or above.baseline - line.baseline > usual * _NEW_PARAGRAPH
            or line.baseline > above.baseline + above.size  # the next column
            or bool(line.cells) != bool(above.cells)
        ):
            found.append([])
        found[-1].append(line)
    return found


def _block_text(block: Sequence[Line]) -> str:
    if block[0].cells and len(block) > 1 and len({len(line.cells) for line in block}) == 1:
        return "\n\n".join(table_lines([line.cell_texts() for line in block]))
    text = ""
    for line in block:
        if text.endswith(JOINED):
            text = text[:-1]
        elif text and not (_LAST_WORD.search(text[-2:]) and _FIRST_WORD.match(line.text)):
            text += "\n"
        text += line.text
    return text.replace(JOINED, "-")


def _without_interruptions(blocks: list[list[Line]]) -> list[list[Line]]:
    """Move a caption or a box that interrupts a sentence behind the block that continues it."""
    found = list(blocks)
    for at in range(len(found) - 2):
        first, between, last = found[at : at + 3]
        if _breaks_off(first) and last[0].text[:1].islower() and _is_other(between, first, last):
            found[at + 1], found[at + 2] = last, between
    return found


def _breaks_off(block: Sequence[Line]) -> bool:
    return not block[0].cells and not _CLOSED.search(block[-1].text)


def _is_other(between: Sequence[Line], first: Sequence[Line], last: Sequence[Line]) -> bool:
    """Whether a block is not of the text before and behind it: a caption, or of another size."""
    if _CAPTION.match(between[0].text):
        return True
    size = statistics.median([one.size for one in first])
    same = abs(statistics.median([one.size for one in last]) - size) <= size * _OTHER_SIZE
    other = abs(statistics.median([one.size for one in between]) - size) > size * _OTHER_SIZE
    return same and other

"""PDF, by pdfium: the text of each page in reading order, and where on the page it stands."""

import ctypes
import io
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw

from index.documents import Document, Part
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.cleaning import clean
from index.parsing.formats.pdf_extras import extra_sections
from index.parsing.formats.pdf_glyphs import JOINED, Box, Glyph
from index.parsing.formats.pdf_layout import Line, lines_of
from index.parsing.formats.pdf_pages import page_label, page_sections, with_hyphens_settled
from index.parsing.formats.sections import Properties
from index.parsing.skip_reasons import Reason, SkipFileError

_OCR_DPI = 200
_VIEW_SCALE = 1.6
_VIEW_PIXELS = 2_400
_MARKED = (255, 236, 110)
_STAMP_CHARACTERS = 120
_SCAN_SHARE = 0.5


def read(source: Source) -> Iterator[Piece]:
    """The one document of a PDF, and a piece for each page that could not be read."""
    opened = _open(source)
    lost: dict[int, SkipFileError] = {}
    yield Piece("", lambda: _document(source, opened, lost))
    for number in range(1, len(opened) + 1):
        if number in lost:
            yield Piece(page_label(number), partial(_refuse, lost[number]))


def _refuse(skip: SkipFileError) -> Document:
    raise skip


def _document(
    source: Source, opened: pypdfium2.PdfDocument, lost: dict[int, SkipFileError]
) -> Document:
    """The document of all pages that can be read; the others are put into `lost`."""
    pages: list[list[Line]] = []
    omissions = Omissions()
    characters = 0
    for number in range(1, len(opened) + 1):
        lines: list[Line] = []
        try:
            lines = _page(opened[number - 1], source, omissions)
        except SkipFileError as skip:
            lost[number] = skip
        except pypdfium2.PdfiumError as error:
            lost[number] = SkipFileError(Reason.DAMAGED, str(error))
        characters += sum(len(line.glyphs) for line in lines)
        if characters > source.limits.characters:
            raise SkipFileError(Reason.TOO_LARGE, f"over {source.limits.characters:,} characters")
        pages.append(lines)
    beside = list(extra_sections(source, opened, omissions))
    if not any(pages) and not any(section.text.strip() for section in beside):
        drawn = any(next(page.get_objects(), None) is not None for page in _loadable(opened))
        unread = SkipFileError(Reason.NO_TEXT_LAYER if drawn else Reason.EMPTY)
        first = next(iter(lost.values()), unread)
        lost.clear()
        count = f"{len(opened)} pages" if len(opened) > 1 else "1 page"
        raise SkipFileError(first.reason, first.detail or count)
    said = opened.get_metadata_dict()
    about = Properties(said.get("Title", ""), said.get("Author", ""), said.get("CreationDate", ""))
    sections = [*page_sections(pages), *beside]
    sections.sort(key=lambda one: one.part is Part.MARGIN)
    return compose(source.name, sections, about, omissions=omissions)


def _loadable(opened: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfPage]:
    for number in range(len(opened)):
        with suppress(pypdfium2.PdfiumError):
            yield opened[number]


def _page(page: pypdfium2.PdfPage, source: Source, omissions: Omissions) -> list[Line]:
    """A page's lines. Raises SkipFileError for a scanned page if OCR is off."""
    lines = lines_of(page, omissions)
    if not _is_scan(page, lines):
        return lines
    if not source.limits.ocr:
        raise SkipFileError(Reason.NO_TEXT_LAYER)
    return _recognised(page, source)


def _is_scan(page: pypdfium2.PdfPage, lines: Sequence[Line]) -> bool:
    """Whether a page is a scan: pictures without text, or with little text on a large picture."""
    pictures = list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    if not pictures:
        return False
    if not lines:
        return True
    if sum(len(line.text) for line in lines) > _STAMP_CHARACTERS:
        return False
    width, height = page.get_size()
    covered = 0.0
    for one in pictures:
        left, bottom, right, top = one.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return bool(covered > _SCAN_SHARE * width * height)


def _open(source: Source) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source.path if source.held is None else source.held)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        reason = Reason.LOCKED if locked else Reason.DAMAGED
        raise SkipFileError(reason, "" if locked else str(error)) from error


def _recognised(page: pypdfium2.PdfPage, source: Source) -> list[Line]:
    """The lines tesseract reads on a scanned page."""
    program = shutil.which("tesseract")
    if program is None:
        raise SkipFileError(Reason.NO_TEXT_LAYER, "--ocr needs the program tesseract")
    picture = page.render(scale=_OCR_DPI / 72).to_pil()
    held = io.BytesIO()
    picture.save(held, "PNG")
    try:
        done = subprocess.run(  # noqa: S603 -- the program found, on a picture made here
            [program, "stdin", "stdout"],
            input=held.getvalue(),
            capture_output=True,
            timeout=source.limits.seconds,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise SkipFileError(Reason.NO_TEXT_LAYER, f"tesseract failed: {error}") from error
    height = 0.0
    found = []
    for text in done.stdout.decode("utf-8", "replace").splitlines():
        height -= 1.0 if text.strip() else 0.6
        if text.strip():
            box = (0.0, height, 0.0, height)
            found.append(
                Line([Glyph(char, box, 0.0, 0.0, height, 1.0) for char in clean(text.strip())])
            )
    return found


def view(
    path: Path, number: int, quote: str, before: str = ""
) -> tuple[bytes, list[tuple[float, float, float, float]]]:
    """Draw page `number` of a PDF as a PNG, with `quote` marked where it is found.

    `before` is the page's text before the quotation; it selects one of several places. The marks
    are returned too, one per line: left, top, right, bottom as shares of the width and height.
    """
    page = pypdfium2.PdfDocument(path)[number - 1]
    scale = min(_VIEW_SCALE, _VIEW_PIXELS / max(page.get_size()))
    picture = page.render(scale=scale).to_pil().convert("RGB")
    over = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(over)
    width, height = picture.size
    marks = []
    for left, bottom, right, top in _boxes(page, quote, before):
        corners = [_on_picture(page, picture.size, *at) for at in ((left, top), (right, bottom))]
        (x, y), (z, w) = corners
        mark = (min(x, z) - 2, min(y, w) - 2, max(x, z) + 2, max(y, w) + 2)
        pen.rectangle(mark, fill=_MARKED)
        marks.append((mark[0] / width, mark[1] / height, mark[2] / width, mark[3] / height))
    held = io.BytesIO()
    ImageChops.multiply(picture, over).save(held, "PNG", optimize=True)
    return held.getvalue(), marks


def _on_picture(
    page: pypdfium2.PdfPage, size: tuple[int, int], x: float, y: float
) -> tuple[int, int]:
    """Convert a point of a page, which may be cropped or rotated, to pixels of its picture."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def _boxes(page: pypdfium2.PdfPage, quote: str, before: str) -> list[Box]:
    """A box for each line of a quotation, in points from the page's lower left corner."""
    chars: list[str] = []
    owners: list[tuple[int, Box]] = []
    for at, line in enumerate(with_hyphens_settled(lines_of(page))):
        for glyph in line.glyphs:
            if not glyph.char.isspace() and glyph.char != JOINED:
                chars.append(glyph.char)
                owners.append((at, glyph.box))
    text, near = "".join(chars), len("".join(before.split()))
    found: dict[int, list[Box]] = {}
    for wanted in _pieces(text, quote):
        start = _nearest(text, wanted, near)
        for line_number, box in owners[start : start + len(wanted)] if start is not None else ():
            found.setdefault(line_number, []).append(box)
    return [_around(boxes) for boxes in found.values()]


def _pieces(text: str, quote: str) -> list[str]:
    """The strings to look for: the quotation without spaces, or each cell of a table row."""
    whole = "".join(quote.split())
    if whole in text or " | " not in quote:
        return [whole]
    cells = ("".join(cell.split()) for cell in quote.split(" | "))
    return [cell if cell in text else cell.partition(":")[2] for cell in cells]


def _nearest(text: str, wanted: str, near: int) -> int | None:
    places = [match.start() for match in re.finditer(re.escape(wanted), text)] if wanted else []
    return min(places, key=lambda place: abs(place - near), default=None)


def _around(boxes: Sequence[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)

"""PDF, by pdfium: the text of each page in reading order, and where on the page it stands."""

import ctypes
import io
import re
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw

from index.documents import Document, Part
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.cleaning import clean
from index.parsing.formats.sections import Properties, Section
from index.parsing.skip_reasons import Reason, SkipFileError

_JOINED = "\ufffe"  # pdfium's mark for a hyphen that only a line's end put there
_NEW_PARAGRAPH = 1.45
_REPEATED_ON = 3
_LEAST_LINES = 4
_OCR_DPI = 200
_VIEW_SCALE = 1.6
_VIEW_PIXELS = 2_400
_MARKED = (255, 236, 110)
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", re.I)
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and the heights of its first and last characters: a hyphened one runs over two."""

    text: str
    first: float
    last: float


def read(source: Source) -> Iterator[Piece]:
    """The one document of a PDF, and each page whose text is not to be had."""
    opened = _open(source)
    lost: dict[int, SkipFileError] = {}
    yield Piece("", lambda: _document(source, opened, lost))
    for number in range(1, len(opened) + 1):
        if number in lost:
            yield Piece(page_label(number), partial(_refuse, lost[number]))


def _refuse(skip: SkipFileError) -> Document:
    raise skip


def page_label(number: int) -> str:
    """What a page is called; the first is page 1."""
    return f"page {number}"


def _document(
    source: Source, opened: pypdfium2.PdfDocument, lost: dict[int, SkipFileError]
) -> Document:
    """The document of all pages that can be read; the others are put into `lost`."""
    pages: list[list[_Line]] = []
    characters = 0
    for number in range(1, len(opened) + 1):
        lines: list[_Line] = []
        try:
            lines = _page(opened[number - 1], source)
        except SkipFileError as skip:
            lost[number] = skip
        except pypdfium2.PdfiumError as error:
            lost[number] = SkipFileError(Reason.DAMAGED, str(error))
        characters += sum(len(line.text) for line in lines)
        if characters > source.limits.characters:
            raise SkipFileError(Reason.TOO_LARGE, f"over {source.limits.characters:,} characters")
        pages.append(lines)
    if not any(pages):
        drawn = any(next(page.get_objects(), None) is not None for page in _loadable(opened))
        unread = SkipFileError(Reason.NO_TEXT_LAYER if drawn else Reason.EMPTY)
        first = next(iter(lost.values()), unread)
        lost.clear()
        count = f"{len(opened)} pages" if len(opened) > 1 else "1 page"
        raise SkipFileError(first.reason, first.detail or count)
    said = opened.get_metadata_dict()
    about = Properties(said.get("Title", ""), said.get("Author", ""), said.get("CreationDate", ""))
    return compose(source.name, _sections(pages), about)


def _loadable(opened: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfPage]:
    for number in range(len(opened)):
        with suppress(pypdfium2.PdfiumError):
            yield opened[number]


def _page(page: pypdfium2.PdfPage, source: Source) -> list[_Line]:
    """A page's lines. Raises SkipFileError for a picture of text that is not to be recognised."""
    lines = _lines(page)
    if lines or next(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]), None) is None:
        return lines
    if not source.limits.ocr:
        raise SkipFileError(Reason.NO_TEXT_LAYER)
    return _recognised(page, source)


def _open(source: Source) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source.path if source.held is None else source.held)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        reason = Reason.LOCKED if locked else Reason.DAMAGED
        raise SkipFileError(reason, "" if locked else str(error)) from error


def _sections(pages: Sequence[Sequence[_Line]]) -> Iterator[Section]:
    """The pages' texts; then their running heads and feet, which would cut sentences in two."""
    margins = [_margin(page, _repeated(pages)) for page in pages]
    for number, (page, margin) in enumerate(zip(pages, margins, strict=True), 1):
        yield Section(_text([line for line in page if line not in margin]), page_label(number))
    for number, margin in enumerate(margins, 1):
        yield Section("\n".join(one.text for one in margin), page_label(number), Part.MARGIN)


def _repeated(pages: Sequence[Sequence[_Line]]) -> set[str]:
    """The first and last lines that many pages share but for a number."""
    edges = Counter(
        shape for page in pages if page for shape in {_shape(page[0].text), _shape(page[-1].text)}
    )
    least = max(_REPEATED_ON, len(pages) // 3)
    return {shape for shape, count in edges.items() if count >= least}


def _margin(page: Sequence[_Line], repeated: set[str]) -> list[_Line]:
    if len(page) < _LEAST_LINES:
        return []
    return [
        line
        for line in (page[0], page[-1])
        if _shape(line.text) in repeated or _PAGE_NUMBER.fullmatch(line.text)
    ]


def _shape(text: str) -> str:
    return _NUMBER.sub("0", text).casefold()


def _text(lines: Sequence[_Line]) -> str:
    """Lines as text: a gap wider than between lines parts paragraphs."""
    steps = [
        above.last - below.first for above, below in pairwise(lines) if above.last > below.first
    ]
    usual = statistics.median(steps) if steps else 0.0
    text = ""
    for number, line in enumerate(lines):
        if number:
            step = lines[number - 1].last - line.first
            text += "" if text.endswith(_JOINED) else "\n"
            text += "\n" if step > usual * _NEW_PARAGRAPH else ""
        text += line.text
    return text.replace(_JOINED + "\n", "").replace(_JOINED, "")


def _lines(page: pypdfium2.PdfPage) -> list[_Line]:
    return [
        _Line(text, boxes[0][1], boxes[-1][1])
        for text, boxes in _lines_with_boxes(page, loose=True)
    ]


def _lines_with_boxes(page: pypdfium2.PdfPage, *, loose: bool) -> Iterator[tuple[str, list[Box]]]:
    """Each line's text, and a box (left, bottom, right, top) for each character not a space.

    A `loose` box is as high as the font, so that lines are as far apart as they were set.
    """
    layer = page.get_textpage()
    line: list[str] = []
    boxes: list[Box] = []
    for number in range(layer.count_chars()):
        char = _char(layer, number)
        if char in "\r\n":
            if boxes:
                yield "".join(line).strip(), boxes
            line, boxes = [], []
            continue
        line.append(char)
        if not char.isspace():
            boxes.append(layer.get_charbox(number, loose=loose))
    if boxes:
        yield "".join(line).strip(), boxes
    layer.close()


def _char(layer: pypdfium2.PdfTextPage, number: int) -> str:
    code = pdfium.FPDFText_GetUnicode(layer, number)
    if code == ord(_JOINED) or pdfium.FPDFText_IsHyphen(layer, number) == 1:
        return _JOINED
    if not 0 <= code <= sys.maxunicode:
        return ""
    char = chr(code)
    return char if char in "\r\n" else clean(char)


def _recognised(page: pypdfium2.PdfPage, source: Source) -> list[_Line]:
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
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    height = 0.0
    found = []
    for line in lines:
        height -= 1.0 if line.strip() else 0.6
        if line.strip():
            found.append(_Line(line.strip(), height, height))
    return found


def view(path: Path, number: int, quote: str, before: str = "") -> bytes:
    """Page `number` of a PDF as a PNG, `quote` marked as far as it is found on it.

    `before` is the page's text before the quotation, to know which of several it is.
    """
    page = pypdfium2.PdfDocument(path)[number - 1]
    scale = min(_VIEW_SCALE, _VIEW_PIXELS / max(page.get_size()))
    picture = page.render(scale=scale).to_pil().convert("RGB")
    over = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(over)
    for left, bottom, right, top in _boxes(page, quote, before):
        corners = [_on_picture(page, picture.size, *at) for at in ((left, top), (right, bottom))]
        (x, y), (z, w) = corners
        pen.rectangle((min(x, z) - 2, min(y, w) - 2, max(x, z) + 2, max(y, w) + 2), fill=_MARKED)
    held = io.BytesIO()
    ImageChops.multiply(picture, over).save(held, "PNG", optimize=True)
    return held.getvalue()


def _on_picture(
    page: pypdfium2.PdfPage, size: tuple[int, int], x: float, y: float
) -> tuple[int, int]:
    """Where a point of a page, cropped and turned as it may be, is on its picture."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def _boxes(page: pypdfium2.PdfPage, quote: str, before: str) -> list[Box]:
    """A box for each line of a quotation, in points from the page's lower left corner."""
    chars: list[str] = []
    owners: list[tuple[int, Box]] = []
    for at, (text, boxes) in enumerate(_lines_with_boxes(page, loose=False)):
        kept = [char for char in text if not char.isspace()]
        for char, box in zip(kept, boxes, strict=False):
            if char != _JOINED:
                chars.append(char)
                owners.append((at, box))
    wanted = "".join(quote.split())
    start = _nearest("".join(chars), wanted, len("".join(before.split())))
    found: dict[int, list[Box]] = {}
    for line, box in owners[start : start + len(wanted)] if start is not None else ():
        found.setdefault(line, []).append(box)
    return [_around(boxes) for boxes in found.values()]


def _nearest(text: str, wanted: str, near: int) -> int | None:
    places = [match.start() for match in re.finditer(re.escape(wanted), text)] if wanted else []
    return min(places, key=lambda place: abs(place - near), default=None)


def _around(boxes: Sequence[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)

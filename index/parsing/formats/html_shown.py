"""A page as a browser shows it: without hidden and struck-out text, with frames and formulas."""

import re
from collections.abc import Callable
from typing import Any

from lxml import etree, html

from index.documents import Omission
from index.parsing.formats.base import Omissions
from index.parsing.formats.cleaning import legal_markup
from index.parsing.formats.formulas import mathml_text
from index.parsing.formats.html_styles import Styles, style_hides
from index.parsing.formats.raised import lowered, raised
from index.parsing.formats.tables import has_headings, table_lines
from index.parsing.skip_reasons import Reason, SkipFileError

Element = Any
Frames = Callable[[str], str | None]
"""Gives the markup of a frame by its address, or None."""

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.I | re.S)
_NESTING = re.compile(
    r"</?(?!(?:html|head|body|title|meta|link|script|style|template|noscript)\b)[a-z][^>]*>", re.I
)
_UNSHOWN = ("script", "style", "template", "noscript", "head")
_INLINE = frozenset(
    "a abbr b bdi bdo cite code del em font i ins kbd mark q ruby s samp small span strike strong "
    "sub sup time tspan tt u var wbr".split()
)
_STRUCK = frozenset(["del", "s", "strike"])
_FRAMES = frozenset(["iframe", "frame", "object", "embed"])
_NOTE_LINK = re.compile(r"^#|#(?:fn|cite|note|ref|_ftn|_edn|footnote|endnote)", re.I)
_NOTE_ROLE = re.compile(r"noteref|footnote|endnote|reference\b|\bfn\b", re.I)
_DEEPEST_FRAME = 3
_BEFORE = 40
_MOST_SPAN = 50
_MOST_LINKED = 0.5
BAR = "\u00a6"
"""Replaces the bar between two cells while trafilatura reads the page: it would escape a bar."""
_BLOCKS_IN_CELLS = frozenset(["table", "p", "div", "ul", "ol", "h1", "h2", "h3"])
_MOST_HIDDEN = 0.5
_SCRIPTED = 1_000
"""If more characters than this, and more than `_MOST_HIDDEN` of the text, are hidden, a script is
assumed to show them, and they are read."""


def tree_of(
    markup: str, omissions: Omissions | None = None, frames: Frames | None = None
) -> Element:
    """Parse a page and make its tree hold what a browser would show.

    Entities that a page declares are not expanded, and nothing is fetched. libxml2 drops elements
    nested deeper than 2,048; in such a page most tags are replaced by line breaks.

    Args:
        markup: the page.
        omissions: counts what is left out.
        frames: gives the markup of a frame by its address; without it a frame is not read.

    Returns:
        The root element.

    Raises:
        SkipFileError: if the page has no text.
    """
    tree = _parsed(markup)
    _show(tree, omissions or Omissions(), frames or (lambda _: None), 1)
    return tree


def _parsed(markup: str) -> Element:
    bare = _DOCTYPE.sub("", _DECLARATION.sub("", legal_markup(markup)), count=1)
    parser = html.HTMLParser(
        huge_tree=True, no_network=True, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    try:
        tree = html.document_fromstring(bare.encode("utf-8", "replace"), parser=parser)
        if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
            flat = _NESTING.sub("<br>", bare).encode("utf-8", "replace")
            return html.document_fromstring(flat, parser=parser)
        return tree  # noqa: TRY300 -- both returns may raise
    except etree.ParserError as error:
        raise SkipFileError(Reason.EMPTY, "the page has no text") from error


def _show(tree: Element, omissions: Omissions, frames: Frames, depth: int) -> None:
    _open_frames(tree, omissions, frames, depth)
    _leave_out_withdrawn(tree, omissions)
    for formula in list(tree.iter("math")):
        _replace(formula, mathml_text(formula))
    for mark in list(tree.iter("sup", "sub")):
        if mark.getparent() is not None and not _holds_blocks(mark):
            before = _text_before(mark)[-_BEFORE:]
            put = raised if mark.tag == "sup" else lowered
            _replace(mark, put(_text(mark), before, is_note=_calls_note(mark)))
    for table in list(tree.iter("table")):
        _name_cells(table)


def _leave_out_withdrawn(tree: Element, omissions: Omissions) -> None:
    """Drop what is struck out or hidden."""
    styles = Styles.of(tree)
    hidden = [(one, kind) for one in tree.iter("*") if (kind := _withdrawn(one, styles))]
    if not hidden:
        return
    roots = {id(element) for element, _ in hidden}
    whole = max(1, len(_text(tree)))
    tops = [
        (element, kind)
        for element, kind in hidden
        if not any(id(above) in roots for above in element.iterancestors())
    ]
    hidden_characters = sum(len(_text(one)) for one, kind in tops if kind is Omission.HIDDEN)
    for element, kind in tops:
        if kind is Omission.HIDDEN and hidden_characters > max(_SCRIPTED, _MOST_HIDDEN * whole):
            continue
        if element.getparent() is None or element.tag == "body":
            continue
        if _text(element).strip():
            omissions.add(kind)
        element.drop_tree()


def _withdrawn(element: Element, styles: Styles) -> Omission | None:
    """Why an element's text is left out (struck out or hidden); None if it is shown."""
    if not isinstance(element.tag, str) or element.tag in _UNSHOWN:
        return None
    if element.tag in _STRUCK:
        return Omission.STRUCK_OUT
    stated = element.get("hidden")
    if (stated is not None and stated != "until-found") or (
        element.tag == "dialog" and element.get("open") is None
    ):
        return Omission.HIDDEN
    return style_hides(element, styles)


def _open_frames(tree: Element, omissions: Omissions, frames: Frames, depth: int) -> None:
    """Put each frame's page in its place, as far as it can be read."""
    for frame in [one for one in tree.iter("*") if one.tag in _FRAMES]:
        held = frame.get("srcdoc")
        address = frame.get("src") or frame.get("data") or ""
        if frame.tag in {"object", "embed"} and "html" not in (frame.get("type") or ""):
            continue
        markup = held if held and held.strip() else frames(address) if address else None
        if markup is None or depth > _DEEPEST_FRAME:
            if address and not address.startswith(("about:", "javascript:")):
                omissions.add(Omission.NOT_READ, "frame")
            continue
        try:
            inner = _parsed(markup)
        except SkipFileError:
            continue
        _show(inner, omissions, frames, depth + 1)
        _put_in_place(frame, inner)
    for frameset in list(tree.iter("frameset")):
        frameset.tag = "div"
        if frameset.getparent() is not None and frameset.getparent().find("body") is None:
            body = etree.SubElement(frameset.getparent(), "body")
            body.append(frameset)


def _put_in_place(frame: Element, inner: Element) -> None:
    body = inner.find("body")
    frame.tag = "div"
    for name in list(frame.attrib):
        del frame.attrib[name]
    frame.text = None
    for child in list(frame):
        frame.remove(child)
    holder = inner if body is None else body
    frame.text = holder.text
    for child in list(holder):
        frame.append(child)


def _name_cells(table: Element) -> None:
    """Make each row of a table that has headings one cell: its values, each with its heading."""
    inside = (one for one in table.iter("*") if one is not table)
    if table.getparent() is None or any(one.tag in _BLOCKS_IN_CELLS for one in inside):
        return
    linked = sum(next(row.iter("a"), None) is not None for row in table.iter("tr"))
    if linked > _MOST_LINKED * len(list(table.iter("tr"))):  # a menu or a ticker, not figures
        return
    rows = [[" ".join(cell.split()) for cell in row] for row in _grid(table)]
    titles = []
    while rows and len(rows[0]) > 1 and len(set(rows[0])) == 1:  # a cell over the whole width
        titles.append(rows.pop(0)[0])
    marked = [{cell.tag for cell in row.iter("th", "td")} for row in table.iter("tr")]
    headed = len(rows) > 1 and marked[len(titles)] == {"th"} and len({*rows[0]}) == len(rows[0])
    if not headed and not has_headings(rows):
        return
    caption = table.find("caption")
    lines = [_text(caption)] if caption is not None else []
    lines += titles + [line.replace("|", BAR) for line in table_lines(rows, headed=True)]
    tail = table.tail
    table.clear()
    table.tail = tail
    for line in lines:
        etree.SubElement(etree.SubElement(table, "tr"), "td").text = line


def _grid(table: Element) -> list[list[str]]:
    """A table's cells, those that span several rows or columns repeated in each."""
    rows: list[list[str]] = []
    waiting: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iter("th", "td"):
            _take_waiting(cells, waiting)
            text = _text(cell)
            for _ in range(min(_MOST_SPAN, _count(cell.get("colspan")))):
                if _count(cell.get("rowspan")) > 1:
                    waiting[len(cells)] = (_count(cell.get("rowspan")) - 1, text)
                cells.append(text)
        _take_waiting(cells, waiting)
        rows.append(cells)
    return rows


def _take_waiting(cells: list[str], waiting: dict[int, tuple[int, str]]) -> None:
    """Add the cells from rows above whose `rowspan` covers the next position."""
    while len(cells) in waiting:
        at = len(cells)
        left, text = waiting[at]
        if left > 1:
            waiting[at] = (left - 1, text)
        else:
            del waiting[at]
        cells.append(text)


def _count(stated: str | None) -> int:
    return int(stated) if stated and stated.isdigit() and int(stated) > 0 else 1


def _calls_note(mark: Element) -> bool:
    """Whether a raised mark's markup says that it calls a note."""
    around = [mark, *mark.iter("a"), *(one for one in mark.iterancestors("a"))]
    for one in around:
        told = " ".join(one.get(name) or "" for name in ("class", "role", "epub:type", "id", "rel"))
        if _NOTE_ROLE.search(told) or _NOTE_LINK.search(one.get("href") or ""):
            return True
    return False


def _holds_blocks(mark: Element) -> bool:
    return any(one.tag not in _INLINE and one is not mark for one in mark.iter("*"))


def _text(element: Element) -> str:
    return "".join(
        text
        for text in element.xpath(
            ".//text()[not(ancestor::script or ancestor::style or ancestor::template "
            "or ancestor::noscript or ancestor::head)]"
        )
    )


def _text_before(element: Element) -> str:
    """The text of the same block before an element, its last characters."""
    told = ""
    at = element
    while at is not None and len(told) < _BEFORE:
        before = at.getprevious()
        if before is not None:
            told = (before.tail or "") + told
            if before.tail is None or not before.tail:
                told = _text(before) + told if before.tag in _INLINE else told
            if before.tag not in _INLINE:
                return told
            if before.tail:
                return told
            at = before
            continue
        parent = at.getparent()
        if parent is None:
            return told
        told = (parent.text or "") + told
        if parent.tag not in _INLINE or parent.text:
            return told
        at = parent
    return told


def _replace(element: Element, text: str) -> None:
    """Put text in an element's place; what follows it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    put = text + (element.tail or "")
    element.tail = None
    if before is None:
        parent.text = (parent.text or "") + put
    else:
        before.tail = (before.tail or "") + put
    parent.remove(element)


def visible_lines(tree: Element) -> list[str]:
    """Every line of text a page shows, in order; `tree` is used up."""
    etree.strip_elements(tree, *_UNSHOWN, etree.Comment, with_tail=False)
    for element in tree.iter():
        if element.tag not in _INLINE:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in "".join(tree.itertext()).splitlines())
    return [line.replace(BAR, "|") for line in lines if line]


def picture_descriptions(tree: Element) -> list[str]:
    """The `alt` texts of more than one word, without repeats, in order."""
    told = (" ".join((one.get("alt") or "").split()) for one in tree.iter("img", "area"))
    return list(dict.fromkeys(text for text in told if len(text.split()) > 1))

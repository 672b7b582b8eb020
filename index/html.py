"""Reading a saved web page: its article by trafilatura, then the rest of what it says."""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from index.anatomy import Anatomy, file_stem, parse_date
from index.documents import FILE_NAME, Found, Part, Region, Span

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document as Metadata

_HOW = "page metadata"
_NOT_WORD = re.compile(r"\W+")
_UNSHOWN = ("script", "style", "template", "noscript", "head")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "code",
        "em",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "font",
    ]
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's text, article first, and what was found around it."""

    text: str
    anatomy: Anatomy


def read_html(markup: str, name: str) -> Page:
    """The article of a page, its paragraphs parted by blank lines, then the page's other lines.

    What is not in the article is kept behind it, flagged "rest of page": findable, but never
    an answer. Title, author and date are those the page states about itself.
    """
    import trafilatura  # noqa: PLC0415 -- half a second, for pages only

    tree = trafilatura.load_html(markup)
    if tree is None:
        return _page(name, "", "", None)
    article = trafilatura.extract(deepcopy(tree), favor_recall=True, include_comments=False) or ""
    about = trafilatura.extract_metadata(
        deepcopy(tree), date_config={"extensive_search": False, "original_date": True}
    )
    visible = _visible(tree)
    body = [line.strip() for line in (article.splitlines() or visible) if line.strip()]
    return _page(name, "\n\n".join(body), "\n".join(_lines_not_in(visible, body)), about)


def _page(name: str, body: str, rest: str, about: "Metadata | None") -> Page:
    text = f"{body}\n\n{rest}" if body and rest else body or rest
    regions: tuple[Region, ...] = ()
    if body and rest:
        regions = (Region(Span(len(body) + 2, len(text)), Part.REST_OF_PAGE),)
    title = Found(file_stem(name), FILE_NAME)
    author = published = None
    if about is not None:
        date = parse_date(about.date) if about.date else None
        title = Found(about.title, _HOW) if about.title else title
        author = Found(about.author, _HOW) if about.author else None
        published = Found(date.isoformat(), _HOW) if date else None
    return Page(text, Anatomy(title, author, published, regions))


def _visible(tree: "HtmlElement") -> list[str]:
    """Every line of text a page shows, in order; `tree` is used up."""
    etree.strip_elements(tree, *_UNSHOWN, etree.Comment, with_tail=False)
    for element in tree.iter():
        if element.tag not in _INLINE:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in tree.text_content().splitlines())
    return [line for line in lines if line]


def _lines_not_in(visible: list[str], body: list[str]) -> list[str]:
    """The lines that the article does not hold, each once."""
    seen = {_bare(line) for line in body}
    article = "".join(seen)
    rest = []
    for line in visible:
        bare = _bare(line)
        if bare and bare not in seen and bare not in article:
            seen.add(bare)
            rest.append(line)
    return rest


def _bare(line: str) -> str:
    return _NOT_WORD.sub("", line).casefold()

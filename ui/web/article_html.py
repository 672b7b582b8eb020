"""An article and what changed in it, as HTML: everything escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from index import Document, Span, Versions
from ui.web.html import headline, template, version_rows
from ui.web.text_diff import changes


def difference_html(earlier: Document, later: Document) -> str:
    """What changed from one version of an article to another."""
    return template("difference.html.jinja").render(
        earlier=earlier, later=later, changes=changes(earlier, later)
    )


def article_html(
    document: Document,
    marks: Sequence[Span],
    *,
    pictured: bool = False,
    copies: Sequence[str] = (),
    versions: Versions = Versions(),  # noqa: B008 -- it cannot be changed
) -> str:
    """A whole article with these spans marked; of two that overlap, only the first is.

    If it is `pictured`, the page that a mark begins on is shown above the text.
    """
    kept: list[Span] = []
    for span in sorted(marks):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    edges = sorted(
        {0, len(document.text)}
        | {edge for span in kept for edge in (span.start, span.end)}
        | {edge for region in document.regions for edge in (region.span.start, region.span.end)}
    )
    numbers = {span: number for number, span in enumerate(kept, 1)}
    pieces = []
    at = 0
    for start, end in pairwise(edges):
        marked = next((span for span in kept if span.start <= start < span.end), None)
        if marked is not None:
            if start == marked.start:
                label, page = _page_of(document, marked) if pictured else ("", "")
                text = marked.of(document.text)
                pieces.append(ArticlePiece(text, numbers[marked], start, label=label, page=page))
                at = marked.end
        elif end > at:
            part = document.part_at(start)
            footer = part.value if part.is_footer else ""
            pieces.append(ArticlePiece(document.text[start:end], part=footer))
    return template("article.html.jinja").render(
        document=document,
        headline=headline(document.title.value),
        pieces=pieces,
        quotations=len(kept),
        pictured=pictured,
        copies=copies,
        versions=version_rows(document.name, versions),
    )


@dataclass(frozen=True, slots=True)
class ArticlePiece:
    """A piece of an article's text; a quotation has a number, and the picture of its page."""

    text: str
    number: int = 0
    start: int = 0
    part: str = ""
    label: str = ""
    page: str = ""


def _page_of(document: Document, span: Span) -> tuple[str, str]:
    """The label of the page on which a quotation begins, and the address of its picture."""
    label = document.page(span.start)
    if label is None:
        return "", ""
    asked = {
        "document": document.name,
        "hash": document.content_hash,
        "start": span.start,
        "end": span.end,
    }
    return label, "page?" + urlencode(asked)

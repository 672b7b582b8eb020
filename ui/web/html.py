"""Answers, articles and lists as HTML: pure functions, everything escaped."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from urllib.parse import urlencode

import jinja2

from index import Document, Listed, Span
from qa import Answer, CitedPassage, Quotation
from qa.answer import sure_word
from qa.export import STYLES, answer_markdown
from ui.web.text_diff import changes

_MOST_PAGES = 4
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Card:
    """A passage as it is shown."""

    passage: CitedPassage
    pieces: list[Piece]
    styles: list[tuple[str, str]]
    read: str
    footer: str
    holds: bool
    versions: list["OtherVersion"]


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """Another version of a card's document, as it is shown."""

    word: str
    document: str
    published: str | None
    how: str
    compare: str


def answer_html(answer: Answer, link: str = "?") -> str:
    """An answer and its evidence as one piece of HTML; `link` brings a person back to it."""
    return _page("answer.html.jinja").render(
        answer=answer,
        link=link,
        sure_word=sure_word,
        sentence_of=_sentence,
        cards=[_card(passage, answer) for passage in answer.passages],
        markdown=answer_markdown(answer),
        json=json.dumps(answer.as_json(), ensure_ascii=False, indent=1),
    )


def _sentence(said: Quotation) -> list[Piece]:
    """The sentence that holds a quotation, in pieces; none when it is the quotation itself."""
    if said.sentence == said.citation:
        return []
    span = Span(said.citation.start, said.citation.end)
    return _pieces(said.sentence.quote, said.sentence.start, [span])


def _card(passage: CitedPassage, answer: Answer) -> Card:
    citation = passage.citation
    first = passage.highlights[0] if passage.highlights else None
    quote = (
        citation.quote[first.start - citation.start : first.end - citation.start] if first else None
    )
    marks = sorted(
        {
            (span.start, span.end)
            for one in answer.passages
            if one.citation.content_hash == citation.content_hash
            for span in (one.highlights or (Span(one.citation.start, one.citation.end),))
        }
    )
    here = (first.start, first.end) if first else (citation.start, citation.end)
    return Card(
        passage=passage,
        pieces=_pieces(citation.quote, citation.start, passage.highlights),
        styles=[(name, style(citation, quote)) for name, style in STYLES.items()],
        read=read_link(citation.document, citation.content_hash, marks, here),
        footer=passage.part.value if passage.part.is_footer else "",
        holds=answer.answer is not None and passage.rank == 1,
        versions=_versions(passage),
    )


def _versions(passage: CitedPassage) -> list[OtherVersion]:
    mine = passage.citation.document
    return [
        OtherVersion(
            word, one.document, one.published, one.how, "compare?" + urlencode(dict(between(one)))
        )
        for word, versions, between in (
            (
                "Later version",
                passage.versions.later,
                lambda one: (("earlier", mine), ("later", one.document)),
            ),
            (
                "Earlier version",
                passage.versions.earlier,
                lambda one: (("earlier", one.document), ("later", mine)),
            ),
        )
        for one in versions
    ]


def read_link(
    document: str, content_hash: str, marks: Sequence[tuple[int, int]] = (), here: object = None
) -> str:
    """Where the article is to be had, with what is to be marked in it and what to show first."""
    asked = {"document": document, "hash": content_hash}
    if marks:
        asked["marks"] = ",".join(f"{start}-{end}" for start, end in marks)
        asked["at"] = str(1 + list(marks).index(here) if here in marks else 1)  # type: ignore[arg-type]
    return "read?" + urlencode(asked)


def _pieces(quote: str, start: int, highlights: Sequence[Span]) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for span in highlights:
        pieces += [(quote[at : span.start - start], False)]
        pieces += [(quote[span.start - start : span.end - start], True)]
        at = span.end - start
    return [*pieces, (quote[at:], False)]


def difference_html(earlier: Document, later: Document) -> str:
    """What changed from one version of an article to another."""
    return _page("difference.html.jinja").render(
        earlier=earlier, later=later, changes=changes(earlier, later)
    )


def article_html(document: Document, marks: Sequence[Span], *, pictured: bool = False) -> str:
    """A whole article with these spans of it marked; where two overlap, the first is.

    If it is `pictured`, the pages that marks begin on are shown above the text.
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
                pieces.append((marked.of(document.text), numbers[marked], str(start)))
                at = marked.end
        elif end > at:
            part = document.part_at(start)
            pieces.append((document.text[start:end], 0, part.value if part.is_footer else ""))
    return _page("article.html.jinja").render(
        document=document,
        pieces=pieces,
        quotations=len(kept),
        pages=_pages(document, kept) if pictured else [],
    )


def _pages(document: Document, marks: Sequence[Span]) -> list[tuple[str, str]]:
    """The pages that marks begin on, each once: what it is called and where its picture is."""
    found: dict[str, str] = {}
    for span in marks:
        label = document.page(span.start)
        if label is not None and label not in found and len(found) < _MOST_PAGES:
            asked = {
                "document": document.name,
                "hash": document.content_hash,
                "start": span.start,
                "end": span.end,
            }
            found[label] = "page?" + urlencode(asked)
    return list(found.items())


@dataclass(frozen=True, slots=True)
class Row:
    """A document as it is listed."""

    listed: Listed
    passages: int
    read: str


def documents_html(
    rows: Sequence[Row],
    matching: int,
    total: int,
    passages: int,
    skipped: Sequence[dict[str, str]] = (),
) -> str:
    """The first of the `matching` documents, what each states and how it was found."""
    return _page("documents.html.jinja").render(
        shown=rows,
        matching=matching,
        more=matching - len(rows),
        total=total,
        passages=passages,
        skipped=skipped,
    )


@cache
def _page(name: str) -> jinja2.Template:
    loader = jinja2.FunctionLoader(
        lambda name: files("ui.web").joinpath("templates", name).read_text("utf-8")
    )
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    ).get_template(name)


def docs_html(schema: dict[str, object]) -> str:
    """The programs' interface as a plain page."""
    return _page("docs.html.jinja").render(
        schema=schema, source=json.dumps(schema, indent=1, ensure_ascii=False)
    )

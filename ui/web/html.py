"""Answers and articles as HTML: pure functions, everything escaped."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

import jinja2

from index import Document, Found, Span, Versions
from index.text.sentences import sentences
from qa import Answer, Citation, CitedPassage, Quotation, WorkedOut, Writer, quotations_of
from qa.answer import sure_word
from qa.archive.export import STYLES, answer_markdown
from ui.web.asked import Asked

_STRONG = 5
"""How many passages are shown; the others are collapsed."""
_LONG = 90
_BLANK = re.compile(r"\n\s*\n")
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Card:
    """A passage as it is shown: the sentence that is marked, with one on each side.

    `before` and `after` are the rest of the passage, shown when asked for.
    """

    passage: CitedPassage
    headline: str
    paragraph: int
    before: str
    pieces: list[Piece]
    after: str
    styles: list[tuple[str, str]]
    read: str
    pin: str
    footer: str
    holds: bool
    weak: bool
    versions: list["OtherVersion"]


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """Another version of a card's document, as it is shown."""

    word: str
    document: str
    published: str | None
    how: str
    compare: str


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation that answers, as it is shown."""

    text: str
    sentence: list[Piece]
    citation: Citation
    headline: str
    confidence: float
    word: str
    worked_out: tuple[WorkedOut, ...]
    said_by: str
    styles: list[tuple[str, str]]
    read: str
    pin: str
    long: bool
    later: bool = False


def answer_html(
    answer: Answer,
    asked: Asked,
    hidden: int = 0,
    *,
    may_change: bool = False,
    writer: Writer | None = None,
) -> str:
    """An answer and its evidence as HTML; `asked` gives the address that shows it again.

    If there is a `writer`, the HTML has a button for a written answer.
    """
    return template("answer.html.jinja").render(
        answer=answer,
        may_change=may_change,
        writer=writer,
        quotations=len(quotations_of(answer)[0]) if writer else 0,
        link=asked.link(),
        chips=asked.chips(),
        hidden=hidden,
        released=asked.without_filters().link(),
        said=_said(answer.answer, answer.question) if answer.answer else None,
        possible=_said(answer.possible, answer.question) if answer.possible else None,
        others=[
            replace(_said(one, answer.question), later=answer.is_later(one))
            for one in answer.others
        ],
        agreeing=[_said(one, answer.question) for one in answer.agreeing],
        members=[_said(one, answer.question) for one in answer.members],
        cards=[_card(passage, answer) for passage in answer.passages],
        markdown=answer_markdown(answer),
        json=json.dumps(answer.as_json(), ensure_ascii=False, indent=1),
    )


def headline(title: str) -> str:
    """A title as a headline: one that is only a file's name, with spaces in it."""
    return title if " " in title.strip() else title.replace("_", " ").replace("-", " ")


def _said(said: Quotation, question: str) -> Said:
    citation, sentence = said.citation, said.sentence
    span = Span(citation.start, citation.end)
    return Said(
        said.text,
        [] if sentence == citation else cut_in_pieces(sentence.quote, sentence.start, [span]),
        citation,
        headline(citation.title),
        said.confidence,
        sure_word(said.confidence),
        said.worked_out,
        said.said_by,
        [(name, style(sentence, None)) for name, style in STYLES.items()],
        read_link(
            citation.document,
            citation.content_hash,
            [(span.start, span.end)],
            (span.start, span.end),
        ),
        _pin(citation, span, Span(sentence.start, sentence.end), question),
        len(said.text) > _LONG,
    )


def _pin(citation: Citation, span: Span, sentence: Span, question: str) -> str:
    """What is sent to pin a quotation in the notebook."""
    return json.dumps(
        {
            "document": citation.document,
            "content_hash": citation.content_hash,
            "start": span.start,
            "end": span.end,
            "sentence_start": sentence.start,
            "sentence_end": sentence.end,
            "question": question,
        }
    )


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
    here = first or Span(citation.start, citation.end)
    shown = _shown(citation.quote, Span(here.start - citation.start, here.end - citation.start))
    start = citation.start + shown.start
    inside = [one for one in passage.highlights if start <= one.start < citation.start + shown.end]
    before = citation.quote[: here.start - citation.start]
    paragraph = citation.paragraph + len(_BLANK.findall(before))
    quoted = replace(citation, start=here.start, end=here.end, paragraph=paragraph)
    return Card(
        passage=passage,
        headline=headline(citation.title),
        paragraph=paragraph,
        before=citation.quote[: shown.start],
        pieces=cut_in_pieces(shown.of(citation.quote), start, inside),
        after=citation.quote[shown.end :],
        styles=[(name, style(quoted, quote)) for name, style in STYLES.items()],
        read=read_link(citation.document, citation.content_hash, marks, (here.start, here.end)),
        pin=_pin(citation, here, here, answer.question),
        footer=passage.part.value if passage.part.is_footer else "",
        holds=answer.answer is not None and passage.rank == 1,
        weak=passage.rank > _STRONG or _is_shown_before(passage, answer),
        versions=version_rows(citation.document, passage.versions),
    )


def _is_shown_before(passage: CitedPassage, answer: Answer) -> bool:
    """Whether a better passage, which overlaps this one, marks the same words."""
    return bool(passage.highlights) and any(
        one.rank < passage.rank
        and one.citation.content_hash == passage.citation.content_hash
        and one.highlights[:1] == passage.highlights[:1]
        for one in answer.passages
    )


def _shown(quote: str, marked: Span) -> Span:
    """The sentences of a passage that are shown at once: the marked, and one on each side."""
    found = [one for one, _ in sentences(Document("", quote, Found("", "")))]
    touched = [
        place
        for place, one in enumerate(found)
        if one.start < marked.end and marked.start < one.end
    ]
    if not touched:
        return Span(0, len(quote))
    first, last = found[max(0, touched[0] - 1)], found[min(len(found) - 1, touched[-1] + 1)]
    return Span(min(first.start, marked.start), max(last.end, min(marked.end, len(quote))))


def version_rows(mine: str, versions_of: Versions) -> list[OtherVersion]:
    """The versions of the document called `mine`, as they are shown."""
    return [
        OtherVersion(
            word, one.document, one.published, one.how, "compare?" + urlencode(dict(between(one)))
        )
        for word, versions, between in (
            (
                "Later version",
                versions_of.later,
                lambda one: (("earlier", mine), ("later", one.document)),
            ),
            (
                "Earlier version",
                versions_of.earlier,
                lambda one: (("earlier", one.document), ("later", mine)),
            ),
        )
        for one in versions
    ]


def read_link(
    document: str, content_hash: str, marks: Sequence[tuple[int, int]] = (), here: object = None
) -> str:
    """The address of an article, with the spans to mark and the one to show first."""
    asked = {"document": document, "hash": content_hash}
    if marks:
        asked["marks"] = ",".join(f"{start}-{end}" for start, end in marks)
        asked["at"] = str(1 + list(marks).index(here) if here in marks else 1)  # type: ignore[arg-type]
    return "read?" + urlencode(asked)


def cut_in_pieces(quote: str, start: int, highlights: Sequence[Span]) -> list[Piece]:
    """A quotation that begins at `start`, cut where a highlight in it begins or ends."""
    pieces: list[Piece] = []
    at = 0
    for span in highlights:
        first, last = span.start - start, span.end - start
        if at <= first < last <= len(quote):
            pieces += [(quote[at:first], False), (quote[first:last], True)]
            at = last
    return [*pieces, (quote[at:], False)]


@cache
def template(name: str) -> jinja2.Template:
    """A template of the page, by its file's name."""
    loader = jinja2.FunctionLoader(
        lambda name: files("ui.web").joinpath("templates", name).read_text("utf-8")
    )
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)


def docs_html(schema: dict[str, object]) -> str:
    """The programs' interface as a plain page."""
    return template("docs.html.jinja").render(
        schema=schema, source=json.dumps(schema, indent=1, ensure_ascii=False)
    )

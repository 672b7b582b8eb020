"""Who says what, as HTML: each answer with the sentences that give it."""

from collections.abc import Mapping

from index import Span
from qa import Claim, Figure, Quotation, WhoSays
from ui.web.asked import Asked
from ui.web.charts import Axis, Dot, figure_dots, month_bars
from ui.web.html import cut_in_pieces, headline, read_link, template

_SHOWN = 3
_FEWEST_DAYS = 2
"""Figures of fewer days than this make no drawing."""


def says_html(found: WhoSays, asked: Asked) -> str:
    """Every answer to a question, with its sentences."""
    return template("says.html.jinja").render(
        found=found,
        asked=asked,
        is_question="?" in asked.question or len(asked.question.split()) > _SHOWN,
        drawn=figures_html(found, asked),
        rows=[_row(number, claim) for number, claim in enumerate(found.claims, 1)],
        weaker=sum(one.weak for one in found.claims),
    )


def figures_html(found: WhoSays, asked: Asked, months: Mapping[str, int] | None = None) -> str:
    """How the figure changed: a dot for each figure, over bars of `months` if they are given."""
    figures = found.figures
    changed = len({one.published for one in figures}) >= _FEWEST_DAYS
    if not changed and not months:
        return ""
    axis = Axis.of([*(one.published[:7] for one in figures), *months]) if months else None
    dots = (
        []
        if not changed
        else [
            Dot(
                one.published,
                one.number,
                _stated(one),
                _leads_to(found, one, asked),
            )
            for one in figures
            if one.number >= 0
        ]
    )

    def link(first: str, last: str) -> str:
        return asked.between(first, last).link(view="time")

    return template("figures.html.jinja").render(
        dots=figure_dots(dots, axis),
        bars=month_bars(months, link, axis=axis) if months else "",
    )


def _leads_to(found: WhoSays, figure: Figure, asked: Asked) -> str:
    """The address of a figure's quotation in the list: "3-2" is the second of the third answer."""
    number = found.claims[figure.claim - 1].quotations.index(figure.quotation) + 1
    place = str(figure.claim) if number == 1 else f"{figure.claim}-{number}"
    return asked.link(view="says", c=place)


def _stated(figure: Figure) -> str:
    one = figure.quotation
    who = f", {one.said_by}" if one.said_by else ""
    return f"{figure.published}: {one.text}{who} — {headline(one.citation.title)}"


def _row(number: int, claim: Claim) -> dict[str, object]:
    return {
        "number": number,
        "weak": claim.weak,
        "answer": claim.answer,
        "count": len(claim.quotations),
        "when": claim.first if claim.first == claim.last else f"{claim.first} to {claim.last}",
        "denied": claim.denied,
        "told": [
            _told(str(number) if not place else f"{number}-{place + 1}", one)
            for place, one in enumerate(claim.quotations)
        ],
    }


def _told(number: str, one: Quotation) -> dict[str, object]:
    cited, sentence = one.citation, one.sentence
    place = (cited.start, cited.end)
    return {
        "number": number,
        "pieces": cut_in_pieces(sentence.quote, sentence.start, [Span(*place)]),
        "headline": headline(cited.title),
        "dated": cited.dated or "no date found",
        "speaker": one.said_by,
        "read": read_link(
            cited.document, cited.content_hash, [place], (sentence.start, sentence.end)
        ),
    }

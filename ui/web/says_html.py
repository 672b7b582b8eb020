"""Who says what, as HTML: each answer with the sentences that give it."""

from index import Span
from qa import Claim, Quotation, WhoSays
from ui.web.asked import Asked
from ui.web.html import cut_in_pieces, headline, read_link, template

_SHOWN = 3


def says_html(found: WhoSays, asked: Asked) -> str:
    """Every answer to a question, with its sentences."""
    return template("says.html.jinja").render(
        found=found,
        asked=asked,
        is_question="?" in asked.question or len(asked.question.split()) > _SHOWN,
        rows=[_row(number, claim) for number, claim in enumerate(found.claims, 1)],
    )


def _row(number: int, claim: Claim) -> dict[str, object]:
    shown = claim.quotations[:_SHOWN]
    return {
        "answer": claim.answer,
        "count": len(claim.quotations),
        "when": claim.first if claim.first == claim.last else f"{claim.first} to {claim.last}",
        "denied": claim.denied,
        "told": [
            _told(str(number) if not place else f"{number}-{place + 1}", one)
            for place, one in enumerate(shown)
        ],
        "more": len(claim.quotations) - len(shown),
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

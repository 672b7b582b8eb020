"""A written answer as HTML: each sentence with its quotation, and those that none supports."""

from qa import Written, WrittenSentence
from ui.web.html import headline, read_link, template


def written_html(written: Written) -> str:
    """A written answer; the number after a sentence opens the quotation that supports it."""
    supported = [one for one in written.sentences if one.supported]
    cited = {one.rests_on for one in supported}
    return template("written.html.jinja").render(
        written=written,
        told=f"{len(supported)} of {len(written.sentences)} sentences are in the documents.",
        rows=[_row(written, one) for one in supported],
        struck=[one for one in written.sentences if not one.supported],
        cited=[
            {
                "number": one.number,
                "citation": one.citation,
                "headline": headline(one.citation.title),
            }
            for one in written.quotations
            if one.number in cited
        ],
    )


def _row(written: Written, one: WrittenSentence) -> dict[str, object]:
    citation = next(it.citation for it in written.quotations if it.number == one.rests_on)
    places = [(one.evidence.start, one.evidence.end)] if one.evidence else []
    read = read_link(citation.document, citation.content_hash, places, places[0])
    return {"one": one, "read": read, "headline": headline(citation.title)}

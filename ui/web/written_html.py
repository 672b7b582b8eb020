"""A written answer as HTML: each sentence with its quotation, or struck."""

from qa import Written, WrittenSentence
from ui.web.html import headline, read_link, template


def written_html(written: Written) -> str:
    """A written answer; the number behind a sentence opens the quotation that says so."""
    supported = [one for one in written.sentences if one.supported]
    cited = {one.rests_on for one in supported}
    return template("written.html.jinja").render(
        written=written,
        supported=len(supported),
        rows=[_row(written, one) for one in written.sentences],
        cited=[one for one in written.quotations if one.number in cited],
    )


def _row(written: Written, one: WrittenSentence) -> dict[str, object]:
    if one.rests_on is None or one.evidence is None:
        return {"one": one, "read": "", "headline": ""}
    citation = written.quotations[one.rests_on - 1].citation
    place = (one.evidence.start, one.evidence.end)
    read = read_link(citation.document, citation.content_hash, [place], place)
    return {"one": one, "read": read, "headline": headline(citation.title)}

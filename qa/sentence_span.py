"""The sentence that holds a span of a document."""

from index import Document, Part, Span
from index.text.sentences import sentences


def sentence_of(document: Document, span: Span) -> Span:
    """The sentence that holds `span`, or the sentences that it runs over, as one span."""
    inside = [
        one
        for one, part in sentences(document)
        if part is Part.BODY and one.start < span.end and span.start < one.end
    ]
    starts, ends = [span.start, *(s.start for s in inside)], [span.end, *(s.end for s in inside)]
    return Span(min(starts), max(ends))

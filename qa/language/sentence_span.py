"""The sentences of a document's body, and the one that holds a span."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from index import Document, Part, Span
from index.text.sentences import sentences


def sentence_of(document: Document, span: Span) -> Span:
    """The sentence that holds `span`, or the sentences that it runs over, as one span."""
    every = sentences(document)  # in order, none overlapping another
    first = bisect_right(every, span.start, key=lambda one: one[0].end)
    inside = []
    for one, part in islice(every, first, None):
        if one.start >= span.end:
            break
        if part is Part.BODY:
            inside.append(one)
    starts, ends = [span.start, *(s.start for s in inside)], [span.end, *(s.end for s in inside)]
    return Span(min(starts), max(ends))


def body_sentences(document: Document) -> Iterator[Span]:
    """The sentences of a document's body, in order."""
    return (one for one, part in sentences(document) if part is Part.BODY)

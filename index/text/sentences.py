"""The sentences of a document, as spans."""

import re
from collections.abc import Iterator, Sequence

from sentencex import segment

from index.documents import Document, Part, Span
from index.text.paragraphs import units

_WORD = re.compile(r"\w+")
_QUOTE = re.compile(r"[“\"‘]")


def sentences(document: Document) -> Sequence[tuple[Span, Part]]:
    """Every sentence of `document` in order, each with the part of the document it is in.

    A title, a byline and a list item each count as a sentence. Together they hold every
    character of the text that is not white space, and none crosses from one part to another.
    They are cached with the document, because one answer needs them hundreds of times.
    """
    found = document.sentences_found
    if not found:
        found[:] = list(_found(document))  # at once, for another thread may read it meanwhile
    return found


def _found(document: Document) -> Iterator[tuple[Span, Part]]:
    for span, part in _parts(document):
        for unit in [span] if part is Part.MASTHEAD else units(document.text, span):
            yield from ((sentence, part) for sentence in _split(document.text, unit))


def _parts(document: Document) -> list[tuple[Span, Part]]:
    parts = []
    at = 0
    for region in document.regions:
        parts.append((Span(at, region.span.start), Part.BODY))
        parts.append((region.span, region.part))
        at = region.span.end
    parts.append((Span(at, len(document.text)), Part.BODY))
    return [(span, part) for span, part in parts if span.of(document.text).strip()]


def _split(text: str, unit: Span) -> list[Span]:
    """The sentences of one unit.

    A piece of at most one word is joined to the one before ("Secretary of State Antony. Blinken."
    has a stray stop), and so is a piece in lower case ("from happening. happen").
    """
    flat = re.sub(r"\s", " ", unit.of(text))
    pieces: list[Span] = []
    at = unit.start
    for piece in segment("en", flat):
        start = at + len(piece) - len(piece.lstrip())
        end = at + len(piece.rstrip())
        at += len(piece)
        if end <= start:
            continue
        joins = pieces and (len(_WORD.findall(text, start, end)) <= 1 or text[start].islower())
        if joins:
            pieces[-1] = Span(pieces[-1].start, end)
        else:
            pieces.append(Span(start, end))
    return pieces

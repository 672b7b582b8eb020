"""Sections of a file -> a document: canonical text, places, regions, title, author and date."""

import re
from collections.abc import Iterable, Sequence

from index.documents import FILE_NAME, Certainty, Document, Found, Part, Place, Region, Span
from index.parsing import published_date
from index.parsing.formats.base import Omissions
from index.parsing.formats.cleaning import clean
from index.parsing.formats.sections import Properties, Section
from index.parsing.front_matter import anatomy
from index.parsing.skip_reasons import Reason, SkipFileError

PROPERTIES = "document properties"
_UNTITLED = re.compile(
    r"untitled|^(?:microsoft )?(?:word|powerpoint|excel)\b.* - "
    r"|\.(?:docx?|pdf|txt|odt|rtf|tex|indd|html?)$"
    r"|^(?:document|presentation|slide|book|page|title)\s*\d*$",
    re.I,
)


def compose(
    name: str,
    sections: Iterable[Section],
    properties: Properties | None = None,
    published: Sequence[Found] = (),
    *,
    tabular: bool = False,
    omissions: Omissions | None = None,
) -> Document:
    """Join `sections` into one document, separated by blank lines; margins must come last.

    `published` are dates that the format states; they come before equally certain dates in the text
    and the name. No title or date line is looked for in a `tabular` text. `omissions` are what was
    left out while the sections were made.
    Raises SkipFileError when there is no text.
    """
    properties = properties or Properties()
    pieces: list[str] = []
    places: list[Place] = []
    regions: list[Region] = []
    at = body = 0
    for section in sections:
        text = clean(section.text).strip()
        if not text:
            continue
        at += 2 if pieces else 0
        span = Span(at, at + len(text))
        pieces.append(text)
        at = span.end
        if section.label:
            places.append(Place(span, section.label))
        if section.part is Part.BODY:
            body = at
        else:
            regions.append(Region(span, section.part))
    whole = "\n\n".join(pieces)
    left_out = omissions.all() if omissions else ()
    if not whole:
        raise SkipFileError(Reason.EMPTY, ", ".join(one.message for one in left_out))
    found = anatomy("" if tabular else whole[:body], name)
    return Document(
        name=name,
        text=whole,
        title=_title(found.title, properties.title, whole),
        author=found.author or _property(properties.author),
        published=published_date.best(
            *published,
            found.published,
            *(() if tabular else published_date.in_text(whole[:body])),
            published_date.in_name(name),
            published_date.of_properties(properties.created),
        ),
        regions=tuple(sorted([*found.regions, *regions], key=lambda one: one.span)),
        places=tuple(places),
        left_out=left_out,
    )


def _title(found: Found, property_: str, text: str) -> Found:
    """The title in the file's properties if the text contains it or has no title of its own."""
    stated = " ".join(clean(property_).split())
    if not stated or _UNTITLED.search(stated):
        return found
    if found.how == FILE_NAME or stated.casefold() in " ".join(text[:5000].split()).casefold():
        return Found(stated, PROPERTIES)
    return found


def _property(author: str) -> Found | None:
    stated = " ".join(clean(author).split())
    return Found(stated, PROPERTIES, None, Certainty.WEAK) if stated else None

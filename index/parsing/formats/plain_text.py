"""Plain text and Markdown: the text is exactly what the file decodes to."""

from collections.abc import Iterator

from index.documents import Document
from index.parsing import published_date
from index.parsing.charset import decode
from index.parsing.formats.base import Piece, Source
from index.parsing.front_matter import anatomy


def read(source: Source) -> Iterator[Piece]:
    """The one document of a text file."""
    yield Piece("", lambda: _document(source))


def _document(source: Source) -> Document:
    text, encoding = decode(source.content)
    found = anatomy(text, source.name)
    return Document(
        name=source.name,
        text=text,
        title=found.title,
        author=found.author,
        published=published_date.best(
            found.published, *published_date.in_text(text), published_date.in_name(source.name)
        ),
        encoding=encoding,
        regions=found.regions,
    )

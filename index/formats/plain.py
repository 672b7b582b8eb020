"""Plain text and Markdown: the text is exactly what the file decodes to."""

from collections.abc import Iterator

from index import dates
from index.anatomy import anatomy
from index.decode import decode
from index.documents import Document
from index.formats.source import Piece, Source


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
        published=dates.best(found.published, *dates.in_text(text), dates.in_name(source.name)),
        encoding=encoding,
        regions=found.regions,
    )

"""Files inside a document: what is attached to a message or PDF, embedded in Office files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from index.documents import Document, Omission
from index.parsing.formats.base import Omissions, Source
from index.parsing.formats.sections import Section
from index.parsing.skip_reasons import SkipFileError


def attached(source: Source, name: str, content: bytes, omissions: Omissions) -> Iterator[Section]:
    """The text of a file inside another one, labelled with its name.

    Args:
        source: the file that holds it.
        name: its name; the suffix and the first bytes determine the kind.
        content: its bytes.
        omissions: counts the file if it cannot be read.

    Yields:
        Its text, document by document.
    """
    from index.parsing.formats import load  # noqa: PLC0415 -- each parser may hold any other

    label = PurePosixPath(name.replace("\\", "/")).name or "attachment"
    inner = replace(source, name=label, path=Path(label), held=content, depth=source.depth + 1)
    if inner.depth > source.limits.depth:
        omissions.add(Omission.NOT_READ, f"attachment {label} (too deep)")
        return
    try:
        for piece in load(inner):
            document = piece.document()
            yield from _as_sections(document, label)
            for one in document.left_out:
                omissions.add(one.kind, one.what, one.count)
    except SkipFileError as skip:
        detail = f": {skip.detail}" if skip.detail else ""
        omissions.add(Omission.NOT_READ, f"attachment {label} ({skip.reason.value}{detail})")


def _as_sections(document: Document, label: str) -> Iterator[Section]:
    """A document's text, in order, each stretch of it with what it is."""
    at = 0
    for region in document.regions:
        if region.part.is_footer:
            yield Section(document.text[at : region.span.start], f"attachment {label}")
            yield Section(region.span.of(document.text), f"attachment {label}", region.part)
            at = region.span.end
    yield Section(document.text[at:], f"attachment {label}")

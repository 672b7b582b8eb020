"""A page of a PDF as a picture with a quotation marked, drawn in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from index.documents import Document, Span
from index.durable_files import sha256_of
from index.errors import NotShownError
from index.parsing.limits import Limits
from index.parsing.remote_files import is_remote
from index.storage.schema import Listed

_SUFFIX = ".pdf"
_SECONDS = 20


def has_pages(listed: Listed) -> bool:
    """Whether a document is a file of its own whose pages can be drawn."""
    if is_remote(listed.file):
        return False  # what is shown comes from this machine
    return listed.source == listed.file and listed.file.lower().endswith(_SUFFIX)


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a PNG, and where the quotation is marked on it.

    `marks` are left, top, right and bottom as shares of the picture's width and height, one for
    each line; there are none if the quotation was not found on the page.
    """

    png: bytes
    marks: tuple[tuple[float, float, float, float], ...]


def page_picture(listed: Listed, document: Document, span: Span) -> PagePicture:
    """The page on which `span` begins, with the span marked.

    Raises NotShownError when there is no such page or the file is not what was added.
    """
    place = next(
        (one for one in document.places if one.span.start <= span.start < one.span.end), None
    )
    if place is None or not place.label.startswith("page ") or not has_pages(listed):
        raise NotShownError(f"{document.name} has no page to show there")
    path = Path(listed.file)
    try:
        changed = sha256_of(path) != listed.file_hash
    except OSError as error:
        raise NotShownError(f"{document.name} is not where it was when it was added") from error
    if changed:
        raise NotShownError(f"{document.name} has changed since it was added; add it again")
    end = min(span.end, place.span.end)
    asked = {
        "path": listed.file,
        "page": int(place.label.split()[-1]),
        "quote": document.text[span.start : end],
        "before": document.text[place.span.start : span.start],
    }
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "index.page_image"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise NotShownError(f"the page of {document.name} could not be drawn") from error
    marks, _, png = done.stdout.partition(b"\n")
    return PagePicture(png, tuple((a, b, c, d) for a, b, c, d in json.loads(marks)))


def main() -> None:
    """Draw what is asked for on standard input."""
    import resource  # noqa: PLC0415 -- for this process only

    from index.parsing.formats.pdf import view  # noqa: PLC0415

    limit = 2 * Limits().memory
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    asked = json.load(sys.stdin)
    png, marks = view(Path(asked["path"]), asked["page"], asked["quote"], asked["before"])
    sys.stdout.buffer.write(json.dumps(marks).encode() + b"\n" + png)


if __name__ == "__main__":
    main()

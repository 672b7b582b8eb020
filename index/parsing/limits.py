"""Limits for reading one document."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for reading one document. A document that needs more is skipped and reported.

    Attributes:
        seconds: the most seconds for reading a document, and again for cutting and embedding it.
        memory: the most bytes that the parser of a file may hold.
        characters: the longest text of one document.
        unpacked: the most bytes that an archive may unpack to.
        members: the most files that an archive may hold.
        depth: how deep archives and attachments may be nested.
        ocr: whether scanned pages are read by tesseract; each page then counts as a document for
            `seconds`.

    Example:
        >>> Limits(seconds=10).memory
        1000000000
    """

    seconds: float = 60.0
    memory: int = 1_000_000_000
    characters: int = 10_000_000
    unpacked: int = 2_000_000_000
    members: int = 100_000
    depth: int = 3
    ocr: bool = False

    def described(self) -> str:
        """The limits in one line; equal limits give equal lines."""
        return json.dumps(asdict(self))

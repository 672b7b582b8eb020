"""What reading one document may cost."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one document may cost; what needs more is skipped by name.

    `seconds` is for each document: for reading it, and as long again for cutting and embedding it.
    `memory` is in bytes for all that a file's reader holds at once.
    `characters` is the longest text of one document. An archive may hold `members` files, each
    inside at most `depth` archives, that unpack to `unpacked` bytes together. With `ocr` a
    scanned page is read by tesseract; each page then counts as a document for `seconds`.
    """

    seconds: float = 60.0
    memory: int = 1_000_000_000
    characters: int = 10_000_000
    unpacked: int = 2_000_000_000
    members: int = 100_000
    depth: int = 3
    ocr: bool = False

    def described(self) -> str:
        """The limits in one line, equal when they are."""
        return json.dumps(asdict(self))

"""The input and the output of a parser."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from index.documents import Document, LeftOut, Omission
from index.parsing.limits import Limits


@dataclass(frozen=True, slots=True)
class Source:
    """A file: the name given to `add`, where it really is, and the limits for reading it.

    A file inside another has its bytes in `held` and its own name as path; `depth` is how deep it
    is nested.
    """

    name: str
    path: Path
    limits: Limits = field(default_factory=Limits)
    held: bytes | None = None
    depth: int = 0

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return self.path.read_bytes() if self.held is None else self.held

    @property
    def file_hash(self) -> str:
        """SHA-256 of the file's bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Piece:
    """One document of a file: its place ("" for the whole file), and how to read it.

    A place is unique within the file, and is the same when the file is read again.
    """

    part: str
    document: Callable[[], Document]


class Omissions:
    """Counts what a parser leaves out of a document's text."""

    def __init__(self) -> None:
        """Nothing is left out yet."""
        self._counts: Counter[tuple[Omission, str]] = Counter()

    def add(self, kind: Omission, what: str = "text", count: int = 1) -> None:
        """Count `count` parts left out.

        Args:
            kind: why.
            what: what they are: "text", "row", "slide", "picture".
            count: how many.
        """
        self._counts[kind, what] += count

    def all(self) -> tuple[LeftOut, ...]:
        """Everything left out, by kind and then by what it is."""
        return tuple(
            LeftOut(kind, count, what) for (kind, what), count in sorted(self._counts.items())
        )


class Parser(Protocol):
    """Parses one kind of file.

    Parsing is lazy: a document is parsed when its piece's `document` is called, so that a damaged
    one does not affect the others. Both steps raise SkipFileError if there is no document.
    """

    def __call__(self, source: Source) -> Iterator[Piece]:
        """The documents in `source`, in order."""
        ...

"""Why a file was left out of an index, in words for the person who named it."""

from dataclasses import dataclass
from enum import StrEnum

from index.text.visible import one_line

MAX_BYTES = 1_000_000_000


class Reason(StrEnum):
    """Why a file was skipped. The value is the code in reports.

    Example:
        >>> Reason.LOCKED.value
        'locked'
    """

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not a file"
    EMPTY = "empty"
    BINARY = "not text"
    UNSUPPORTED = "unsupported format"
    TOO_LARGE = "too large"
    LOOP = "link loop"
    HIDDEN = "hidden"
    NO_TEXT_LAYER = "no text layer"
    LOCKED = "locked"
    DAMAGED = "damaged"
    TOO_SLOW = "too slow"
    TOO_MUCH_MEMORY = "too much memory"
    STOPPED = "reader stopped"
    OUTSIDE = "outside"
    UNREACHABLE = "unreachable"


LIMITED = frozenset(
    [Reason.TOO_SLOW, Reason.TOO_MUCH_MEMORY, Reason.TOO_LARGE, Reason.NO_TEXT_LAYER]
)
"""A file skipped for one of these reasons may be readable with other limits."""

_WHAT_TO_DO = {
    Reason.MISSING: "there is no such file or folder; check the path",
    Reason.UNREADABLE: "it cannot be read; check its permissions",
    Reason.NOT_A_FILE: "it is a pipe, socket or device, not a file; leave it out",
    Reason.EMPTY: "it holds no text; nothing to index",
    Reason.BINARY: "its content is not text; save it as UTF-8 text",
    Reason.UNSUPPORTED: "this format is not read; save it as .pdf, .docx, .html or .txt",
    Reason.TOO_LARGE: "it is too large; split it",
    Reason.LOOP: "this link leads back to a folder it is in; leave it out",
    Reason.HIDDEN: "its name begins with a dot; name it on the command line to include it",
    Reason.NO_TEXT_LAYER: "its pages are pictures without text; add it again with --ocr",
    Reason.LOCKED: "it is protected by a password; save it without one",
    Reason.DAMAGED: "it is damaged; open it in its own program and save it again",
    Reason.TOO_SLOW: "reading it took too long; give it more with --seconds, or split it",
    Reason.TOO_MUCH_MEMORY: "reading it took too much memory; give more with --memory, or split it",
    Reason.UNREACHABLE: "its storage cannot be read now; add it again later",
    Reason.OUTSIDE: "it lies outside the folders that may be added from here; leave it out",
    Reason.STOPPED: "its parser crashed; open it in its own program and save it again",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not indexed, and why.

    Attributes:
        path: the file, as it was named.
        reason: why it was skipped.
        detail: what more is known, or "".

    Example:
        >>> Skipped("a.pdf", Reason.LOCKED).message
        'a.pdf: it is protected by a password; save it without one'
    """

    path: str
    reason: Reason
    detail: str = ""

    @property
    def message(self) -> str:
        """One line: what happened to which file, and what to do."""
        detail = f" ({one_line(self.detail)})" if self.detail else ""
        return f"{one_line(self.path)}: {_WHAT_TO_DO[self.reason]}{detail}"


class SkipFileError(Exception):
    """Raised by a loader for a file it cannot take."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Skip for `reason`."""
        super().__init__(reason)
        self.reason = reason
        self.detail = detail

"""The formatting of text that decides whether and how it becomes document text."""

from dataclasses import dataclass

from index.documents import Omission


@dataclass(frozen=True, slots=True)
class Look:
    """How a run of text looks, in any format.

    Attributes:
        struck: whether it is struck out.
        hidden: whether its program does not show it.
        deleted: whether a tracked change deletes it.
        white: whether it is white.
        shaded: whether its background is, or may be, other than white.
        raised: whether it is superscript.
        lowered: whether it is subscript.
        calls_note: whether its style is that of a note's call.

    Example:
        >>> Look(white=True).withdrawn.value, Look(white=True, shaded=True).withdrawn
        ('hidden', None)
    """

    struck: bool = False
    hidden: bool = False
    deleted: bool = False
    white: bool = False
    shaded: bool = False
    raised: bool = False
    lowered: bool = False
    calls_note: bool = False

    @property
    def withdrawn(self) -> Omission | None:
        """Why the text is left out of the document; None if it is kept."""
        if self.hidden or (self.white and not self.shaded):
            return Omission.HIDDEN
        if self.deleted:
            return Omission.DELETED
        return Omission.STRUCK_OUT if self.struck else None

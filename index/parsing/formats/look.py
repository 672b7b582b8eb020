"""How text looks, as far as it says whether and how the text counts."""

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
        shaded: whether something other than white stands, or may stand, behind it.
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
        """Why it is not the document's text; None if it is."""
        if self.hidden or (self.white and not self.shaded):
            return Omission.HIDDEN
        if self.deleted:
            return Omission.DELETED
        return Omission.STRUCK_OUT if self.struck else None

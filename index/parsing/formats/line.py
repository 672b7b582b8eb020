"""A line of text that is being built from runs, with its superscripts and subscripts."""

from dataclasses import dataclass

from index.parsing.formats.raised import lowered, raised

_BEFORE = 40


@dataclass(slots=True)
class Line:
    """A paragraph while it is read.

    Attributes:
        text: the text so far, without `mark`.
        mark: superscript or subscript text that may continue in the next run.
    """

    text: str = ""
    mark: str = ""
    _raised: bool = False
    _is_note: bool = False

    def put(
        self, text: str, *, is_raised: bool = False, is_lowered: bool = False, is_note: bool = False
    ) -> None:
        """Take in the text of a run.

        Args:
            text: the run's text.
            is_raised: whether it is superscript.
            is_lowered: whether it is subscript.
            is_note: whether the markup says that it calls a note.
        """
        marked = is_raised or is_lowered
        if self.mark and (not marked or is_raised != self._raised):
            self.settle()
        if marked:
            self.mark += text
            self._raised, self._is_note = is_raised, is_note
        else:
            self.text += text

    def settle(self) -> str:
        """Add the pending mark to the text, and return the text."""
        if self.mark:
            put = raised if self._raised else lowered
            self.text += put(self.mark, self.text[-_BEFORE:], is_note=self._is_note)
            self.mark = ""
        return self.text

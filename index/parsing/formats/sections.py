"""Sections: what a parser gives of a file's text, and what a file says of itself."""

from dataclasses import dataclass

from index.documents import Part


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a file's text, the page, slide or sheet it is on, and what it is."""

    text: str
    label: str | None = None
    part: Part = Part.BODY


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself outside its text; "" where it says nothing."""

    title: str = ""
    author: str = ""
    created: str = ""

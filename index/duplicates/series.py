"""Documents of one series: one template filled with other facts, such as a monthly bulletin."""

import re

from rapidfuzz.distance import Indel

from index.documents import Document, Part
from index.text.numbers import numbers_in

_WORD = re.compile(r"\w+(?:[.,]\d+)*%?")
_MOST_WORDS = 20_000
_LONGEST = 8
_CONTEXT = 2
_NAME_WORDS = 2
_SPELLED_ALIKE = 0.7
_NAMES_TO_DIFFER = 2
_MONTH = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|tember"
    r"|ober|ember)?",
    re.IGNORECASE,
)


def is_of_one_series(one: Document, other: Document) -> bool:
    """Whether two similar texts state different facts, as two issues of a bulletin do.

    The words of both texts are aligned. A fact differs if a few words of one text are replaced by
    others in the other text, between words that both have, and the two state different numbers or
    names. One different number or two different names are enough. Missing text (a copy cut short),
    punctuation, spelling, and changes at the start and end of the texts do not count.

    Args:
        one: a document.
        other: another, which shares much of its text.
    """
    names = 0
    for mine, theirs in _replaced(_words(one), _words(other)):
        if _states_other_numbers(mine, theirs):
            return True
        names += _names_another(mine, theirs)
    return names >= _NAMES_TO_DIFFER


def _words(document: Document) -> list[str]:
    """The words of a document's body."""
    found: list[str] = []
    at = 0
    for region in document.regions:
        if region.part is not Part.BODY:
            found += _WORD.findall(document.text[at : region.span.start])
            at = region.span.end
    found += _WORD.findall(document.text[at:])
    return found[:_MOST_WORDS]


def _replaced(one: list[str], other: list[str]) -> list[tuple[list[str], list[str]]]:
    """Find the stretches of a few words that differ between two texts.

    Both texts have the same words before and after each stretch. A single common word between two
    words that differ belongs to the stretch.
    """
    codes = Indel.opcodes([word.casefold() for word in one], [word.casefold() for word in other])
    found: list[tuple[list[str], list[str]]] = []
    mine: list[str] = []
    theirs: list[str] = []
    before = 0
    for code in codes:
        same = code.src_end - code.src_start if code.tag == "equal" else 0
        if same >= _CONTEXT:
            if before >= _CONTEXT and mine and theirs and max(len(mine), len(theirs)) <= _LONGEST:
                found.append((mine, theirs))
            mine, theirs, before = [], [], same
        elif mine or theirs or code.tag != "equal":
            mine = mine + one[code.src_start : code.src_end]
            theirs = theirs + other[code.dest_start : code.dest_end]
    return found


def _states_other_numbers(mine: list[str], theirs: list[str]) -> bool:
    """Whether both state numbers or months, and not the same ones."""
    one, other = _numbers(mine), _numbers(theirs)
    return bool(one and other) and one != other and _digits(mine) != _digits(theirs)


def _numbers(words: list[str]) -> set[float | str | None]:
    stated: set[float | str | None] = {one.value for one in numbers_in(" ".join(words))}
    return stated | {word[:3].casefold() for word in words if _MONTH.fullmatch(word)}


def _digits(words: list[str]) -> str:
    """All digits joined, so that "1,200" equals "1 200", then the months; else the words."""
    months = "".join(word[:3].casefold() for word in words if _MONTH.fullmatch(word))
    numbers = "".join(char for word in words for char in word if char.isdigit())
    return numbers + months or " ".join(words).casefold()


def _names_another(mine: list[str], theirs: list[str]) -> bool:
    """Whether both stretches are names of one or two words that are not spelled alike."""
    if max(len(mine), len(theirs)) > _NAME_WORDS:
        return False
    if not all(word[0].isupper() and len(word) > 1 for word in (*mine, *theirs)):
        return False
    one, other = " ".join(mine).casefold(), " ".join(theirs).casefold()
    return Indel.normalized_similarity(one, other) < _SPELLED_ALIKE and not (
        one in other or other in one
    )

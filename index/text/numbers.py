"""Numbers in text: in digits, in words, as ordinals and with a scale, with their values."""

import re
from dataclasses import dataclass

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_SMALL: dict[str, float] = {
    "zero": 0,
    **{word: value for value, word in enumerate(_ONES, 1)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    **{word: value for value, word in enumerate(_ORDINALS, 1)},
    **{f"{word[:-1]}ieth": 10 * value for value, word in enumerate(_TENS, 2)},
}
_SCALES: dict[str, float] = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
_SHORT_SCALES: dict[str, float] = {
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "bn": 1_000_000_000,
    "tn": 1_000_000_000_000,
}
_VAGUE = frozenset(f"{scale}s" for scale in _SCALES)

SPELLED_OUT = frozenset({*_SMALL, *_SCALES, *_VAGUE})
"""Every word that is a number, or part of one, in lower case."""

_GAP = r"(?:[ \u00a0-]|[ \u00a0]and[ \u00a0])"
_ANY = "|".join(sorted(SPELLED_OUT, key=len, reverse=True))
IN_WORDS = (
    rf"\b(?:half{_GAP})?(?:an?{_GAP}(?=(?:{'|'.join(_SCALES)})))?(?:{_ANY})(?:{_GAP}(?:{_ANY}))*\b"
)
"""A pattern, without regard to case, for a number in words: "half a million", "twenty-three"."""

_SCALE_AFTER = rf"(?:[ \u00a0-]?(?:{'|'.join(_SCALES)})\b|(?:{'|'.join(_SHORT_SCALES)})\b)?"
_IN_DIGITS = (
    r"(?<![\w.])[$€£¥]?(?P<digits>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?(?!\d)"
    rf"|\d+(?:\.\d+)?)(?:st|nd|rd|th)?(?P<scale>{_SCALE_AFTER})"
)
_NUMBER = re.compile(rf"{_IN_DIGITS}|(?P<words>{IN_WORDS})", re.I)
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        start: where it begins, in characters.
        end: where it ends, exclusive.
        value: its value; None for a vague one ("dozens").
    """

    start: int
    end: int
    value: float | None


def numbers_in(text: str) -> list[Number]:
    """Find every number in `text`, in order.

    Args:
        text: any text.

    Returns:
        The numbers, in order. Digits inside a word ("F16", "B52s") are no number.

    Example:
        >>> [number.value for number in numbers_in("Thirteen of 1.5bn, half a million, dozens")]
        [13, 1500000000.0, 500000.0, None]
    """
    return [Number(*found.span(), _value(found)) for found in _NUMBER.finditer(text)]


def _value(found: re.Match[str]) -> float | None:
    if words := found["words"]:
        return _spelled_out(_WORD.findall(words.lower()))
    digits = re.sub(r"[,\s]", "", found["digits"])
    scale = found["scale"].strip(" \u00a0-").lower()
    factor = _SCALES.get(scale) or _SHORT_SCALES.get(scale)
    value: float = float(digits) if "." in digits else int(digits)
    return value * factor if factor else value


def _spelled_out(words: list[str]) -> float | None:
    """The value of a number in words: parts below a scale are added, then multiplied by it."""
    if any(word in _VAGUE for word in words):
        return None
    half = words[0] == "half"
    total, part = 0.0, 0.0
    for word in words:
        if word in _SMALL:
            part += _SMALL[word]
        elif word in ("hundred", "dozen"):
            part = (part or 1) * _SCALES[word]
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], 0.0
    value = total + part
    value = value / 2 if half else value
    return int(value) if value == int(value) else value

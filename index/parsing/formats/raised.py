"""Superscripts and subscripts: exponents stay readable, footnote marks are left out."""

import re

SUPERSCRIPT = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"
_PLAIN = str.maketrans(_RAISED_DIGITS, "0123456789+-=()n")
_IN_BRACKETS = re.compile(r"\[[^\]]{0,12}\]|\(\d{1,3}\)|\{\d{1,3}\}")
_DIGITS = re.compile(r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*[,.]?")
_SYMBOLS = re.compile(r"[*†‡§¶#\u2217\u2020\u2021]{1,4}")
_SIGNED = re.compile(r"[+\-−]?(?:\d{1,3}|n)(?:[+\-−]\d{1,3})?")
_POWER_BASE = re.compile(r"(?<![\d.,])(?:10|2|e)$")
_UNIT_BASE = re.compile(r"(?<![^\W\d_])(?:[kcdmµμnh]?m|in|ft|yd|mi|s|sec|km|cm|l|kg)$")
_UNIT_POWERS = frozenset(["2", "3", "-1", "−1", "-2", "−2", "-3", "−3"])
_VARIABLE_BASE = re.compile(r"(?<![^\W\d_])(?:mc|[A-Za-zα-ωΑ-Ω])$")
_OPERATOR_WITHIN = re.compile(r"[+\-−×*/=^]")
_ENDS_IN_DIGIT = re.compile(r"\d$")
_ENDS_IN_WORD = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?”\"’')\]])$")
_TRAILING = re.compile(rf"(?P<base>.*?)(?P<mark>[{_RAISED_DIGITS}]+)$", re.S)


def raised(mark: str, before: str, *, is_note: bool = False) -> str:
    """The text to put for superscript text.

    Args:
        mark: the superscript text.
        before: the text of the line before it; the last 40 characters are enough.
        is_note: whether the markup says that it calls a note, as a link to the note does.

    Returns:
        "" for the call of a note, superscript characters for an exponent, and else the text
        itself: an ordinal's letters ("40th"), a trade mark's.

    Example:
        >>> raised("3", "killed 40"), raised("3", "4 × 10"), raised("th", "the 40")
        ('', '³', 'th')
    """
    shown = mark.strip()
    if not shown:
        return mark
    if is_note or _IN_BRACKETS.fullmatch(shown) or _SYMBOLS.fullmatch(shown):
        return ""
    if _SIGNED.fullmatch(shown) and is_exponent(shown, before):
        return shown.translate(SUPERSCRIPT)
    if _DIGITS.fullmatch(shown):
        return ""
    if len(shown) == 1 and shown.isalpha() and _ENDS_IN_WORD.search(before):
        return ""
    return mark


def is_exponent(mark: str, before: str) -> bool:
    """Whether superscript digits are an exponent: of 10, 2 or e, of a unit or of a variable."""
    if _POWER_BASE.search(before):
        return True
    if _UNIT_BASE.search(before) and mark in _UNIT_POWERS:
        return True
    if before.endswith((")", "]", "}")):
        within = before[max(before.rfind(one) for one in "([{") :]
        return bool(_OPERATOR_WITHIN.search(within))
    return bool(_VARIABLE_BASE.search(before))


def lowered(mark: str, before: str, *, is_note: bool = False) -> str:
    """The text to put for subscript text: "" for a note's call, else the text ("H2O").

    Args:
        mark: the subscript text.
        before: the text of the line before it.
        is_note: whether the markup says that it calls a note.

    Example:
        >>> lowered("2", "CO"), lowered("3", "killed 40")
        ('2', '')
    """
    shown = mark.strip()
    if is_note or (shown.isdigit() and _ENDS_IN_DIGIT.search(before)):
        return ""
    return mark


def without_note_mark(text: str) -> str:
    """`text` without superscript digits at its end that call a note; an exponent's stay.

    >>> without_note_mark("40³"), without_note_mark("10³"), without_note_mark("12 km²")
    ('40', '10³', '12 km²')
    """
    found = _TRAILING.match(text)
    if found is None or not found["base"].strip():
        return text
    plain = found["mark"].translate(_PLAIN)
    return text if is_exponent(plain, found["base"]) else found["base"]

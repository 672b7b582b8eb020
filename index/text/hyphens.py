"""Hyphens at the end of a line: which of them come from hyphenation."""

import base64
import re
from functools import cache
from importlib.resources import files

_LEAST_LETTERS = 3
_LETTERS = re.compile(r"[^\W\d_]+")
_PREFIXES = frozenset(
    "all anti cross ex far four full half high ill left long low mid multi non off old one part "
    "pre post pro re right second self semi short so three two vice well".split()
)
_BOUND = frozenset(
    "ac ad ap ar as at col com con cor de dis em en im in ir mis ob per sub suc suf sup sur "
    "un".split()
)
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "ly", "er", "ers")
_SUFFIXES = frozenset("based born led like made old related style wide year".split())


@cache
def known_words() -> frozenset[str]:
    """The words, in lower case, that the shipped token encoding has as one token."""
    content = (files("index") / "data" / "quoth_32k.tiktoken").read_bytes()
    tokens = (base64.b64decode(line.split()[0]) for line in content.splitlines() if line)
    words = (token.decode("utf-8", "ignore") for token in tokens if token.startswith(b" "))
    return frozenset(
        word[1:].lower() for word in words if word[1:].isalpha() and len(word) > _LEAST_LETTERS
    )


def is_line_ends_own(before: str, after: str) -> bool:
    """Whether a hyphen at a line's end comes from hyphenation and is not part of the word.

    Args:
        before: the letters before the hyphen.
        after: the letters of the next line's first word.

    Returns:
        False before a capital or a digit ("Anne-Marie", "COVID-19"), and where both sides are
        words and the two together are none ("well-known"); else True ("inspec-tor").

    Example:
        >>> is_line_ends_own("inspec", "tor"), is_line_ends_own("well", "known")
        (True, False)
        >>> is_line_ends_own("Anne", "Marie"), is_line_ends_own("1941", "1945")
        (False, False)
    """
    if not after[:1].islower() or not before[-1:].isalpha():
        return False
    left, right = before.lower(), after.lower()
    words = known_words()
    if left in _BOUND or any(f"{left}{right}".removesuffix(end) in words for end in _ENDINGS):
        return True
    if left in _PREFIXES or right in _SUFFIXES:
        return False
    return not (min(len(left), len(right)) >= _LEAST_LETTERS and left in words and right in words)

"""Sentences that say the opposite of one another: one denies what the other says."""

import re
from collections.abc import Iterator

from index import Span
from index.search.bm25 import terms

_NEGATES = re.compile(
    r"\b(?:not|never|cannot|no longer)\b|n[’']t\b"
    r"|\b(?:fail(?:s|ed)?|refus(?:e|es|ed)|declin(?:e|es|ed)) to\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(r"\bnot only\b|\bwhether or not\b|\bif not\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_BETWEEN = re.compile(
    r"(?:been|be|being|have|had|has|yet|also|even|ever|immediately|fully|\w+ly)", re.IGNORECASE
)
"""What may stand between a negating word and the word that it negates."""

_ONLY_LATER = re.compile(r"\b(?:until|unless|before)\b", re.IGNORECASE)
_SOON = 30
"""How many characters after a negated word "until" makes it true from then on."""

_EXCLUSIVE = (
    ("acquitted acquittal", "guilty convicted conviction"),
    ("accepted accepts accept", "rejected rejects reject rejection"),
    ("approved approves approve approval", "rejected rejects reject vetoed"),
    ("confirmed confirms confirm", "denied denies deny"),
    ("rose rise rises increased increase grew", "fell fall falls declined decreased dropped"),
    ("upheld uphold upholds", "overturned overturn annulled"),
    ("survived survivor", "died"),
)
_PAIRS = tuple(
    (frozenset(terms(one)), frozenset(terms(other))) for one, other in _EXCLUSIVE
)  # fmt: skip


def opposite_in(sentence: str, other: str) -> tuple[Span, str] | None:
    """Where a sentence says the opposite of what another says, and the other's words.

    One negates a word that the other states: "conceded" beside "did not concede"; or they state two
    words that exclude each other: "acquitted" beside "guilty".

    Args:
        sentence: the sentence.
        other: a sentence about the same thing.

    Returns:
        The span of the words in the sentence, and those of the other one; None if there is no sign
        of it.

    Example:
        >>> said = opposite_in("Tranter conceded on Monday.", "Tranter did not concede.")
        >>> said[0], said[1]
        (Span(start=8, end=16), 'not concede')
    """
    own, its = dict(_words(sentence)), dict(_words(other))
    denied, denied_there = dict(_negated(sentence)), dict(_negated(other))
    for term, span in own.items():
        if term in denied_there and term not in denied:
            return span, denied_there[term].of(other)
    for term, span in denied.items():
        if term in its and term not in denied_there:
            return span, its[term].of(other)
    for pair in _PAIRS:
        for here, there in (pair, pair[::-1]):
            said, against = own.keys() & here, its.keys() & there
            both = own.keys() & there or its.keys() & here
            if said and against and not both and not (denied or denied_there):
                return own[min(said)], its[min(against)].of(other)
    return None


def _words(text: str) -> Iterator[tuple[str, Span]]:
    """The terms of a text, each with its first word."""
    seen: set[str] = set()
    for match in _WORD.finditer(text):
        for term in terms(match[0]):
            if term not in seen:
                seen.add(term)
                yield term, Span(*match.span())


def _negated(text: str) -> Iterator[tuple[str, Span]]:
    """The terms that are negated, each with the negating word and its own."""
    for match in _NEGATES.finditer(text):
        if _NO_NEGATION.search(text[max(0, match.start() - 12) : match.end() + 6]):
            continue
        for word in _WORD.finditer(text, match.end()):
            if re.search(r"[,;:.!?]", text[match.end() : word.start()]):
                break
            if _BETWEEN.fullmatch(word[0]) or not terms(word[0]):
                continue
            if _ONLY_LATER.search(text[word.end() : word.end() + _SOON]):
                break
            yield terms(word[0])[0], Span(match.start(), word.end())
            break

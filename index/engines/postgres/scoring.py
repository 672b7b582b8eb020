"""The BM25 score of a passage, as tantivy computes it, from the whole index's own statistics.

Both engines therefore give a passage the same score. The formula is the one of Robertson and
Zaragoza, "The Probabilistic Relevance Framework" (2009), with k1 = 1.2 and b = .75; tantivy counts
a text's length in 256 steps (Lucene's SmallFloat).
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.engines.postgres.words import NO_WORD
from index.search.bm25 import PHRASE_BOOST, PHRASE_SLOP, TITLE_BOOST

_K1, _B = 1.2, 0.75
_EXACT = 24
"""Lengths below 24 + 16 are counted exactly."""


def _steps() -> list[int]:
    found = list(range(_EXACT))
    for number in range(256 - _EXACT):
        bits, shift = number & 7, (number >> 3) - 1
        found.append(_EXACT + (bits if shift == -1 else (bits | 8) << shift))
    return found


_STEPS = _steps()


@dataclass(frozen=True, slots=True)
class Statistics:
    """What BM25 needs of the whole index.

    `texts` and `titles` are in how many passages each asked term stands.
    """

    passages: int
    words: int
    title_words: int
    texts: Mapping[str, int]
    titles: Mapping[str, int]

    def rarity(self, terms: Sequence[str], *, in_titles: bool = False) -> dict[str, float]:
        """The inverse document frequency of each term, in passages or in titles."""
        counts = self.titles if in_titles else self.texts
        return {
            term: math.log1p(
                (self.passages - counts.get(term, 0) + 0.5) / (counts.get(term, 0) + 0.5)
            )
            for term in terms
        }


class Scoring:
    """Scores passages for one question."""

    def __init__(self, asked: Sequence[str], statistics: Statistics) -> None:
        """Score for `asked`, the question's terms in order, as they are kept."""
        self._asked = list(dict.fromkeys(asked))
        self._terms = frozenset(self._asked)
        self._title_scores: dict[str, float] = {}
        self._pairs = [pair for pair in dict.fromkeys(pairwise(asked)) if pair[0] != pair[1]]
        self._statistics = statistics

    def score(self, words: str, title: str) -> float:
        """The score of a passage.

        Args:
            words: the passage's words as they are kept, its title's in front.
            title: its title's words as they are kept.

        """
        places = words.split()
        at = self._places(places)
        found = [term for term in self._asked if term in at]
        length = self._text_norm(len(places) - words.count(NO_WORD))
        score = sum(self._idf[term] * _saturated(len(at[term]), length) for term in found)
        score += self._title_score(title)
        if len(found) > 1:
            for one, other in self._pairs:
                if one in at and other in at:
                    count = self._near(one, at[one], other, at[other])
                    weight = self._idf[one] + self._idf[other]
                    score += PHRASE_BOOST * weight * _saturated(count, length) if count else 0.0
        return score

    def _title_score(self, title: str) -> float:
        """What a title adds; passages of one document share it."""
        if title not in self._title_scores:
            places = title.split()
            at = self._places(places)
            norm = self._title_norm(len(places) - title.count(NO_WORD))
            self._title_scores[title] = TITLE_BOOST * sum(
                self._title_idf[term] * _saturated(len(at[term]), norm)
                for term in self._asked
                if term in at
            )
        return self._title_scores[title]

    def _places(self, words: Sequence[str]) -> dict[str, list[int]]:
        """Where each asked term stands; those that do not are left out."""
        asked, found = self._terms, dict[str, list[int]]()
        if asked.isdisjoint(words):
            return found
        for place in [place for place, word in enumerate(words) if word in asked]:
            found.setdefault(words[place], []).append(place)
        return found

    def _near(self, one: str, first: Sequence[int], other: str, second: Sequence[int]) -> int:
        """How often `other` follows `one`; tantivy goes by the places of the rarer term."""
        following = [place + 1 for place in first]
        counts = self._statistics.texts
        if counts.get(other, 0) < counts.get(one, 0):
            return near(second, following)
        return near(following, second)

    @cached_property
    def _idf(self) -> dict[str, float]:
        return self._statistics.rarity(self._asked)

    @cached_property
    def _title_idf(self) -> dict[str, float]:
        return self._statistics.rarity(self._asked, in_titles=True)

    def _text_norm(self, length: int) -> float:
        return self._norm(length, self._statistics.words)

    def _title_norm(self, length: int) -> float:
        return self._norm(length, self._statistics.title_words)

    def _norm(self, length: int, total: int) -> float:
        mean = max(1, total) / max(1, self._statistics.passages)
        return _K1 * (1 - _B + _B * counted(length) / mean)


def counted(length: int) -> int:
    """A length as tantivy counts it: the highest of its 256 steps that is not above.

    >>> counted(39), counted(43), counted(1000)
    (39, 42, 984)
    """
    return _STEPS[bisect_right(_STEPS, length) - 1]


def near(left: Sequence[int], right: Sequence[int]) -> int:
    """How many of these places are at most PHRASE_SLOP apart, as tantivy pairs them.

    Both are ascending. A place counts once.
    """
    count = at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        mine, place = left[at_left], right[at_right]
        if abs(mine - place) <= PHRASE_SLOP:
            while at_left + 1 < len(left) and left[at_left + 1] <= place:
                at_left += 1
            count += 1
            at_left += 1
            at_right += 1
        elif mine < place:
            at_left += 1
        else:
            at_right += 1
    return count


def _saturated(count: int, norm: float) -> float:
    return (1 + _K1) * count / (count + norm)

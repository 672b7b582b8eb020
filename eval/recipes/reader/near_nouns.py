"""Nouns that are near in meaning and not the same: what a question could ask instead."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from index.embedding.base import Encoder

NOUN = re.compile(
    r"\b(?:how many|how much|what|which|whose|the|an?|his|her|its|their)(?: [a-z]+)? ([a-z]{4,})"
    r"(?=[?.,;]| (?:of|in|on|at|to|from|for|by|with|and|that|who|is|are|was|were|did|does|do|has"
    r"|have|had|would|will|can|could)\b)",
    re.IGNORECASE,
)
"""The last noun of a phrase, as far as an article before it and a small word after it show one."""

_SEEN = 4
"""How often a word stands in a noun's place before it counts as one."""
_NEAR = (0.35, 0.62)
"""The cosines between which two nouns are near: below, they are of other topics; above, they may
mean the same."""
_MOST = 12
STEM = 5
"""Words that begin with the same so many letters count as one."""


def _same_form(one: str, other: str) -> bool:
    """Whether both are singular or both plural, as far as their endings show, of two stems."""
    return one[:STEM] != other[:STEM] and one.endswith("s") == other.endswith("s")


def near_nouns(questions: Iterable[str], encoder: Encoder) -> Mapping[str, Sequence[str]]:
    """The nouns of the questions, each with those that are near it in meaning, nearest first.

    Args:
        questions: where the nouns are taken from.
        encoder: gives the vectors of single words.

    Returns:
        For each noun up to twelve others of its number: "wife" has "daughter" and "sister".

    """
    seen = Counter(noun.lower() for one in questions for noun in NOUN.findall(one))
    nouns = sorted(
        noun for noun, times in seen.items() if times >= _SEEN and not noun.endswith(("ed", "ing"))
    )
    if not nouns:
        return {}
    vectors = np.asarray(encoder.encode(nouns))
    cosines = vectors @ vectors.T
    near = {}
    for place, noun in enumerate(nouns):
        order = np.argsort(-cosines[place], kind="stable")
        others = [
            nouns[n]
            for n in order
            if _NEAR[0] < cosines[place, n] < _NEAR[1] and _same_form(noun, nouns[n])
        ]
        near[noun] = others[:_MOST]
    return near

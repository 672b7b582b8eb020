"""Yes or no: a word worked out from the sentences that bear on the question."""

import re
from collections.abc import Sequence
from enum import StrEnum

from index.search.bm25 import terms
from qa.question import Question
from qa.ranking.sentence_ranking import Evidence


class Verdict(StrEnum):
    """What the sentences say to a yes-or-no question."""

    YES = "yes"
    NO = "no"
    DISPUTED = "disputed"


_NEGATED = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|unable)\b|n[’']t\b"
    r"|\b(?:den(?:y|ies|ied)|refus(?:e|es|ed)|reject(?:s|ed)?|fail(?:s|ed)?|declin(?:e|es|ed)"
    r"|false(?:ly)?|untrue|baseless|dismiss(?:es|ed)?|rul(?:e|es|ed) out)\b",
    re.I,
)
_HELD = 0.7
"""How many of the question's terms a sentence and its title hold at least to speak to it."""


def verdict(
    question: Question, evidence: Sequence[Evidence]
) -> tuple[Verdict | None, Evidence | None]:
    """What the best sentences say, and the best one that says the opposite of the first.

    A sentence speaks to the question if it has most of its terms. It says yes when it is negated
    as the question is, and no when it is negated otherwise. Where one of another document says
    the opposite and holds as many of the terms as the first does, the two are disputed.

    Args:
        question: a yes-or-no question.
        evidence: the sentences, best first.

    Returns:
        The verdict, None if the best sentence does not speak to the question; and the sentence
        against it, if there is one.
    """
    if not evidence:
        return None, None
    first = evidence[0]
    held = _held(question, first)
    if held < _HELD:
        return None, None
    says = _agrees(question, first)
    against = next(
        (
            one
            for one in evidence[1:]
            if one.document.name != first.document.name
            and _held(question, one) >= held
            and _agrees(question, one) != says
        ),
        None,
    )
    if against:
        return Verdict.DISPUTED, against
    return (Verdict.YES if says else Verdict.NO), None


def _held(question: Question, one: Evidence) -> float:
    there = {*terms(one.span.of(one.document.text)), *terms(one.document.search_title)}
    return sum(term in there for term in question.terms) / max(1, len(question.terms))


def _agrees(question: Question, one: Evidence) -> bool:
    negated = bool(_NEGATED.search(one.span.of(one.document.text)))
    return negated == bool(_NEGATED.search(question.asked))

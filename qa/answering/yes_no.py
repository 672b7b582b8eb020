"""Yes or no: a word worked out from the sentences that bear on the question."""

import re
from collections.abc import Sequence
from enum import StrEnum

from index.search.bm25 import terms
from qa.language.question import Question
from qa.ranking.sentence_ranking import Evidence


class Verdict(StrEnum):
    """What the sentences say to a yes-or-no question."""

    YES = "yes"
    NO = "no"
    DISPUTED = "disputed"


_NEGATED = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot)\b|n[’']t\b"
    r"|\b(?:unable|fail(?:s|ed)?|refus(?:e|es|ed)|declin(?:e|es|ed)) to\b"
    r"|\b(?:den(?:y|ies|ied|ying)|rejects|rejected|ruled out)\b"
    r"|\b(?:false|untrue|baseless) (?:that|claims?)\b",
    re.I,
)
_REACH = 8
"""How many of the following words a negating word applies to."""
_NO_NAMES = re.compile(r"\bno[- ](?:confidence|one knows)\b|\bnot only\b|\bno doubt\b", re.I)
"""Phrases with "no" or "not" that do not negate."""
_UNCERTAIN = re.compile(
    r"\b(?:if|whether|could|would|might|may|should|unless|expected to|threaten(?:s|ed)? to)\b", re.I
)
_STATED = re.compile(r"[.!][”\"’')\]]*$")


def speaking_first(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Sort sentences: statements first, by the share of the question's terms that they have.

    Args:
        question: a yes-or-no question.
        evidence: the sentences, by their scores, best first.

    Returns:
        All of them; equal ones stay in their order.
    """
    return sorted(evidence, key=lambda one: -_held(question, one) if _states(one) else 1.0)


def verdict(
    question: Question, evidence: Sequence[Evidence]
) -> tuple[Verdict | None, Evidence | None]:
    """What the best sentences say, and the best one that says the opposite of the first.

    A sentence decides the question if it is a statement, has all terms of the question in their
    order, and has no word of uncertainty ("if", "could"). A name may be in the document's title
    instead. It says yes if both or neither of sentence and question are negated, else no. If a
    sentence of another document says the opposite, the verdict is "disputed".

    Args:
        question: a yes-or-no question.
        evidence: the sentences, of `speaking_first`.

    Returns:
        The verdict, None if the best sentence does not decide the question; and the sentence that
        says the opposite, if there is one.
    """
    if not evidence:
        return None, None
    first = evidence[0]
    if not _speaks(question, first):
        return None, None
    says = _agrees(question, first)
    against = next(
        (
            one
            for one in evidence[1:]
            if one.document.name != first.document.name
            and _speaks(question, one)
            and _agrees(question, one) != says
        ),
        None,
    )
    if against:
        return Verdict.DISPUTED, against
    return (Verdict.YES if says else Verdict.NO), None


def _text(one: Evidence) -> str:
    return one.span.of(one.document.text)


def _states(one: Evidence) -> bool:
    """Whether it is a sentence that states something: no question and no headline."""
    return bool(_STATED.search(_text(one)))


def _speaks(question: Question, one: Evidence) -> bool:
    """Whether a sentence states what is asked about, all of it and in its order."""
    if not _states(one) or _UNCERTAIN.search(_text(one)):
        return False
    told = terms(_text(one))
    title = set(terms(one.document.search_title))
    asked = [
        term
        for term in dict.fromkeys(question.own_terms)
        if term in told or not (term in question.names and term in title)
    ]
    rest = iter(told)
    return bool(asked) and all(term in rest for term in asked)


def _held(question: Question, one: Evidence) -> float:
    """The share of the question's terms in the sentence; names may stand in the title too."""
    here = set(terms(_text(one)))
    title = set(terms(one.document.search_title))
    met = sum(
        1.0 if term in here else 0.5 if term in question.names and term in title else 0.0
        for term in question.terms
    )
    return met / max(1, len(question.terms))


def _agrees(question: Question, one: Evidence) -> bool:
    asked = {term for term in question.terms if term not in question.names}
    return _denies(_text(one), asked) == _denies(question.asked, asked)


def _denies(text: str, asked: set[str]) -> bool:
    """Whether a text has a word that denies close before one that is asked about."""
    text = _NO_NAMES.sub(" ", text)
    return any(
        not asked.isdisjoint(terms(text[found.end() :])[:_REACH])
        for found in _NEGATED.finditer(text)
    )

"""Questions for several things: one enumeration first, and members that other passages name."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.search.bm25 import content_terms, terms
from qa.answering.answer_kinds import asks_number, fits, wanted
from qa.answering.choice import CLOSE, Chosen, names_met
from qa.language.question import Question

_MOST_MEMBERS = 8
_NEW = 0.5
"""The least share of a member's words that neither the answer nor another member has."""
_SENTENCE = 6
"""The least words of a member's sentence: a heading names something without saying what of it."""
_LEAST_ANSWERING = _LEAST_EVIDENCE = 0.5
"""In log-odds: that a member's passage answers, and that its span is the answer there."""
_NO_NAME = re.compile(r"(?:how|what|who|which|when|where|why)\b|[\W\d]*$", re.I)
_ENUMERATION = re.compile(r"\w,? (?:and|or|&) \w", re.I)


def asks_for_list(question: Question) -> bool:
    """Whether a question asks for several things by their names.

    "Which companies left?" does; "Which company makes it?" and "What did Hamas do?" do not, though
    a word that ends in s follows.
    """
    return question.wants_several and not question.wants_yes_or_no and not asks_number(question)


def enumeration_first(question: Question, found: Sequence[Chosen]) -> list[Chosen]:
    """The candidates with an enumeration first, if it names the likeliest single answer too.

    "Ford, General Motors and Stellantis" answers "which automakers" better than "Ford", and is as
    likely as that.

    Args:
        question: the question.
        found: the candidates, the answer first and then the likeliest.
    """
    if not found or not asks_for_list(question) or _enumerates(found[0]):
        return list(found)
    first = found[0]
    its = set(terms(first.read.answer))
    for one in found[1:]:
        if (
            _enumerates(one)
            and not one.is_refused
            and one.chance >= CLOSE * first.chance
            and its.intersection(terms(one.read.answer))
            and names_met(question, one.read) >= names_met(question, first.read)
        ):
            best = replace(one, confidence=max(one.confidence, first.confidence))
            return [best, *(other for other in found if other is not one)]
    return list(found)


def members(question: Question, found: Sequence[Chosen]) -> list[Chosen]:
    """What other candidates name that the answer does not, for a question that asks for a list.

    Members do not contradict each other, so their confidence, which falls when candidates differ,
    does not decide: what the reader found in their own passages does.

    Args:
        question: the question.
        found: the candidates, the answer first and then the likeliest.

    Returns:
        At most `_MOST_MEMBERS` candidates, the likeliest first, each with a citation of its own.
    """
    known = set(question.every_term)
    known.update(terms(found[0].read.answer) if found else ())
    told: list[Chosen] = []
    for one in found[1:]:
        its = set(content_terms(one.read.answer)) - question.every_term
        new = its - known
        if (
            one.read.reading.answering >= _LEAST_ANSWERING
            and one.read.evidence >= _LEAST_EVIDENCE
            and len(one.read.sentence().of(one.read.document.text).split()) >= _SENTENCE
            and len(new) > _NEW * len(its)
            and not _NO_NAME.match(one.read.words)
            and fits(wanted(question), one.read.words) > 0
            and names_met(question, one.read) >= names_met(question, found[0].read)
        ):
            known.update(its)
            told.append(one)
    return told[:_MOST_MEMBERS]


def _enumerates(one: Chosen) -> bool:
    return bool(_ENUMERATION.search(one.read.words))

"""Yes or no: a word worked out from the sentences that bear on the question."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from index import Part
from index.search.bm25 import terms
from index.text.sentences import sentences as sentences_of
from qa.answering.choice import Chosen, is_only_planned
from qa.language.question import Question
from qa.ranking.rerank import Read


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
_LOOKED_AT, _STATING_SURE = 4, 0.5
_STATED = re.compile(r"[.!][”\"’')\]]*$")


def stating_first(
    question: Question, read: Sequence[Read], candidates: Sequence[Chosen]
) -> list[Chosen]:
    """Put the sentences first that state all that a yes-or-no question asks about.

    The reader looks for words that the question lacks, and may find none in them.

    Args:
        question: any question; the order of another one's candidates stays.
        read: the passages that were read, best first.
        candidates: the answer first, then the likeliest.

    Returns:
        The sentences that state it, one a document, in the order of `read`; then the candidates of
        other sentences. Such a sentence is as likely as the likeliest candidate of its document,
        and at least `_STATING_SURE`.
    """
    if not question.wants_yes_or_no:
        return list(candidates)
    stating: dict[str, Chosen] = {}
    for one in read[:_LOOKED_AT]:
        key = one.retrieved.passage.document
        sentences = (span for span, part in sentences_of(one.document) if part is Part.BODY)
        for span in sentences:
            its = replace(one, span=span, whole=span)
            if one.retrieved.passage.span.overlap(span) and _states_all(question, its):
                sure = [c for c in candidates if c.read.retrieved.passage.document == key]
                confidence = max((_STATING_SURE, *(c.confidence for c in sure)))
                chance = max((0.0, *(c.chance for c in sure)))
                stating.setdefault(key, Chosen(its, confidence, chance))
    told = [one.read.sentence() for one in stating.values()]
    return [*stating.values(), *(one for one in candidates if one.read.sentence() not in told)]


def verdict(
    question: Question, candidates: Sequence[Chosen]
) -> tuple[Verdict | None, Chosen | None]:
    """What the sentence of the answer says, and the best candidate that says the opposite.

    A sentence says "no" if it is a statement and denies something that the question asks about.
    It says "yes" if it has all terms of the question in their order, and no word of uncertainty
    ("if", "could"); a name may be in the document's title instead. The other way round if the
    question denies. If a sentence of another document says the opposite and has all terms too, the
    verdict is "disputed".

    Args:
        question: a yes-or-no question.
        candidates: the answer first, then the likeliest; each one's sentence is looked at.

    Returns:
        The verdict, None if the sentence does not decide the question; and the candidate that says
        the opposite, if there is one.
    """
    if not candidates:
        return None, None
    first = candidates[0].read
    agrees = _agrees(question, first)
    if not (_states_all(question, first) or (_states(first) and _denies_it(question, first))):
        return None, None
    against = next(
        (
            one
            for one in candidates[1:]
            if one.read.document.name != first.document.name
            and _states_all(question, one.read)
            and _agrees(question, one.read) != agrees
        ),
        None,
    )
    if against:
        return Verdict.DISPUTED, against
    return (Verdict.YES if agrees else Verdict.NO), None


def _text(one: Read) -> str:
    return one.sentence().of(one.document.text)


def _states(one: Read) -> bool:
    """Whether it is a sentence that states something: no question and no headline."""
    return bool(_STATED.search(_text(one)))


def _states_all(question: Question, one: Read) -> bool:
    """Whether a sentence states what is asked about, all of it and in its order."""
    if not _states(one) or _UNCERTAIN.search(_text(one)) or is_only_planned(question, one):
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


def _agrees(question: Question, one: Read) -> bool:
    return _denies_it(question, one) == _denies(question.asked, _asked_about(question))


def _denies_it(question: Question, one: Read) -> bool:
    return _denies(_text(one), _asked_about(question))


def _asked_about(question: Question) -> set[str]:
    return {term for term in question.terms if term not in question.names}


def _denies(text: str, asked: set[str]) -> bool:
    """Whether a text has a word that denies close before one that is asked about."""
    text = _NO_NAMES.sub(" ", text)
    return any(
        not asked.isdisjoint(terms(text[found.end() :])[:_REACH])
        for found in _NEGATED.finditer(text)
    )

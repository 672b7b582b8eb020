"""What a sentence tells as a plan or denies, of what a question asks about."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from index.search.bm25 import terms
from qa.language.irregular_verbs import by_verb
from qa.language.question import Question

_PLANNED = re.compile(
    r"\b(?:will|would|could|may|might|shall|if|whether|unless"
    r"|(?:is|are|was|were|be) (?:(?:due|likely|set|expected|about|scheduled) )?to"
    r"|(?:plan|intend|hope|aim|expect|vow|threaten|promise|want|seek)(?:s|ed|ing)?"
    r"(?: [\w’'.-]+){0,3}? to)\b"
)
"""In small letters, so that "May" is a month and "Will" a name."""
_HAPPENED = re.compile(r"^\W*(?:did|was|were|had|has|have)(?:n[’']t)?\b", re.I)
_OF_PLANS = frozenset(
    by_verb(
        terms(
            "decide rule warn agree promise order announce say said tell vow threaten seek intend"
            " plan hope expect refuse ask demand know propose claim predict suggest aim want vote"
            " likely could would may might should"
        )
    )
)
"""Words of a question that asks for a plan or for what was said, which such a sentence answers."""
_NEGATED = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot)\b|n[’']t\b"
    r"|\b(?:unable|fail(?:s|ed)?|refus(?:e|es|ed)|declin(?:e|es|ed)) to\b"
    r"|\b(?:den(?:y|ies|ied|ying)|rejects|rejected|ruled out)\b"
    r"|\b(?:false|untrue|baseless) (?:that|claims?)\b",
    re.I,
)
_NEGATES_NOTHING = re.compile(
    r"\b(?:no[- ](?:confidence|one knows)|not (?:only|since|until)|no doubt)\b", re.I
)
_END = re.compile(
    r"[,;:()—–“”\"]|\b(?:and|but|though|although|because|before|after|until|when|while|than|which"
    r"|who|since|if|whether|as)\b",
    re.I,
)
"""Ends what a word such as "not" or "will" applies to."""
_NOT_YET = re.compile(r"\W*(?:before|until)\b", re.I)
_FAR, _PLANNED_FAR, _WIDE = 3, 4, 8
"""To how many of the following terms a negation, and a plan, applies; and may apply."""


def tells_plan(question: Question, sentence: str) -> bool:
    """Whether a sentence tells as a plan or a possibility what a question asks to have happened.

    "Ada Hult plans to attend" is no answer to "Did Ada Hult attend?". What is told outside the
    plan too counts as having happened.
    """
    if not _HAPPENED.match(question.asked) or not _OF_PLANS.isdisjoint(
        by_verb(question.every_term)
    ):
        return False
    asked = asked_about(question)
    planned = [
        (one.end(), end, within)
        for one, end, within in applied_to(_PLANNED, sentence, _PLANNED_FAR)
        if not asked.isdisjoint(within)
    ]
    return _only_inside(asked, sentence, planned)


def denies(asked: AbstractSet[str], sentence: str) -> bool | None:
    """Whether a sentence denies one of these terms.

    Args:
        asked: the terms that a question asks about, of `asked_about`.
        sentence: the sentence.

    Returns:
        True if a negating word applies to one, which the sentence does not state elsewhere; False
        if there is no such word near any; None if it is not clear.

    """
    plain = _NEGATES_NOTHING.sub(lambda one: " " * len(one[0]), sentence)
    negated = [
        (one, end, within)
        for one, end, within in applied_to(_NEGATED, plain, _FAR)
        if asked.isdisjoint(by_verb(terms(one[0])))
    ]
    narrow = [
        (one.end(), end, within)
        for one, end, within in negated
        if not asked.isdisjoint(within) and not _NOT_YET.match(plain[end:])
    ]
    if _only_inside(asked, plain, narrow):
        return True
    wide = (by_verb(terms(plain[one.end() :])[:_WIDE]) for one, _, _ in negated)
    return None if any(not asked.isdisjoint(one) for one in wide) else False


def asked_about(question: Question) -> frozenset[str]:
    """The terms of a question that are no dates, and no names if there are others, by `by_verb`.

    "Is Smith a Republican?" is about both of its names.
    """
    undated = set(question.terms) - question.date_terms
    return frozenset(by_verb(undated - question.names) or by_verb(undated))


def applied_to(
    word: re.Pattern[str], sentence: str, far: int
) -> Iterator[tuple[re.Match[str], int, list[str]]]:
    """Each match, with the end of what it applies to, and the first terms there."""
    for one in word.finditer(sentence):
        ends = _END.search(sentence, one.end())
        end = ends.start() if ends else len(sentence)
        yield one, end, by_verb(terms(sentence[one.end() : end])[:far])


def _only_inside(
    asked: AbstractSet[str], sentence: str, parts: Sequence[tuple[int, int, Sequence[str]]]
) -> bool:
    """Whether an asked term that is in one of these parts of a sentence is nowhere else in it."""
    inside = {term for _, _, within in parts for term in within} & asked
    rest = sentence
    for start, end, _ in parts:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return bool(inside - set(by_verb(terms(rest))))

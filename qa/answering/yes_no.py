"""Yes or no: the sentence that settles a question, and the word that follows from it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from index import Part
from index.search.bm25 import terms
from index.text.sentences import sentences as sentences_of
from qa.answering.choice import Chosen
from qa.answering.plans_and_denials import applied_to, asked_about, denies, tells_plan
from qa.language.irregular_verbs import by_verb
from qa.language.question import Question
from qa.ranking.rerank import Read


class Verdict(StrEnum):
    """What the sentences say to a yes-or-no question."""

    YES = "yes"
    NO = "no"
    DISPUTED = "disputed"


_UNCERTAIN = re.compile(
    r"\b(?:if|whether|could|would|might|may|should|unless|expected to|threaten(?:s|ed)? to)\b"
)
_DOUBTED = re.compile(
    r"\b(?:alleg\w+|accus\w+|charged|suspected|claim(?:s|ed|ing)?|falsely|acquitted|cleared|tried"
    r"|tries|attempt\w*|avoid\w*|reportedly|rumou?r\w*|almost|nearly)\b"
)
"""Makes what follows an accusation or an attempt, which may not be so."""
_DOUBTED_FAR = 5
_ACTIVE = re.compile(r"^\W*(?:did|does|do)\b", re.I)
_ASKS_PASSIVE = re.compile(r"^\W*(?:is|are|was|were|(?:has|have|had)\b.*\bbeen)\b", re.I)
_WITH_OBJECT = re.compile(
    r"(?P<passive>\b(?:[Ii]s|[Aa]re|[Ww]as|[Ww]ere|be|been|being)[ ](?:\w+ly[ ])?)?"
    r"\b(?P<done>[a-z]\w*ed)[ ](?:the|an?|his|her|its|their|[A-Z]\w+)\b"
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|gets?|got)(?:[ ]\w+ly)?[ ](\w+(?:ed|en|wn|t|de|ng|ck))\b",
    re.I,
)
_LOOKED_AT, _STATING_SURE, _STATING_ANSWERS = 4, 0.5, 0.75
_STATED = re.compile(r"[.!][”\"’')\]]*$")


def settling_first(
    question: Question, read: Sequence[Read], candidates: Sequence[Chosen]
) -> list[Chosen]:
    """Put the sentences first that settle a yes-or-no question.

    They state all that is asked about: the reader looks for words that the question lacks, and
    may find none in them.

    Args:
        question: any question; the order of another one's candidates stays.
        read: the passages that were read, best first.
        candidates: the answer first, then the likeliest.

    Returns:
        The sentences that state it, one a document, in the order of `read`; then the candidates of
        other sentences. Such a sentence is as likely as the likeliest candidate of its document,
        and at least `_STATING_SURE`; its answerability is at least `_STATING_ANSWERS`. It
        has all names and years of the question and no plan, so no requirement is unmet.
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
                answerability = max((_STATING_ANSWERS, *(c.answerability for c in sure)))
                stating.setdefault(key, Chosen(its, confidence, chance, answerability))
    told = [_place(one.read) for one in stating.values()]
    others = [one for one in candidates if _place(one.read) not in told]
    return [*stating.values(), *others]


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
    if not candidates or (says := _says(question, candidates[0].read)) is None:
        return None, None
    against = next(
        (
            one
            for one in candidates[1:]
            if one.read.document.name != candidates[0].read.document.name
            and _states_all(question, one.read)
            and _says(question, one.read) is (not says)
        ),
        None,
    )
    if against:
        return Verdict.DISPUTED, against
    return (Verdict.YES if says else Verdict.NO), None


def _says(question: Question, one: Read) -> bool | None:
    """Whether a sentence says yes; None if it says neither plainly."""
    denied = denies(asked_about(question), _text(one))
    if denied is None or not _states(one):
        return None
    if not denied and not _states_all(question, one):
        return None
    return denied == (denies(asked_about(question), question.asked) is not False)


def _place(one: Read) -> tuple[str, object]:
    return one.retrieved.passage.document, one.sentence()


def _text(one: Read) -> str:
    return one.sentence().of(one.document.text)


def _states(one: Read) -> bool:
    """Whether it is a sentence that states something: no question and no headline."""
    return bool(_STATED.search(_text(one)))


def _is_uncertain(question: Question, text: str) -> bool:
    """Whether a sentence tells as a possibility, an accusation or an attempt what is asked."""
    if _UNCERTAIN.search(text) and not _UNCERTAIN.search(question.asked):
        return True
    asked = asked_about(question)
    return any(
        not question.every_term.issuperset(terms(word[0])) and not asked.isdisjoint(within)
        for word, _, within in applied_to(_DOUBTED, text, _DOUBTED_FAR)
    )


def _is_of_the_other_side(question: Question, text: str) -> bool:
    """Whether somebody did what is asked to have been done to him, or the other way round.

    "Russia was attacked" does not say that it attacked; "Smith killed Jones" does not say that he
    was killed.
    """
    if _ACTIVE.match(question.asked):
        done = [one[1] for one in _PASSIVE.finditer(text)]
    elif _ASKS_PASSIVE.match(question.asked):
        done = [one["done"] for one in _WITH_OBJECT.finditer(text) if not one["passive"]]
    else:
        done = []
    return any(not asked_about(question).isdisjoint(by_verb(terms(one))) for one in done)


def _states_all(question: Question, one: Read) -> bool:
    """Whether a sentence states what is asked about, all of it and in its order."""
    text = _text(one)
    if not _states(one) or tells_plan(question, text):
        return False
    if _is_uncertain(question, text) or _is_of_the_other_side(question, text):
        return False
    told = by_verb(terms(text))
    title = set(terms(one.document.search_title))
    asked = [
        term
        for term in dict.fromkeys(by_verb(question.own_terms))
        if term in told or not (term in question.names and term in title)
    ]
    rest = iter(told)
    return bool(asked) and all(term in rest for term in asked)

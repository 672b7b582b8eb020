"""What changes while it is reported: a count of the dead, a price, who holds an office."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from index.search.bm25 import terms
from index.text.numbers import IN_WORDS
from qa.answering.answer_kinds import asks_number, fits, wanted
from qa.answering.candidates import date_fit, same, sentences_around
from qa.answering.choice import Chosen, names_met
from qa.language.question import Question
from qa.ranking.rerank import Read

_LEAST_IN_OFFICE, _NO_MORE_SURE = 0.3, 0.45
_BESIDE = 60
"""Characters before and after an answer in which it is told that an office was left."""
_WHO_LEFT = re.compile(r"\b(?:then|ex)-|\b(?:former|ousted|outgoing|previous)\b", re.I)
_BEFORE_WHO_LEFT = re.compile(
    r"(?:\b(?:then|ex)-[\w ,-]{0,30}"
    r"|\b(?:former|ousted|outgoing|previous|predecessor),?(?: [\w’'-]+){0,4} "
    r"|\bthe late (?:[A-Z][\w’'-]* )*"
    r"|\b(?:took over|takes over|taken over|inherited)\b[\w ]* from(?: [\w-]+)? "
    r"|\b(?:replac(?:e|es|ed|ing)|succeed(?:s|ed|ing)?)(?: [\w-]+)? )$"
)
_AFTER_WHO_LEFT = re.compile(
    r",? (?:who |which )?(?:(?:has |had )?(?:stepped down|resigned|quit|retired|died"
    r"|left (?:the|his|her) (?:job|post|office|company|role))"
    r"|(?:is|was|were|has been|had been|being) (?:\w+ )?(?:fired|ousted|removed|replaced|succeeded)"
    r"|(?:is |was )?stepping down)\b"
)
_MOST_LATER = 3
_LEAST_LATER = 0.08
_AS_SURE = 0.25
"""The latest number is given first if it is at least so likely, as a share of the likeliest."""
_MEASURES = {
    "$": "dollar", "£": "pound", "€": "euro", "¥": "yen", "%": "percent", "per cent": "percent",
    "mph": "mile", "feet": "foot", "km": "kilometer", "kilometre": "kilometer",
    "kilometres": "kilometer",
}  # fmt: skip
_MEASURED = re.compile(
    r"[$£€¥%]|\b(?:per ?cent|dollars?|pounds?|euros?|yen|mph|miles?|km|kilomet(?:er|re)s?|foot|feet"
    r"|inch(?:es)?|acres?|tons?|degrees?|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b"
)
_DIGITS_OR_WORD = re.compile(
    rf"\d|(?!(?:dozens|hundreds|thousands|millions|billions)\b){IN_WORDS}", re.I
)
_WORD_OR_SIGN = re.compile(r"[^\W\d_]+|[$€£¥%]")
_SIGN = re.compile(r"[$€£¥%]|\b(?:percent|per cent)\b")
_NUMBER_OR_BOUND = re.compile(
    rf"\d[\d,.]*|{IN_WORDS}|\b(?:at|least|most|more|less|fewer|than|over|under|about|around|nearly"
    r"|almost|approximately|roughly|some|up|to|an|estimated|as|many|much|million|billion)\b",
    re.I,
)


def latest_first(question: Question, found: Sequence[Chosen]) -> list[Chosen]:
    """The candidates with the latest number first, where a question asks for the latest.

    "How many have been killed so far?" is answered by the newest report whose number is about as
    likely as the likeliest one, and "as of October 4" by the newest of that day or before.

    Args:
        question: the question.
        found: the candidates, the answer first and then the likeliest.
    """
    if not found or not question.asks_for_latest or not asks_number(question):
        return list(found)
    if question.has_unknown_limit:
        return list(found)
    first = found[0]
    fit = _date_fit(question, first)
    limit = question.as_of or dt.date.max
    newer = [
        one
        for one in _counted_later(question, found)
        if one.confidence >= _AS_SURE * first.confidence
        and _day(one) <= limit
        and _date_fit(question, one) >= fit
    ]
    if not newer:
        return list(found)
    latest = max(newer, key=lambda one: (_day(one), one.confidence))
    return [latest, *(one for one in found if one is not latest)]


def in_office_first(question: Question, found: Sequence[Chosen]) -> list[Chosen]:
    """The candidates, the newest one first that does not tell who held an office before.

    "Who is the CEO?" is not answered by "then-CEO Ada Hult", nor by "who took over from Ada Hult".
    If all that are likely do so, the order stays, and the first one is not sure.

    Args:
        question: the question.
        found: the candidates, the answer first and then the likeliest.
    """
    if not found or not question.wants_latest or question.dates or not question.wants_person:
        return list(found)
    if not _held_before(found[0].read):
        return list(found)
    in_office = [
        one
        for one in found[1:]
        if one.confidence >= _LEAST_IN_OFFICE
        and fits(wanted(question), one.read.words) > 0
        and not _held_before(one.read)
        and names_met(question, one.read) >= names_met(question, found[0].read)
    ]
    if in_office:
        best = max(in_office, key=lambda one: (_day(one), one.confidence))
        return [best, *(one for one in found if one is not best)]
    first = replace(found[0], confidence=min(found[0].confidence, _NO_MORE_SURE))
    return [first, *found[1:]]


def _held_before(read: Read) -> bool:
    """Whether the words beside an answer say that its office is held no more."""
    span, within = read.whole or read.span, read.sentence()
    if span is None:
        return False
    text = read.document.text
    before = text[max(within.start, span.start - _BESIDE) : span.start]
    after = text[span.end : min(within.end, span.end + _BESIDE)]
    return bool(
        _BEFORE_WHO_LEFT.search(before)
        or _WHO_LEFT.search(span.of(text))
        or _AFTER_WHO_LEFT.match(after)
    )


def later(question: Question, found: Sequence[Chosen]) -> list[Chosen]:
    """Other numbers that documents of a later day give, where the question asks for a number.

    A count of the dead or a price changes while it is reported. The answer may stand in an early
    report; what later ones say is shown beside it, however likely the reader finds the early one.

    Args:
        question: the question. One that names a date is not asked about a later day.
        found: the candidates, the answer first and then the likeliest.

    Returns:
        At most `_MOST_LATER` candidates, of the latest documents first, each of a story of its own.
        Their passages and titles have the question's names that the answer's has.
    """
    if not found or question.dates or not asks_number(question):
        return []
    stories, told = {found[0].read.story}, []
    known = [found[0].read.answer]
    rest = [one for one in _counted_later(question, found) if one.confidence >= _LEAST_LATER]
    for one in sorted(rest, key=_day, reverse=True):
        if one.read.story not in stories and not any(same(one.read.answer, its) for its in known):
            known.append(one.read.answer)
            stories.add(one.read.story)
            told.append(one)
    return told[:_MOST_LATER]


def _date_fit(question: Question, one: Chosen) -> float:
    around = sentences_around(one.read).of(one.read.document.text)
    return date_fit(question, one.read.document, around)


def _day(one: Chosen) -> dt.date:
    return one.read.document.date or dt.date.min


def _counted_later(question: Question, found: Sequence[Chosen]) -> list[Chosen]:
    """The candidates of later documents that give another number of the first one's unit."""
    first = found[0].read
    if first.document.date is None:
        return []
    return [
        one
        for one in found[1:]
        if _day(one) > first.document.date
        and fits(wanted(question), one.read.words) > 0
        and not same(one.read.answer, first.answer)
        and _unit(question, one.read) == _unit(question, first)
        and names_met(question, one.read) >= names_met(question, first)
        and _names_beside(question, one.read) >= _names_beside(question, first)
        and bool(_DIGITS_OR_WORD.search(one.read.words))
    ]


def _names_beside(question: Question, read: Read) -> frozenset[str]:
    """The names of a question in an answer's sentence and those beside it."""
    told = terms(sentences_around(read).of(read.document.text))
    return question.names.intersection(question.own_terms, told) - question.date_terms


def measures(words: str) -> frozenset[str]:
    """The units of measure beside the numbers of an answer: "weeks" and "six-week" are one.

    Example:
        >>> sorted(measures("six-week")), sorted(measures("about $8 a month"))
        (['week'], ['dollar', 'month'])
    """
    told = _MEASURED.findall(words.lower())
    return frozenset(_MEASURES.get(one, one.rstrip("s")) for one in told)


def _unit(question: Question, read: Read) -> str:
    """What stands beside the number of an answer: "a month" in "at least $8 a month", with "$"."""
    words = read.words.lower()
    if "how many" in question.lower:  # which names the unit itself
        return " ".join(_SIGN.findall(words))
    return " ".join(_WORD_OR_SIGN.findall(_NUMBER_OR_BOUND.sub(" ", words)))

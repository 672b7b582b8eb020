"""Kinds of answers, told by rules from a question and an accepted answer, to train on."""

import re
from enum import StrEnum


class AnswerKind(StrEnum):
    """What an answer is. The order is that of the reader's outputs and must not change."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    REASON = "reason"
    QUOTATION = "quotation"
    LIST = "list"
    YES = "yes"
    NO = "no"
    OTHER = "other"


KINDS = tuple(AnswerKind)

_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_NUMBER_WORDS = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|half|twice|once"
    r"|first|second|third|fourth|fifth"
)
_MONEY = re.compile(
    r"[$€£¥₹]\s?\d|\d\s?[$€£¥]|\b(?:dollars?|euros?|pounds sterling|rubles?|yen|yuan|rupees?"
    r"|francs?|cents|shillings|guilders)\b",
    re.I,
)
_DATE = re.compile(
    rf"\b(?:{_MONTHS})\.?\s+(?:\d{{1,2}}\b|\d{{4}}\b|of\b)|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?"
    rf"(?:{_MONTHS})\b|^(?:in |on |by |since |until |about |around |early |late |mid-?)*"
    rf"(?:the )?(?:(?:{_MONTHS})\.?|(?:1\d|20)\d\ds?|{_DAYS}|\d{{1,2}}(?:st|nd|rd|th) century)\b"
    r"|\b(?:yesterday|today|tomorrow|tonight|last (?:week|month|year|night|summer|spring|fall"
    r"|autumn|winter)|(?:next|this) (?:week|month|year)|\d{1,2}:\d\d|noon|midnight"
    r"|(?:days|weeks|months|years) (?:ago|later|earlier))\b"
    rf"|\b(?:{_DAYS})\b",
    re.I,
)
_NUMBER = re.compile(
    rf"\d|^(?:(?:about|around|nearly|almost|over|more than|at least|a|an) )*"
    rf"(?:{_NUMBER_WORDS})\b",
    re.I,
)
_QUOTED = re.compile(r"^\W*[“\"‘'].*[”\"’']\W*$", re.S)
_CAPITAL = re.compile(r"^[^\W\d_]*[A-ZÀ-ÞŁŚŠŽĐĞİ]|^\W*[A-ZÀ-Þ]")
_SMALL_WORDS = frozenset(
    [
        "of",
        "the",
        "and",
        "de",
        "del",
        "di",
        "da",
        "la",
        "le",
        "al",
        "el",
        "bin",
        "von",
        "van",
        "der",
        "den",
        "for",
        "in",
        "on",
        "to",
        "a",
        "an",
        "at",
        "by",
    ]
)
_ORGANISATION = re.compile(
    r"\b(?:company|companies|compan\w+|corporations?|corp|inc|ltd|organi[sz]ations?|agency"
    r"|agencies|party|parties|unions?|teams?|clubs?|universit\w+|colleges?|bands?|groups?"
    r"|ministry|department|committee|council|court|bank|newspapers?|networks?|firms?|airlines?"
    r"|automakers?|publishers?|institut\w+|association|foundation|schools?|government|army|police"
    r"|parliament|senate|congress|league|broadcasters?|carmakers?|retailers?)\b",
    re.I,
)
_PLACE = re.compile(
    r"^(?:in |from |at |to |near )*where\b|\b(?:what|which|whose) (?:\w+ )?(?:city|cities|country"
    r"|countries|nations?|states?|towns?|villages?|provinces?|regions?|count(?:y|ies)|continents?"
    r"|places?|locations?|islands?|rivers?|streets?|districts?|capital|areas?|stadium|airport)\b",
    re.I,
)
_WHO = re.compile(
    r"\b(?:who|whom|whose|which (?:\w+ )?(?:person|man|woman|actor|actress|minister"
    r"|president|player|singer|author|writer|director|king|queen|senator|coach))\b",
    re.I,
)
_WHEN = re.compile(
    r"\b(?:when|(?:what|which) (?:\w+ )?(?:year|date|day|month|century|decade|time"
    r"|season))\b",
    re.I,
)
_HOW_MANY = re.compile(
    r"\bhow (?:many|much|long|old|far|fast|tall|big|large|high|deep|often|heavy|wide)\b"
    r"|\b(?:what|which) (?:\w+ )?(?:number|percent\w*|share|proportion|amount|age|rate|size"
    r"|distance|speed|temperature)\b|\bnumber of\b",
    re.I,
)
_WHY = re.compile(
    r"\bwhy\b|\bwhat (?:is|was|are|were) the (?:reasons?|causes?|motive)\b|\bfor what reason\b"
    r"|\bhow come\b|\bwhat (?:caused?|made|led)\b",
    re.I,
)
_SAYING = re.compile(
    r"\bwhat (?:did|does|do|has|have|had)\b.*\b(?:say|said|tell|told|call|claim|announce|write"
    r"|wrote|reply|ask|tweet|post)\b|\bin (?:his|her|their) (?:own )?words\b",
    re.I,
)
_ENUMERATION = re.compile(r"[^,;]+[,;][^,;]+(?:[,;]| and | or )[^,;]+")
_PLURAL = re.compile(
    r"\b(?:which|what|name)\b(?: \w+){0,3}? \w{2,}[^s\W]s\b|\bwho (?:are|were)\b"
    r"|\b(?:names|members) of\b|\b(?:which|what) (?:two|three|four|five|six|countries)\b",
    re.I,
)
_QUOTED_WORDS = 3
_SHORT_LIST = re.compile(r"\b[\w’'.-]+ and [\w’'.-]+", re.I)


def is_list(text: str) -> bool:
    """Whether a text enumerates several things."""
    return bool(_ENUMERATION.search(text)) and not _DATE.search(text)


def is_name(text: str) -> bool:
    """Whether a text is written as a name: its words, small ones aside, begin with capitals."""
    words = [word for word in text.split() if word.lower() not in _SMALL_WORDS]
    return bool(words) and all(_CAPITAL.match(word) for word in (words[0], words[-1]))


def kind_of(question: str, answer: str) -> AnswerKind:
    """The kind of an accepted answer, by rules over the answer and its question.

    Args:
        question: as it was asked.
        answer: an accepted answer to it.

    Returns:
        The kind; `AnswerKind.OTHER` when no rule applies.

    Example:
        >>> kind_of("Who scored?", "Gonzalo Montiel").value
        'person'
        >>> kind_of("How much did Ford lose?", "$1.3 billion").value
        'money'

    """
    said = answer.strip().strip(".,;:").lower()
    several = _PLURAL.search(question) and _SHORT_LIST.search(answer)
    dated = _DATE.search(answer) and not _HOW_MANY.search(question)
    quoted = _QUOTED.match(answer) and len(answer.split()) >= _QUOTED_WORDS
    rules: tuple[tuple[object, AnswerKind], ...] = (
        (said == "yes", AnswerKind.YES),
        (said == "no", AnswerKind.NO),
        (_WHY.search(question), AnswerKind.REASON),
        (quoted or _SAYING.search(question), AnswerKind.QUOTATION),
        (_MONEY.search(answer), AnswerKind.MONEY),
        (_WHEN.search(question) or dated, AnswerKind.DATE),
        (is_list(answer) or several, AnswerKind.LIST),
        (_HOW_MANY.search(question), AnswerKind.NUMBER),
        (_NUMBER.search(answer) and not is_name(answer), AnswerKind.NUMBER),
    )
    return next((kind for holds, kind in rules if holds), _named(question, answer))


def _named(question: str, answer: str) -> AnswerKind:
    if _PLACE.search(question):
        return AnswerKind.PLACE
    if _WHO.search(question):
        return AnswerKind.ORGANISATION if _ORGANISATION.search(answer) else AnswerKind.PERSON
    if is_name(answer) and (_ORGANISATION.search(answer) or _ORGANISATION.search(question)):
        return AnswerKind.ORGANISATION
    return AnswerKind.OTHER

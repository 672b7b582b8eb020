"""What kind of thing a question asks for, and whether an answer is of it."""

import re
from enum import StrEnum

from index.text.numbers import IN_WORDS
from qa.answering.counted_things import HOW_MANY
from qa.language.question import Question


class Wanted(StrEnum):
    """What a question asks for."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    MONEY = "money"
    SHARE = "share"
    DURATION = "duration"
    COUNT = "count"
    MEASURE = "measure"
    REASON = "reason"
    WORDS = "words"


_NUMBERS = (Wanted.MONEY, Wanted.SHARE, Wanted.DURATION, Wanted.COUNT, Wanted.MEASURE)


_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_TIME = re.compile(
    rf"\b(?:(?:{_MONTHS})\b\.?|{_DAYS}s?\b|(?:1[5-9]|20)\d\ds?\b|yesterday|today|tomorrow|tonight"
    r"|(?:last|next|this) (?:week|month|year|night|summer|spring|fall|autumn|winter|season)"
    r"|\d{1,2}:\d\d|\d{1,2} ?[ap]\.?m\b|noon|midnight|century|decades?|ago|earlier|later"
    r"|(?:spring|summer|autumn|fall|winter|christmas|easter)\b|\d{4}-\d\d)",
    re.I,
)
_NUMBER = re.compile(
    rf"\d|{IN_WORDS}|\b(?:an?|several|dozens|hundreds|thousands|none|no|once|twice|thrice|half"
    r"|couple|both|daily|weekly|monthly|yearly|annually|every)\b",
    re.I,
)
_MONEY = re.compile(
    r"[$€£¥₹]\s?\d|\d\s?[$€£¥]|\b(?:dollars?|euros?|pounds?|rubles?|roubles?|yen|yuan|rupees?"
    r"|rupiah|francs?|cents|pence|shillings?|guilders?|crowns?|kron[aeo]r?|pesos?|bitcoins?|liras?"
    r"|shekels?|riyals?|rials?|dirhams?|dinars?|rand|reais|real|won|baht|zlotys?|hryvnias?)\b",
    re.I,
)
_SHARE = re.compile(
    r"%|\bper ?cent\b|\b(?:half|third|quarter|fifth|tenth|two-thirds|majority|most)\b|\d+-in-\d+"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine) (?:in|out of)\b",
    re.I,
)
_UNIT_OF_TIME = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|decades?|centur(?:y|ies)"
    r"|life)\b|\b\w+-(?:second|minute|hour|day|night|week|month|year)\b",
    re.I,
)
_NAME = re.compile(r"\b[^\W\d_a-zß-ÿ][\w’'-]*")
_TITLE = re.compile(
    r"\b(?:president|minister|king|queen|prince|princess|chief|director|mayor|governor|senator"
    r"|judge|officer|soldier|man|woman|men|women|boy|girl|father|mother|son|daughter|brother"
    r"|sister|wife|husband|suspect|police|coach|captain|author|writer|actor|officials?|leaders?"
    r"|spokes\w+|lawyers?|attorneys?|ambassador|secretary|people|team|company|voters|lawmakers)\b",
    re.I,
)
_ROLE = re.compile(
    r"\b(?:president|(?:\w+ )?minister|king|queen|chief|director|mayor|governor|senator|judge"
    r"|officer|suspect|coach|captain|officials?|leaders?|spokes\w+|ambassador|secretary|man|woman"
    r"|C[EFTO]O|executives?|billionaire|police)$"
)
"""A description that ends without a name: "Ukraine's interior minister", "a male suspect"."""
_UNNAMED = re.compile(r"an?\b", re.I)

_ASKS: tuple[tuple[re.Pattern[str], Wanted], ...] = (
    (
        re.compile(r"\bhow long\b|\bfor how (?:long|many (?:days|weeks|years))", re.I),
        Wanted.DURATION,
    ),
    (
        re.compile(
            r"\bhow much (?:money|did .*\b(?:pay|cost|spend|earn|raise|owe|lose|donate|give)"
            r"|(?:does|do|will|would|was|is|were|are) .*\b(?:cost|pay|worth|price|fined?|owe|paid)"
            r"|(?:prize|bail|aid)\b)"
            r"|\bhow much .*\b(?:pay|cost|worth|price|prize money|fine|dollars|charge)\b"
            r"|\b(?:what|which) (?:is|was|were|are)? ?(?:the )?(?:\w+ )?(?:price|cost|salary|fee"
            r"|fine|budget)\b",
            re.I,
        ),
        Wanted.MONEY,
    ),
    (
        re.compile(
            r"\b(?:what|which) (?:share|percent\w*|proportion|fraction|part) of\b"
            r"|\bhow much of\b",
            re.I,
        ),
        Wanted.SHARE,
    ),
    (re.compile(r"\bhow (?:many|often)\b|\b(?:what|which) number of\b", re.I), Wanted.COUNT),
    (
        re.compile(
            r"\b(?:how (?:much|old|far|large|big|tall|high|deep|fast|strong|heavy|wide|hot|cold)"
            r"|what (?:was|is) the (?:[\w’'.-]+ )*(?:score|result (?:of|in) (?:[\w’'.-]+ )*"
            r"(?:match|game|vote|referendum|election|final)|vote count|death toll|rate|speed"
            r"|temperature|magnitude|number|total|size|age|height|distance|tally))\b",
            re.I,
        ),
        Wanted.MEASURE,
    ),
    (
        re.compile(r"^\W*(?:in |at |to |from |near )?where\b|\bwhere\W*$", re.I),
        Wanted.PLACE,
    ),
    (
        re.compile(
            r"\b(?:what|which) (?:\w+ )?(?:city|cities|country|countries|nations?|(?:us |u\.s\. )?"
            r"states?|towns?|villages?|provinces?|regions?|count(?:y|ies)|continents?|islands?"
            r"|capital)\b",
            re.I,
        ),
        Wanted.PLACE,
    ),
    (
        re.compile(
            r"(?:^\W*(?:[a-z]+ )?|[,;:]\s*|\b(?:and|but|by|to|from|with|for|of|against|after|on|in"
            r"|is|was|are|were|did|do|does) )(?:[Ww]ho|[Ww]hom|[Ww]hose)\b"
            r"|^\W*(?:WHO|WHOM|WHOSE)\b"
            r"|\b(?:who|whom|whose)\W*$"
        ),
        Wanted.PERSON,
    ),
    (
        re.compile(
            r"\bwhich (?:\w+ )?(?:person|man|woman|actor|actress|minister|president|player|singer"
            r"|author|writer|director|king|queen|senator|coach|politician|leader|candidate)\b",
            re.I,
        ),
        Wanted.PERSON,
    ),
)


def wanted(question: Question) -> Wanted | None:
    """What a question asks for; None if it may be anything.

    Example:
        >>> wanted(Question.parse("How much did Musk agree to pay for Twitter?")).value
        'money'
    """
    if question.wants_reason:
        return Wanted.REASON
    if question.wants_words:
        return Wanted.WORDS
    if question.wants_time:
        return Wanted.TIME
    asked = question.main_clause
    if question.wants_description:
        return None
    counted = HOW_MANY.search(asked)
    if counted and _MONEY.search(counted[1]):
        return Wanted.MONEY
    return next((kind for asks, kind in _ASKS if asks.search(asked)), None)


def asks_number(question: Question) -> bool:
    """Whether a question asks for a number, an amount, a share or a length of time."""
    return wanted(question) in _NUMBERS


def fits(kind: Wanted | None, answer: str, *, several: bool = False) -> float:
    """Whether an answer is of the kind that is wanted: 1 it is, 0 it is not, .5 unknown.

    Args:
        kind: what is wanted.
        answer: the answer's words.
        several: whether several are wanted; a single one then fits less than a list.
    """
    return _fits(kind, answer) * (_ALONE if several and not _LISTED.search(answer) else 1.0)


def _fits(kind: Wanted | None, answer: str) -> float:
    if kind is None or kind in (Wanted.REASON, Wanted.WORDS):
        return 0.5
    numbers = bool(_NUMBER.search(answer))
    if kind is Wanted.TIME:
        return float(bool(_TIME.search(answer)))
    if kind is Wanted.MONEY:
        return 1.0 if _MONEY.search(answer) else 0.2 * numbers
    if kind is Wanted.SHARE:
        return 1.0 if _SHARE.search(answer) else 0.2 * numbers
    if kind is Wanted.DURATION:
        timed = bool(_UNIT_OF_TIME.search(answer))
        return 1.0 if timed else 0.2 * numbers
    if kind in (Wanted.COUNT, Wanted.MEASURE):
        wrong = kind is Wanted.COUNT and (_MONEY.search(answer) or "%" in answer)
        return float(numbers) * (0.3 if wrong or _is_only_a_time(answer) else 1.0)
    named = bool(_NAME.search(answer))
    if kind is Wanted.PERSON:
        return _fits_person(answer, named=named and not numbers)
    return 1.0 if named and not re.search(r"\d", answer) else 0.2


def _fits_person(answer: str, *, named: bool) -> float:
    if _ROLE.search(answer):
        return 0.4 if _UNNAMED.match(answer) else 0.7
    return 1.0 if named else 0.7 if _TITLE.search(answer) else 0.2 * bool(_NAME.search(answer))


_LISTED = re.compile(r",.*\b(?:and|or)\b|\b(?:and|or|&)\b", re.I)
_ALONE = 0.6


def _is_only_a_time(answer: str) -> bool:
    date = rf"(?:(?:{_MONTHS})\.? )?(?:\d{{1,2}},? )?(?:1[89]|20)\d\d"
    return bool(re.fullmatch(date, answer, re.I))

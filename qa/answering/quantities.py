"""Numbers and times as a person would mark them: with what they count, and how exactly."""

import re

from index import Span
from index.text.numbers import IN_WORDS
from qa.language.question import Question

_S = r"[ \u00a0]"
_NUMBER = re.compile(rf"\d|{IN_WORDS}", re.I)
_NUMBER_ENDS = re.compile(rf"(?:\d|{IN_WORDS})$", re.I)
_QUALIFIER = re.compile(
    rf"(?:\b(?:nearly|almost|about|around|approximately|roughly|some|(?:well{_S}|just{_S})?over"
    rf"|(?:well{_S}|just{_S})?under|up{_S}to|at{_S}least|at{_S}most|(?:no{_S}|not{_S})?more{_S}than"
    rf"|(?:no{_S}|not{_S})?less{_S}than|(?:no{_S}|not{_S})?fewer{_S}than|as{_S}many{_S}as"
    rf"|as{_S}(?:little|few|much){_S}as|close{_S}to|an{_S}estimated|a{_S}total{_S}of){_S})+$",
    re.I,
)
_CURRENCY = re.compile(rf"(?:\b(?:US|A|C|AU|CA|NZ|HK))?[$€£¥]$|\b(?:EUR|USD|GBP|CHF|Rs\.?){_S}?$")
_MONEY = (
    r"dollars?|euros?|pounds?|crowns?|francs?|guilders?|liras?|pesos?|roubles?|rubles?|rupees?|yen"
    r"|yuan|zlotys?|hryvnias?|cents?|pence"
)
_MEASURE = (
    r"kilomet(?:re|er)s?|met(?:re|er)s?|centimet(?:re|er)s?|millimet(?:re|er)s?|miles?|feet|foot"
    r"|inch(?:es)?|yards?|km|cm|mm|m|kg|kilograms?|kilos?|grams?|tonnes?|tons?|lit(?:re|er)s?"
    r"|barrels?|gallons?|hectares?|acres?|degrees?|megawatts?|kilowatts?|knots?|seconds?|minutes?"
    r"|hours?|days?|nights?|weeks?|months?|years?"
)
_SCALE = re.compile(
    rf"[ \u00a0-]?(?:%|per{_S}?cent\b|million\b|billion\b|trillion\b|thousand\b|hundred\b)", re.I
)
_UNIT = re.compile(
    rf"[ \u00a0-](?:(?:(?-i:[A-Z]\w+)|metric|square|cubic|nautical){_S})?(?:{_MONEY}|{_MEASURE})\b",
    re.I,
)
_DATED = re.compile(
    rf"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?{_S}\d{{1,2}}$", re.I
)
_EACH = re.compile(rf"{_S}(?:an?|per){_S}(?:{_MEASURE}|head|person|share|vote|barrel)\b", re.I)
_AMOUNT = rf"[$€£¥]?\d(?:[\d,.]*\d)?(?:{_S}?(?:%|million|billion|percent|per{_S}cent))?"
_RANGE = re.compile(
    rf"\b(?:between{_S}{_AMOUNT}{_S}and|(?P<low>from{_S}{_AMOUNT}){_S}to){_S}{_AMOUNT}", re.I
)
_SIGNED = (
    rf"(?:[A-Z]{{1,3}})?\\?[$€£¥]{_S}?\d[\d,.]*(?:[–-]\d[\d,.]*)?"
    rf"(?:{_S}?(?:million|billion|trillion))?"
)
_WITH_UNIT = (
    rf"\d[\d,.]*(?:[–-]\d[\d,.]*)?(?:{_S}(?:million|billion|trillion))?"
    rf"[ \u00a0-](?:(?-i:[A-Z]\w+){_S})?(?:{_MONEY}|{_MEASURE})\b"
)
_CONVERTED = re.compile(
    rf"(?:{_SIGNED}|{_WITH_UNIT}){_S}"
    rf"\((?P<other>(?:(?:about|around|roughly|nearly|or){_S})?(?:{_SIGNED}|{_WITH_UNIT}))\)",
    re.I,
)
"""An amount with what it is in another unit: "5 miles (8 km)"."""
_COUNTED = rf"(?:\d[\d,.]*|{IN_WORDS})(?:{_S}[\w’'-]+){{1,6}}"
_ITEM = rf"(?:{_COUNTED}|(?:an?|the|his|her|their|its){_S}[\w’'-]+(?:{_S}[\w’'-]+){{0,3}})"
_COUNTED_LIST = re.compile(
    rf"\b{_ITEM}(?:,{_S}{_ITEM})*,?{_S}and{_S}{_ITEM}(?=\W*(?:[,.;:)]|$))", re.I
)
_BOUND = re.compile(
    rf"(?:(?:\bnot{_S}(?:\w+{_S}){{0,2}})?\b(?:before|after|until|no{_S}(?:later|earlier){_S}than){_S}"
    rf"|\b(?=(?:by{_S})?the{_S}(?:end|beginning|middle|start){_S}of)(?:by{_S})?)"
    rf"(?:the{_S}(?:end|beginning|middle|start){_S}of{_S})?(?:the{_S})?$",
    re.I,
)


def whole_time(text: str, span: Span, within: Span) -> Span:
    """`span` with what bounds it: "not open before 5 May" says something else without the "not"."""
    before = _BOUND.search(text[within.start : span.start])
    return Span(span.start - len(before.group()) if before else span.start, span.end)


def whole_number(text: str, span: Span, within: Span, question: Question) -> Span:
    """`span`, if it begins or ends with a number, with its qualifier, currency, unit and range.

    "How many" names the unit itself. An amount in brackets that converts the one before it is
    expanded to both: "5 miles (8 km)".
    """
    start, end = span.start, span.end
    for found in _RANGE.finditer(text, within.start, within.end):
        # In "from 2 to 3" the 3 can be an answer alone; the 2 is expanded to the range.
        if found.start() < end and start < (found.end("low") if found["low"] else found.end()):
            start, end = min(start, found.start()), max(end, found.end())
    if _NUMBER.match(text[start:end]):
        currency = _CURRENCY.search(text[within.start : start])
        start -= len(currency.group()) if currency else 0
        qualifier = _QUALIFIER.search(text[within.start : start])
        start -= len(qualifier.group()) if qualifier else 0
    if _NUMBER_ENDS.search(text[start:end]):
        end = _after(_SCALE, text, end, within)
        if "how many" not in question.lower and not _DATED.search(text[start:end]):
            end = _after(_UNIT, text, end, within)
    for found in _CONVERTED.finditer(text, within.start, within.end):
        if found.start("other") <= start and end <= found.end("other"):
            start, end = found.span()
    if _NUMBER.search(text[start:end]):
        end = _after(_EACH, text, end, within)
    return Span(start, end)


def _after(pattern: re.Pattern[str], text: str, at: int, within: Span) -> int:
    found = pattern.match(text[at : within.end])
    return at + (found.end() if found else 0)


def whole_list_of_counted(text: str, span: Span, within: Span, question: Question) -> Span:
    """The list that `span` stands in, if it was counted ("two boats") and no number was asked."""
    counted = re.fullmatch(_COUNTED, span.of(text), re.I)
    if not counted or question.wants_number:
        return span
    for found in _COUNTED_LIST.finditer(text, within.start, within.end):
        if found.start() <= span.start and span.end <= found.end():
            return Span(*found.span())
    return span

"""The facts that a sentence states and that can be compared: numbers, dates, names, quotations."""

import datetime as dt
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Prefix

from index import Span
from index.search.bm25 import terms
from index.text.dates import DateInText, dates_in
from index.text.numbers import numbers_in

_QUOTED = re.compile(r"“([^“”]{8,})”|(?<!\w)\"([^\"]{8,})\"(?!\w)|«([^«»]{8,})»")
_LEAST_QUOTED = 2
_NAME = re.compile(
    r"\b[A-ZÀ-ÖØ-Þ][\w’'-]*(?:\.(?=\w|\s[A-Z]))?(?:(?:\s|\.)+(?:(?:de|da|di|von|van|al|bin)\s)?"
    r"[A-ZÀ-ÖØ-Þ][\w’'-]*)*"
)
_OF_TIME = frozenset(
    terms(
        "monday tuesday wednesday thursday friday saturday sunday january february march april may"
        " june july august september october november december"
    )
)
_SAME_COUNTRY = (
    frozenset({*terms("US USA America American Americans"), "united", "states", "state"}),
    frozenset({*terms("UK Britain British Briton Britons"), "kingdom"}),
)
_TITLES = frozenset(
    terms(
        "president vice prime minister senator sen rep representative congressman congresswoman"
        " governor gov mayor judge justice general gen colonel captain sergeant dr doctor mr mrs ms"
        " sir lord lady king queen prince princess chancellor secretary spokesman spokeswoman"
        " gop democratic republican team"
    )
)
_SHARED, _ENDING = 5, 3
_YEAR = 366
_SOME_DAYS = 3
_VAGUE_WORDS = frozenset({"one", "first", "second", "third", "half"})
_OPENING = re.compile(
    r"^(?:The|A|An|In|On|At|By|For|From|To|With|After|Before|When|While|As|But|And|Or|So|If|It|Its"
    r"|He|She|They|We|I|You|His|Her|Their|Our|This|That|These|Those|There|Here|Some|Most|Many|All"
    r"|More|Since|Until|During|Under|Over|About|Nearly|Almost|Only|Both|Not|No|Yet|Then|Now|Last"
    r"|Earlier|Later|Meanwhile|However|According|Officials?|Police|Authorities)\b[’']?s?\s*"
)


class FactKind(StrEnum):
    """What kind of fact can be compared."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A fact in a sentence.

    Attributes:
        kind: a number, a date, a name or a quotation.
        span: where the sentence states it.
        words: its words; for a quotation those between the quotation marks.
        value: the number; None for others.
        date: the date; None for others, and for a weekday of which the date is not known.
        written: for a date, the day on which the sentence was written, if it is known.
    """

    kind: FactKind
    span: Span
    words: str
    value: float | None = None
    date: DateInText | None = None
    written: dt.date | None = None

    def weekday(self) -> str:
        """The day of the week that a date is stated as or falls on; empty for longer ones."""
        if self.date is None:
            return self.words
        return f"{self.date.first:%A}" if self.date.first == self.date.last else ""

    def agrees(self, other: "StatedFact") -> bool:
        """Whether two facts of one kind say the same, or one is part of the other."""
        if self.kind is not other.kind:
            return False
        if self.kind is FactKind.NUMBER:
            return self.value == other.value
        if self.kind is FactKind.DATE and not (self.date and other.date):
            vague = self.date is None and not other.weekday()
            return vague or self.weekday() == other.weekday()
        if self.date and other.date:
            return _confirms(other, self.date)
        own, its = name_terms(self.words), name_terms(other.words)
        return bool(own and its) and (_within(own, its) or _within(its, own))


_WEEKDAY = re.compile(
    r"(?<!Black )(?<!Good )(?<!Ash )(?<!Super )(?<!Bloody )(?<!Holy )(?<!Easter )"
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)


def name_terms(name: str) -> frozenset[str]:
    """The stemmed terms of a name without titles, each form of a country the same."""
    held = set(terms(name.replace("U.S.", "US").replace("U.K.", "UK")))
    for alike in _SAME_COUNTRY:
        if held & alike:
            held = (held - alike) | {min(alike)}
    return frozenset(held - _TITLES) or frozenset(held)


def holds_name(name: str, text: str) -> bool:
    """Whether a text holds every term of a name, or a form of it: "Armenian" of Armenia."""
    return _within(name_terms(name), name_terms(text))


def _within(these: AbstractSet[str], others: AbstractSet[str]) -> bool:
    """Whether each term is among others, as it is or as a form of the same beginning."""
    return all(one in others or any(_alike(one, other) for other in others) for one in these)


def _alike(one: str, other: str) -> bool:
    """Whether two terms begin alike and differ in their endings only: Armenia, Armenian."""
    shared = Prefix.similarity(one, other)
    return shared >= _SHARED and max(len(one), len(other)) - shared <= _ENDING


def _confirms(stated: StatedFact, date: DateInText) -> bool:
    """Whether a date that is stated confirms another.

    "A week ago" confirms no day, and "in the 1990s" no year. "Thursday" in an article of July 6 is
    June 30 or July 7: it confirms the month that the article is of.
    """
    given = stated.date
    if given is None or given.yearless or date.yearless:
        return given is not None and date.meets(given)
    if _WEEKDAY.fullmatch(stated.words) and date.long and stated.written:
        return date.first <= stated.written <= date.last
    days, wanted = (given.last - given.first).days, (date.last - date.first).days
    too_vague = days > _YEAR >= wanted or (days >= _SOME_DAYS and not date.long)
    return date.meets(given) and not too_vague


def facts_in(sentence: str, written: dt.date | None = None) -> list[StatedFact]:
    """The facts of a sentence, in order, none overlapping another.

    Args:
        sentence: the sentence.
        written: the day it was written, from which "Wednesday" is worked out.

    Returns:
        Its quotations of two words or more, dates, numbers and names.

    Example:
        >>> [fact.words for fact in facts_in("Ada Hult saw 48 ships on 5 May 2021.")]
        ['Ada Hult', '48', '5 May 2021']
    """
    found: list[StatedFact] = []
    for match in _QUOTED.finditer(sentence):
        words = next(filter(None, match.groups()))
        if len(words.split()) >= _LEAST_QUOTED:
            found.append(StatedFact(FactKind.QUOTATION, Span(*match.span()), words))
    for date in dates_in(sentence, written):
        if _is_free(date.span, found):
            words = date.span.of(sentence)
            found.append(StatedFact(FactKind.DATE, date.span, words, date=date, written=written))
    for match in _WEEKDAY.finditer(sentence):
        span = Span(*match.span())
        if _is_free(span, found):
            found.append(StatedFact(FactKind.DATE, span, match[0]))
    for number in numbers_in(sentence):
        span = Span(number.start, number.end)
        words = span.of(sentence)
        if number.value is not None and _is_free(span, found) and words.lower() not in _VAGUE_WORDS:
            found.append(StatedFact(FactKind.NUMBER, span, words, value=number.value))
    found += [
        StatedFact(FactKind.NAME, span, span.of(sentence)) for span in _names(sentence, found)
    ]
    return sorted(found, key=lambda one: one.span.start)


def _names(sentence: str, found: list[StatedFact]) -> Iterator[Span]:
    for match in _NAME.finditer(sentence):
        start = match.start()
        if start == 0 and (opening := _OPENING.match(match[0])):
            start += opening.end()
        span = Span(start, match.end())
        stems = set(terms(span.of(sentence)))
        if stems and not stems <= _OF_TIME and _is_free(span, found):
            yield span


def _is_free(span: Span, taken: list[StatedFact]) -> bool:
    return not any(span.overlap(one.span) for one in taken)

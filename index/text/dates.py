"""Dates in a text, resolved from the day it was written: "Wednesday", "last May"."""

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from index.documents import Span
from index.text.date_patterns import (
    AHEAD,
    ALSO_NAMES,
    BEFORE_MONTH,
    COUNTS,
    MONTHS,
    NAME_BEFORE,
    NO_YEAR,
    OF_NO_DAY,
    PAST,
    PATTERNS,
    SEASONS,
    WEEKDAYS,
)
from index.text.date_periods import (
    day_before,
    day_of,
    days_of_month,
    days_of_season,
    is_too_far,
    part_of,
    unit_of,
)


@dataclass(frozen=True, slots=True)
class DateInText:
    """A date or a period in a text.

    Attributes:
        span: where it stands.
        first: its first day.
        last: its last day; the first for a single day.
        worked_out: whether the day of writing was needed to resolve it, as for "Wednesday".
        yearless: whether the text states a day or month without a year and no day of writing is
            known; `first` and `last` are then of the year 4, a leap year.
    """

    span: Span
    first: dt.date
    last: dt.date
    worked_out: bool = False
    yearless: bool = False

    def meets(self, other: "DateInText") -> bool:
        """Whether two dates have a day in common; one without a year meets any year's."""
        if self.yearless or other.yearless:
            return any(
                one.month == two.month and (one.day == two.day or self.long or other.long)
                for one, two in ((self.first, other.first), (self.last, other.last))
            )
        return self.first <= other.last and other.first <= self.last

    @property
    def long(self) -> bool:
        """Whether it is a period of more than a day."""
        return self.first != self.last


def dates_in(text: str, written: dt.date | None = None) -> list[DateInText]:
    """Find every date and period in a text, in order and without overlaps.

    Args:
        text: one or a few sentences.
        written: the day it was written, from which "Wednesday", "last year" and "September 13"
            are resolved: the nearest such day, in the past unless the sentence is about the
            future.

    Returns:
        The dates. Without `written`, those that need it are left out, but a day or month without
        a year is given as such (`yearless`).

    Example:
        >>> [str(one.first) for one in dates_in("He died on Wednesday.", dt.date(2022, 9, 16))]
        ['2022-09-14']
    """
    found: list[DateInText] = []
    taken: list[Span] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            span = Span(*match.span())
            if any(span.overlap(other) for other in taken):
                continue
            taken_ = _READ[kind](match, text, written)
            if taken_ is None:
                continue
            first, last, worked_out, yearless = taken_
            taken.append(span)
            found.append(DateInText(span, first, last, worked_out, yearless))
    return sorted(found, key=lambda one: one.span.start)


_NEAR, _FAR = 80, 160
"""How far before a date, in characters, a sign of the future counts, and "will"."""

_Period = tuple[dt.date, dt.date, bool, bool]


def _to_come(text: str, match: re.Match[str]) -> bool | None:
    """Whether the clause before a date is about the future; None if it gives no sign."""
    start = max(text.rfind(".", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
    of_what_is_told = text[match.end() : match.end() + 2] in ("'s", "’s")
    before = 12 if of_what_is_told else _FAR
    clause = text[max(start, match.start() - before) : match.start()]
    near = len(clause) - _NEAR
    told = [
        one
        for one in AHEAD.finditer(clause)
        if one.end() >= near or one[0].lower().startswith("will")
    ]
    past = [one for one in PAST.finditer(clause) if not told or one.start() >= told[-1].end()]
    if past:
        return False
    return True if told else None


def _days(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    month = MONTHS[match["month"].rstrip(".").lower()]
    said = match.groupdict()
    day = 4 if said["day"].lower() == "fourth" else int(said["day"])
    until = int(said.get("until") or day)
    if match["year"] or written is None:
        year = int(match["year"] or NO_YEAR)
        first, last = day_of(year, month, day), day_of(year, month, max(day, until))
        return (first, last, False, not match["year"]) if first and last else None
    years = [day_of(written.year + more, month, day) for more in (-1, 0, 1)]
    there = [one for one in years if one]
    if not there:
        return None
    if weekday_ := said.get("weekday"):
        weekday = WEEKDAYS[weekday_.rstrip(".").lower()]
        there = [one for one in there if one.weekday() == weekday] or there
    one = min(there, key=lambda it: _farness(it, written, ahead=_to_come(text, match)))
    return one, day_of(one.year, month, max(day, until)) or one, True, False


def _farness(one: dt.date, written: dt.date, *, ahead: bool | None) -> float:
    """The cost of reading a date as this day: its distance, more against the clause's tense."""
    days = (one - written).days
    if ahead:
        return abs(days) * (1.6 if days < 0 else 1.0)
    return abs(days) * (1.0 if days <= 0 else 1.6 if ahead is None else 8.0)


def _iso(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    del text, written
    one = day_of(int(match["year"]), int(match["month"]), int(match["day"]))
    return (one, one, False, False) if one else None


def _month(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    name = match["month"]
    month = MONTHS[name.rstrip(".").lower()]
    before = text[max(0, match.start() - 12) : match.start()].lower()
    if not match["year"] and name in ALSO_NAMES and not _is_month(match, before):
        return None
    if not match["year"] and name.rstrip(".") not in calendar.month_name:
        return None  # "Jan", "Mar" alone are as often names
    if match["year"]:
        return (*part_of(match, *days_of_month(int(match["year"]), month)), False, False)
    which = (match["which"] or "").lower()
    if written is None:
        first, last = days_of_month(NO_YEAR, month)
        return None if which else (first, last, False, True)
    near = [days_of_month(written.year + more, month) for more in (-1, 0, 1)]
    if which in ("last", "past"):
        chosen = max((one for one in near if one[1] < written), default=near[0])
    elif which == "next":
        chosen = min((one for one in near if one[0] > written), default=near[2])
    else:
        ahead = _to_come(text, match)
        chosen = min(near, key=lambda one: _months_away(one, written, ahead=ahead))
    return (*part_of(match, *chosen), True, False)


def _months_away(one: tuple[dt.date, dt.date], written: dt.date, *, ahead: bool | None) -> float:
    if one[0] <= written <= one[1]:
        return 0.0
    return _farness(one[1] if one[1] < written else one[0], written, ahead=ahead)


def _is_month(match: re.Match[str], before: str) -> bool:
    """Whether "May" or "March" is the month: it follows a word such as "in" or "since"."""
    if match["which"] or match["part"]:
        return True
    return bool(BEFORE_MONTH.search(before))


def _season(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    low, high = SEASONS[match["season"].lower()]
    if match["year"]:
        return (*days_of_season(int(match["year"]), low, high), False, False)
    which = (match["which"] or "").lower()
    if written is None or which not in ("last", "next", "this", "past"):
        return None
    near = [days_of_season(written.year + more, low, high) for more in (-2, -1, 0, 1)]
    if which in ("last", "past"):
        chosen = max((one for one in near if one[1] < written), default=near[0])
    elif which == "next":
        chosen = min((one for one in near if one[0] > written), default=near[3])
    else:
        ahead = _to_come(text, match)
        open_ = [one for one in near if not ahead or one[1] >= written]
        chosen = min(open_, key=lambda one: _months_away(one, written, ahead=ahead))
    return (*chosen, True, False)


def _quarter(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    del text, written
    number = ("first", "second", "third", "fourth").index(match["quarter"].lower())
    year = int(match["year"])
    return dt.date(year, 3 * number + 1, 1), days_of_month(year, 3 * number + 3)[1], False, False


def _weekday(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    name = match["weekday"]
    if written is None or (len(name) < 6 and not name.endswith("day")):  # noqa: PLR2004
        return None
    if re.search(r"\b(?:each|every)\s$", text[max(0, match.start() - 6) : match.start()], re.I):
        return None
    if OF_NO_DAY.match(text, match.end()):
        return None
    weekday = WEEKDAYS[name.rstrip(".").lower()]
    back = (written.weekday() - weekday) % 7
    which = (match["which"] or "").lower()
    if which in ("next", "this coming") or (
        which not in ("last", "past", "this past") and _to_come(text, match)
    ):
        one = written + dt.timedelta((-back) % 7 or (7 if which else 0))
    else:
        one = written - dt.timedelta(back or (7 if which in ("last", "past") else 0))
    return one, one, True, False


def _near(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    in_a_name = match["near"] == "Today" and NAME_BEFORE.search(text, 0, match.start())
    if written is None or in_a_name:
        return None
    said = match["near"].lower()
    shift = {"yesterday": -1, "last night": -1, "tomorrow": 1}.get(said, 0)
    one = written + dt.timedelta(shift)
    return one, one, True, False


def _stretch(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    del text
    if written is None:
        return None
    which, unit = match["which"].lower(), match["unit"].lower()
    shift = {"last": -1, "past": -1, "next": 1}.get(which.split()[0], 0)
    if which == "past" and unit != "weekend":
        return day_before(written, 1, unit), written, True, False
    return (*unit_of(written, unit, shift), True, False)


def _ago(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    before = text[max(0, match.start() - 10) : match.start()].lower()
    if written is None or re.search(r"\b(?:more than|over)\s$", before):
        return None
    said = match["count"].lower()
    count, unit = COUNTS.get(said) or int(said), match["unit"].lower()
    if is_too_far(count, unit):
        return None
    one = day_before(written, count, unit)
    if unit == "day":
        return one, one, True, False
    return (*unit_of(one, "year" if unit == "decade" else unit, 0), True, False)


def _hence(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    del text
    if written is None:
        return None
    said = match["count"].lower()
    count, unit = COUNTS.get(said) or int(said), match["unit"].lower()
    if is_too_far(count, unit):
        return None
    one = day_before(written, -count, unit)
    return (*((one, one) if unit == "day" else unit_of(one, unit, 0)), True, False)


def _decade(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    del text, written
    year = int(match["decade"])
    return dt.date(year, 1, 1), dt.date(year + 9, 12, 31), False, False


def _year(match: re.Match[str], text: str, written: dt.date | None) -> _Period | None:
    del text, written
    year = int(match["year"])
    return (*part_of(match, dt.date(year, 1, 1), dt.date(year, 12, 31)), False, False)


_READ: dict[str, Callable[[re.Match[str], str, dt.date | None], _Period | None]] = {
    "day": _days,
    "fourth": _days,
    "iso": _iso,
    "month": _month,
    "season": _season,
    "quarter": _quarter,
    "weekday": _weekday,
    "near": _near,
    "span": _stretch,
    "ago": _ago,
    "in": _hence,
    "decade": _decade,
    "year": _year,
}

"""Dates that stand in a line of their own, as articles print when they were published."""

import datetime as dt
import re
from collections.abc import Iterable

from dateutil import parser as dates

from index.documents import Certainty, Found, Span
from index.text.paragraphs import Block

_LINE_CHARS = 160
_MOST_OTHER_WORDS = 5
_DAY_OF_WEEK = re.compile(
    r"^\s*(?:Mon|Tues?|Wed(?:nes)?|Thur?s?|Fri|Sat(?:ur)?|Sun)(?:day)?(?:\.,?|,)?\s+", re.IGNORECASE
)
_WEEKDAY_BEFORE = re.compile(
    r"\b(?:Mon|Tues?|Wed(?:nes)?|Thur?s?|Fri|Sat(?:ur)?|Sun)(?:day)?(?:\.,?|,)?\s+$", re.IGNORECASE
)
_AMBIGUOUS = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?P=sign)"
    r"(?P<year>(?:1[5-9]|20)\d\d)(?![\d/-]|\.\d)"
)
_MONTHS = 12
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_DATE = re.compile(
    rf"(?<![\w/.-])(?:\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH},?\s+{_YEAR}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}"
    rf"|{_YEAR}-\d\d-\d\d|{_YEAR}/\d\d/\d\d"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[./-]{_YEAR})(?![\d/-])",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"T?\b\d{1,2}[.:]\d\d(?:[.:]\d\d(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\b\d{1,2}\s*[ap]\.?m\b\.?|\b\d{4}\s*(?=GMT|UTC|EST|EDT|ET\b)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"\b(?:published|posted|first|date|on|at|in|last|updated|modified|edited|created|issued|print"
    r"|by|from|and|the|of|gmt|utc|bst|cet|cest|est|edt|et|pst|pdt|pt|ct|cst|cdt|mt|ist|am|pm"
    r"|mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?|min(?:ute)?s?|read|reading|time|local|comments?|share|\d+)\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"\b(?:updated|modified|edited)\b", re.IGNORECASE)
_PUBLISHED = re.compile(r"\b(?:published|posted|issued)\b", re.IGNORECASE)
_BY = re.compile(r"^[*_]*(?:by|written by|author:)\s+", re.IGNORECASE)
_PARTED = re.compile(r"[|·•/—–]")


def published_line(line: Block, *, day_first: bool | None = None) -> Found | None:
    """The published date that a line states, or None.

    The line must hold a full date and otherwise only what such lines contain: a word for
    "published", the time of day, a byline, the name of a site. If it states a publication and an
    update, the publication date is returned. An update alone has the certainty "likely".

    Args:
        line: the line.
        day_first: whether 01/02/2020 is in February; with None such a date is not read.
    """
    if len(line.text) > _LINE_CHARS or "\n" in line.text:
        return None
    found = [
        (match, day)
        for match in _DATE.finditer(line.text)
        if (day := parse_date(match.group(), day_first=day_first)) is not None
    ]
    if not found or not _is_about_a_date(line.text):
        return None
    certainty = Certainty.STATED
    match, day = found[0]
    if len(found) > 1:
        match, day = next(
            (one for one in found if not _UPDATED.search(_label(line.text, one[0]))), found[0]
        )
    if _UPDATED.search(_label(line.text, match)) and not _PUBLISHED.search(line.text):
        certainty = Certainty.LIKELY
    weekday = _WEEKDAY_BEFORE.search(line.text, 0, match.start())
    start = weekday.start() if weekday else match.start()
    span = Span(line.span.start + start, line.span.start + match.end())
    return Found(day.isoformat(), "date line", span, certainty)


def _label(text: str, date: re.Match[str]) -> str:
    """The text of a line before a date, back to the previous date."""
    before = text[: date.start()]
    ends = [one.end() for one in _DATE.finditer(before)] + [0]
    return before[max(ends) :]


def _is_about_a_date(text: str) -> bool:
    """Whether a line holds little beside its dates."""
    rest = _CLOCK.sub(" ", _DATE.sub(" ", text))
    by = _BY.match(rest)
    if by:
        return len(re.findall(r"[^\W\d_]+", _FURNITURE.sub(" ", rest))) <= 2 * _MOST_OTHER_WORDS
    words = re.findall(r"[^\W\d_]+", _FURNITURE.sub(" ", rest))
    if not words:
        return True
    parted = bool(_PARTED.search(text)) or bool(_PUBLISHED.search(text) or _UPDATED.search(text))
    return parted and len(words) <= _MOST_OTHER_WORDS


def parse_date(stated: str, *, day_first: bool | None = None) -> dt.date | None:
    """Parse `stated` as a full date; None if it is no date or holds anything else.

    Args:
        stated: the text.
        day_first: whether 01/02/2020 is in February; with None such a date is not read.
            "13/09/2022" and "28.10.2021" are unambiguous.

    >>> parse_date("1 October 2020"), parse_date("13/09/2022")
    (datetime.date(2020, 10, 1), datetime.date(2022, 9, 13))
    >>> parse_date("October 2020") is None, parse_date("01/02/2020") is None
    (True, True)
    """
    numeric = _NUMERIC.fullmatch(stated.strip())
    if numeric:
        return _numeric_date(numeric, day_first=day_first)
    if _AMBIGUOUS.search(stated) and not re.search(r"\d{4}-\d\d-\d\d", stated):
        return None
    cleaned = _DAY_OF_WEEK.sub("", re.sub(r"\s*\|\s*|\s+at\s+|\s*·\s*", " ", stated))
    try:
        readings = {
            dates.parse(cleaned, default=default, ignoretz=True).date()
            for default in (dt.datetime(1904, 2, 3), dt.datetime(1997, 11, 28))  # noqa: DTZ001
        }
    except (ValueError, OverflowError):
        return None
    return readings.pop() if len(readings) == 1 else None


def _numeric_date(found: re.Match[str], *, day_first: bool | None) -> dt.date | None:
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    if first > _MONTHS or found["sign"] == ".":
        day_first = True
    elif second > _MONTHS:
        day_first = False
    elif first == second:
        day_first = True
    if day_first is None:
        return None
    day, month = (first, second) if day_first else (second, first)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Whether the numeric dates in `texts` put the day first, judged by the unambiguous ones.

    None if no date is unambiguous, or if they disagree.

    >>> day_comes_first(["01/02/2020", "28/02/2020"])
    True
    """
    seen: set[bool] = set()
    for text in texts:
        for found in _NUMERIC.finditer(text):
            first, second = int(found["first"]), int(found["second"])
            if (first > _MONTHS) != (second > _MONTHS):
                seen.add(first > _MONTHS)
    return seen.pop() if len(seen) == 1 else None

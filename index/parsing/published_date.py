"""When a document was published: every place that may say so, and how far each is trusted."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import TypeGuard

from index.documents import Certainty, Found, Span
from index.parsing.date_lines import parse_date
from index.parsing.front_matter import file_stem
from index.text.paragraphs import blocks

_TRUST = list(Certainty)
_EARLIEST = 1500
_AHEAD = dt.timedelta(days=366)
_DATELINE_BLOCKS = 4
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DATELINE = re.compile(
    r"\s*(?P<place>[A-Z][A-Z’'. -]{2,40}(?:,\s+[A-Z][\w’'. -]{1,30})?)[,\s]+"
    r"(?:\([^)]{2,30}\)[,\s]+)?"
    rf"(?P<date>{_MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?|\d{{1,2}}\s+{_MONTH}(?:,?\s+\d{{4}})?)"
    r"(?:\s*\([^)]{2,30}\))?\s*[—–:.-]"
)
_IN_NAME = re.compile(
    r"(?<!\d)(?P<y>(?:1[89]|20)\d\d)(?P<s>[-_. ]?)(?P<m>\d\d)(?P=s)(?P<d>\d\d)(?!\d)"
)
_IN_ADDRESS = re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<m>\d{1,2})[/-](?P<d>\d{1,2})(?=[/_-]|$)")
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_MOST_SECONDS = 99_999_999_999
_PDF_DATE = re.compile(r"(?:D:)?(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)")


def best(*candidates: Found | None) -> Found | None:
    """The most certain candidate; the first one of equally certain ones."""
    there = [one for one in candidates if one is not None]
    return min(there, key=lambda one: _TRUST.index(one.certainty), default=None)


def stated(
    value: str,
    how: str,
    certainty: Certainty = Certainty.STATED,
    *,
    day_first: bool | None = None,
) -> Found | None:
    """Parse a field that holds a full date; None if it is not a plausible date.

    Args:
        value: the field: ISO 8601, a date in words, day and month in digits, or the seconds or
            milliseconds since 1970.
        how: where it was found.
        certainty: how far it is trusted.
        day_first: whether 01/02/2020 is in February. With None it is read as February,
            with weak certainty.
    """
    value = value.strip()
    iso = re.match(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", value)
    if iso:
        day = _day(*iso.groups())
    elif _EPOCH.fullmatch(value):
        day = _of_epoch(int(value))
    else:
        day = parse_date(value, day_first=day_first)
        if day is None and day_first is None:
            day = parse_date(value, day_first=True)
            how, certainty = f"{how}, day or month first uncertain", Certainty.WEAK
    return Found(day.isoformat(), how, None, certainty) if _can_be(day) else None


def _of_epoch(number: int) -> dt.date | None:
    seconds = number / 1000 if number > _MOST_SECONDS else number
    try:
        return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def in_text(text: str) -> Iterator[Found]:
    """The dateline with which a body begins ("RIGA, Latvia, 30 Sept. 2022 —"), if it has one."""
    for block in blocks(text)[:_DATELINE_BLOCKS]:
        match = _DATELINE.match(block.text)
        if match is None:
            continue
        day = parse_date(re.sub(r"Sept\b\.?", "Sep", match["date"].replace(".", "")))
        if _can_be(day):
            span = Span(
                block.span.start + match.start("date"), block.span.start + match.end("date")
            )
            yield Found(day.isoformat(), "dateline", span, Certainty.LIKELY)
        return


def in_name(name: str) -> Found | None:
    """The date in a file's name ("2022-09-13 ceasefire.txt")."""
    match = _IN_NAME.search(file_stem(name))
    day = _day(match["y"], match["m"], match["d"]) if match else None
    return Found(day.isoformat(), "file name", None, Certainty.WEAK) if _can_be(day) else None


def in_address(address: str) -> Found | None:
    """The date in a page's address ("…/2022/09/13/ceasefire")."""
    match = _IN_ADDRESS.search(address)
    day = _day(match["y"], match["m"], match["d"]) if match else None
    return Found(day.isoformat(), "address", None, Certainty.LIKELY) if _can_be(day) else None


def of_properties(created: str) -> Found | None:
    """The day a file's properties say it was made, as PDF or ISO 8601 writes it."""
    match = _PDF_DATE.match(created.replace("-", ""))
    day = _day(match["y"], match["m"], match["d"]) if match else None
    how = "document properties"
    return Found(day.isoformat(), how, None, Certainty.WEAK) if _can_be(day) else None


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _can_be(day: dt.date | None) -> TypeGuard[dt.date]:
    """Whether a published date is plausible: after 1500, and at most a year in the future."""
    return (
        day is not None
        and day.year >= _EARLIEST
        and day <= dt.datetime.now(tz=dt.UTC).date() + _AHEAD
    )

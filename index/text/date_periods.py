"""Periods of the calendar: a month, a season, a part of one."""

import calendar
import datetime as dt
import re


def unit_of(day: dt.date, unit: str, shift: int) -> tuple[dt.date, dt.date]:
    """The week, month, year … of a day, `shift` of them later."""
    if unit in ("week", "weekend"):
        monday = day - dt.timedelta(day.weekday())
        if unit == "weekend" and shift < 0 and day.weekday() < 5:  # noqa: PLR2004 -- Saturday is 5
            shift = -1
        first = monday + dt.timedelta(7 * shift + (5 if unit == "weekend" else 0))
        return first, monday + dt.timedelta(7 * shift + 6)
    if unit == "month":
        months = day.year * 12 + day.month - 1 + shift
        return days_of_month(months // 12, months % 12 + 1)
    years = 10 if unit == "decade" else 1
    year = (day.year // years + shift) * years
    return dt.date(year, 1, 1), dt.date(year + years - 1, 12, 31)


def day_before(day: dt.date, count: int, unit: str) -> dt.date:
    """The day so many days, weeks, months or years before another."""
    if unit in ("day", "week"):
        return day - dt.timedelta(count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 - count * {"month": 1, "year": 12, "decade": 120}[unit]
    year, month = months // 12, months % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_too_far(count: int, unit: str) -> bool:
    """Whether so many months, years or decades are more than 400 years."""
    return count * {"month": 1, "year": 12, "decade": 120}.get(unit, 0) > 12 * 400


def part_of(match: re.Match[str], first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The third of a period that "early", "mid" or "late" means."""
    said = (match["part"] or "").lower()
    if not said:
        return first, last
    third = (last - first).days // 3
    if said == "mid":
        return first + dt.timedelta(third), last - dt.timedelta(third)
    if said in ("late", "the end of"):
        return last - dt.timedelta(third), last
    return first, first + dt.timedelta(third)


def days_of_month(year: int, month: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def days_of_season(year: int, low: int, high: int) -> tuple[dt.date, dt.date]:
    """From the first of month `low` to the end of `high`, in the next year if that is earlier."""
    last = year + (high < low)
    return dt.date(year, low, 1), days_of_month(last, high)[1]


def day_of(year: int, month: int, day: int) -> dt.date | None:
    """A day of the calendar; None where there is none such, as on February 30."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None

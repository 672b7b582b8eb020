"""Counts by month as bars and figures by date as dots, drawn on the server as SVG."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from markupsafe import Markup, escape

_WIDTH, _HEIGHT, _FOOT, _TOP, _RADIUS = 720, 72, 18, 8, 4
_YEAR, _LOGARITHMIC, _MARGIN = 4, 100, 60
_MOST_BARS = 120
_MONTHS_IN_YEAR = 12
_UNDATED = Markup('<text class="undated" x="{:.1f}" y="{}">no date</text>')
_LEAST_WIDTH = 420.0
_SPACE = 48
"""The smallest distance, in units of the drawing, between two years below the bars."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure that a document states: its date, its value, what is told of it, where it leads."""

    date: str
    value: float
    told: str
    link: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The months that a drawing spans; a place each, and one apart for what has no date."""

    labels: tuple[str, ...]
    undated: bool = False

    @classmethod
    def of(cls, months: Iterable[str], *, undated: bool = False) -> Self:
        """From the first of these months (2022-09) to the last; years if there are over 120."""
        every = sorted(months)
        labels = _between(every[0], every[-1])
        if len(labels) > _MOST_BARS:
            labels = list(dict.fromkeys(one[:4] for one in labels))
        return cls(tuple(labels), undated)

    @property
    def step(self) -> float:
        """The width of a place, in units of the drawing."""
        return min(_WIDTH / (len(self.labels) + (2 if self.undated else 0)), 24.0)

    @property
    def apart(self) -> float:
        """Where the place for what has no date begins."""
        return (len(self.labels) + 1) * self.step

    @property
    def width(self) -> float:
        """The width of the drawing."""
        if self.undated:
            return max(self.apart + self.step, _SPACE) + _SPACE
        return max(len(self.labels) * self.step, _SPACE)

    def at(self, date: str) -> float:
        """Where a day as 2022-09-13 stands."""
        label = date[:7] if len(self.labels[0]) > _YEAR else date[:4]
        part = int(date[8:10] or 1) / 31 if label == date[:7] else int(date[5:7] or 1) / 12
        return (self.labels.index(label) + min(part, 1.0)) * self.step


def month_bars(
    counts: Mapping[str, int],
    link: Callable[[str, str], str],
    undated: int = 0,
    axis: Axis | None = None,
) -> Markup:
    """Bars of counts by month.

    Args:
        counts: the counts by month as 2022-09. Months between them count nothing.
        link: returns the address that shows the documents from one month to another.
        undated: the count without a month, which gets a separate bar.
        axis: the months to draw; by default those of `counts`.

    Returns:
        The drawing; empty for no counts. Where there are more than 120 months, a bar is a year.

    Example:
        >>> drawn = month_bars({"2020-10": 2}, lambda first, last: f"?from={first}&to={last}")
        >>> "2020-10: 2" in drawn
        True
    """
    if not counts:
        return Markup("")
    axis = axis or Axis.of(counts, undated=bool(undated))
    step = axis.step
    values = dict.fromkeys(axis.labels, 0)
    for month, count in counts.items():
        values[month[: len(axis.labels[0])]] += count
    tallest = max([*values.values(), undated])
    drawn = [
        _bar(place * step, step, count, tallest, label, link(label, label))
        for place, (label, count) in enumerate(values.items())
    ]
    marks = _years(list(values), step)
    if undated:
        drawn.append(_bar(axis.apart, step, undated, tallest, "no date", ""))
        marks.append(_UNDATED.format(axis.apart, _HEIGHT + _FOOT - 4))
    told = f"{sum(counts.values())} from {min(counts)} to {max(counts)}"
    return _drawing(axis.width, _HEIGHT + _FOOT, told, [*drawn, *marks])


def figure_dots(dots: Sequence[Dot], axis: Axis | None = None) -> Markup:
    """A dot for each figure, by date and value.

    The scale begins at 0; it is logarithmic if the largest value is over 100 times the smallest.

    Args:
        dots: the figures, with values of at least 0.
        axis: the months of the bars that it stands over; without it, the days of the figures.

    Returns:
        The drawing; empty for no dots.
    """
    if not dots:
        return Markup("")
    height = _scale([one.value for one in dots])
    days = sorted(one.date for one in dots)
    width = axis.width if axis else float(_WIDTH)
    drawn = [
        Markup(
            '<a href="{}" aria-label="{}"><title>{}</title>'
            '<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="{}"/></a>'
        ).format(
            one.link,
            one.told,
            one.told,
            min(axis.at(one.date) if axis else _day(one.date, days), width - _RADIUS),
            height.at(one.value),
            _RADIUS,
        )
        for one in dots
    ]
    marks = [
        Markup('<text x="0" y="{:.0f}">{:,.15g}</text>').format(height.at(value) + 4, value)
        for value in height.labels
    ]
    below = _HEIGHT + (_RADIUS if axis else _FOOT)
    if axis is None:
        marks += [
            Markup('<text x="{:.0f}" y="{}" text-anchor="{}">{}</text>').format(
                _day(day, days), below - 4, anchor, day
            )
            for day, anchor in dict(zip((days[0], days[-1]), ("start", "end"), strict=True)).items()
        ]
    told = f"{len(dots)} figures from {days[0]} to {days[-1]}"
    return _drawing(width, below, told, [*marks, *drawn])


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values stand between the foot and the top; `start` is 0 for a linear scale."""

    start: float
    most: float
    labels: tuple[float, ...]

    def at(self, value: float) -> float:
        if self.start:
            share = math.log(max(value, self.start) / self.start) / math.log(self.most / self.start)
        else:
            share = value / self.most if self.most else 0.0
        return _TOP + (_HEIGHT - _TOP - 2 * _RADIUS) * (1 - share)


def _scale(values: Sequence[float]) -> _Scale:
    most, least = max(values), min((one for one in values if one > 0), default=0.0)
    if least and most / least > _LOGARITHMIC:
        return _Scale(least / 2, most, (least, most))
    return _Scale(0.0, most, (0.0, most) if most else (0.0,))


def _day(date: str, days: Sequence[str]) -> float:
    first, last, day = (dt.date.fromisoformat(one) for one in (days[0], days[-1], date))
    room = _WIDTH - _MARGIN - 2 * _RADIUS
    return _MARGIN + room * ((day - first).days / ((last - first).days or 1))


def _drawing(width: float, height: int, told: str, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {:.0f} {}" role="group" aria-label="{}" style="max-width: {:.0f}px; '
        'min-width: {:.0f}px">{}</svg>'
    ).format(
        width,
        height,
        told,
        width,
        min(width, _LEAST_WIDTH),  # a narrow screen scrolls it
        Markup("").join(parts),
    )


def _between(first: str, last: str) -> list[str]:
    start, end = _number(first), _number(last)
    return [
        f"{at // _MONTHS_IN_YEAR:04}-{at % _MONTHS_IN_YEAR + 1:02}" for at in range(start, end + 1)
    ]


def _number(month: str) -> int:
    return int(month[:4]) * _MONTHS_IN_YEAR + int(month[5:7]) - 1


def _bar(left: float, step: float, count: int, tallest: int, label: str, link: str) -> Markup:
    height = max(2.0, _HEIGHT * count / tallest) if count else 0.0
    told = f"{label}: {count:,}"
    kind = "bar" if link else "bar undated"
    rect = Markup(
        '<rect class="hit" x="{0:.1f}" y="0" width="{1:.1f}" height="{2}"{3}/>'
        '<rect class="{7}" x="{0:.1f}" y="{4:.1f}" width="{5:.1f}" height="{6:.1f}"{3}/>'
    ).format(
        left,
        step,
        _HEIGHT,
        Markup(' data-month="{}"').format(label) if link else "",
        _HEIGHT - height,
        max(1.0, step * 0.8),
        height,
        kind,
    )
    if not link or not count:
        return Markup("<g><title>{}</title>{}</g>").format(told, rect)
    return Markup('<a href="{}" aria-label="{}"><title>{}</title>{}</a>').format(
        link, told, told, rect
    )


def _years(labels: list[str], step: float) -> list[Markup]:
    marks: list[Markup] = []
    free, year = -1.0 * _SPACE, ""
    for place, label in enumerate(labels):
        left = place * step
        starts = label[4:] in ("", "-01") or not marks
        if label[:4] != year and starts and left >= free:
            year, free = label[:4], left + _SPACE
            marks.append(
                Markup('<text x="{:.1f}" y="{}">{}</text>').format(
                    left, _HEIGHT + _FOOT - 4, escape(year)
                )
            )
    return marks

"""Counts by month as bars, drawn on the server as SVG; each bar leads to its month."""

from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

_WIDTH, _HEIGHT, _FOOT = 720, 72, 18
_MOST_BARS = 120
_MONTHS_IN_YEAR = 12
_UNDATED = Markup('<text class="undated" x="{:.1f}" y="{}">no date</text>')
_LEAST_WIDTH = 420.0
_SPACE = 48
"""The smallest distance, in units of the drawing, between two years below the bars."""


def month_bars(
    counts: Mapping[str, int], link: Callable[[str, str], str], undated: int = 0
) -> Markup:
    """Bars of counts by month.

    Args:
        counts: the counts by month as 2022-09, in order. Months between them count nothing.
        link: returns the address that shows the documents from one month to another.
        undated: the count without a month, which gets a separate bar.

    Returns:
        The drawing; empty for no counts. Where there are more than 120 months, a bar is a year.

    Example:
        >>> drawn = month_bars({"2020-10": 2}, lambda first, last: f"?from={first}&to={last}")
        >>> "2020-10: 2" in drawn
        True
    """
    if not counts:
        return Markup("")
    months = _between(min(counts), max(counts))
    values = {month: counts.get(month, 0) for month in months}
    if len(months) > _MOST_BARS:
        values = _by_year(values)
    tallest = max([*values.values(), undated])
    places = len(values) + (2 if undated else 0)
    step = min(_WIDTH / places, 24.0)
    drawn = [
        _bar(place * step, step, count, tallest, label, link(label, label))
        for place, (label, count) in enumerate(values.items())
    ]
    if undated:
        drawn.append(_bar((places - 1) * step, step, undated, tallest, "no date", ""))
    marks = _years(list(values), step)
    width = max(places * step, _SPACE)
    if undated:
        marks.append(_UNDATED.format((places - 1) * step, _HEIGHT + _FOOT - 4))
        width += _SPACE
    return Markup(
        '<svg viewBox="0 0 {:.0f} {}" role="group" aria-label="{}" style="max-width: {:.0f}px; '
        'min-width: {:.0f}px">'
        "{}{}</svg>"
    ).format(
        width,
        _HEIGHT + _FOOT,
        f"{sum(counts.values())} from {min(counts)} to {max(counts)}",
        width,
        min(width, _LEAST_WIDTH),  # a narrow screen scrolls it
        Markup("").join(drawn),
        Markup("").join(marks),
    )


def _between(first: str, last: str) -> list[str]:
    start, end = _number(first), _number(last)
    return [
        f"{at // _MONTHS_IN_YEAR:04}-{at % _MONTHS_IN_YEAR + 1:02}" for at in range(start, end + 1)
    ]


def _number(month: str) -> int:
    return int(month[:4]) * _MONTHS_IN_YEAR + int(month[5:7]) - 1


def _by_year(values: Mapping[str, int]) -> dict[str, int]:
    years: dict[str, int] = {}
    for month, count in values.items():
        years[month[:4]] = years.get(month[:4], 0) + count
    return years


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

"""A cell's value as its sheet shows it: percentages, amounts of money, thousands, dates."""

import datetime as dt
import re

_AROUND = re.compile(
    r"\[\$(?P<sign>[^\]-]*)(?:-[^\]]*)?\]|\"(?P<quoted>[^\"]*)\"|\\(?P<escaped>.)|[_*]."
    r"|(?P<plain>[$€£¥₽₴() -])"
)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_LITERAL = re.compile(r"\"([^\"]*)\"|\\(.)|_.|\*.")
_PLACES = re.compile(r"[0#?](?:[\d#?,]*[0#?])?(?:\.(?P<decimals>[0#?]+))?")
_DATE_LETTERS = re.compile(r"[ymdhs]", re.I)
_TIME_LETTERS = re.compile(r"[hs]", re.I)


def shown(value: object, number_format: str = "General") -> str:
    """The text that a sheet shows for a value.

    Args:
        value: a cell's value.
        number_format: the cell's format, as Excel writes it: "0.0%", "$#,##0.00". Of its sections
            the one for the value's sign counts.

    Example:
        >>> shown(0.153, "0.0%"), shown(1234.5, '"$"#,##0.00'), shown(3.0)
        ('15.3%', '$1,234.50', '3')
    """
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).upper()
    if isinstance(value, dt.datetime):
        return _day(value, number_format)
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return str(value)
    if isinstance(value, (int, float)):
        return _number(float(value), number_format)
    return " ".join(str(value).split())


def is_date_format(number_format: str) -> bool:
    """Whether a format shows a number as a date or time."""
    bare = _LITERAL.sub("", _BRACKETS.sub("", number_format.split(";", 1)[0]))
    return bool(_DATE_LETTERS.search(bare)) and "general" not in bare.lower()


def _day(value: dt.datetime, number_format: str) -> str:
    bare = _LITERAL.sub("", _BRACKETS.sub("", number_format))
    if value.time() == dt.time() and not (
        _TIME_LETTERS.search(bare) and not re.search(r"[yd]", bare, re.I)
    ):
        return value.date().isoformat()
    return value.isoformat(" ", "minutes" if not value.second else "seconds")


def _number(value: float, number_format: str) -> str:
    sections = number_format.split(";")
    section = sections[0]
    if value < 0 and len(sections) > 1 and sections[1].strip():
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2 and sections[2].strip():  # noqa: PLR2004 -- the third
        section = sections[2]
    bare = _LITERAL.sub("", _BRACKETS.sub("", section))
    places = _PLACES.search(bare)
    if "general" in bare.lower() or places is None or "/" in bare or "E" in bare or "@" in bare:
        return _general(value)
    percent = "%" in bare
    scaled = value * 100 if percent else value
    stated = places["decimals"] or ""
    text = f"{scaled:,.{len(stated)}f}" if "," in places.group() else f"{scaled:.{len(stated)}f}"
    optional = len(stated) - len(stated.rstrip("#"))
    if optional:
        kept = len(text) - optional
        text = (text[:kept] + text[kept:].rstrip("0")).rstrip(".")
    return _with_literals(section, text + ("%" if percent else ""))


def _with_literals(section: str, number: str) -> str:
    """The number with what its format writes around it: a currency, a unit, brackets."""
    held = _BRACKETS.sub(lambda one: "\0" * len(one.group()), section)
    held = _LITERAL.sub(lambda one: "\0" * len(one.group()), held)
    at = _PLACES.search(held)
    begin, end = at.span() if at else (len(section), len(section))
    before, after = _around(section[:begin]), _around(section[end:].replace("%", ""))
    sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
    return f"{sign}{before}{number}{after}".strip()


def _around(part: str) -> str:
    return "".join(next(filter(None, found.groups()), "") for found in _AROUND.finditer(part))


def _general(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 -- as far as a float is exact
        return str(int(value))
    return f"{value:.15g}"

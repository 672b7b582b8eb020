"""Patterns of dates in text, and the values of their words."""

import re

_S = r"[ \u00a0\n]"
MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january,feb february,mar march,apr april,may,jun june,jul july,aug august"
        ",sep sept september,oct october,nov november,dec december".split(","),
        1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        "mon monday,tue tues tuesday,wed weds wednesday,thu thur thurs thursday,fri friday"
        ",sat saturday,sun sunday".split(",")
    )
    for name in names.split()
}
SEASONS = {
    "spring": (3, 5),
    "summer": (6, 8),
    "autumn": (9, 11),
    "fall": (9, 11),
    "winter": (12, 2),
}
COUNTS = {
    word: number
    for number, words in enumerate(
        "a an one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve".split(","), 1
    )
    for word in words.split()
}
_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November"
    r"|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)\b"
_WEEKDAY = (
    r"(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Tues?|Weds?|Thur?s?|Fri|Sat"
    r"|Sun)\b\.?)"
)
_COUNT = r"(?P<count>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_PART = r"(?:(?P<part>early|mid|late|the end of|the beginning of|the start of)[ \u00a0-])?"

ALSO_NAMES = frozenset(["March", "April", "May", "June", "August"])
"""Months that are also names or other words: read as months only after a word such as "in"."""

BEFORE_MONTH = re.compile(
    r"\b(?:in|since|until|by|from|of|to|during|through|and|early|late|mid|an|the|a|for|before|after"
    r"|between|is)[ -]$"
)

AHEAD = re.compile(
    r"\b(?:(?:will|won[’']t|shall|may|could|might|would)(?: not)?(?: be)?(?: \w+)?|next|upcoming"
    r"|scheduled|set for|plan(?:s|ned|ning)? (?:to|for)|set to|due (?:to|on|in)|expected|to be \w+"
    r"|(?:is|are) forecast|(?:forecast|predicted|projected) to|on (?:track|course) (?:to|for)"
    r"|going to|slated|ahead of|deadline|is to|are to|(?:goes|go) into effect|takes? effect"
    r"|starting|beginning|targeting|begins|starts"
    r"|(?:debut|open|premier|return|launch|com|arriv|tak)ing (?:\w+ ){1,3})\b"
    r"|\b(?:by|until|for)\s*$|^\W*(?:[A-Z][\w’'-]+ ){1,3}to [a-z]+\b",
    re.I,
)
OF_NO_DAY = re.compile(
    rf"\s+(?:in\s+(?:early |mid-|late )?{_MONTH.replace('?P<month>', '?:')}(?!\w)"
    r"|(?:(?:and|or|through|to)\s+\w+day\s+)?(?:mornings|afternoons|evenings|nights)\b)"
)
"""What follows a weekday that is not of this week: "Saturday in September", "Friday nights"."""

NAME_BEFORE = re.compile(r"(?:^|\s)[A-Z][\w’'-]*\s$")
"""A capitalised word before "Today", which is then a name."""

PAST = re.compile(
    r"\b(?:ago|since|was|were|had|did|\w{2,}ed|said|took|taken|made|told|came|went|left|won|lost"
    r"|began|became|got|gave|found|held|met|ran|saw|set|shot|spoke|stood|struck|wrote)\b",
    re.I,
)

NO_YEAR = 4
"""The year of a day without one: a leap year."""

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "day",
        re.compile(
            rf"\b(?:{_WEEKDAY},?{_S})?(?:the{_S})?{_DAY}{_S}(?:of{_S})?{_MONTH}(?!\w)"
            rf"(?:,?{_S}(?:in{_S})?{_YEAR})?",
            re.I,
        ),
    ),
    (
        "day",
        re.compile(
            rf"\b(?:{_WEEKDAY},?{_S})?{_MONTH}{_S}(?:the{_S})?{_DAY}(?!\.\d|,\d{{3}}|:\d|%)"
            rf"(?:[-–](?P<until>[12]\d|3[01]|0?[1-9])\b)?(?:,?{_S}{_YEAR})?",
            re.I,
        ),
    ),
    (
        "fourth",
        re.compile(
            rf"\b(?:the{_S})?(?P<day>Fourth){_S}of{_S}(?P<month>July)\b(?:,?{_S}{_YEAR})?", re.I
        ),
    ),
    (
        "iso",
        re.compile(r"(?<![\d/-])(?P<year>1[5-9]\d\d|20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    ),
    (
        "month",
        re.compile(
            rf"\b{_PART}(?:(?P<which>last|next|this|past){_S})?{_MONTH}"
            rf"(?:,?{_S}(?:of{_S})?{_YEAR})?(?!\w)"
        ),
    ),
    (
        "season",
        re.compile(
            rf"\b{_PART}(?:(?P<which>last|next|this|past|the){_S})?"
            rf"(?P<season>spring|summer|autumn|fall|winter)\b(?:{_S}(?:of{_S})?{_YEAR})?",
            re.I,
        ),
    ),
    (
        "quarter",
        re.compile(
            rf"\b(?P<quarter>first|second|third|fourth){_S}quarter{_S}(?:of{_S})?{_YEAR}", re.I
        ),
    ),
    (
        "weekday",
        re.compile(
            rf"\b(?:(?P<which>last|next|this|past|this past|this coming){_S})?{_WEEKDAY}(?!\w)"
        ),
    ),
    (
        "near",
        re.compile(
            r"\b(?P<near>yesterday|(?<!USA )(?-i:[Tt]oday)|tonight|tomorrow|last night"
            r"|this (?:morning|afternoon|evening))\b",
            re.I,
        ),
    ),
    (
        "span",
        re.compile(
            rf"\b(?P<which>last|next|this|past|earlier this|later this){_S}"
            r"(?P<unit>week|month|year|decade|weekend)\b(?![’']s)",
            re.I,
        ),
    ),
    ("ago", re.compile(rf"\b{_COUNT}{_S}{_UNIT}{_S}ago\b", re.I)),
    ("in", re.compile(rf"\bin{_S}{_COUNT}{_S}{_UNIT}[’']?{_S}time\b", re.I)),
    ("decade", re.compile(rf"\b(?:the{_S})?(?P<decade>1[5-9]\d0|20\d0)s\b")),
    (
        "year",
        re.compile(
            rf"(?<![\d.,/$€£#:-])\b{_PART}{_YEAR}(?![\d/]|-\d|,\d{{3}}|\.\d|{_S}(?:people|troops"
            r"|soldiers|feet|miles|points|employees|workers|deaths|homes|meters|metres|mph|jobs"
            r"|calories|votes))",
            re.I,
        ),
    ),
)

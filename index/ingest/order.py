"""In which order documents are embedded."""

from enum import StrEnum


class First(StrEnum):
    """Which documents are embedded first; those without a date come last.

    Example:
        >>> First("newest").name
        'NEWEST'
    """

    NEWEST = "newest"
    OLDEST = "oldest"

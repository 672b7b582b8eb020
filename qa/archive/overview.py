"""An overview of an archive: how many documents it has, their dates, and the newest."""

from collections import Counter
from dataclasses import dataclass

from index import Listed
from qa.retrieval.searchable import Searchable

_NEWEST = 6


@dataclass(frozen=True, slots=True)
class Overview:
    """An overview of an archive.

    Attributes:
        documents: how many documents there are.
        passages: how many passages.
        unembedded: how many of them have no vector yet, and are found by their words alone.
        first: the earliest published date as 2022-09-13; None if no document states one.
        last: the latest.
        by_month: documents by the month of their date, as 2022-09, in order.
        undated: how many state no date.
        newest: the documents with the latest dates, the latest first.

    Example:
        >>> found = overview(Index.open(".quoth"))
        >>> found.documents, found.by_month, found.undated
        (2, {'2020-10': 1}, 1)
    """

    documents: int
    passages: int
    unembedded: int
    first: str | None
    last: str | None
    by_month: dict[str, int]
    undated: int
    newest: tuple[Listed, ...]

    def as_json(self) -> dict[str, object]:
        """The overview as plain values."""
        return {
            "documents": self.documents,
            "passages": self.passages,
            "unembedded": self.unembedded,
            "first": self.first,
            "last": self.last,
            "by_month": self.by_month,
            "undated": self.undated,
            "newest": [
                {
                    "document": one.name,
                    "title": one.title.value,
                    "published": one.published.value if one.published else None,
                }
                for one in self.newest
            ],
        }


def overview(index: Searchable) -> Overview:
    """Make an overview of the documents of an index.

    Args:
        index: the documents.

    Returns:
        The overview.

    Example:
        >>> overview(Index.open(".quoth")).newest[0].name
        'seeds/000_43a220144f544531.txt'
    """
    listed = index.documents()
    dated = sorted(
        (one for one in listed if one.published),
        key=lambda one: (one.published.value if one.published else "", one.name),
        reverse=True,
    )
    days = [one.published.value for one in dated if one.published]
    months = Counter(day[:7] for day in days)
    return Overview(
        len(listed),
        index.count_passages(),
        index.count_unembedded(),
        days[-1] if days else None,
        days[0] if days else None,
        dict(sorted(months.items())),
        len(listed) - len(dated),
        tuple(dated[:_NEWEST]),
    )

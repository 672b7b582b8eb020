"""A question and its filters, as the page's address states them."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from index import AllOf, Index, InFolder, NameMatches, PublishedFrom, PublishedTo, QuothError, Where
from qa.archive.facets import filter_of

_LONGEST = 3_000
_MOST_FACETS = 50
_STATED = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its filters, as a person states them; empty is no filter.

    Attributes:
        question: the question, name or phrase.
        published_from: the first day, as 2022, 2022-09 or 2022-09-13.
        published_to: the last day, in the same forms; of a year or month its last day.
        folder: only documents in this folder.
        document: only documents with a name like this.
        facets: what else documents are narrowed by, as "type:pdf" or "-author:Ann Lee".

    """

    question: str = ""
    published_from: str = ""
    published_to: str = ""
    folder: str = ""
    document: str = ""
    facets: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, stated: Iterable[tuple[str, str]]) -> "Asked":
        """Read the parameters of an address; unknown ones are ignored."""
        one = dict[str, str]()
        facets = []
        for name, value in stated:
            if name == "f":
                facets.append(value[:_LONGEST])
            else:
                one[name] = value[:_LONGEST]
        return cls(
            one.get("q", ""),
            one.get("from", ""),
            one.get("to", ""),
            one.get("in", ""),
            one.get("doc", ""),
            tuple(dict.fromkeys(facets))[:_MOST_FACETS],
        )

    def where(self, index: Index | None = None) -> Where | None:
        """The filters, over the names of `index`. Raises QuothError for an invalid one."""
        filters: list[Where] = []
        if self.published_from.strip() and self.published_to.strip():
            first, last = days_stated(self.published_from)[0], days_stated(self.published_to)[1]
            if first > last:
                raise QuothError(
                    f"the first day, {self.published_from}, is after the last, "
                    f"{self.published_to}; swap them"
                )
        if self.published_from.strip():
            filters.append(PublishedFrom(days_stated(self.published_from)[0]))
        if self.published_to.strip():
            filters.append(PublishedTo(days_stated(self.published_to)[1]))
        if self.folder:
            filters.append(InFolder(self.folder))
        if self.document:
            filters.append(NameMatches(self.document))
        narrowed = filter_of(self.facets, index)
        if narrowed is not None:
            filters.append(narrowed)
        return AllOf(tuple(filters)) if filters else None

    def link(self, **also: str) -> str:
        """The address that states this again, with these parameters too."""
        stated = {
            "q": self.question,
            "from": self.published_from,
            "to": self.published_to,
            "in": self.folder,
            "doc": self.document,
            **also,
        }
        kept = [(name, value) for name, value in stated.items() if value]
        return "?" + urlencode([*kept, *(("f", one) for one in self.facets)])

    def between(self, first: str, last: str) -> "Asked":
        """The same among the documents of these days."""
        return self._with(published_from=first, published_to=last)

    def chips(self) -> list[tuple[str, str]]:
        """Each filter in words, with the address without it."""
        found = [
            (f"{word} {value}", self._without(name).link())
            for word, name, value in (
                ("From", "published_from", self.published_from),
                ("To", "published_to", self.published_to),
                ("In", "folder", self.folder),
                ("Document", "document", self.document),
            )
            if value
        ]
        for one in self.facets:
            kind, _, value = one.removeprefix("-").partition(":")
            told = f"not {kind} {value}" if one.startswith("-") else f"{kind} {value}"
            found.append((told[0].upper() + told[1:], self.toggled(one).link()))
        return found

    def toggled(self, facet: str) -> "Asked":
        """The same with a facet added, or removed if it is already set."""
        bare = facet.removeprefix("-")
        others = tuple(one for one in self.facets if one.removeprefix("-") != bare)
        facets = others if facet in self.facets else (*others, facet)
        return self._with(facets=facets)

    def asking(self, question: str) -> "Asked":
        """Another question with the same filters."""
        return self._with(question=question)

    def without_kind(self, kind: str) -> "Asked":
        """The same without the facets of a kind."""
        kept = (one for one in self.facets if one.removeprefix("-").partition(":")[0] != kind)
        return self._with(facets=tuple(kept))

    def without_filters(self) -> "Asked":
        """The question alone."""
        return Asked(self.question)

    def _without(self, name: str) -> "Asked":
        return self._with(**{name: ""})

    def _with(self, **changed: object) -> "Asked":
        stated = {name: getattr(self, name) for name in self.__slots__} | changed
        return Asked(**stated)


def days_stated(stated: str) -> tuple[dt.date, dt.date]:
    """The first and last day of a date stated as 2022, 2022-09 or 2022-09-13.

    Raises QuothError for anything else.
    """
    told = QuothError(f"{stated!r} is not a date; write it as 2022, 2022-09 or 2022-09-13")
    found = _STATED.fullmatch(stated.strip())
    if found is None:
        raise told
    try:
        year, month, day = (int(part) if part else None for part in found.groups())
        first = dt.date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        end = month or 12
        return first, first.replace(month=end, day=calendar.monthrange(first.year, end)[1])
    except ValueError as error:
        raise told from error

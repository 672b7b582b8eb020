"""Which documents tell one story, and which of them are versions of one article."""

import datetime as dt
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from index.documents import FILE_NAME, Document
from index.duplicates.minhash import COPY, stories
from index.duplicates.series import is_of_one_series
from index.storage.schema import Listed
from index.storage.tables import Tables

_HEADLINE_MARK = re.compile(
    r"^(?:(?:update|corrected|correction|refile|rpt|recast|wrapup|exclusive)\s*\d*\s*[-:–—]\s*)+"
    r"|\s*[(\[](?:updated?|corrected|correction)[)\]]\s*$",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"\bthis (?:article|story|report|post|piece|item|version) (?:has been |was |is )?(?:since )?"
    r"(?:correct(?:ed|s)|updat(?:ed|es)|amended|clarifi(?:ed|es)|revised|replaces)\b"
    r"|\ban? (?:earlier|previous) version of this (?:article|story|report|post|piece|item)\b"
    r"|^\W*(?:correction|corrected|clarification|update|editor['’]s note)\s*\d{0,2}\s*[:(–—-]",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD, _TAIL = 800, 1_500
_VERSION_DAYS = dt.timedelta(days=7)
_NOT_A_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Version:
    """Another version of a document: its name and date, and how it is known to be one."""

    document: str
    published: str | None
    how: str


@dataclass(frozen=True, slots=True)
class Versions:
    """The later and the earlier versions of a document, by name."""

    later: tuple[Version, ...] = ()
    earlier: tuple[Version, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return bool(self.later or self.earlier)


def is_other_article(one: Document, other: Document) -> bool:
    """Whether two texts that share enough to be copies belong to one series instead.

    They do not if only one of them says that it corrects another text, or if they have the same
    headline and dates within days of each other: then they may be versions of one article.
    """
    if _says_it_corrects(one) != _says_it_corrects(other):
        return False
    same_headline = _headline(one) == _headline(other) != ""
    if same_headline and one.date and other.date and abs(one.date - other.date) <= _VERSION_DAYS:
        return False
    return is_of_one_series(one, other)


class Stories:
    """What an index knows of copies and versions, in the generation it was opened at.

    It is looked up for the texts that are asked about: an index may hold millions of pairs.
    """

    def __init__(self, store: Tables) -> None:
        """Look them up in `store`."""
        self._store = store
        self._lock = threading.RLock()
        self._alike: dict[str, dict[str, float]] = {}
        self._story: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._versions: dict[str, Versions] = {}

    def read_ahead(self, keys: Iterable[str]) -> None:
        """Say which texts will be asked about, so that they are looked up together."""
        with self._lock:
            coming = set(keys) - self._alike.keys()
            pairs: dict[tuple[str, str], float] = {}
            seen: set[str] = set()
            while coming:  # the texts of one story are joined by copies of copies
                found = self._store.alike(coming)
                pairs.update({(one, other): share for one, other, share in found})
                seen |= coming
                copies = {
                    key for one, other, share in found if share >= COPY for key in (one, other)
                }
                coming = copies - seen - self._alike.keys()
            for key in seen:
                self._alike[key] = {}
            for (one, other), share in pairs.items():
                for key, its in ((one, other), (other, one)):
                    if key in seen:
                        self._alike[key][its] = share
            told = [(one, other, share) for (one, other), share in pairs.items()]
            for key, story in sorted(stories(seen, told).items()):
                self._story[key] = story
                self._members.setdefault(story, []).append(key)

    def _looked_up(self, key: str) -> dict[str, float]:
        """The texts that share much with a text, and how much."""
        with self._lock:
            if key not in self._alike:
                self.read_ahead([key])
            return self._alike[key]

    def story(self, key: str) -> str:
        """The id of the story that a text tells; texts with the same id are copies."""
        self._looked_up(key)
        return self._story[key]

    def copies(self, key: str) -> list[str]:
        """The keys of the other texts of its story."""
        return [other for other in self._members[self.story(key)] if other != key]

    def series(self, key: str) -> list[str]:
        """The keys of the other texts of its series: one template with other facts."""
        return sorted(other for other, share in self._looked_up(key).items() if share < 0)

    def groups(self) -> list[list[Listed]]:
        """Groups of two or more documents that tell one story, exact copies included."""
        listed = self._store.documents()
        self.read_ahead(one.key for one in listed)
        by_story: dict[str, list[Listed]] = {}
        for one in listed:
            by_story.setdefault(self.story(one.key), []).append(one)
        return [group for group in by_story.values() if len(group) > 1]

    def names(self, keys: Iterable[str]) -> list[str]:
        """The names of the documents with these texts, in order."""
        return sorted(one.name for one in self._store.listed(keys))

    def versions(self, key: str) -> Versions:
        """The versions of a text's document, later and earlier.

        Two documents that share much are versions of one article when they have one headline
        and different dates, or when the text of one says that it corrects or updates another.
        """
        if not self._looked_up(key):
            return Versions()
        if key not in self._versions:
            self._versions[key] = self._compared(key)
        return self._versions[key]

    def _compared(self, key: str) -> Versions:
        mine = self._store.document(key)
        later: list[Version] = []
        earlier: list[Version] = []
        for other, share in self._alike[key].items():
            if share < 0:
                continue
            theirs = self._store.document(other)
            how = _follows(theirs, mine)
            if how:
                later.append(_version(theirs, how))
            elif how := _follows(mine, theirs):
                earlier.append(_version(theirs, how))
        return Versions(tuple(sorted(later, key=_when)), tuple(sorted(earlier, key=_when)))


def _version(document: Document, how: str) -> Version:
    published = document.published.value if document.published else None
    return Version(document.name, published, how)


def _when(version: Version) -> tuple[str, str]:
    return version.published or "", version.document


def _follows(later: Document, earlier: Document) -> str:
    """How `later` is known to be a later version of `earlier`; "" if it is not."""
    dated = later.date and earlier.date
    if dated and later.date < earlier.date:  # type: ignore[operator]
        return ""
    if _says_it_corrects(later) and not _says_it_corrects(earlier):
        return "says that it corrects or updates an earlier text"
    if dated and later.date != earlier.date and _headline(later) == _headline(earlier) != "":
        return "same headline, later date"
    return ""


def _says_it_corrects(document: Document) -> bool:
    text = document.text
    marked = _HEADLINE_MARK.search(document.title.value)
    return bool(marked or _CORRECTS.search(text[:_HEAD]) or _CORRECTS.search(text[-_TAIL:]))


def _headline(document: Document) -> str:
    if document.title.how == FILE_NAME:
        return ""
    bare = _HEADLINE_MARK.sub("", document.title.value)
    return _NOT_A_WORD.sub(" ", bare).strip().casefold()

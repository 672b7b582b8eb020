"""Timelines: the sentences about a name or question that state a date, sorted by it."""

import calendar
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index import Document, Span
from index.search.bm25 import terms
from index.text.dates import DateInText, dates_in
from qa.archive.mentions import mentions
from qa.citation import Citation, cite
from qa.language.question import Question
from qa.language.sentence_span import body_sentences
from qa.ranking.sentence_ranking import rarities
from qa.retrieval.find import retrieved
from qa.retrieval.searchable import Searchable

SAME_EVENT = 0.75
"""The least cosine of two sentences of one day that tell of the same event."""
_PASSAGES = 60
_LEAST_WORDS = 5
_TERMS_MET = 0.5
_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|did|does|do|has"
    r"|have|had|can|could|will|would)\b",
    re.I,
)
_BOUND = re.compile(
    r"\b(?:since|until|till|before|after|by|from|between|through)\W+(?:the )?$"
    r"|\bbetween\b.{1,30}\band\W+$|\bfrom\b.{1,30}\bto\W+$",
    re.I,
)
_OPENS = re.compile(r"\b(?:from|between)\W+$", re.I)
_TO = re.compile(r"\s*(?:to|until|through|and|–|—|-)\s*", re.I)
_YEAR = 365
_HAS_YEAR = re.compile(r"\b\d{4}\b")
_DAY_ALONE = re.compile(
    r"[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:st|nd|rd|th)?\s+[A-Z][a-z]{2,8}\.?"
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a date, as one or more documents tell it.

    Attributes:
        first: the first day of the date that is stated.
        last: the last, the same for a single day.
        words: how the first sentence states the date: "Wednesday".
        worked_out: whether the date was resolved from the article's date.
        told: the sentences that tell of it, that of the earliest document first.

    Example:
        >>> event = timeline(Index.open(".quoth"), "Nagorno-Karabakh").events[0]
        >>> event.date, event.words
        ('1988', '1988')
    """

    first: dt.date
    last: dt.date
    words: str
    worked_out: bool
    told: tuple[Citation, ...]

    @property
    def date(self) -> str:
        """The date as 2022-09-13, 2022-09 or 2022, or "2022-09-13 to 2022-09-14"."""
        return period(self.first, self.last)

    def as_json(self) -> dict[str, object]:
        """The event as plain values."""
        return {
            "date": self.date,
            "first": str(self.first),
            "last": str(self.last),
            "words": self.words,
            "worked_out": self.worked_out,
            "told": [
                {
                    "document": one.document,
                    "title": one.title,
                    "published": one.published,
                    "paragraph": one.paragraph,
                    "start": one.start,
                    "end": one.end,
                    "text": one.quote,
                    "content_hash": one.content_hash,
                }
                for one in self.told
            ],
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dated events of a name or a question.

    Attributes:
        about: the name or question.
        events: the events, by date; the earlier first.
        by_month: mentions by the month in which their document was published, in order; for a
            question the sentences that bear on it.
        undated: how many of those sentences state no date.

    Example:
        >>> found = timeline(Index.open(".quoth"), "Nagorno-Karabakh")
        >>> [event.date for event in found.events][:2]
        ['1988', '2020']
    """

    about: str
    events: tuple[Event, ...]
    by_month: dict[str, int]
    undated: int

    def as_json(self) -> dict[str, object]:
        """The timeline as plain values, in the form `quoth timeline --json` prints."""
        return {
            "about": self.about,
            "events": [one.as_json() for one in self.events],
            "by_month": self.by_month,
            "undated": self.undated,
        }

    def rows(self) -> list[tuple[str, ...]]:
        """A row for each sentence of each event, with headings, for a spreadsheet."""
        headings = ("date", "first", "last", "stated as", "sentence", "document", "published")
        return [
            (*headings, "paragraph", "start", "end"),
            *(
                (
                    event.date,
                    str(event.first),
                    str(event.last),
                    event.words,
                    " ".join(one.quote.split()),
                    one.document,
                    one.published or "",
                    str(one.paragraph),
                    str(one.start),
                    str(one.end),
                )
                for event in self.events
                for one in event.told
            ),
        ]


def timeline(index: Searchable, about: str) -> Timeline:
    """The sentences about a name or a question that state a date, by the date that they state.

    For a name every mention is used; for a question those sentences of the best 60 passages that
    have at least half of its terms, weighted by rarity. Relative dates ("Wednesday") are resolved
    from the document's date. If a sentence has several dates, the most precise one is used; one
    that only bounds a period ("since 2020") is used only if there is no other. Sentences of one
    date that say nearly the same are one event, and copies of a story count once.

    Args:
        index: what to search, with its filter: `index.restricted_to(where)`.
        about: a name or phrase as `mentions` takes it, or a question.

    Returns:
        The events, by date, the earlier first.

    Raises:
        QuothError: for a phrase or a question without a word, or a too long one.

    Example:
        >>> found = timeline(Index.open(".quoth"), "When did Armenia and Azerbaijan first fight?")
        >>> found.events[0].date
        '1988'
    """
    sentences = list(sentences_about(index, about))
    months = Counter(f"{one.date:%Y-%m}" for one, _ in sentences if one.date)
    dated = [
        _Dated(document, span, date)
        for document, span in sentences
        if (date := date_of(span.of(document.text), document))
    ]
    events = sorted(_merged(index, dated), key=lambda one: (one.first, one.last))
    return Timeline(
        about.strip(), tuple(events), dict(sorted(months.items())), len(sentences) - len(dated)
    )


def period(first: dt.date, last: dt.date) -> str:
    """A period in its shortest form: a day, a month, a year, or from one day to another.

    Example:
        >>> period(dt.date(2022, 9, 1), dt.date(2022, 9, 30))
        '2022-09'
    """
    if first == last:
        return str(first)
    month_ends = last.day == calendar.monthrange(last.year, last.month)[1]
    if first.year == last.year and first.day == 1 and month_ends:
        if first.month == last.month:
            return f"{first:%Y-%m}"
        if (first.month, last.month) == (1, 12):
            return f"{first:%Y}"
    return f"{first} to {last}"


@dataclass(frozen=True, slots=True)
class _Dated:
    """A sentence with the date that it states."""

    document: Document
    span: Span
    date: DateInText


def sentences_about(index: Searchable, about: str) -> Iterator[tuple[Document, Span]]:
    """The sentences about a name or a question, each with its document.

    For a name, all sentences with the name; for a question, those sentences of the best passages
    that have at least half of its terms. Raises QuothError if it has no word or is too long.
    """
    asked = bool(_QUESTION.search(about.strip()))
    return _bearing(index, about) if asked else _naming(index, about)


def _naming(index: Searchable, name: str) -> Iterator[tuple[Document, Span]]:
    """The sentences that name it."""
    for one in mentions(index, name).found:
        for cited in one.cited():
            yield one.document, Span(cited.start, cited.end)


def _bearing(index: Searchable, text: str) -> Iterator[tuple[Document, Span]]:
    """The sentences of the best passages that hold much of what is asked."""
    question = Question.parse(text)
    rarity = {t: w for t, w in rarities(index, question).items() if t not in question.date_terms}
    enough = _TERMS_MET * sum(rarity.values())
    found = retrieved(index, question, index.encoder.encode([question.asked]), None)
    seen: set[tuple[str, Span]] = set()
    for one in found[:_PASSAGES]:
        document = index.document(one.passage.document)
        for span in body_sentences(document):
            key = (one.passage.document, span)
            if key in seen or not one.passage.span.overlap(span):
                continue
            seen.add(key)
            held = {*terms(span.of(document.text))}
            if sum(weight for term, weight in rarity.items() if term in held) >= enough:
                yield document, span


def date_of(sentence: str, document: Document) -> DateInText | None:
    """The date by which a sentence is sorted: the most precise one, the first of equal ones.

    A date that only bounds a period ("since 2020") is used only if there is no other. The two ends
    of a period ("between March 2020 and September 2022") are one date.
    """
    if len(sentence.split()) < _LEAST_WORDS:
        return None
    dates = [one for one in dates_in(sentence, document.date) if not one.yearless]
    periods = [
        DateInText(
            Span(one.span.start, other.span.end),
            one.first,
            other.last,
            one.worked_out or other.worked_out,
        )
        for one, other in pairwise(dates)
        if _OPENS.search(sentence[: one.span.start])
        and _TO.fullmatch(sentence[one.span.end : other.span.start])
        and one.first <= other.last
    ]
    own = [one for one in dates if not _BOUND.search(sentence[: one.span.start])]
    # In "signed it Jan. 1 but issued a version Sept. 22, 1862" the article's year is not that of
    # the first: beside a day with its year a day of a month without one is left out.
    if any(one.first == one.last and _HAS_YEAR.search(one.span.of(sentence)) for one in own):
        own = [one for one in own if not _DAY_ALONE.fullmatch(one.span.of(sentence))]
    return min(
        own or periods or dates,
        key=lambda one: (min((one.last - one.first).days, _YEAR), one.span.start),
        default=None,
    )


def _merged(index: Searchable, dated: Sequence[_Dated]) -> Iterator[Event]:
    """The events: of the sentences of one date those that say nearly the same are one."""
    by_date: dict[tuple[dt.date, dt.date], list[_Dated]] = {}
    for one in dated:
        by_date.setdefault((one.date.first, one.date.last), []).append(one)
    for (first, last), group in by_date.items():
        texts = [" ".join(one.span.of(one.document.text).split()) for one in group]
        same: list[list[int]] = []
        if len(group) > 1:
            vectors = index.encoder.encode(texts)
            alike = vectors @ vectors.T
            for at in range(len(group)):
                joined = next((one for one in same if alike[at, one[0]] >= SAME_EVENT), None)
                if joined is None:
                    same.append([at])
                else:
                    joined.append(at)
        else:
            same = [[0]]
        for places in same:
            told = sorted((group[at] for at in places), key=_by_publication)
            date = told[0].date
            words = date.span.of(told[0].span.of(told[0].document.text))
            cited = tuple(cite(one.document, one.span) for one in told)
            yield Event(first, last, words, date.worked_out, cited)


def _by_publication(one: _Dated) -> tuple[bool, str, str, int]:
    date = one.document.date
    return date is None, str(date or ""), one.document.name, one.span.start

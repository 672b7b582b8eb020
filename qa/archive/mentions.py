"""Finding and counting every mention of a name or phrase in all documents."""

import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index import Document, Span
from index.search.bm25 import terms
from qa.archive.phrase import Phrase
from qa.archive.searched import searched_in
from qa.citation import Citation, cite
from qa.language.sentence_span import sentence_of
from qa.retrieval.searchable import Searchable, documents_of

_NEAREST, _LOOKED_AT = 5, 20
_LIKE = 0.75
"""How alike a word must be to be named as a near form, 0 to 1."""


@dataclass(frozen=True, slots=True)
class NamedIn:
    """A document that names the phrase.

    Attributes:
        document: the document.
        spans: where its text names it, in order; by meaning the nearest sentence first.
        surname_only: how many of them are the surname alone.
        copies: the names of the documents that tell the same story; they are not counted.

    Example:
        >>> named = mentions(Index.open(".quoth"), "Blinken").found[0]
        >>> named.document.name, len(named.spans)
        ('seeds/003_b2d011834734ebc9.txt', 3)
    """

    document: Document
    spans: tuple[Span, ...]
    surname_only: int
    copies: tuple[str, ...]

    def cited(self) -> tuple[Citation, ...]:
        """The sentences that name it, each once, in the order of `spans`."""
        sentences = dict.fromkeys(sentence_of(self.document, span) for span in self.spans)
        return tuple(cite(self.document, span) for span in sentences)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Every mention of a phrase in the documents that were searched.

    Attributes:
        phrase: the phrase as it was typed.
        found: the documents that name it, by date, those without one last; by meaning the nearest
            first.
        searched: how many documents were searched.
        first: the earliest date among the documents searched; None if none has one.
        last: the latest.
        undated: the names of the documents searched that state no date.
        unread: the files, and parts of files, that could not be read, each with the reason; those
            of the whole index, for nobody knows whether they would pass a filter.
        nearest: where no document mentions it, words of the documents that are spelled like it; of
            several words like those that are in none.
        also: the other forms of it that were counted as well.
        by_meaning: whether these are sentences near in meaning, not those that name it.

    Example:
        >>> found = mentions(Index.open(".quoth"), "Blinken")
        >>> found.count, len(found.found), found.searched
        (3, 1, 2)
    """

    phrase: str
    found: tuple[NamedIn, ...]
    searched: int
    first: dt.date | None
    last: dt.date | None
    undated: tuple[str, ...]
    unread: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    by_meaning: bool = False

    @property
    def count(self) -> int:
        """How many mentions there are; those of copies are not counted."""
        return sum(len(one.spans) for one in self.found)

    @property
    def copies(self) -> int:
        """How many documents were not counted, as copies of one that was."""
        return sum(len(one.copies) for one in self.found)

    def by_month(self) -> dict[str, int]:
        """Mentions by month as 2022-09, in order; documents without a date are left out."""
        months = Counter[str]()
        for one in self.found:
            if one.document.date:
                months[f"{one.document.date:%Y-%m}"] += len(one.spans)
        return dict(sorted(months.items()))

    def by_folder(self) -> dict[str, int]:
        """Mentions by the folder of the document, most first."""
        folders = Counter[str]()
        for one in self.found:
            folders[one.document.name.rpartition("/")[0] or "."] += len(one.spans)
        return dict(folders.most_common())

    def as_json(self) -> dict[str, object]:
        """The mentions as plain values, in the form `quoth mentions --json` prints."""
        return {
            "phrase": self.phrase,
            "also": list(self.also),
            "mentions": self.count,
            "documents": len(self.found),
            "copies": self.copies,
            "searched": self.searched,
            "first": str(self.first) if self.first else None,
            "last": str(self.last) if self.last else None,
            "undated": list(self.undated),
            "unread": list(self.unread),
            "by_meaning": self.by_meaning,
            "nearest": list(self.nearest),
            "by_month": self.by_month(),
            "by_folder": self.by_folder(),
            "found": [
                {
                    "document": one.document.name,
                    "title": one.document.title.value,
                    "published": one.document.published.value if one.document.published else None,
                    "content_hash": one.document.content_hash,
                    "surname_only": one.surname_only,
                    "copies": list(one.copies),
                    "mentions": [
                        {"start": span.start, "end": span.end, "text": span.of(one.document.text)}
                        for span in one.spans
                    ],
                }
                for one in self.found
            ],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """A row a sentence that names it, for a spreadsheet; the first row has the headings."""
        headings = ("document", "title", "published", "paragraph", "start", "end", "sentence")
        return [headings, *(_row(said) for one in self.found for said in one.cited())]


def _row(said: Citation) -> tuple[str, ...]:
    return (
        said.document,
        said.title,
        said.published or "",
        str(said.paragraph),
        str(said.start),
        str(said.end),
        " ".join(said.quote.split()),
    )


def mentions(
    index: Searchable, phrase: str, *, case: bool = False, also: Sequence[str] = ()
) -> Mentions:
    """Every mention of a name or phrase, in all documents, not in the best few.

    A word is found in its inflected forms, with or without accents; in quotation marks the phrase
    is found to the letter. In a document that has a person's full name, the surname alone counts
    too. Copies of one story count once: the earliest is counted and the others are listed.

    Args:
        index: what to search, with its filter: `index.restricted_to(where)`.
        phrase: the name or phrase.
        case: whether capitals must be as typed.
        also: other forms of it that count as well, such as transliterations; see `aliases_of`.

    Returns:
        The mentions, and what was searched.

    Raises:
        QuothError: for a phrase without a word or of over 200 characters.

    Example:
        >>> found = mentions(Index.open(".quoth"), '"Nancy Pelosi"')
        >>> found.count, found.searched
        (0, 2)
    """
    looked_for = Phrase.parse(phrase, case=case)
    forms = [looked_for, *(Phrase.parse(one, case=case) for one in also)]
    searched = searched_in(index)
    among: set[str] = set()
    for form in forms:
        among |= set(searched.keys) if form.terms is None else index.keys_holding(form.terms)
    named = [
        (key, one)
        for key, document in documents_of(index, [key for key in searched.keys if key in among])
        if (one := _named_in(document, forms)) is not None
    ]
    return Mentions(
        phrase=looked_for.text,
        found=counted_once(index, named),
        searched=searched.count,
        first=searched.first,
        last=searched.last,
        undated=searched.undated,
        unread=searched.unread,
        nearest=() if named else _nearest(index, looked_for),
        also=tuple(also),
    )


def _named_in(document: Document, forms: Sequence[Phrase]) -> NamedIn | None:
    full: list[Span] = []
    forms = sorted(forms, key=lambda one: -len(one.words))  # one may be a part of another
    for form in forms:
        full += _apart(form.found_in(document.text), full)
    alone: list[Span] = []
    for form in forms:
        if form.surname and any(True for _ in form.found_in(document.text)):
            alone += _apart(form.surname.found_in(document.text), [*full, *alone])
    if not full:
        return None
    return NamedIn(document, tuple(sorted([*full, *alone])), len(alone), document.copies)


def _apart(spans: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    """Those of `spans` that overlap none of the others."""
    return [span for span in spans if not any(span.overlap(other) for other in others)]


def counted_once(index: Searchable, named: Sequence[tuple[str, NamedIn]]) -> tuple[NamedIn, ...]:
    """The earliest of the documents of one story, or of each version of it, with the others."""
    stories = index.stories()
    stories.read_ahead(key for key, _ in named)
    by_edition: dict[str, list[NamedIn]] = {}
    for key, one in named:
        edition = key if stories.versions(key).any else stories.story(key)
        by_edition.setdefault(edition, []).append(one)
    found = []
    for group in by_edition.values():
        first, *others = sorted(group, key=by_date)
        copies = [*first.copies, *(n for o in others for n in (o.document.name, *o.copies))]
        found.append(NamedIn(first.document, first.spans, first.surname_only, tuple(copies)))
    return tuple(sorted(found, key=by_date))


def by_date(one: NamedIn) -> tuple[bool, str, str]:
    """The order by date, documents without one last."""
    date = one.document.date
    return date is None, str(date or ""), one.document.name


def _nearest(index: Searchable, phrase: Phrase) -> tuple[str, ...]:
    """Words of the documents that are spelled much like one of the phrase's, likest first.

    Of several words only those are taken to be misspelled that stand in no document.
    """
    near: list[str] = []
    words = re.findall(r"\w+", phrase.words)
    for word in words:
        if len(words) > 1 and any(index.frequency(term) for term in terms(word)):
            continue
        there = Counter[str]()
        for term in terms(word):
            for one in index.spelled_like(term, _LOOKED_AT):
                text = one.span.of(index.document(one.document).text)
                there.update(re.findall(r"[^\W\d_][\w’'-]+", text))
        like = difflib.get_close_matches(word, list(there), _NEAREST, _LIKE)
        near += [one for one in like if one != word]
    return tuple(dict.fromkeys(near))[:_NEAREST]

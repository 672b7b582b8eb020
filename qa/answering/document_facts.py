"""Questions about a document itself: who wrote it, when it was published, what it is called."""

import re
from dataclasses import dataclass

from index import Document, Found, Listed, Passage
from index.search.bm25 import terms
from qa.language.question import Question
from qa.retrieval.searchable import Searchable

_ARTICLE = (
    r"\b(?:the|this|that) (?:(?:news|newspaper|magazine|blog|online|first|last|whole) )?"
    r"(?:article|story|piece|column|dispatch|essay|post|document|text|report)"
    r"(?=[?.!,:]|$| (?:about|on|of|titled|entitled|called|headlined|with the (?:title|headline)|by"
    r"|from|was|were|is|published|posted|written)\b| [\"“‘'])"
)
"""The article itself, in the words of a question: a determiner, the noun, and then its subject."""

_ASKS = (
    (
        "author",
        re.compile(
            rf"^who (?:wrote|authored|penned) {_ARTICLE}"
            rf"|\b(?:author|writer) of {_ARTICLE}|^by whom (?:was|is) {_ARTICLE}"
        ),
    ),
    (
        "published",
        re.compile(
            rf"^when (?:was|were) {_ARTICLE}.*\b(?:published|posted|written)\W*$"
            rf"|\b(?:publication date|date) of {_ARTICLE}"
        ),
    ),
    (
        "title",
        re.compile(
            rf"\b(?:title|headline) of {_ARTICLE}"
            rf"|^what (?:is|was) {_ARTICLE}.* (?:called|titled|entitled)\W*$"
        ),
    ),
)
_DOCUMENT_OR_REPORT = re.compile(r"\bthe (?:report|document|text)\b")
_NOT_TITLE = frozenset(
    terms(
        "wrote authored penned author writer published posted written publication date article "
        "story piece report column dispatch essay post document text title headline name called "
        "titled entitled named"
    )
)
_LEAST_SHARE = 0.6
_BEGINNING = 4
"""A word of a title begins with so many letters of its stem, whatever its ending."""


@dataclass(frozen=True, slots=True)
class About:
    """A fact about a document, such as its author, quoted from its text.

    `share` is the share, 0 to 1, of the words by which the question describes the document that
    are in its title or, for a question about the title, in its title or its author's name.
    """

    document: Document
    passage: Passage
    fact: Found
    share: float


def about(index: Searchable, question: Question) -> About | None:
    """The author, date or title that the question asks for, of the document that it describes.

    None when the question asks for none of them, describes no title or several alike, or when the
    document states no such fact in its text.
    """
    asked = next((field for field, asks in _ASKS if asks.search(question.lower)), None)
    if asked and _DOCUMENT_OR_REPORT.search(question.lower):
        return None  # "the report on X" is as often a report that the article tells of
    said = set(question.terms) - _NOT_TITLE
    if asked is None or not said:
        return None
    beginnings = [term[:_BEGINNING] for term in said if term.isascii()]
    shares = sorted(
        (
            (len(said & _described(one, asked)) / len(said), one.name, one.key)
            for one in index.described_with(beginnings)
        ),
        reverse=True,
    )
    if not shares or shares[0][0] < _LEAST_SHARE:
        return None
    share, _, key = shares[0]
    if len(shares) > 1 and shares[1][0] == share and shares[1][2] != key:
        return None
    document = index.document(key)
    fact: Found | None = getattr(document, asked)
    span = fact.span if fact else None
    if fact is None or span is None:
        return None
    holding = (passage for passage in index.passages_of([key]) if passage.span.holds(span))
    passage = next(holding, None)
    return About(document, passage, fact, share) if passage else None


def _described(one: Listed, asked: str) -> set[str]:
    """The words that a question may describe a document with."""
    author = one.author.value if one.author and asked == "title" else ""
    return {*terms(one.title.value), *terms(author)}

"""A passage's words as the server keeps them: Quoth's own stems, each at its place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import tantivy

from index.search.text_snapshot import ANALYZER

NO_WORD = "-"
"""Stands at the place of a word that is not searched for, such as "the"."""
_PLAIN = re.compile(r"[a-z]+|[0-9]{1,9}")
_ESCAPE = "zqj"
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_TOKENIZER = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).build()


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of a text, each at its place, with NO_WORD between them; written with spaces."""

    places: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        """The stems of `text`, normalized by `index.text.matching`.

        >>> str(Words.of("The ceasefires in Baku"))
        '- ceasefir - baku'
        """
        return cls(tuple(_stem(word) for word in _TOKENIZER.analyze(text)))

    @classmethod
    def kept(cls, written: str) -> "Words":
        """Those that were written with `str`."""
        return cls(tuple(written.split()))

    def __str__(self) -> str:
        """The stems with a space between them."""
        return " ".join(self.places)

    def __iter__(self) -> Iterator[str]:
        """The stems in order, repeats kept."""
        return (term for term in self.places if term != NO_WORD)

    @property
    def as_tsvector(self) -> str:
        """The stems and their places as PostgreSQL writes them in a tsvector."""
        found: dict[str, list[int]] = {}
        for place, term in enumerate(self.places, 1):
            if term != NO_WORD:
                found.setdefault(term, []).append(place)
        return " ".join(f"{term}:{','.join(map(str, at))}" for term, at in found.items())


def written(term: str) -> str:
    """A stem as the server keeps it.

    The parser of PostgreSQL cuts some words apart, and which depends on the database's locale. It
    leaves words of the letters a to z and short numbers alone; every other stem is spelled with
    these letters.

    >>> written("ceasefir"), written("2022"), written("café")
    ('ceasefir', '2022', 'zqjgdgbgggpmdkj')
    """
    if _PLAIN.fullmatch(term):
        return term
    return _ESCAPE + term.encode().hex().translate(_LETTERS)


def phrase_query(words: Sequence[tuple[int, str]]) -> str:
    """A phrase as a tsquery; `words` are its stems, each with its place, in order.

    >>> phrase_query([(0, "world"), (2, "food")])
    'world <2> food'
    """
    first, *rest = words
    query, before = written(first[1]), first[0]
    for place, term in rest:
        query += f" <{place - before}> {written(term)}"
        before = place
    return query


def any_query(terms: Iterable[str]) -> str:
    """A tsquery for any of these terms, as they are kept."""
    return " | ".join(terms)


@lru_cache(100_000)
def _stem(word: str) -> str:
    found = ANALYZER.analyze(word)
    return written(found[0]) if found else NO_WORD

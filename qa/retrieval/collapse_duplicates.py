"""Leaving out passages that repeat what a better passage of a copy says."""

import re
from collections.abc import Sequence

from index import Document  # noqa: TC001 -- as everywhere
from index.duplicates.minhash import share, shingles_of
from index.text.numbers import numbers_in
from qa.retrieval.fusion import Retrieved
from qa.retrieval.searchable import Searchable

_SAME = 0.6
_LOOKED_AT = 60
_WORD = re.compile(r"\w+")


def once(index: Searchable, found: Sequence[Retrieved]) -> list[Retrieved]:
    """Leave out passages whose text is also in a copy of their document with a better passage.

    A passage stays if it has text or a number that the copy lacks or, in another version of an
    article, a name that it lacks. Only the best 60 passages are compared; the rest stay.
    """
    stories = index.stories()
    stories.read_ahead(one.passage.document for one in found[:_LOOKED_AT])
    told: dict[str, list[tuple[str, Document]]] = {}
    kept: list[Retrieved] = []
    for one in found[:_LOOKED_AT]:
        key = one.passage.document
        if not stories.copies(key):
            kept.append(one)
            continue
        document = index.document(key)
        earlier = told.setdefault(stories.story(key), [])
        text = one.passage.span.of(document.text)
        has_versions = stories.versions(key).any
        if any(
            other != key and _says(theirs.text, text, names=has_versions)
            for other, theirs in earlier
        ):
            continue
        if all(other != key for other, _ in earlier):
            earlier.append((key, document))
        kept.append(one)
    return [*kept, *found[_LOOKED_AT:]]


def _says(text: str, passage: str, *, names: bool) -> bool:
    """Whether `text` says what `passage` does: most of its words in order, and every number."""
    if share(shingles_of(passage), shingles_of(text)) < _SAME:
        return False
    there = {word.casefold() for word in _WORD.findall(text)}
    if not _numbers(passage) <= _numbers(text):
        return False
    missing = [word for word in _WORD.findall(passage) if word.casefold() not in there]
    return not any(names and word[0].isupper() for word in missing)


def _numbers(text: str) -> set[float | str]:
    """The numbers that a text states: by value, or a vague one and digits inside words as such."""
    found = numbers_in(text)
    stated: set[float | str] = {
        text[one.start : one.end].casefold() if one.value is None else one.value for one in found
    }
    inside = {word.casefold() for word in _WORD.findall(text) if not word.isdigit()}
    return stated | {word for word in inside if any(letter.isdigit() for letter in word)}

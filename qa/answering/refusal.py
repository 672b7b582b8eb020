"""Why a question is not answered."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches

from index.search.bm25 import terms
from qa.answering.candidates import sentences_around
from qa.answering.choice import CLOSE, Chosen, distinct
from qa.language.question import Question
from qa.retrieval.searchable import Searchable

_ALIKE = 0.65
"""The share of letters that a name and its misspelling have in common, in order."""
_SHORT, _HEADLINE = 3, 0.8
"""In a headline so many of the words with more letters than that begin with a capital."""
_WORD = re.compile(r"\w+")
_OWNER = re.compile("['’]s$")
_NAMED = 4
"""How many words are named, at most."""


def why_refused(
    index: Searchable, question: Question, candidates: Sequence[Chosen]
) -> tuple[str, ...]:
    """What kept an answer from being given, each as a sentence for the person who asked.

    Args:
        index: what was searched.
        question: the question.
        candidates: the answers that were thought of, likeliest first.

    Returns:
        One reason, the first that applies: words that are in no document; names and numbers that
        are not near the likeliest answer; two answers that differ; no passage that states an
        answer clearly.
    """
    reasons = []
    unknown = [word for term, word in question.spelled.items() if index.frequency(term) == 0]
    if unknown:
        reasons.append(f"No document has the {_listed('word', unknown)}.")
    if candidates:
        first = candidates[0].read
        near = {
            *terms(sentences_around(first).of(first.document.text)),
            *terms(first.document.search_title),
        }
        missing = [
            word
            for term, word in question.spelled.items()
            if term in question.names and term not in near and word not in unknown
        ]
        if missing and not unknown:
            reasons.append(f"The likeliest answer is not near {_listed('', missing)}.")
        others = [one for one in distinct(candidates) if one.chance >= CLOSE * candidates[0].chance]
        if others and not reasons:
            two = [" ".join(_words(one).split()) for one in (candidates[0], others[0])]
            reasons.append(f"Passages differ: “{two[0]}” and “{two[1]}”.")
    if not reasons:
        reasons.append("No passage states it clearly.")
    return tuple(reasons)


def asks_of_a_stranger(index: Searchable, question: Question, first: Chosen) -> bool:
    """Whether the question has a name that no document has, and the answer is not near one like it.

    A name that is in no document may be misspelled, or stand in another form: "Djokowicz" is like
    "Djokovic", "France" like "French". Dates, numbers and abbreviations are no such names, and
    neither is a word that only begins the question.
    """
    typed = question.asked.split()
    long = [word for word in typed if len(word) > _SHORT]
    if sum(word[:1].isupper() for word in long) > _HEADLINE * len(long):
        return False  # a headline: capitals tell nothing
    unknown = [
        _plain(_OWNER.sub("", word))
        for term, word in question.spelled.items()
        if term in question.names
        and term not in question.date_terms
        and not typed[0].startswith(word)
        and not word.isupper()
        and not any(char.isdigit() for char in word)
        and not any(map(index.frequency, terms(word)))  # of all parts of "Nagorno-Karabakh"
    ]
    if not unknown:
        return False
    document = first.read.document
    near = f"{sentences_around(first.read).of(document.text)} {document.search_title}"
    words = set(_WORD.findall(_plain(near)))
    return any(not get_close_matches(word, words, 1, _ALIKE) for word in unknown)


def _plain(text: str) -> str:
    """A text in small letters without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in parts if not unicodedata.combining(char))


def _words(one: Chosen) -> str:
    span = one.read.whole or one.read.sentence()
    return span.of(one.read.document.text)


def _listed(noun: str, words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words[:_NAMED]]
    several = "s" if noun and len(quoted) > 1 else ""
    joined = ", ".join(quoted[:-1]) + " or " + quoted[-1] if len(quoted) > 1 else quoted[0]
    return f"{noun}{several} {joined}".strip()

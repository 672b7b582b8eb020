"""A summary by extraction: the most representative sentences about a name."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import Document, Span
from qa.archive.timeline import date_of, period, sentences_about
from qa.citation import Citation, cite
from qa.retrieval.searchable import Searchable

_MOST_COMPARED = 800
_LEAST_WORDS, _MOST_WORDS = 8, 60
_ENDS = re.compile(r"[.!?][”\"’')\]]*\s*$")
"""The end of a sentence; a picture's caption has none."""
_LEAST_GAIN = 0.01
"""The least mean gain in similarity for which another sentence is added."""
_NEED_OTHERS = frozenset(
    "he she it they his her its their this that these those but and so then".split()
)
"""First words of sentences that cannot be understood without the sentence before."""


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of a summary.

    Attributes:
        citation: the sentence and its place.
        date: what it is sorted by: the date that it states, or else its document's, as 2022-09-13;
            empty if neither is known.
        stated: whether the sentence states that date.
        stands_for: for how many sentences it is the nearest chosen one, itself included.

    Example:
        >>> first = summary(Index.open(".quoth"), "Nagorno-Karabakh").sentences[0]
        >>> first.stated, first.citation.paragraph > 0
        (True, True)
    """

    citation: Citation
    date: str
    stated: bool
    stands_for: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The most representative sentences about a name or question.

    Attributes:
        about: the name or question.
        sentences: the sentences chosen, sorted by their dates.
        found: how many sentences are about it.
        documents: how many documents these are from.

    Example:
        >>> found = summary(Index.open(".quoth"), "Nagorno-Karabakh", most=3)
        >>> len(found.sentences) <= 3 <= found.found
        True
    """

    about: str
    sentences: tuple[SummarySentence, ...]
    found: int
    documents: int

    def as_json(self) -> dict[str, object]:
        """The summary as plain values, in the form `quoth summary --json` prints."""
        return {
            "about": self.about,
            "found": self.found,
            "documents": self.documents,
            "sentences": [
                {
                    "date": one.date,
                    "stated": one.stated,
                    "stands_for": one.stands_for,
                    "document": one.citation.document,
                    "title": one.citation.title,
                    "published": one.citation.published,
                    "paragraph": one.citation.paragraph,
                    "start": one.citation.start,
                    "end": one.citation.end,
                    "text": one.citation.quote,
                    "content_hash": one.citation.content_hash,
                }
                for one in self.sentences
            ],
        }


def summary(index: Searchable, about: str, most: int = 8) -> Summary:
    """The most representative sentences about a name or question, by date.

    They are chosen by greedy facility location (Lin and Bilmes, "A Class of Submodular Functions
    for Document Summarization", 2011) over the cosines of their vectors: each step adds the
    sentence that most increases the similarity of all sentences to their nearest chosen one. No
    text is generated: each sentence is a quotation.

    Args:
        index: what to search, with its filter: `index.restricted_to(where)`.
        about: a name or phrase as `mentions` takes it, or a question.
        most: how many sentences at most. There are fewer where one more would add little.

    Returns:
        The summary, its sentences in the order of the dates that they state, else of their
        documents' dates; those without a date come last.

    Raises:
        QuothError: for a phrase or a question without a word, or a too long one.

    Example:
        >>> found = summary(Index.open(".quoth"), "Nagorno-Karabakh", most=4)
        >>> [one.date for one in found.sentences] == sorted(one.date for one in found.sentences)
        True
    """
    told = list(dict.fromkeys(sentences_about(index, about)))
    whole = [one for one in told if _stands_alone(one[1].of(one[0].text))]
    kept = whole[:: max(1, -(-len(whole) // _MOST_COMPARED))]
    if not kept:
        return Summary(about.strip(), (), len(told), len({one.name for one, _ in told}))
    vectors = index.encoder.encode([" ".join(span.of(one.text).split()) for one, span in kept])
    alike = np.clip(np.asarray(vectors @ vectors.T, np.float64), 0, 1)
    chosen = _chosen(alike, most)
    nearest = np.asarray(chosen)[alike[:, chosen].argmax(1)]
    sentences = [_dated(*kept[at], int((nearest == at).sum())) for at in chosen]
    return Summary(
        about.strip(),
        tuple(sorted(sentences, key=lambda one: (not one.date, one.date, one.citation.document))),
        len(told),
        len({one.name for one, _ in told}),
    )


def _stands_alone(sentence: str) -> bool:
    words = sentence.split()
    first = words[0].strip("“\"‘'(").lower() if words else ""
    whole = _LEAST_WORDS <= len(words) <= _MOST_WORDS and _ENDS.search(sentence) is not None
    return whole and first not in _NEED_OTHERS


def _chosen(alike: NDArray[np.float64], most: int) -> list[int]:
    """The places of at most so many sentences, the one that stands for most first."""
    covered = np.zeros(len(alike))
    chosen: list[int] = []
    while len(chosen) < min(most, len(alike)):
        gains = np.maximum(alike - covered[:, None], 0).sum(0)
        best = int(gains.argmax())
        if chosen and gains[best] < _LEAST_GAIN * len(alike):
            break
        chosen.append(best)
        covered = np.maximum(covered, alike[:, best])
    return chosen


def _dated(document: Document, span: Span, stands_for: int) -> SummarySentence:
    stated = date_of(span.of(document.text), document)
    date = period(stated.first, stated.last) if stated else str(document.date or "")
    return SummarySentence(cite(document, span), date, stated is not None, stands_for)

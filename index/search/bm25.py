"""Searching by words with tantivy: BM25 over stemmed passages and titles."""

import errno
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.search.text_snapshot import ANALYZER, errno_in, linked, opened
from index.text.matching import matching_text

TITLE_BOOST = 0.1
PHRASE_BOOST = 0.2
PHRASE_SLOP = 1
_ASKING = frozenset(
    [
        "who",
        "whom",
        "whose",
        "what",
        "which",
        "when",
        "where",
        "why",
        "how",
        "did",
        "do",
        "does",
        "doing",
        "done",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "has",
        "have",
        "had",
        "having",
        "can",
        "could",
        "would",
        "should",
        "may",
        "might",
        "must",
        "shall",
        "will",
        "many",
        "much",
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "with",
        "from",
        "as",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "he",
        "she",
        "they",
        "them",
        "his",
        "her",
        "their",
        "i",
        "you",
        "we",
        "our",
        "your",
        "there",
        "than",
        "then",
        "so",
        "some",
        "any",
        "about",
        "into",
        "also",
        "not",
        "no",
        "if",
        "but",
        "such",
        "other",
    ]
)
"""Words that say how a question is put and not what it is about."""

_ALSO_NAMES = frozenset(["May", "Will"])
_WORD = re.compile(r"\w+")


def terms(text: str) -> list[str]:
    """The terms of `text` as the text index has them, in order, repeats kept.

    >>> terms("Who brokered the ceasefires?")
    ['who', 'broker', 'ceasefir']
    """
    return list(ANALYZER.analyze(matching_text(text).text))


def question_terms(question: str) -> list[str]:
    """The terms a question is about, in order, repeats kept; all of them if none is left.

    A word in capitals is a name, and no stop word, unless the whole question is in capitals.

    >>> question_terms("How many drones does Armenia claim to have destroyed?")
    ['drone', 'armenia', 'claim', 'destroi']
    """
    return content_terms(question) or terms(question)


def content_terms(question: str) -> list[str]:
    """The terms a question is about, in order, repeats kept; none if it has stop words only.

    >>> content_terms("What is it?")
    []
    """
    words = [
        word
        for place, word in enumerate(_WORD.findall(question))
        if word.lower() not in _ASKING or _is_name(word, place, question)
    ]
    return terms(" ".join(words))


def is_in_capitals(word: str, question: str) -> bool:
    """Whether a word is written in capitals, in a question that is not."""
    return len(word) > 1 and word.isupper() and not question.isupper()


def _is_name(word: str, place: int, question: str) -> bool:
    """Whether a stop word is used as a name: WHO, or May after the first word."""
    return is_in_capitals(word, question) or (place > 0 and word in _ALSO_NAMES)


class TextIndex:
    """One immutable snapshot of the text index, opened for searching."""

    def __init__(self, folder: Path) -> None:
        """Open the snapshot in `folder`, whose files the caller has checked."""
        try:
            self._index = opened(folder)
        except ValueError as error:  # tantivy raises it for file errors
            if errno_in(str(error)) not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            self._links = linked(folder)
            self._index = opened(Path(self._links.name))
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    def __len__(self) -> int:
        """How many passages it holds."""
        return int(self._searcher.num_docs)

    def search(
        self, question: str, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """The `k` passages with the highest BM25 score, as (id, score), best first.

        `documents`, when given, are the keys of the only documents to look in. The query is
        built term by term, so that no character of a question acts as query syntax.
        """
        asked = question_terms(question)
        if not asked or k < 1:
            return []
        wanted = [
            (tantivy.Occur.Should, query)
            for queries in (self._terms(asked), self._phrases(asked))
            for query in queries
        ]
        query = tantivy.Query.boolean_query(wanted)
        if documents is not None:
            allowed = tantivy.Query.term_set_query(self._schema, "document", list(documents))
            inside = tantivy.Query.const_score_query(allowed, 0.0)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)]
            )
        hits = self._searcher.search(query, k, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        found = [
            (int(number), float(score))
            for number, (score, _) in zip(ids, hits, strict=True)
            if number is not None
        ]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def _terms(self, asked: Sequence[str]) -> list[tantivy.Query]:
        return [
            self._term(field, term, boost)
            for term in dict.fromkeys(asked)
            for field, boost in (("text", 1.0), ("title", TITLE_BOOST))
        ]

    def _phrases(self, asked: Sequence[str]) -> list[tantivy.Query]:
        """Neighbouring terms of the question near each other in the text: names, mostly."""
        pairs = dict.fromkeys(pairwise(asked))
        return [
            tantivy.Query.boost_query(
                tantivy.Query.phrase_query(self._schema, "text", [*pair], slop=PHRASE_SLOP),
                PHRASE_BOOST,
            )
            for pair in pairs
            if pair[0] != pair[1]
        ]

    def _term(self, field: str, term: str, boost: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, field, term, index_option="freq")
        return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)

    def frequency(self, term: str) -> int:
        """How many passages hold `term` in their text."""
        return int(self._searcher.doc_freq("text", term))

    def spelled_like(self, term: str, k: int) -> list[int]:
        """The ids of at most `k` passages that hold a term within two letters of `term`."""
        query = tantivy.Query.fuzzy_term_query(self._schema, "text", term, distance=2)
        hits = self._searcher.search(query, k, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return [int(one) for one in ids if one is not None]

    def holding(
        self, words: Sequence[tuple[int, str]], documents: Sequence[str] | None = None
    ) -> NDArray[np.int64]:
        """The ids of all passages that hold a phrase in their text or title, ascending.

        `words` are its stemmed terms, each with its place in the phrase, in order. `documents`,
        when given, are the keys of the only documents to look in.
        """
        count = min((self.frequency(term) for _, term in words), default=0)
        if not count:
            return np.zeros(0, np.int64)
        query = (
            self._term("text", words[0][1], 1.0)
            if len(words) == 1
            else tantivy.Query.phrase_query(self._schema, "text", list(words))
        )
        if documents is not None:
            inside = tantivy.Query.term_set_query(self._schema, "document", list(documents))
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)]
            )
        query = tantivy.Query.const_score_query(query, 1.0)
        hits = self._searcher.search(query, count, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return np.sort(np.array([one for one in ids if one is not None], np.int64))

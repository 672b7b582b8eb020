"""Searching an index on a server: by words, by vectors, and for phrases."""

import math
from collections.abc import Sequence

import numpy as np
from cachetools import LRUCache

from index.embedding.base import Vectors
from index.engines.postgres.scoring import Scoring, Statistics
from index.engines.postgres.tables import PostgresTables
from index.engines.postgres.term_counts import TITLE_WORDS, WORDS, letters_of
from index.engines.postgres.words import any_query, phrase_query, written
from index.filters import Where
from index.search.base import Scored
from index.search.bm25 import question_terms
from index.storage.filter_sql import Condition, condition_of

_CANDIDATES = 400
"""Passages that are scored again. In a trial on 100,000 they held .9998 of the best 20."""
_EXACTLY = 20_000
"""Up to so many passages that pass a filter are all compared with a question's vector."""
_CANDIDATES_INSIDE = 800
"""So many of the passages that pass a narrow filter and hold a term are scored."""
_NARROW = 20
_MORE = 20
"""So many more vectors are fetched than asked for: rounding changes the order of near ones."""
_FILTERS = 64
_SAMPLES, _NEAR = 10, 100
_NEAREST = "SELECT id FROM vectors ORDER BY vector <#> ?::halfvec LIMIT ?"
_MOST_SPELLINGS = 50
_EDITS = 2


class PostgresSearch:
    """Searches the state that the tables hold."""

    def __init__(self, tables: PostgresTables) -> None:
        """Search what `tables` read."""
        self._tables = tables
        self._dimension = int(tables.fact("dimension"))
        self._passing: LRUCache[Where, int] = LRUCache(_FILTERS)
        schema = tables.address.schema.replace('"', '""')
        self._bm25 = f'"{schema}".passages_by_words'

    def by_words(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """The `k` passages with the highest BM25 score, best first.

        The server finds candidates by the terms alone; they are scored again with the title and
        with phrases, by the statistics of the whole index.
        """
        asked = [written(term) for term in question_terms(query)]
        if not asked or k < 1:
            return []
        statistics = self._statistics(asked)
        scoring = Scoring(asked, statistics)
        found = self._candidates(statistics, list(dict.fromkeys(asked)), k, where)
        scored = [
            (number, score)
            for number, words, title in found
            if (score := scoring.score(words, title)) > 0
        ]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _candidates(
        self, statistics: Statistics, terms: Sequence[str], k: int, where: Where | None
    ) -> list[tuple[int, str, str]]:
        """The passages that may have the highest scores: id, words, and words of the title.

        The server's index of words gives the best of all passages; with a narrow filter it would
        have to go through very many. Then those that pass are ordered by the rarity of the terms
        that they hold.
        """
        inside, parameters = self._inside(where)
        if where is not None and self._is_narrow(where, statistics.passages):
            rarity = statistics.rarity(terms)
            weight = " + ".join(
                ["(CASE WHEN held @@ ?::tsquery THEN ?::float ELSE 0 END)"] * len(terms)
            )
            weights = [one for term in terms for one in (term, rarity[term])]
            # Without their places the terms of a passage are unpacked once, not for each term.
            return self._rows_with_words(
                "WITH inside AS MATERIALIZED (SELECT id, strip(placed) AS held FROM passages "
                f"WHERE {inside} AND placed @@ ?::tsquery), best AS (SELECT id, {weight} AS weight "
                "FROM inside ORDER BY weight DESC, id LIMIT ?) SELECT id, words, title_words "
                "FROM best JOIN passages USING (id) ORDER BY weight DESC, id",
                [*parameters, any_query(terms), *weights, max(_CANDIDATES_INSIDE, 4 * k)],
            )
        return self._rows_with_words(
            f"SELECT id, words, title_words FROM passages WHERE {inside} "
            "ORDER BY words <@> to_bm25query(?, ?) LIMIT ?",
            [*parameters, " ".join(terms), self._bm25, max(_CANDIDATES, 4 * k)],
        )

    def _rows_with_words(
        self, statement: str, parameters: Sequence[object]
    ) -> list[tuple[int, str, str]]:
        return [
            (id_, words, title) for id_, words, title in self._tables.rows(statement, parameters)
        ]

    def _is_narrow(self, where: Where, passages: int) -> bool:
        """Whether so few passages pass that all are looked at faster than the index is searched.

        Looking at them takes time as they are many, searching as they are rare: the two are equal
        where their number is a multiple of the square root of all.
        """
        return self._count(where) <= max(_CANDIDATES_INSIDE, _NARROW * math.sqrt(passages))

    def _statistics(self, asked: Sequence[str]) -> Statistics:
        rows = self._tables.rows(
            "SELECT term, passages, titles FROM terms WHERE term = ANY(?::text[])", [list(asked)]
        )
        kept = self._tables.rows(
            "SELECT key, value FROM facts WHERE key IN (?, ?)", [WORDS, TITLE_WORDS]
        )
        lengths = {str(key): str(value) for key, value in kept}
        return Statistics(
            self._tables.count_passages(),
            int(lengths.get(WORDS, "0")),
            int(lengths.get(TITLE_WORDS, "0")),
            {term: passages for term, passages, _ in rows},
            {term: titles for term, _, titles in rows},
        )

    def by_vectors(
        self, queries: Vectors, k: int, where: Where | None = None
    ) -> list[list[Scored]]:
        """For each row of `queries`, shape (n, dimension), the `k` nearest, best first."""
        return [self._nearest(query, k, where) for query in queries]

    def _nearest(self, query: Vectors, k: int, where: Where | None) -> list[Scored]:
        inside, parameters = self._inside(where)
        vector, most = _literal(query), k + _MORE
        if where is not None and self._count(where) <= _EXACTLY:
            statement = (
                f"WITH passing AS MATERIALIZED (SELECT id, vector FROM vectors WHERE {inside}) "
                "SELECT id, vector FROM passing ORDER BY vector <#> ?::halfvec LIMIT ?"
            )
        else:
            statement = (
                f"SELECT id, vector FROM vectors WHERE {inside} "
                "ORDER BY vector <#> ?::halfvec LIMIT ?"
            )
        rows = self._tables.rows(statement, [*parameters, vector, most], binary=True)
        # The server rounds the question's vector to 16 bits; the cosine is told without that.
        found = [
            (int(number), float(np.asarray(row.to_numpy(), np.float32) @ query))
            for number, row in rows
        ]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of `ids`, in order; NaN for a passage that is not embedded yet."""
        wanted = [int(number) for number in ids]
        rows = self._tables.rows(
            "SELECT id, vector FROM vectors WHERE id = ANY(?::bigint[])", [wanted], binary=True
        )
        found = {number: vector.to_numpy() for number, vector in rows}
        missing = sorted(set(wanted) - found.keys())
        if missing and not self._tables.count_unembedded():
            raise KeyError(*missing)
        rest = np.full(self._dimension, np.nan, np.float32)
        made = [found.get(number, rest) for number in wanted]
        return np.array(made, np.float32).reshape(len(wanted), self._dimension)

    def frequency(self, term: str) -> int:
        """How many passages hold this stemmed term."""
        rows = self._tables.rows("SELECT passages FROM terms WHERE term = ?", [written(term)])
        return int(rows[0][0]) if rows else 0

    def keys_holding(self, words: Sequence[tuple[int, str]]) -> set[str]:
        """The keys of all documents that hold a phrase, and possibly of others."""
        if not words:
            return set()
        found = self._tables.rows(
            "SELECT DISTINCT key FROM passages WHERE placed @@ ?::tsquery", [phrase_query(words)]
        )
        rarest = sorted({term for _, term in words}, key=self.frequency)[:2]
        in_cut = self._cut_apart_with(rarest)
        return {key for (key,) in found} | in_cut

    def _cut_apart_with(self, terms: Sequence[str]) -> set[str]:
        """The texts whose passages are cut apart and hold all of these terms, anywhere."""
        one = (
            "SELECT key FROM passages JOIN texts USING (key) "
            "WHERE cut_apart AND placed @@ ?::tsquery"
        )
        statement = " INTERSECT ".join([one] * len(terms))
        rows = self._tables.rows(statement, [written(term) for term in terms])
        return {key for (key,) in rows}

    def spelled_like(self, term: str, k: int) -> list[int]:
        """The ids of at most `k` passages that hold a term within two letters of `term`.

        A term that differs by one letter differs by two in the set of its letters, at most.
        """
        wanted = written(term)
        rows = self._tables.rows(
            "SELECT term FROM terms WHERE length(term) BETWEEN ? AND ? "
            "AND bit_count((letters # ?)::bit(32)) <= ?",
            [len(wanted) - _EDITS, len(wanted) + _EDITS, letters_of(wanted), 2 * _EDITS],
        )
        alike = [one for (one,) in rows if edits(wanted, one) <= _EDITS][:_MOST_SPELLINGS]
        if not alike:
            return []
        found = self._tables.rows(
            "SELECT id FROM passages WHERE placed @@ ?::tsquery ORDER BY id LIMIT ?",
            [any_query(alike), k],
        )
        return [number for (number,) in found]

    def _inside(self, where: Where | None) -> Condition:
        if where is None:
            return "(1 = 1)", []
        condition, parameters = condition_of(where, self._tables.dialect)
        return f"key IN (SELECT key FROM documents WHERE {condition})", parameters

    def _count(self, where: Where) -> int:
        """How many passages pass a filter."""
        if where not in self._passing:
            inside, parameters = self._inside(where)
            rows = self._tables.rows(f"SELECT count(*) FROM passages WHERE {inside}", parameters)
            self._passing[where] = int(rows[0][0])
        return self._passing[where]


def measured_recall(tables: PostgresTables) -> float:
    """The share of the `_NEAR` nearest vectors that the server's index finds, 0 to 1.

    Args:
        tables: the index; a state need not be held.

    Returns:
        The mean over `_SAMPLES` passages, spread over all; 1 for an index without vectors.
    """
    shares = []
    with tables.settings() as change:
        for at in range(_SAMPLES):
            pivot = at * 2**63 // _SAMPLES
            rows = tables.rows(
                "SELECT vector FROM vectors WHERE id >= ? ORDER BY id LIMIT 1", [pivot]
            )
            if not rows:
                continue
            found = []
            for exact in (True, False):
                change("enable_indexscan", "off" if exact else "on")
                found.append({number for (number,) in tables.rows(_NEAREST, [rows[0][0], _NEAR])})
            shares.append(len(found[0] & found[1]) / max(1, len(found[0])))
    return float(np.mean(shares)) if shares else 1.0


def edits(one: str, other: str) -> int:
    """How many letters must be changed, added, left out or swapped with the next (Damerau's).

    >>> edits("ceasefir", "caesefir"), edits("baku", "balu")
    (2, 1)
    """
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            least = min(row[j - 1] + 1, above[j] + 1, above[j - 1] + (char != against))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == against:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before, above = above, row
    return above[-1]


def _literal(vector: Vectors) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{value:.7g}" for value in vector.tolist()) + "]"

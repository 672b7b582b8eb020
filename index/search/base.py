"""What an index needs of what searches its passages."""

from collections.abc import Sequence
from typing import Protocol

from index.embedding.base import Vectors
from index.filters import Where

Scored = tuple[int, float]
"""A passage's id and its score; higher is better."""


class Search(Protocol):
    """Searches the passages of one generation by words and by vectors.

    `where`, when given, is a filter that the passages' documents must pass. Scores do not depend
    on it. Equal scores are in order of id.
    """

    def by_words(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """The `k` passages with the highest BM25 score, best first."""
        ...

    def by_vectors(
        self, queries: Vectors, k: int, where: Where | None = None
    ) -> list[list[Scored]]:
        """For each row of `queries`, shape (n, dimension), the `k` nearest, best first."""
        ...

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of `ids`, in order; NaN for a passage that is not embedded yet.

        Raises KeyError for an id that no passage has.
        """
        ...

    def frequency(self, term: str) -> int:
        """How many passages hold this stemmed term."""
        ...

    def keys_holding(self, words: Sequence[tuple[int, str]]) -> set[str]:
        """The keys of all documents that hold a phrase, and possibly of others.

        `words` are its stemmed terms, each with its place in the phrase, in order. Where two
        neighbouring passages of a document share no sentence, the phrase may begin in one and end
        in the other: there only the two rarest terms are looked for, anywhere in the document.
        """
        ...

    def spelled_like(self, term: str, k: int) -> list[int]:
        """The ids of at most `k` passages that hold a term within two letters of `term`."""
        ...

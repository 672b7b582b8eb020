"""What asking needs of an index."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from index import Document, Encoder, Hit, Listed, Passage, Skipped, Stories, Vectors, Where

_AT_ONCE = 200


class Searchable(Protocol):
    """The interface of an index that questions are asked over; another engine can implement it.

    With a filter, every method returns only what passes the filter.
    """

    def restricted_to(self, where: Where | None) -> "Searchable":
        """The same, giving only what passes `where` too; None lets everything pass."""
        ...

    @property
    def encoder(self) -> Encoder:
        """The encoder whose vectors the index holds."""
        ...

    @property
    def generation(self) -> int:
        """A number that changes when what can be found does."""
        ...

    def search_text(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """For each query the `k` passages that share its words best, best first."""
        ...

    def search_vectors(self, queries: Vectors, k: int) -> list[list[Hit]]:
        """For each query vector the `k` passages nearest in meaning, best first."""
        ...

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these passages, in order; NaN for one that is not embedded yet."""
        ...

    def frequency(self, term: str) -> int:
        """How many passages hold this stemmed term."""
        ...

    def keys_holding(self, words: Sequence[tuple[int, str]]) -> set[str]:
        """The keys of all documents that hold a phrase, and possibly of others.

        `words` are its stemmed terms, each with its place in the phrase, in order.
        """
        ...

    def spelled_like(self, term: str, k: int) -> list[Passage]:
        """At most `k` passages that hold a stemmed term within two letters of this one."""
        ...

    def count_passages(self) -> int:
        """How many passages there are."""
        ...

    def count_unembedded(self) -> int:
        """How many passages have no vector yet, and are found by their words alone."""
        ...

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in order."""
        ...

    def passages_of(self, keys: Sequence[str]) -> list[Passage]:
        """Every passage of these documents, in order of place."""
        ...

    def read_ahead(self, keys: Iterable[str]) -> None:
        """Say which documents will be asked for: a server then gives them all at once."""
        ...

    def document(self, key: str) -> Document:
        """The document whose passages carry this key."""
        ...

    def documents(self) -> list[Listed]:
        """The documents, without their texts."""
        ...

    def count_documents(self) -> int:
        """How many documents there are."""
        ...

    def described_with(self, beginnings: Iterable[str]) -> list[Listed]:
        """The documents whose title or author has a word that begins so, and possibly others.

        `beginnings` are in small letters.
        """
        ...

    def named(self, names: Iterable[str]) -> dict[str, Listed]:
        """The documents with these names, by name; a name that none has is left out."""
        ...

    def unread(self) -> list[Skipped]:
        """The files, and parts of files, that could not be read, whatever the filter."""
        ...

    def stories(self) -> Stories:
        """Which documents are copies of one story or versions of one article."""
        ...

    def undated(self) -> int:
        """How many documents a date filter leaves out because they state no date."""
        ...

    def file_is_gone(self, key: str) -> bool:
        """Whether all files that a text was read from are gone."""
        ...


def documents_of(index: Searchable, keys: Sequence[str]) -> Iterator[tuple[str, Document]]:
    """Yield these keys in order, each with its document; a server is asked for many at once."""
    for at in range(0, len(keys), _AT_ONCE):
        block = keys[at : at + _AT_ONCE]
        index.read_ahead(block)
        for key in block:
            yield key, index.document(key)

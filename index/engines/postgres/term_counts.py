"""In how many passages each term stands, kept beside the passages by every commit."""

from collections import Counter
from collections.abc import Iterable, Mapping

from index.engines.postgres.words import Words
from index.storage.tables import Tables

WORDS, TITLE_WORDS = "words", "title_words"
"""The facts that tell how many words all passages have, and all their titles."""

_ADD = (
    "INSERT INTO terms SELECT * FROM "
    "unnest(?::text[], ?::bigint[], ?::bigint[], ?::integer[]) "
    "ON CONFLICT (term) DO UPDATE SET passages = terms.passages + excluded.passages, "
    "titles = terms.titles + excluded.titles"
)
_ADD_TO_FACT = (
    "INSERT INTO facts VALUES (?, ?) ON CONFLICT (key) "
    "DO UPDATE SET value = (facts.value::bigint + excluded.value::bigint)::text"
)


class TermCounts:
    """How much the counts of terms change in a commit.

    Attributes:
        passages: for each term in how many more passages it stands; less than 0 for fewer.
        titles: the same for the titles of passages.
        words: how many more words the passages have, their titles in front of them.
        title_words: how many more words their titles have.

    """

    def __init__(self) -> None:
        """Nothing has changed."""
        self.passages: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()
        self.words = 0
        self.title_words = 0

    def add(self, words: Words, title: Words, times: int = 1) -> None:
        """A passage with these words and this title is added, or with -1 removed."""
        for term in set(words):
            self.passages[term] += times
        for term in set(title):
            self.titles[term] += times
        self.words += times * sum(1 for _ in words)
        self.title_words += times * sum(1 for _ in title)

    def write(self, tables: Tables) -> None:
        """Add them to the counts in `tables`, and begin again with nothing."""
        terms = sorted(term for term in self.passages if self.passages[term] or self.titles[term])
        if terms:
            passages = [self.passages[term] for term in terms]
            titles = [self.titles[term] for term in terms]
            tables.rows(_ADD, [terms, passages, titles, [letters_of(term) for term in terms]])
            tables.rows("DELETE FROM terms WHERE passages = 0 AND term = ANY(?::text[])", [terms])
        for fact, more in ((WORDS, self.words), (TITLE_WORDS, self.title_words)):
            if more:
                tables.rows(_ADD_TO_FACT, [fact, str(more)])
        self.__init__()  # type: ignore[misc]

    def faults(self, tables: Tables) -> list[str]:
        """A line for each count in `tables` that is not this one."""
        kept = tables.rows("SELECT term, passages, titles FROM terms")
        wrong = _differing(self.passages, {term: passages for term, passages, _ in kept})
        wrong |= _differing(self.titles, {term: titles for term, _, titles in kept})
        faults = [f"the counts of {len(wrong)} terms are wrong"] if wrong else []
        if (self.words, self.title_words) != tuple(
            int(tables.fact(fact, "0")) for fact in (WORDS, TITLE_WORDS)
        ):
            faults.append("the count of all words is wrong")
        return faults


def _differing(one: Mapping[str, int], other: Mapping[str, int]) -> set[str]:
    return {term for term in one.keys() | other.keys() if one.get(term, 0) != other.get(term, 0)}


def letters_of(term: Iterable[str]) -> int:
    """A bit for each of the letters a to z that a term has, and one for digits.

    >>> f"{letters_of('baba22'):b}"
    '111'
    """
    bits = 0
    for char in term:
        bits |= 1 << (ord(char) - ord("a") + 1 if "a" <= char <= "z" else 0)
    return bits

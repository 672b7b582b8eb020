"""What an index on a server derives from its texts: the words of passages, counts and vectors."""

from collections.abc import Iterator, Sequence

from index.duplicates.minhash import bands_kept
from index.engines.postgres.tables import PostgresTables, words_of
from index.engines.postgres.term_counts import TermCounts
from index.engines.postgres.words import Words
from index.errors import DamagedIndexError
from index.text.chunking import Passage

UNSOUND_BANDS = "texts are compared with others by numbers that are not of their signatures"
UNSOUND_WORDS = "passages hold other words than their texts"
STRAY_VECTORS = "vectors are of no passage"
MISSING_VECTORS = "passages without a vector are not counted as such"
COUNT_WITHOUT_VECTORS = (
    "SELECT count(*) FROM passages "
    "WHERE NOT EXISTS (SELECT FROM vectors WHERE vectors.id = passages.id)"
)
_COUNT_STRAY = (
    "SELECT count(*) FROM vectors WHERE NOT EXISTS "
    "(SELECT FROM passages WHERE passages.id = vectors.id AND passages.key = vectors.key)"
)
_GIVEN = "unnest(?::bigint[], ?::text[], ?::text[], ?::text[]) AS given (id, words, title, placed)"
_COUNT_SOUND = (
    f"SELECT count(*) FROM passages JOIN {_GIVEN} USING (id) WHERE passages.words = given.words "
    "AND title_words = title AND passages.placed = given.placed::tsvector"
)
_SET_WORDS = (
    "UPDATE passages SET words = given.words, title_words = title, "
    f"placed = given.placed::tsvector FROM {_GIVEN} WHERE passages.id = given.id"
)

Columns = tuple[list[int], list[str], list[str], list[str]]
"""Of some passages the ids, words, words of titles, and words as a tsvector."""


def faults(tables: PostgresTables) -> list[str]:
    """A line for each thing derived from the texts that is not what the texts give."""
    counts = TermCounts()
    unsound = 0
    for columns in _described(tables, counts):
        sound = int(tables.rows(_COUNT_SOUND, columns)[0][0])
        unsound += len(columns[0]) - sound
    found = [f"{unsound} {UNSOUND_WORDS}"] if unsound else []
    wrong = len(_wrong_bands(tables))
    found += [f"{wrong} {UNSOUND_BANDS}"] if wrong else []
    return found + counts.faults(tables) + faults_of_vectors(tables)


def _wrong_bands(tables: PostgresTables) -> list[tuple[list[int], str]]:
    """The bands that signatures should have and have not, each with its text's key."""
    rows = tables.rows("SELECT key, minhash, bands FROM signatures")
    right = ((bands_kept(bytes(minhash)), key, bands) for key, minhash, bands in rows)
    return [(wanted, key) for wanted, key, bands in right if wanted != bands]


def faults_of_vectors(tables: PostgresTables) -> list[str]:
    """A line if some vectors are of no passage, or are missing without being counted."""
    stray = int(tables.rows(_COUNT_STRAY)[0][0])
    without = int(tables.rows(COUNT_WITHOUT_VECTORS)[0][0])
    uncounted = abs(without - tables.count_unembedded())
    return [
        f"{number} {what}"
        for number, what in ((stray, STRAY_VECTORS), (uncounted, MISSING_VECTORS))
        if number
    ]


def make_again(tables: PostgresTables) -> None:
    """Derive everything but the vectors from the texts again, in the transaction of `tables`."""
    tables.rows(
        "DELETE FROM vectors WHERE NOT EXISTS "
        "(SELECT FROM passages WHERE passages.id = vectors.id AND passages.key = vectors.key)"
    )
    counts = TermCounts()
    for columns in _described(tables, counts):
        if int(tables.rows(_COUNT_SOUND, columns)[0][0]) < len(columns[0]):
            tables.rows(_SET_WORDS, columns)
    tables.run_many("UPDATE signatures SET bands = ? WHERE key = ?", _wrong_bands(tables))
    tables.rows("DELETE FROM terms")
    tables.rows("DELETE FROM facts WHERE key IN ('words', 'title_words')")
    counts.write(tables)


def _described(tables: PostgresTables, counts: TermCounts) -> Iterator[Columns]:
    """The words that the passages of each text should have; they are added to `counts`."""
    for key in sorted(tables.keys()):
        try:
            document = tables.document(key)
            passages = tables.passages_of([key])
        except DamagedIndexError:
            continue  # told as a fault of the text or the passage itself
        if passages:
            described = list(words_of(document, passages))
            for words, title in described:
                counts.add(words, title)
            yield columns_of(passages, described)


def columns_of(passages: Sequence[Passage], described: Sequence[tuple[Words, Words]]) -> Columns:
    """The columns that hold the words of some passages."""
    return (
        [passage.id for passage in passages],
        [str(words) for words, _ in described],
        [str(title) for _, title in described],
        [words.as_tsvector for words, _ in described],
    )

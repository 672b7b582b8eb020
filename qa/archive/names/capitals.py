"""Recognizing names by capitals, without a model: which words of a text are always capitalised."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from qa.archive.names.recognizer import CAPITALS, NAME, Marked

_WORD = r"(?:[A-Z]\.(?:[A-Z]\.)*|[^\W\d_a-z][\w’'&-]*\w|[^\W\d_a-z])"
_JOIN = r"(?:of|de|da|del|der|van|von|bin|al|la|du|for|and|the)"
_RUN = re.compile(rf"(?<!\w){_WORD}(?:(?: {_JOIN}){{0,2}} {_WORD})*")
_BEGINS = re.compile(r"(?:^|[.!?:“\"—–-]\s*|\n\s*)$")
_ANY = re.compile(r"[^\W\d_][\w’'-]*")
_JOINED = re.compile(rf" (?:{_JOIN}) ")
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december jan feb mar apr jun jul aug sept sep "
    "oct nov dec i mr mrs ms dr".split()
)
_COMMON = frozenset(
    "a about after again all also although an and another any are as at because before both but by "
    "can could did do does during each even every few first for from had has have he her here his "
    "how however i if in into is it its just last later like many may meanwhile more most my never "
    "new next no nor not now of on once one only or other our over she should since so some still "
    "such than that the their them then there these they this those though through to today two "
    "under until up upon was we were what when where whether which while who whom whose why will "
    "with within without would yes yet you your".split()
)
"""Words that begin sentences and no names."""
_BEFORE = 3


class CapitalsRecognizer:
    """Marks runs of words with capitals; their kind is not known."""

    name = CAPITALS

    def marked(self, texts: Sequence[str]) -> Iterator[list[Marked]]:
        """The names of each text, in order."""
        for text in texts:
            yield _names_of(text)


def _names_of(text: str) -> list[Marked]:
    small = Counter(word for word in _ANY.findall(text) if word[:1].islower())
    inside = Counter[str]()
    runs = list(_RUN.finditer(text))
    for run in runs:
        if not _is_first(text, run.start()):
            inside[run[0].split()[0]] += 1
    found = []
    for run in runs:
        start, words = run.start(), run[0].split(" ")
        if _is_first(text, start):
            # The first word of a sentence has a capital anyway.
            first = words[0]
            common = small[first.lower()] > 0 or first.lower() in _COMMON
            if common or (len(words) == 1 and not inside[first]):
                start += len(first) + 1
                words = words[1:]
        while words and (words[0].lower() in _DAYS or re.fullmatch(_JOIN, words[0])):
            start += len(words[0]) + 1
            words = words[1:]
        end = start + len(" ".join(words))
        if words and end > start and not (len(words) == 1 and small[words[0].lower()]):
            found += _parts(text, start, end)
    return found


def _is_first(text: str, start: int) -> bool:
    return _BEGINS.search(text[max(0, start - _BEFORE) : start]) is not None or start == 0


def _parts(text: str, start: int, end: int) -> list[Marked]:
    """The run whole; in two where "and" joins two names."""
    name = text[start:end]
    parts, at = [], 0
    for join in _JOINED.finditer(name):
        if join[0] == " and ":
            parts.append(Marked(start + at, start + join.start(), NAME))
            at = join.end()
    return [*parts, Marked(start + at, end, NAME)]

"""A name or phrase as it is looked for in texts."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index import QuothError, Span
from index.search.bm25 import terms
from index.text.matching import MatchingText, matching_text

MAX_PHRASE = 200
_BETWEEN = r"(?:[\s‐‑–-]+|(?<=\b\w)\.\s*)"
"""What may stand between the words of a name: white space, a hyphen, the stop of an initial."""
_DASHES, _QUOTES, _APOSTROPHES = "-‐‑‒–—", '"“”„«»', "'’‘"
_LONGEST_TERM = 60


@dataclass(frozen=True)
class Phrase:
    """A name or phrase, parsed once.

    Attributes:
        text: as it was typed.
        words: what is looked for, without the quotation marks about it.
        exact: whether it is looked for to the letter: it was typed in quotation marks.
        case: whether capitals must be as typed.

    Example:
        >>> [str(one) for one in Phrase.parse("ceasefire").found_in("Two ceasefires. Cease fire!")]
        ['[4:14]']
        >>> list(Phrase.parse('"ceasefire"').found_in("Two ceasefires."))
        []
    """

    text: str
    words: str
    exact: bool = False
    case: bool = False

    @classmethod
    def parse(cls, text: str, *, case: bool = False) -> "Phrase":
        """Parse what was typed; in quotation marks it is looked for to the letter.

        Args:
            text: the name or phrase.
            case: whether capitals must be as typed.

        Raises:
            QuothError: if it is empty, has no word in it, or has over 200 characters.
        """
        typed = matching_text(text.encode("utf-8", "replace").decode()).text.strip()
        quoted = re.fullmatch(r"[\"“”„«](.*)[\"“”»]", typed, re.DOTALL)
        words = (quoted[1] if quoted else typed).strip()
        if not any(char.isalnum() for char in words):
            raise QuothError("the phrase has no word in it; name what to look for")
        if len(words) > MAX_PHRASE:
            raise QuothError(
                f"the phrase has {len(words):,} characters and at most {MAX_PHRASE} are looked "
                "for; shorten it"
            )
        return cls(typed, words, bool(quoted), case)

    @cached_property
    def terms(self) -> tuple[tuple[int, str], ...] | None:
        """The stemmed terms that every text with the phrase has, each with its place in it.

        None if they are not known: for words outside ASCII, accents aside, for very long words,
        and for stop words alone.
        """
        folded = without_accents(self.words)
        words = re.findall(r"[^\W_]+", folded)
        if not folded.isascii() or any(len(word) >= _LONGEST_TERM for word in words):
            return None
        placed = [(at, term) for at, word in enumerate(words) for term in terms(word)]
        return tuple(placed) or None

    @cached_property
    def surname(self) -> "Phrase | None":
        """The last word of a person's name; it stands for the name where that was told in full."""
        words = self.words.split()
        capital = all(word[:1].isupper() for word in words)
        if self.exact or not capital or not 2 <= len(words) <= _MOST_NAMES:  # noqa: PLR2004
            return None
        return Phrase(words[-1], words[-1], exact=False, case=True)

    def found_in(self, text: str) -> Iterator[Span]:
        """Every place where a text names it, in order, none overlapping another."""
        view, folded = _view(text)
        for match in self.matches(folded):
            if self.exact or self._inflects(match):
                yield view.span_in_text(Span(*match.span()))

    def matches(self, folded: str) -> Iterator[re.Match[str]]:
        """Every match of the pattern, tried only where a word begins as the phrase does."""
        where, begins = folded, self._begins
        if not self.case:
            where, begins = folded.lower(), begins.lower()
        if not begins or not begins.isascii() or len(where) != len(folded):
            yield from self.pattern.finditer(folded)
            return
        at = where.find(begins)
        while at >= 0:
            match = self.pattern.match(folded, at)
            if match:
                yield match
            at = where.find(begins, match.end() if match else at + 1)

    def _inflects(self, match: re.Match[str]) -> bool:
        """Whether the words found are the phrase's own, or forms of them."""
        return all(
            found.lower() == word.lower() or terms(found) == terms(word)
            for found, word in zip(match.groups(), self._words, strict=True)
        )

    @cached_property
    def _words(self) -> list[str]:
        return re.findall(r"\w+", without_accents(self.words))

    @cached_property
    def _begins(self) -> str:
        """What every text found begins with, apart from capitals; "" if that is not known."""
        if not self.exact:
            return _shared(self._words[0])
        word = re.match(r"\w+", without_accents(self.words))
        return word[0] if word else ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the phrase matches in a text without accents."""
        flags = 0 if self.case else re.IGNORECASE
        words = without_accents(self.words)
        if self.exact:
            start = r"(?<!\w)" if words[0].isalnum() else ""
            end = r"(?!\w)" if words[-1].isalnum() else ""
            return re.compile(start + _exactly(words) + end, flags)
        body = "".join(
            rf"({re.escape(_shared(word))}\w*)" + (_between(apart) if following else "")
            for word, apart, following in re.findall(r"(\w+)(\W*)(?=(\w?))", words)
        )
        return re.compile(r"(?<!\w)" + body, flags)


_MOST_NAMES = 4


@lru_cache(maxsize=8)
def _view(text: str) -> tuple[MatchingText, str]:
    """A text as it is matched, and that without accents; kept for the next phrase."""
    view = matching_text(text)
    return view, without_accents(view.text)


def _between(apart: str) -> str:
    """What may stand between two words of a name: what was typed there too, as in "AT&T"."""
    return rf"(?:{_BETWEEN}|{_exactly(apart)})"


def _shared(word: str) -> str:
    """The beginning that a word and its forms share."""
    stem = (terms(word) or [word])[0]
    shared = 0
    for one, other in zip(word.lower(), stem, strict=False):
        if one != other:
            break
        shared += 1
    return word[: max(1, shared)]


def _exactly(words: str) -> str:
    """A pattern of these words to the letter, apart from the kinds of spaces and marks."""
    return "".join(_as_typed(part) for part in re.findall(r"\s+|\S", words))


def _as_typed(part: str) -> str:
    if part.isspace():
        return r"\s+"
    for alike in (_DASHES, _QUOTES, _APOSTROPHES):
        if part in alike:
            return f"[{re.escape(alike)}]"
    return re.escape(part)


class _Folding(dict[int, str]):
    """Letters without their accents, each one character as before."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFD", chr(code))[:1]
        self[code] = base if base.isascii() else chr(code)
        return self[code]


_FOLDING = _Folding()
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def without_accents(text: str) -> str:
    """A text without the accents of its letters; each character stays one."""
    if text.isascii():
        return text
    for char in set(_NOT_ASCII.findall(text)):
        if _FOLDING[ord(char)] != char:
            text = text.replace(char, _FOLDING[ord(char)])
    return text

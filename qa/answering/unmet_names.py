"""Names of a question that an answer's article, or any document, does not have in any form."""

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches

from index.search.bm25 import terms
from index.text.numbers import numbers_in
from qa.answering.candidates import date_fit, sentences_around
from qa.language.names_typed import TypedName, is_initials, names_typed
from qa.language.question import Question
from qa.ranking.rerank import Read

_RARE = 0.3
"""The least rarity, 0 to 1, of a name that counts; one of rarity 1 is in no document at all."""
_BEGINNING, _ENDING = 4, 2
"""Forms of one name begin alike, with so many letters, and differ in so many at the end, at most:
"Siberia", "Siberian"."""
_ALIKE = 0.65
"""The share of letters that a name and its misspelling have in common, in order."""
_LONG, _MISTYPED = 6, 0.85
"""A name of so many letters is mistyped if it has so large a share of another's in order."""
_COUNTED_TO = 100
_ROMAN = {
    numeral: value
    for value, numeral in enumerate("I II III IV V VI VII VIII IX X XI XII".split(), 1)
}
_NUMERAL = re.compile(r"\b[IVX]{1,4}\b")
_OTHER_NAMES = (
    "america american us usa washington",
    "britain british uk london",
    "china chinese beijing",
    "denmark danish",
    "england english",
    "finland finnish",
    "france french paris",
    "germany german berlin",
    "iran iranian tehran",
    "ireland irish dublin",
    "israel israeli jerusalem",
    "netherlands dutch",
    "philippines filipino",
    "poland polish warsaw",
    "russia russian moscow kremlin",
    "scotland scottish",
    "spain spanish madrid",
    "switzerland swiss",
    "ukraine ukrainian kyiv kiev",
    "wales welsh",
)
"""Countries with their people and the place that stands for their government."""


def _forms() -> dict[str, frozenset[str]]:
    groups = [frozenset(terms(names)) for names in _OTHER_NAMES]
    return {one: group for group in groups for one in group}


_OTHER_FORMS = _forms()


@dataclass(frozen=True, slots=True)
class NamesAsked:
    """The names of a question, against which its candidates are held.

    Attributes:
        question: the question.
        rarity: its terms with their rarity, 0 to 1.
        names: the names that it states.
        unknown: those that no document has, in small letters and without accents. Dates, numbers
            and abbreviations are not among them, and neither is the given name of somebody whose
            family name is in a document.

    """

    question: Question
    rarity: dict[str, float]
    names: tuple[TypedName, ...]
    unknown: tuple[str, ...]
    _told: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, question: Question, rarity: dict[str, float]) -> "NamesAsked":
        """The names of a question whose terms have this rarity in the index."""
        names = tuple(names_typed(question))
        unknown = [
            plain(word)
            for name in names
            for word in name.words
            if _is_in_no_document(question, rarity, word)
            and not any(_RARE <= rarity.get(term, 0.0) < 1.0 for term in terms(name.whole[-1]))
        ]
        return cls(question, rarity, names, tuple(unknown))

    def unmet(self, read: Read) -> list[str]:
        """The rare names of the question that an answer's article does not have.

        "How much did the strike cost Toyota?" is not answered by what it cost Ford. Other forms
        of a name count, and so does a person's family name alone, and the initials of several
        words. A number that belongs to a name, "Artemis II", must stand in the answer's passage
        or title. Dates are left to `date_fit`, and names that no document has to
        `is_of_a_stranger`.

        Returns:
            The names' words, as they are typed, in order.

        """
        unmet: list[str] = []
        before = False
        for name in self.names:
            missing = [word for word in name.words if not self._is_met(name, word, read)]
            is_met = not missing or name.words[-1] not in missing
            is_met = is_met or (name.goes_on and before)
            is_met = is_met or (bool(name.initials) and self._has(read, name.initials))
            if not is_met:
                unmet += missing
            before = is_met
        return unmet

    def _is_met(self, name: TypedName, word: str, read: Read) -> bool:
        its = [one for one in terms(word) if one in self.question.own_terms]
        if is_initials(word) or self.question.date_terms.intersection(its):
            return True
        value = _value(word)
        if value is not None:
            beside = f"{_passage(read)} {read.document.search_title}"
            return len(name.whole) == 1 or value >= _COUNTED_TO or value in _values(beside)
        if word[0].isdigit():
            return True
        counted = [one for one in its if _RARE <= self.rarity.get(one, 0.0) < 1.0]
        return not counted or any(self._has(read, one) for one in counted)

    def _has(self, read: Read, term: str) -> bool:
        """Whether an answer's article has a term in some form; its passage is looked at first."""
        passage = self._terms(f"passage {read.retrieved.passage.id}", _passage(read))
        if term in passage:
            return True
        document = read.document
        text = f"{document.search_title}\n{document.text}"
        return _has_form(term, self._terms(read.retrieved.passage.document, text))

    def _terms(self, key: str, text: str) -> frozenset[str]:
        if key not in self._told:
            self._told[key] = frozenset(terms(text))
        return self._told[key]


def is_of_a_stranger(unknown: Sequence[str], read: Read) -> bool:
    """Whether an answer is not near a word like each name that no document has.

    Such a name may be misspelled, or stand in another form: "Djokowicz" is like "Djokovic".
    """
    if not unknown:
        return False
    near = f"{sentences_around(read).of(read.document.text)} {read.document.search_title}"
    words = set(re.findall(r"\w+", plain(near)))
    return any(not get_close_matches(word, words, 1, _ALIKE) for word in unknown)


def is_too_old(question: Question, read: Read) -> bool:
    """Whether a question asks what happened in a year after an answer's document was published."""
    published = read.document.date
    if published is None or question.wants_what_will_be or question.as_of is not None:
        return False
    later = any(not one.yearless and published.year < one.first.year for one in question.dates)
    around = f"{read.document.search_title}\n{sentences_around(read).of(read.document.text)}"
    return later and date_fit(question, read.document, around) < 0


def _passage(read: Read) -> str:
    return read.retrieved.passage.span.of(read.document.text)


def _value(word: str) -> float | None:
    """The value of a word that is a number and no more: "2", "II"."""
    if word in _ROMAN:
        return float(_ROMAN[word])
    return float(word) if word.isdecimal() else None


def _values(text: str) -> set[float]:
    """The numbers in a text, in digits, words and Roman numerals."""
    numerals = (_ROMAN.get(one) for one in _NUMERAL.findall(text))
    values = (*(number.value for number in numbers_in(text)), *numerals)
    return {float(one) for one in values if one is not None}


def _has_form(term: str, told: AbstractSet[str]) -> bool:
    if term in told or not told.isdisjoint(_OTHER_FORMS.get(term, ())):
        return True
    if any(char.isdigit() for char in term) or len(term) < _BEGINNING:
        return False
    beginning = [other for other in told if other.startswith(term[:_BEGINNING])]
    if any(_begin_alike(term, other) for other in beginning):
        return True
    return len(term) >= _LONG and bool(get_close_matches(term, beginning, 1, _MISTYPED))


def _begin_alike(one: str, other: str) -> bool:
    alike = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        alike += 1
    return alike >= min(len(one), len(other)) - _ENDING


def _is_in_no_document(question: Question, rarity: dict[str, float], word: str) -> bool:
    its = terms(word)
    return (
        bool(question.names.intersection(question.own_terms, its))
        and question.date_terms.isdisjoint(its)
        and not word.isupper()
        and not any(char.isdigit() for char in word)
        and all(rarity.get(one, 0.0) >= 1.0 for one in its)  # all parts of "Nagorno-Karabakh"
    )


def listed(words: Sequence[str]) -> str:
    """Words in quotation marks, each once, with "or" before the last."""
    quoted = [f"“{word}”" for word in dict.fromkeys(words)]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def plain(text: str) -> str:
    """A text in small letters without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in parts if not unicodedata.combining(char))

"""Names of a question that an answer's passage, or any document, does not have in any form."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from index.search.bm25 import terms
from index.text.numbers import numbers_in
from qa.answering.candidates import date_fit, sentences_around
from qa.language.question import Question
from qa.ranking.rerank import Read
from qa.retrieval.searchable import Searchable

RARE = 0.3
"""The least rarity, 0 to 1, of a name that counts; one of rarity 1 is in no document at all."""
_BEGINNING, _ENDING = 4, 2
"""Forms of one name begin alike, with so many letters, and differ in so many at the end, at most:
"Siberia", "Siberian"."""
_ALIKE = 0.65
"""The share of letters that a name and its misspelling have in common, in order."""
_LONG, _MISTYPED = 6, 0.85
"""A name of so many letters is mistyped if it has so large a share of another's in order."""
_MOST_OF_INITIALS = 5
_WORD = re.compile(r"[\w’'.&-]*\w")
_OWNER = re.compile("['’]s?$")
_ROMAN = {
    numeral: value
    for value, numeral in enumerate("I II III IV V VI VII VIII IX X XI XII".split(), 1)
}
_NUMERAL = re.compile(r"\b[IVX]{1,4}\b")
_PEOPLES = {
    "america": "american us usa",
    "britain": "british uk",
    "denmark": "danish",
    "england": "english",
    "finland": "finnish",
    "france": "french",
    "ireland": "irish",
    "netherlands": "dutch",
    "philippines": "filipino",
    "poland": "polish",
    "scotland": "scottish",
    "spain": "spanish",
    "switzerland": "swiss",
    "wales": "welsh",
}
"""Countries whose people have another name than the beginning of the country's."""


def _forms() -> dict[str, frozenset[str]]:
    groups = [frozenset(terms(f"{land} {people}")) for land, people in _PEOPLES.items()]
    return {one: group for group in groups for one in group}


_OTHER_FORMS = _forms()


def unmet_names(question: Question, rarity: dict[str, float], read: Read) -> list[str]:
    """The rare names of a question that stand neither in an answer's passage nor in its title.

    "How much did the strike cost Toyota?" is not answered by what it cost Ford. Other forms of a
    name count, and so does a person's family name alone, the initials of several words, and a
    number in words. Dates are left to `date_fit`, and names that no document has to
    `is_of_a_stranger`. Neither the first word nor the capitals of a
    headline tell of a name.

    Args:
        question: the question.
        rarity: its terms with their rarity, 0 to 1.
        read: the answer.

    Returns:
        The names, as they are typed, in order.
    """
    text = read.retrieved.passage.span.of(read.document.text)
    told = {*terms(text), *terms(read.document.search_title)}
    values = _values(text)
    unmet = []
    for name in names_typed(question):
        if _initials(name) in told:
            continue
        missing = [word for word in name if not _is_met(question, rarity, word, told, values)]
        if name[-1] in missing:
            unmet += missing
    return unmet


def unknown_names(index: Searchable, question: Question, rarity: dict[str, float]) -> list[str]:
    """The names of a question that no document has, without accents and in small letters.

    Dates, numbers and abbreviations are no such names, and neither is a word that only begins the
    question, or the given name of somebody whose family name is in a document.
    """
    return [
        _plain(word)
        for name in names_typed(question)
        for word in map(without_owner, name)
        if _is_in_no_document(index, question, word)
        and not any(RARE <= rarity.get(term, 0.0) < 1.0 for term in terms(name[-1]))
    ]


def is_of_a_stranger(unknown: Sequence[str], read: Read) -> bool:
    """Whether an answer is not near a word like each of `unknown_names`.

    Such a name may be misspelled, or stand in another form: "Djokowicz" is like "Djokovic".
    """
    if not unknown:
        return False
    near = f"{sentences_around(read).of(read.document.text)} {read.document.search_title}"
    words = set(re.findall(r"\w+", _plain(near)))
    return any(not get_close_matches(word, words, 1, _ALIKE) for word in unknown)


def is_too_old(question: Question, read: Read) -> bool:
    """Whether a question asks what happened in a year after an answer's document was published."""
    published = read.document.date
    if published is None or question.wants_what_will_be or question.as_of is not None:
        return False
    later = any(not one.yearless and published.year < one.first.year for one in question.dates)
    around = sentences_around(read).of(read.document.text)
    return later and date_fit(question, read.document, around) < 0


def without_owner(word: str) -> str:
    """A word without the ending of an owner: "Wendy's" is "Wendy"."""
    return _OWNER.sub("", word)


def names_typed(question: Question) -> Iterator[list[str]]:
    """The names that a question states, each as its words: "Sam Bankman-Fried", "II".

    There are none in a headline, and the first word begins none.
    """
    if _is_headline(question):
        return
    name: list[str] = []
    end = 0
    for place, found in enumerate(_WORD.finditer(question.asked)):
        word = found.group()
        is_name = place > 0 and (word[0].isupper() or word[0].isdigit())
        if name and not (is_name and question.asked[end : found.start()].isspace()):
            yield name
            name = []
        if is_name:
            name.append(word)
        end = found.end()
    if name:
        yield name


def _is_headline(question: Question) -> bool:
    """Whether words that are no names begin with a capital too: "The", "Of"."""
    after = question.asked.split()[1:]
    plain = [word for word in after if not set(question.own_terms).intersection(terms(word))]
    capitals = [word for word in plain or after if word[0].isupper()]
    if not plain:
        return len(after) > 1 and capitals == after
    return question.asked.isupper() or 2 * len(capitals) > len(plain)


def _initials(name: list[str]) -> str:
    return "".join(word[0] for word in name).lower() if len(name) > 1 else ""


def _is_met(
    question: Question,
    rarity: dict[str, float],
    word: str,
    told: AbstractSet[str],
    values: AbstractSet[float],
) -> bool:
    plain = without_owner(word)
    stated = _values(plain)
    if plain.isupper() and not stated and len(plain) <= _MOST_OF_INITIALS:
        return True  # initials, which a text may spell out
    its = [one for one in terms(plain) if one in question.own_terms]
    counted = [one for one in its if RARE <= rarity.get(one, 0.0) < 1.0]
    if not counted or question.date_terms.intersection(its):
        return True
    return bool(stated & values) or any(_has_form(one, told) for one in counted)


def _values(text: str) -> set[float]:
    """The numbers in a text, in digits, words and Roman numerals."""
    numerals = (_ROMAN.get(one) for one in _NUMERAL.findall(text))
    return {
        float(one)
        for one in (*(number.value for number in numbers_in(text)), *numerals)
        if one is not None
    }


def _has_form(term: str, told: AbstractSet[str]) -> bool:
    if term in told or not told.isdisjoint(_OTHER_FORMS.get(term, ())):
        return True
    if any(char.isdigit() for char in term) or len(term) < _BEGINNING:
        return False
    if any(_begin_alike(term, other) for other in told if other.startswith(term[:_BEGINNING])):
        return True
    return len(term) >= _LONG and bool(get_close_matches(term, told, 1, _MISTYPED))


def _begin_alike(one: str, other: str) -> bool:
    alike = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        alike += 1
    return alike >= min(len(one), len(other)) - _ENDING


def _is_in_no_document(index: Searchable, question: Question, word: str) -> bool:
    its = terms(word)
    return (
        bool(question.names.intersection(question.own_terms, its))
        and question.date_terms.isdisjoint(its)
        and not word.isupper()
        and not any(char.isdigit() for char in word)
        and not any(map(index.frequency, its))  # of all parts of "Nagorno-Karabakh"
    )


def _plain(text: str) -> str:
    """A text in small letters without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in parts if not unicodedata.combining(char))

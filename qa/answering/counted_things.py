"""What a question asks to be counted, and what its answer counts: "judges" and "members"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import Encoder, Span
from index.search.bm25 import terms
from index.text.numbers import numbers_in
from qa.language.question import Question
from qa.ranking.rerank import Read

HOW_MANY = re.compile(r"\bhow many ((?:[\w’'-]+ ?){1,3})", re.I)
_WHICH = re.compile(
    r"\b(?:which|what) ((?:(?!(?:did|does|do|was|were|is|are|has|have|had|will|would|can|could)\b)"
    r"[\w’'-]+ ?){1,3})",
    re.I,
)
_NOT_COUNTED = frozenset(
    terms(
        "more other people of the in did do does was were are is have had has will would can a an"
        " year month day kind type sort time name"
    )
)
_BEFORE_THINGS = re.compile(
    r"\bhow many (?:more |other |of (?:the|its|his|her|their|these|those) )?", re.I
)
_OF = re.compile(r"\s+of\s+(?:(?:the|its|his|her|their|these|those)\s+)?")
_WORD = re.compile(r"[\w’'-]+|[^\w\s]|\n")
_FEW = 4
"""The most words of the name of things: "five-star hotels", "extra federal border guards"."""
_BESIDE = 5
"""The words behind a number among which the noun that is asked for makes it a count of that."""
_PLURALS = frozenset(
    "people men women children police personnel staff aircraft spacecraft feet teeth cattle sheep"
    " fish".split()
)
_NO_PLURALS = re.compile(
    r"(?:ss|us|is|['’]s)$|^(?:was|has|does|goes|says|always|unless|perhaps|across|towards|plus|yes)$"
)
_NO_NOUN = frozenset(
    "and or but in on at to from by with for of that which who whose was were are is have has had"
    " been be will would could can may did do does when while after before as than the a an it its"
    " they their he his she her we our you my not among between across since including"
    " following".split()
)
_OTHER, _UNLIKE = 0.3, 0.45
"""Things whose vectors have a lower cosine are of another kind, or may be.

Some words for the same things are as far apart ("homes" and "customers" .32, "coaches" and "buses"
.38), so only the first is a reason to refuse.
"""
_GENERAL = frozenset(
    "people persons individuals lives deaths dead fatalities casualties victims others ones"
    " things times".split()
)
_ORDINAL = re.compile(r"(?:\d(?:st|nd|rd)|first|second|third|th)$", re.I)


@dataclass(frozen=True, slots=True)
class Counted:
    """The things that a question asks for and those that its answer counts.

    `likeness` is the cosine of their vectors, at least 0; it is 1 if the noun that is asked for
    stands beside the number.
    """

    asked: str
    told: str
    likeness: float

    @property
    def is_other(self) -> bool:
        """Whether the answer counts another kind of things: "doses", where "test kits" is asked."""
        return self.likeness < _OTHER and not self._is_general

    @property
    def is_unlike(self) -> bool:
        """Whether the answer may count another kind of things: "laboratories", not "hospitals"."""
        return self.likeness < _UNLIKE and not self._is_general

    @property
    def _is_general(self) -> bool:
        """Whether either noun says too little of what is counted: "people", "lives"."""
        asked, told = (name.lower().split()[-1] for name in (self.asked, self.told))
        return asked in _GENERAL or told in _GENERAL or asked == "members"


def counted(
    encoder: Encoder, question: Question, rarity: dict[str, float], read: Sequence[Read]
) -> list[Counted | None]:
    """What each candidate counts, where a question asks "how many".

    Args:
        encoder: computes how alike two nouns are.
        question: the question.
        rarity: its terms with their rarity, 0 to 1, of `rarities`.
        read: the candidates, each with its answer's span.

    Returns:
        One a candidate, in order; None if the question does not ask for a count, if no document has
        the noun that it counts, which may be misspelled, or if no plural noun stands behind the
        candidate's number.
    """
    found = _BEFORE_THINGS.search(question.asked)
    asked = _things(question.asked[found.end() :]) if found else []
    if not asked or any(rarity.get(term, 0.0) >= 1.0 for term in terms(asked[-1])):
        return [None] * len(read)
    behind = [_behind_number(one) for one in read]
    told = [_things(text) for text in behind]
    nouns = [*dict.fromkeys(text for words in (asked, *told) if words for text in _nouns(words))]
    vectors = dict(zip(nouns, encoder.encode(nouns), strict=True))

    def likeness(words: list[str], text: str) -> float:
        if set(terms(asked[-1])) <= set(terms(text)[:_BESIDE]):
            return 1.0
        alike = (vectors[one] @ vectors[its] for one in _nouns(asked) for its in _nouns(words))
        return max(0.0, float(max(alike)))

    return [
        Counted(" ".join(asked), " ".join(words), likeness(words, text)) if words else None
        for words, text in zip(told, behind, strict=True)
    ]


def counts(question: Question, text: str, answer: Span, within: Span) -> float:
    """Whether an answer counts or names the things that the question asks for by a noun.

    Args:
        question: "how many soldiers …" or "which drones …".
        text: the document's text.
        answer: the answer's span in it.
        within: the sentence that holds it.

    Returns:
        1 if the noun is in the answer or close to it ("the payments company PayPal"; for "how many"
        close behind it); else 0 for "how many", and .5 for other questions or if the question has
        no such noun.
    """
    asked = HOW_MANY.search(question.asked) or _WHICH.search(question.asked)
    nouns = [one for one in terms(asked[1]) if one not in _NOT_COUNTED] if asked else []
    if not asked or not nouns:
        return 0.5
    after = text[answer.start : min(within.end, answer.end + 40)]
    told = terms(after)[: len(terms(answer.of(text))) + 4]
    if asked.re is HOW_MANY:
        return float(nouns[-1] in told or nouns[0] in told)
    told += terms(text[max(within.start, answer.start - 40) : answer.start])[-3:]
    return 1.0 if any(noun in told for noun in nouns) else 0.5


def _nouns(words: list[str]) -> tuple[str, str]:
    """The name of things, and its last word alone."""
    return " ".join(words), words[-1]


def _behind_number(read: Read) -> str:
    """The text behind the last number of an answer, to the end of the sentence.

    It is empty if there is no number, or if that is an amount of money or an ordinal.
    """
    span, text = read.whole or read.span, read.document.text
    numbers = numbers_in(span.of(text)) if span else []
    if not span or not numbers:
        return ""
    number = span.of(text)[numbers[-1].start : numbers[-1].end]
    if number.startswith(("$", "€", "£", "¥")) or _ORDINAL.search(number):
        return ""
    behind = text[span.start + numbers[-1].end : max(span.end, read.sentence().end)]
    linked = _OF.match(behind)
    return behind[linked.end() :] if linked else behind


def _things(text: str) -> list[str]:
    """The words at the start of `text` up to a plural noun; none if there is none.

    A name and a noun before another one may end in s too: "New York Times employees", "savings
    accounts".
    """
    words: list[str] = []
    known: list[str] = []
    for found in _WORD.finditer(text):
        word = found[0]
        small = word.lower()
        is_plural = small in _PLURALS or (small.endswith("s") and not _NO_PLURALS.search(small))
        ended = known and known[-1].islower() and not is_plural
        if ended or not word[0].isalnum() or small in _NO_NOUN or len(words) == _FEW:
            break
        words.append(word)
        if is_plural:
            known = list(words)
    return known

"""Whether a quotation says what a written sentence says."""

import datetime as dt
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Self

import numpy as np

from index import Document, Encoder, Found, Span
from index.search.bm25 import terms
from index.text.matching import matching_text
from qa.archive.stated_facts import FactKind, StatedFact, alike, facts_in, holds_name, name_terms
from qa.sentence_span import body_sentences
from qa.writing.quotations import NumberedQuotation

_NEARLY = 0.75
"""The share of a sentence's words that a quotation holds that nearly says so."""
_OF_TELLING = frozenset(terms("according said says say also however thus therefore meanwhile"))
"""Words that a sentence may have beside the quotation's."""
_IN_ORDER = 0.65
"""The least share of those words that stand in the same order."""
_COSINE = 0.5
_SHOWN = 60
_SENTENCE_END = re.compile(r"[.!?][”\"’']?\s+(?=[A-Z“\"])")
_BEFORE = 12
"""How many words before what a sentence shares with a quotation may deny it or leave it open."""
_BESIDE = 3
"""How many words from a number the word that it counts may stand in the quotation."""
_WORD = re.compile(r"\w+(?:[’'.,-]\w+)*")
_NEGATIONS = frozenset(
    "not no never none nobody nothing nor neither without cannot denied denies deny refused"
    " refuses failed fails false falsely untrue rejected rejects lacked lacks unable stopped"
    " declined halted cancelled canceled avoided".split()
)
_HEDGES = frozenset(
    "may might could would should if alleged allegedly reportedly likely possibly perhaps probably "
    "expected expects plans planned proposed proposes suspected apparently unless threatened "
    "threatens vowed hopes hoped considering considers intends wants wanted estimated about "
    "nearly almost roughly approximately around least most over before until pending".split()
)
_LOOSE = frozenset("about nearly almost roughly approximately around least most over".split())
"""Hedges of a number: "at least 25", which "25" does not say."""
_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being|be)\b(?:\W+\w+){1,6}?\W+by\b")
_JOINED = re.compile(r"(?<![\w-])\d+(?:[-/:]\d+)+(?![\w-])")
_NOT = re.compile(r"n[’']t$", re.I)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Support:
    """The sentences of a quotation that say what a written sentence says.

    Attributes:
        number: the quotation.
        span: where its sentences stand, in characters of the document's text.
        score: how much of the written sentence they hold, 0 to 1, and how near they are in meaning.
    """

    number: int
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    stem: str
    start: int


@dataclass(frozen=True, slots=True)
class _Window:
    """One or two sentences of a quotation that follow one another."""

    quotation: NumberedQuotation
    span: Span
    text: str
    written: dt.date | None


def support(
    sentence: str, quotations: Sequence[NumberedQuotation], encoder: Encoder
) -> tuple[Support | None, str]:
    """The quotation that says what a sentence says, and if none does, what it lacks.

    A sentence or two that follow one another must hold its numbers, dates, names, quoted words and
    all its other words but stop words, in any form, in nearly the same order; deny what it denies
    and leave open what it leaves open; and say of each number and of each two names what it says.

    Args:
        sentence: the written sentence, without numbers of quotations.
        quotations: what it may rest on, those that it names first.
        encoder: tells which sentences are near in meaning.

    Returns:
        The best support, or None; then why there is none, in words for a person.

    """
    found: list[Support] = []
    lacking: list[tuple[int, str]] = []
    windows = [window for one in quotations for window in _windows(one)]
    if not windows:
        return None, "there is no quotation"
    vectors = encoder.encode([sentence, *(one.text for one in windows)])
    cosines = np.asarray(vectors[1:] @ vectors[0])
    for window, cosine in zip(windows, cosines, strict=True):
        compared = _Compared.of(sentence, window)
        fault = next(_faults(sentence, window, compared), None)
        if not fault and cosine < _COSINE:
            fault = (1, "it says something else")
        if fault:
            lacking.append(fault)
        else:
            score = compared.share + float(cosine)
            found.append(Support(window.quotation.number, window.span, score))
    if found:
        return max(found, key=lambda one: one.score), ""
    return None, max(lacking, key=lambda one: one[0])[1]


def _windows(quotation: NumberedQuotation) -> Iterator[_Window]:
    cited = quotation.citation
    quoted = Document(cited.document, cited.quote, Found(cited.title, "quotation"))
    spans = [one for one in body_sentences(quoted) if one.of(cited.quote).strip()]
    stated = cited.published or ""
    written = dt.date.fromisoformat(stated) if _DAY.fullmatch(stated) else None
    after = [Span(one.start, other.end) for one, other in pairwise(spans)]
    for span in [*spans, *after]:
        text = " ".join(span.of(cited.quote).split())
        place = Span(span.start + cited.start, span.end + cited.start)
        yield _Window(quotation, place, text, written)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A written sentence beside a window: their facts, and their words with those in common.

    `places` are the places among the window's words of those of the sentence that it holds.
    """

    facts: list[StatedFact]
    its_facts: list[StatedFact]
    own: list[_Word]
    its: list[_Word]
    places: list[int]
    share: float

    @classmethod
    def of(cls, sentence: str, window: _Window) -> Self:
        own, its = _words(sentence), _words(window.text)
        own = [word for word in own if word.stem not in _OF_TELLING or _place_of(word, its)]
        places = [place for word in own if (place := _place_of(word, its)) is not None]
        return cls(
            facts_in(sentence, window.written),
            facts_in(window.text, window.written),
            own,
            its,
            places,
            len(places) / max(1, len(own)),
        )


def _faults(sentence: str, window: _Window, compared: _Compared) -> Iterator[tuple[int, str]]:
    """What a window lacks to say what a sentence says; the nearer to enough, the higher."""
    share, its, text = compared.share, compared.its, window.text
    missing = [
        one.words for one in compared.facts if not _states(window, compared.its_facts, one)
    ] or _joined_numbers(sentence, text)
    if missing:
        named = ", ".join(f"“{textwrap.shorten(one, _SHOWN)}”" for one in missing[:3])
        yield (2 if share > _NEARLY else 0), f"no quotation says {named} so"
        return
    if share < 1 or not compared.places:
        lacking = [word.text for word in compared.own if _place_of(word, its) is None]
        named = ", ".join(f"“{one}”" for one in lacking[:3])
        yield (
            (1, f"no quotation says {named} so") if share > _NEARLY else (0, "no quotation says so")
        )
        return
    first, last = its[min(compared.places)], its[max(compared.places)]
    matched = text[first.start : last.start + len(last.text)]
    before = _SENTENCE_END.split(text[: first.start])[-1]
    clause = " ".join([*before.split()[-_BEFORE:], matched])
    if _negations(sentence) != _negations(clause):
        yield 3, "the quotation denies what it says, or says what it denies"
    loose = _hedges(clause, sentence) - _hedges(sentence, sentence)
    if loose:
        yield 3, f"the quotation leaves it open: “{min(loose)}”"
    if _plain(sentence) in _plain(text):
        return
    turned = _is_passive(sentence) != _is_passive(matched)
    if not _same_roles(compared.facts, sentence, text, turned=turned):
        yield 3, "the quotation says it of another"
    if not turned and _in_order(compared.own, its) < _IN_ORDER * len(compared.places):
        yield 3, "the quotation puts it otherwise"
    if not _counts_the_same(compared):
        yield 3, "the quotation gives the number of something else"


def _states(window: _Window, facts: Sequence[StatedFact], fact: StatedFact) -> bool:
    if fact.kind is FactKind.QUOTATION:
        return _plain(fact.words) in _plain(window.text)
    if any(fact.agrees(other) for other in facts):
        return True
    return fact.kind is FactKind.NAME and holds_name(fact.words, window.text)


def _joined_numbers(sentence: str, text: str) -> list[str]:
    """The numbers in one word, as 6-3, that a sentence states more often than a text does."""
    own, its = (Counter(_JOINED.findall(one.replace("–", "-"))) for one in (sentence, text))
    return list(own - its)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", matching_text(text).text))


def _words(text: str) -> list[_Word]:
    """The words of a text that are no stop words, with their stems; without “didn't”."""
    found = []
    for match in _WORD.finditer(text):
        stems = terms(match[0])
        if stems and not _NOT.search(match[0]):
            found.append(_Word(match[0], stems[0], match.start()))
    return found


def _place_of(word: _Word, words: Sequence[_Word]) -> int | None:
    for place, other in enumerate(words):
        if word.stem == other.stem or alike(word.stem, other.stem):
            return place
    return None


def _in_order(own: Sequence[_Word], its: Sequence[_Word]) -> int:
    """The length of the longest common subsequence of two rows of words."""
    row = [0] * (len(its) + 1)
    for word in own:
        before = 0
        for at, other in enumerate(its, 1):
            same = word.stem == other.stem or alike(word.stem, other.stem)
            before, row[at] = row[at], before + 1 if same else max(row[at], row[at - 1])
    return row[-1]


def _negations(text: str) -> bool:
    """Whether a text denies: it holds an odd number of words that do."""
    plain = text.lower().replace("’", "'")
    words = re.findall(r"[a-z']+", plain)
    denying = [word for word in words if word in _NEGATIONS or word.endswith("n't")]
    return len(denying) % 2 == 1


def _hedges(text: str, numbers: str) -> set[str]:
    """The words of a text that leave open what it says; of numbers only those in `numbers`."""
    words = re.findall(r"[\w’'-]+", text.lower())
    stated = set(re.findall(r"[\w’'-]+", numbers.lower()))
    found = {word for word in words if word in _HEDGES - _LOOSE}
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in _LOOSE and after[:1].isdigit() and after in stated:
            found.add(f"{word} {after}")
    return found


def _is_passive(text: str) -> bool:
    return (
        re.search(r"\b(?:was|were|is|are|been|being|be)\b(?:\W+\w+){1,6}?\W+by\b", text) is not None
    )


def _same_roles(facts: Sequence[StatedFact], sentence: str, text: str, *, turned: bool) -> bool:
    """Whether each two names stand in the order that says the same of them."""
    names = [one for one in facts if one.kind is FactKind.NAME]
    for first, second in combinations(names, 2):
        here, there = _first_place(first, second, text), _first_place(second, first, text)
        if here is None or there is None or here == there:
            continue
        if (here < there) == turned and not _is_together(sentence, text, first, second):
            return False
    return True


def _first_place(name: StatedFact, other: StatedFact, text: str) -> int | None:
    """Where a text first holds a term of a name that another name lacks."""
    wanted = name_terms(name.words) - name_terms(other.words)
    places = [word.start for word in _words(text) if word.stem in wanted]
    return min(places) if places else None


def _is_together(sentence: str, text: str, first: StatedFact, second: StatedFact) -> bool:
    """Whether two names stand in a list, or one is of the other: "the Norwegian firm Brekke"."""
    between = sentence[first.span.end : second.span.start]
    listed = re.fullmatch(r"[\s,]*(?:and|or|&)?[\s,]*(?:the )?", between) is not None
    return listed or _plain(sentence[first.span.start : second.span.end]) in _plain(text)


def _counts_the_same(compared: _Compared) -> bool:
    """Whether the word behind each number stands near the same number in the quotation too."""
    for fact in compared.facts:
        if fact.kind is not FactKind.NUMBER:
            continue
        after = next((word for word in compared.own if word.start >= fact.span.end), None)
        place = _place_of(after, compared.its) if after else None
        if place is None:
            continue
        counted = [
            at for at, word in enumerate(compared.its) if word.stem == compared.its[place].stem
        ]
        numbers = [
            at
            for other in compared.its_facts
            if fact.agrees(other)
            for at, word in enumerate(compared.its)
            if other.span.start <= word.start < other.span.end
        ]
        if numbers and all(abs(at - one) > _BESIDE for at in numbers for one in counted):
            return False
    return True

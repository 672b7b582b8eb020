"""The candidates for the answer: every span that the reader found, and what speaks for each."""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index import Document, Span
from index.search.bm25 import terms
from index.text.dates import DateInText, dates_in
from qa.answering.answer_kinds import fits, wanted
from qa.answering.counted_things import Counted, counts
from qa.answering.expand_span import widened
from qa.language.question import Question
from qa.ranking.rerank import Read, clipped, compared
from qa.ranking.sentence_ranking import share
from qa.ranking.weights import CHOSEN_BY

Floats = NDArray[np.float64]

_BESIDE = 250
"""Characters either side of a sentence in which its neighbours stand."""
_SOON = dt.timedelta(days=30)
"""How long after an event an article is likely to report it."""
_CREDIT = re.compile(
    r"\b(?:AP|AFP|Reuters|Getty|USA TODAY|CNN|Photo|Contributing|Contributed|Updated|Published"
    r"|Follow|Read more|More|Related|Watch|Video|Image|Newsletter|Sign up)\b|^By\b|\|"
)
_BYLINE = re.compile(r"(?:[Bb]y|BY|Contributing|CONTRIBUTING|Photo|PHOTO)\b:?\s+[A-Z]")
_DATELINE = re.compile(r"[^\W\d_a-zß-ÿ].{2,80}\s[—–-]+")
_CLAUSE = re.compile(r"[,;:()—–]|\b(?:while|whereas|but|though|although|after|before)\b", re.I)
_NAME_WORDS = 3
_DASHES = ("-", "–", "—")
_HEADLINE, _CREDITED = 20, 30
"""Words of a line that may be a headline, and of one that may be a credit, at most."""
_ENDS = re.compile(r"[.!?][”\"’')\]]*$")


def candidates(question: Question, read: Sequence[Read]) -> list[Read]:
    """Every span that the reader found, as a reading of its own whose answer is that span.

    Each span is expanded by `widened`, or for a yes-or-no question to its sentence. If spans of
    one document overlap, the likeliest is kept. A span in a byline or a signature is no candidate.
    """
    found: list[Read] = []
    every = [replace(one, span=span, evidence=score) for one in read for span, score in one.spans]
    for one in sorted(every, key=lambda one: -one.evidence):
        text, span = one.document.text, one.span
        if span is None or _signed(text, span):
            continue
        whole = (
            one.sentence()
            if question.wants_yes_or_no
            else widened(text, span, one.sentence(), question)
        )
        key = one.retrieved.passage.document
        if not any(
            other.retrieved.passage.document == key and other.whole and other.whole.overlap(whole)
            for other in found
        ):
            found.append(replace(one, whole=whole))
    places = {one.retrieved.passage.id: place for place, one in enumerate(read)}
    return sorted(found, key=lambda one: (places[one.retrieved.passage.id], -one.evidence))


def _signed(text: str, span: Span) -> bool:
    """Whether a span is a signature, or is in a byline or in a dateline on a line of its own.

    "– Jane Doe", "By Jane Doe", "Washington, DC CNN Business —".
    """
    start = text.rfind("\n", 0, span.start) + 1
    before, line = text[start : span.start], _line(text, span)
    if re.search(r"(?:^|[.!?”\"]\s*)[–—-]\s*$", before):
        after = text[span.end : start + len(line)]
        in_list = not before.strip("–—- ") and (
            text[start + len(line) :].lstrip().startswith(_DASHES)
            or text[: max(0, start - 1)].rpartition("\n")[2].lstrip().startswith(_DASHES)
        )
        return len(after.split()) <= _NAME_WORDS and not in_list and not text[span.start].isdigit()
    beside = (_BYLINE.match(line) and not _ENDS.search(line)) or _DATELINE.fullmatch(line)
    return bool(beside) and len(line.split()) <= _HEADLINE


def choice_features(
    question: Question,
    rarity: dict[str, float],
    read: Sequence[Read],
    counted: Sequence[Counted | None],
) -> Floats:
    """The features `CHOSEN_BY` of each candidate.

    Args:
        question: the question.
        rarity: its terms with their rarity, 0 to 1, of `rarities`.
        read: the candidates of all passages, of `candidates`.
        counted: what each of them counts.

    Returns:
        One row a candidate, in order, shape (candidates, features).
    """
    if not read:
        return np.zeros((0, len(CHOSEN_BY)))
    kind = wanted(question)
    names = {name: rarity[name] for name in question.names if name in rarity}
    passages = {one.retrieved.passage.id: one for one in read}
    told = {
        key: f" {compared(one.retrieved.passage.span.of(one.document.text))} "
        for key, one in passages.items()
    }
    best = {key: max(o.evidence for o in read if o.retrieved.passage.id == key) for key in passages}
    answers = [one.answer for one in read]
    titles = {one.retrieved.passage.document: set(terms(one.document.search_title)) for one in read}
    newest = _newness(read) if question.wants_latest else {}
    rows = []
    for one, answer, things in zip(read, answers, counted, strict=True):
        text, span = one.document.text, one.whole
        assert span is not None  # noqa: S101 -- of `candidates`
        within = one.sentence()
        around = sentences_around(one)
        title = titles[one.retrieved.passage.document]
        dated = date_fit(question, one.document, around.of(text))
        dates = question.date_terms if dated > 0 else frozenset()
        met = {*title, *dates}
        here = {*terms(within.of(text)), *met}
        nearby = {*terms(around.of(text)), *met}
        others = [
            (other, its)
            for other, its in zip(read, answers, strict=True)
            if other.retrieved.passage.id != one.retrieved.passage.id
        ]
        agreeing = {
            other.story: 1 / (1 + math.exp(-clipped(other.evidence) / 2))
            for other, its in others
            if other.story != one.story and same(answer, its)
        }
        against = [other.evidence for other, its in others if not same(answer, its)]
        mentions = {passages[key].story for key, said in told.items() if f" {answer} " in said}
        words = answer.split()
        line = _line(text, span)
        missing = [weight for name, weight in names.items() if name not in nearby]
        rows.append(
            (
                clipped(one.reading.answering),
                clipped(one.evidence),
                max(-10.0, one.evidence - best[one.retrieved.passage.id]),
                one.reading.relevance,
                one.retrieved.score,
                one.retrieved.cosine,
                max(-10.0, min(10.0, one.evidence - max(against))) if against else 10.0,
                math.log1p(sum(agreeing.values())),
                math.log1p(len(mentions - {one.story})),
                share(rarity, here),
                share(rarity, nearby),
                share(rarity, {*terms(_clause(text, span, within).of(text)), *dates}),
                share(names, here),
                share(names, nearby),
                max(missing, default=0.0),
                fits(kind, span.of(text), several=question.wants_several),
                max(counts(question, text, span, within), things.likeness if things else 0.0),
                _restated(question, answer),
                math.log1p(len(words)),
                float(not _ENDS.search(line) and len(line.split()) < _HEADLINE),
                float(bool(_CREDIT.search(line)) and len(line.split()) < _CREDITED),
                dated,
                newest.get(one.retrieved.passage.document, 0.0) * share(names, here),
            )
        )
    return np.array(rows, np.float64)


def date_fit(question: Question, document: Document, text: str) -> float:
    """How a stretch of a document agrees with the dates that a question states.

    Returns:
        1 if the text states those dates, .7 if the document was published then or soon after, -1
        if it was published before, 0 if neither is known or the question states no date. For a
        question "as of" a day: .7 if the document was published by then, -1 if later.
    """
    if not question.dates:
        return 0.0
    published = document.date
    limit = question.as_of
    if limit is not None:
        return 0.0 if published is None else 0.7 if published <= limit else -1.0
    told = dates_in(text, published)
    worst = 1.0
    for date in question.dates:
        if any(one.meets(date) for one in told):
            continue
        if published is None:
            worst = min(worst, 0.0)
        elif DateInText(date.span, published - _SOON, published).meets(date):
            worst = min(worst, 0.7)
        elif not date.yearless and published < date.first:
            worst = -1.0
        else:
            worst = min(worst, 0.0)
    return worst


def _newness(read: Sequence[Read]) -> dict[str, float]:
    """How new each dated document is among those read, 0 for the oldest to 1, by its key."""
    days = {
        one.retrieved.passage.document: one.document.date.toordinal()
        for one in read
        if one.document.date
    }
    low, high = min(days.values(), default=0), max(days.values(), default=0)
    return {key: (day - low) / max(1, high - low) for key, day in days.items()}


def _restated(question: Question, answer: str) -> float:
    """The share of an answer's words that the question already has, 0 to 1.

    It is 0 for a yes-or-no question, whose answer restates it. It is 1 if the question asks for a
    person and the answer ends in a name that the question states, with no other first name there;
    and if it asks for several things and the answer has a name that it states.
    """
    if question.wants_yes_or_no:
        return 0.0
    words = answer.split()
    asks_for_more = question.wants_person and words[-1:] and words[-1] in question.names
    lists_it = question.wants_several and not question.names.isdisjoint(words)
    if lists_it or (asks_for_more and not _is_relative(question, words)):
        return 1.0
    return sum(word in question.every_term for word in words) / max(1, len(words))


def _is_relative(question: Question, words: Sequence[str]) -> bool:
    """Whether an answer has a last name of the question with another first name than there."""
    asked = terms(question.asked)
    first = {before for before, name in pairwise(asked) if name == words[-1]}
    first &= question.names
    return bool(first) and len(words) > 1 and words[-2] not in first


def same(one: str, other: str) -> bool:
    """Whether two answers, of `compared`, are one: the words of either hold the other's."""
    if not one or not other or one.startswith("not ") != other.startswith("not "):
        return False
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def sentences_around(one: Read) -> Span:
    """The sentence of an answer with what stands before and after it, about a sentence each."""
    text, within = one.document.text, one.sentence()
    start = text.rfind("\n\n", 0, max(0, within.start - 2))
    end = text.find("\n\n", within.end + 2)
    start = max(0, start, within.start - _BESIDE)
    end = min(len(text) if end < 0 else end, within.end + _BESIDE)
    return Span(start, end)


def _clause(text: str, span: Span, within: Span) -> Span:
    """The part of a sentence that holds a span: up to a comma or a word that begins another."""
    breaks = [one.span() for one in _CLAUSE.finditer(text, within.start, within.end)]
    start = max((end for _, end in breaks if end <= span.start), default=within.start)
    end = min((begin for begin, _ in breaks if begin >= span.end), default=within.end)
    return Span(start, end)


def _line(text: str, span: Span) -> str:
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return text[start : len(text) if end < 0 else end].strip()

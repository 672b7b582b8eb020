"""Who says what: every answer that the documents give to a question, with who gives it."""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from index import QuothError, Span, Where
from index.text.numbers import numbers_in
from qa.answer import Quotation
from qa.answering.answer_kinds import fits, wanted
from qa.answering.candidates import same
from qa.answering.changing_facts import measures
from qa.answering.choice import Candidates
from qa.assistant import Assistant
from qa.language.question import Question
from qa.progress import read_so_far, telling
from qa.ranking.rerank import READ_PASSAGES, Read, read_passages
from qa.retrieval.find import retrieved
from qa.retrieval.searchable import Searchable

MOST_READ = 60
"""How many passages are read."""
_BEHIND = 6.0
"""By how much an answer's score in the choice may be less than the best one's: a logit."""
_BESIDE = 1.5
"""By how much it may be less than the best one's of the same passage."""
_ANSWERING = -2.5
"""The least logit with which its passage answers."""
_WEAK_BEHIND, _WEAK_ANSWERING = 4.0, 0.0
"""Beyond these an answer is weak."""
_FITS = 0.5
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed)?|refut(?:es?|ed)|disput(?:es?|ed)|dismiss(?:es|ed)?"
    r"|false(?:ly)?|untrue|no evidence|misinformation)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer that documents give to a question.

    Attributes:
        answer: the answer in the words of the first quotation.
        number: its number, if it is one; numbers that are equal are one answer.
        quotations: where it stands, one a story, by date, those without one last.
        denied: whether a sentence that gives it speaks of a denial or a dispute.
        weak: whether it is unlikely to be an answer to the question, in each of the quotations.

    Example:
        >>> found = who_says(Assistant.open(".quoth"), "How many Armenian soldiers were killed?")
        >>> [(claim.answer, claim.speakers) for claim in found.claims[:1]]
        [('105', ('Armenian Prime Minister Nikol Pashinyan',))]
    """

    answer: str
    number: float | None
    quotations: tuple[Quotation, ...]
    denied: bool = False
    weak: bool = False

    @property
    def speakers(self) -> tuple[str, ...]:
        """Whom the sentences name as saying so, each once, in order."""
        return tuple(dict.fromkeys(one.said_by for one in self.quotations if one.said_by))

    @property
    def first(self) -> str:
        """The date of the earliest document that gives it; empty if none states one."""
        return min(
            (o.citation.published for o in self.quotations if o.citation.published), default=""
        )

    @property
    def last(self) -> str:
        """The date of the latest."""
        return max((o.citation.published or "" for o in self.quotations), default="")

    def as_json(self) -> dict[str, object]:
        """The claim as plain values."""
        return {
            "answer": self.answer,
            "number": self.number,
            "documents": len(self.quotations),
            "first": self.first or None,
            "last": self.last or None,
            "speakers": list(self.speakers),
            "denied": self.denied,
            "weak": self.weak,
            "quotations": [one.as_json() for one in self.quotations],
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a document gives as an answer.

    Attributes:
        published: the date of the document.
        number: the number.
        claim: which of the claims it is of, from 1.
        quotation: where it stands.

    Example:
        >>> found = who_says(Assistant.open(".quoth"), "How many Armenian soldiers were killed?")
        >>> [(figure.published, figure.number) for figure in found.figures]
        [('2020-10-01', 7), ('2020-10-01', 104)]
    """

    published: str
    number: float
    claim: int
    quotation: Quotation

    def as_json(self) -> dict[str, object]:
        """The figure as plain values."""
        return {
            "published": self.published,
            "number": self.number,
            "claim": self.claim,
            "answer": self.quotation.text,
            "speaker": self.quotation.said_by or None,
            "document": self.quotation.citation.document,
        }


@dataclass(frozen=True, slots=True)
class WhoSays:
    """Every answer that the documents give to a question.

    Attributes:
        question: the question.
        claims: the answers, those of most documents first; the weak ones last.
        passages: how many passages were read.
        documents: how many documents they are of.

    Example:
        >>> found = who_says(Assistant.open(".quoth"), "Who brokered the September 13 ceasefire?")
        >>> found.claims[0].answer
        'Moscow'
    """

    question: str
    claims: tuple[Claim, ...]
    passages: int
    documents: int

    @property
    def figures(self) -> tuple[Figure, ...]:
        """How the figure changed: the numbers that dated documents give, by date; no weak ones."""
        found = [
            Figure(one.citation.published, claim.number, place, one)
            for place, claim in enumerate(self.claims, 1)
            if claim.number is not None and not claim.weak
            for one in claim.quotations
            if one.citation.published
        ]
        return tuple(sorted(found, key=lambda one: (one.published, one.number)))

    def as_json(self) -> dict[str, object]:
        """The answers as plain values, in the form `quoth says --json` prints."""
        return {
            "question": self.question,
            "passages": self.passages,
            "documents": self.documents,
            "claims": [one.as_json() for one in self.claims],
            "figures": [one.as_json() for one in self.figures],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """A row a sentence, with headings, for a spreadsheet; those of one answer together."""
        headings = ("answer", "number", "speaker", "denied", "sentence", "document", "title")
        return [
            (*headings, "published", "paragraph", "start", "end"),
            *(
                (
                    claim.answer,
                    "" if claim.number is None else f"{claim.number:g}",
                    one.said_by,
                    "yes" if _DENIES.search(one.sentence.quote) else "",
                    " ".join(one.sentence.quote.split()),
                    one.citation.document,
                    one.citation.title,
                    one.citation.published or "",
                    str(one.citation.paragraph),
                    str(one.citation.start),
                    str(one.citation.end),
                )
                for claim in self.claims
                for one in claim.quotations
            ),
        ]


def who_says(
    assistant: Assistant,
    question: str,
    where: Where | None = None,
    today: dt.date | None = None,
    most: int = MOST_READ,
) -> WhoSays:
    """Every answer that the documents give to a question, with who gives it.

    More passages are read than for an answer, and none is chosen. A sentence gives an answer if
    the reader finds that its passage answers, if the answer is of the kind asked for, and if its
    score is not far below the best one's. Equal numbers are one answer, as are answers of which
    one holds the other's words. Copies of a story count once.

    Args:
        assistant: the assistant, with a reader.
        question: the question.
        where: a filter; None lets everything pass.
        today: the day from which relative dates of the question are resolved.
        most: how many passages are read.

    Returns:
        The answers, those of most stories first, then the likeliest; the weak ones last.

    Raises:
        QuothError: for a question that cannot be asked, and without a reader.

    Example:
        >>> found = who_says(Assistant.open(".quoth"), "Who brokered the September 13 ceasefire?")
        >>> found.claims[0].quotations[0].citation.document
        'seeds/003_b2d011834734ebc9.txt'
    """
    asked = Question.parse(question, today)
    if assistant.reader is None:
        raise QuothError("who says what is found by the reader; ask without --no-reader")
    index = assistant.index.restricted_to(where)
    vector = index.encoder.encode([asked.asked])
    found = retrieved(index, asked, vector, assistant.fusion)[:most]
    read: list[Read] = []
    for start in range(0, len(found), READ_PASSAGES):
        read_so_far(start, len(found))
        with telling(lambda _done, _total: None):
            some = found[start : start + READ_PASSAGES]
            read += read_passages(index, assistant.reader, asked, some)
    groups: list[_Group] = []
    for one, weak in _answers(index, asked, read, assistant.weighting.choice):
        words = one.words
        number = _number(words)
        group = next((g for g in groups if g.holds(words, one.answer, number)), None)
        if group is None:
            groups.append(group := _Group(words, one.answer, number))
        group.by_story.setdefault(one.story, []).append(one)
        group.weak &= weak
    groups.sort(key=lambda one: (one.weak, -len(one.by_story)))
    return WhoSays(
        asked.text,
        tuple(one.claim() for one in groups),
        len(found),
        len({one.passage.document for one in found}),
    )


@dataclass(slots=True)
class _Group:
    """Passages that give one answer: its words, the form in which it is compared, its number."""

    words: str
    answer: str
    number: float | None
    by_story: dict[str, list[Read]] = field(default_factory=dict)
    weak: bool = True

    def holds(self, words: str, answer: str, number: float | None) -> bool:
        """Whether another answer is this one."""
        if self.number is not None and number is not None:
            mine, its = measures(self.words), measures(words)
            return self.number == number and not (mine and its and mine.isdisjoint(its))
        return same(self.answer, answer)

    def claim(self) -> Claim:
        """The answer with its quotations, by date."""
        told = (_earliest(list(map(_quotation, copies))) for copies in self.by_story.values())
        quotations = sorted(told, key=_by_date)
        denied = any(_DENIES.search(one.sentence.quote) for one in quotations)
        return Claim(self.words, self.number, tuple(quotations), denied, self.weak)


def _answers(
    index: Searchable, question: Question, read: Sequence[Read], choice: Sequence[float]
) -> list[tuple[Read, bool]]:
    """The answers that passages give, the likeliest first, each with whether it is weak."""
    found = Candidates.of(index, question, read)
    if not found.found:
        return []
    scores = found.features @ np.array(choice)
    kind, top = wanted(question), scores.max()
    best = dict[int, float]()  # of each passage
    told: dict[tuple[str, Span], list[Span]] = {}  # what of each sentence is an answer already
    kept: list[tuple[Read, bool]] = []
    for at in np.argsort(-scores, kind="stable"):
        one, score = found.found[at], scores[at]
        text, passage, answering = one.document.text, one.retrieved.passage, one.reading.answering
        least = max(top - _BEHIND, best.setdefault(passage.id, score) - _BESIDE)
        if score < least or answering < _ANSWERING or one.whole is None:
            continue
        others = told.setdefault((passage.document, one.sentence()), [])
        apart = not any(one.whole.overlap(other) for other in others)
        if apart and fits(kind, one.whole.of(text)) >= _FITS:
            others.append(one.whole)
            weak = score < top - _WEAK_BEHIND or answering < _WEAK_ANSWERING
            kept.append((one, bool(weak)))
    return kept


def _number(words: str) -> float | None:
    """The number that an answer states, if it states one number."""
    values = {one.value for one in numbers_in(words)}
    return values.pop() if len(values) == 1 else None


def _quotation(one: Read) -> Quotation:
    likely = 1 / (1 + math.exp(-one.reading.answering))
    sentence = one.sentence()
    return Quotation.of(
        one.document, one.whole or Span(sentence.start, sentence.end), likely, sentence
    )


def _earliest(told: Sequence[Quotation]) -> Quotation:
    """The likeliest quotation of the earliest of these documents."""
    first = min(told, key=_by_date).citation.document
    return next(one for one in told if one.citation.document == first)


def _by_date(one: Quotation) -> tuple[bool, str, str]:
    published = one.citation.published
    return not published, published or "", one.citation.document

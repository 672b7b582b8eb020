"""What a question requires of an answer beside being likely: its names, its year, no mere plan."""

import re
from dataclasses import dataclass

from qa.answering.counted_things import Counted
from qa.answering.plans_and_denials import tells_plan
from qa.answering.unmet_names import NamesAsked, is_of_a_stranger, is_too_old, listed, plain
from qa.language.question import Question
from qa.ranking.rerank import Read

_BEFORE = 40
_ABOUT_ANOTHER = 0.15
"""A cap for an answer whose article lacks a name of the question, or that tells a plan.

Of 13 answers whose passage lacked a name, 2 were right.
"""
_UNLIKE = 0.6
"""A cap below "likely" for an answer that may count other things than are asked for."""
_PERHAPS = re.compile(
    r"\b(?:could|may|might|would|(?:is|are|was|were) (?:expected|likely|set) to"
    r"|faces|facing|face(?! of\b))\b"
)
"""In small letters, so that "May" is a month."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement of a question that an answer does not meet.

    Attributes:
        why: what is not met, as a sentence for the person who asked.
        confidence: at most so likely is the answer right, 0 to 1.
        answerability: at most so likely do the documents answer the question, 0 to 1.
        is_year: whether it is the year that the question states.
    """

    why: str
    confidence: float
    answerability: float = 1.0
    is_year: bool = False

    @classmethod
    def refused(cls, why: str, *, is_year: bool = False) -> "Unmet":
        """One without which an answer is below any threshold that was fitted."""
        return cls(why, _ABOUT_ANOTHER, _ABOUT_ANOTHER, is_year)

    @property
    def refuses(self) -> bool:
        """Whether the documents are said not to answer where it is not met."""
        return self.answerability < 1


def unmet(asked: NamesAsked, read: Read, counted: Counted | None = None) -> tuple[Unmet, ...]:
    """The requirements of a question that an answer does not meet.

    Args:
        asked: the names of the question, and the question.
        read: the answer.
        counted: what the answer counts, if the question asks "how many".

    Returns:
        In this order: a name that no document has, and nothing like it near the answer; a name
        that the answer's article does not have; a year after the one of its document; what
        happened, where the answer tells a plan or what might be; a count of other things.
    """
    question = asked.question
    found: list[Unmet] = []
    if is_of_a_stranger(asked.unknown, read):
        typed = {plain(word): word for name in asked.names for word in name.words}
        noun = "word" if len(asked.unknown) == 1 else "words"
        words = listed([typed[one] for one in asked.unknown])
        found.append(Unmet.refused(f"No document has the {noun} {words}."))
    if names := asked.unmet(read):
        found.append(
            Unmet.refused(f"The article of the likeliest answer does not name {listed(names)}.")
        )
    if is_too_old(question, read):
        found.append(
            Unmet.refused(
                f"The likeliest answer is of {read.document.date}, before what is asked about.",
                is_year=True,
            )
        )
    if question.wants_yes_or_no:
        if is_plan(question, read):
            found.append(Unmet.refused("The likeliest sentence tells a plan or a possibility."))
    elif question.wants_what_happened and _is_perhaps(read):
        found.append(Unmet.refused("The likeliest answer tells what might be."))
    if counted and counted.is_unlike:
        why = f"The likeliest answer counts {counted.told}, not {counted.asked}."
        found.append(Unmet.refused(why) if counted.is_other else Unmet(why, _UNLIKE))
    return tuple(found)


def is_plan(question: Question, read: Read) -> bool:
    """Whether an answer's sentence tells as a plan what a question asks to have happened."""
    return tells_plan(question, read.sentence().of(read.document.text))


def _is_perhaps(read: Read) -> bool:
    """Whether what might be is told: "He faces up to 115 years" is no sentence of a court."""
    span = read.whole or read.span
    if span is None:
        return False
    before = read.document.text[max(read.sentence().start, span.start - _BEFORE) : span.start]
    return bool(_PERHAPS.search(before))

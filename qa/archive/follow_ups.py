"""What to ask next: questions about what the passages of an answer hold, each of them answered."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from index import Where
from index.search.bm25 import terms
from qa.answer import SURE, Answer
from qa.assistant import Assistant

_MOST_TRIED = 10
_LIKELY = SURE[0][0]
_DONE = (
    r"(?:[a-z]{2,}ed|known|held|found|made|taken|seen|hurt|lost|shot|built|sold|held|struck|put)"
)
_COUNTED = re.compile(
    r"\b(?P<number>\d[\d,.]*\d|\d+)\s+"
    r"(?P<what>(?!of\b|million\b|billion\b|thousand\b)(?:[A-Za-z][\w’'-]*\s+){0,3}?"
    r"(?:people|[a-z]*men|children|(?!has\b|is\b|was\b|this\b)[a-z][\w’'-]*s))\s+"
    rf"(?P<done>(?P<core>(?:had been|have been|were|are|was)\s+{_DONE}|died|left|fled|won|voted|"
    r"joined|remained|attended|took|went|lost)"
    r"(?:\s(?!and\b|but\b|while\b|as\b|who\b|which\b|that\b|when\b|after\b)[\w’'-]+){0,9})"
    r"(?=[,;:—–”\"]|\s(?:and|but|while|as|who|which|that|when|after)\b|[.]\s|[.]?$)"
)
"""A count and what it counts; a participle alone ("documents marked …") is no clause."""

_ABBREVIATED = re.compile(r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|St|Mr|Dr|Gov)$")
_DATED = re.compile(
    rf"(?:^|[.;]\s+)(?P<what>(?:The|An?)\s(?:[A-Za-z][\w’'-]*\s){{0,4}}?[\w’'-]+)\s"
    rf"(?P<verb>was|were)\s(?P<done>{_DONE})\s(?:[\w’'-]+\s){{0,6}}?(?:on|in)\s"
    r"(?P<date>(?:\d{1,2}\s)?(?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December)(?:\s\d{1,2})?(?:,?\s\d{4})?|\d{4})\b"
)
_ROLE = re.compile(
    r"\b(?P<role>(?:[A-Z][\w’'-]*\s){0,3}(?:Prime Minister|President|Foreign Minister|Mayor|"
    r"Defen[cs]e Minister|Secretary of State|Secretary-General|Governor|Chancellor|King|Queen|"
    r"Attorney General))\s(?P<name>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){1,2})"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    question: str
    expected: str


def follow_ups(
    assistant: Assistant,
    answer: Answer,
    where: Where | None = None,
    today: dt.date | None = None,
    most: int = 5,
) -> list[Answer]:
    """Questions about what an answer's passages hold and that were not asked, with their answers.

    Each asks for a number, a date or a name that is in the passages. A question is returned only
    if its answer holds that and is likely right.

    Args:
        assistant: what answered.
        answer: its answer.
        where: the filter that it was asked with.
        today: the day from which "last September" is counted.
        most: how many are given at most.

    Returns:
        The answers, each with its question, in the order in which the passages hold them.

    Example:
        >>> assistant = Assistant.open(".quoth")
        >>> answer = assistant.ask("who brokered the September 13 ceasefire?")
        >>> [one.question for one in follow_ups(assistant, answer)][0]
        'How many Armenian servicemen had been killed so far in this month’s fighting?'
    """
    found: list[Answer] = []
    asked = {frozenset(terms(answer.question))}
    told = {answer.answer.text} if answer.answer else set()
    tried = 0
    for one in _candidates(answer):
        words = frozenset(terms(one.question))
        if words in asked or len(found) == most or tried == _MOST_TRIED:
            continue
        asked.add(words)
        tried += 1
        got = assistant.ask(one.question, where=where, today=today)
        said = got.answer
        if (
            said is not None
            and said.confidence >= _LIKELY
            and _holds(said.text, one.expected)
            and said.text not in told
        ):
            told.add(said.text)
            found.append(got)
    return found


def _holds(text: str, expected: str) -> bool:
    """Whether an answer holds what is expected, a number as a whole."""
    return re.search(rf"(?<![\w.,]){re.escape(expected)}(?![.,]?\d|\w)", text) is not None


def _candidates(answer: Answer) -> Iterator[_Candidate]:
    for passage in answer.passages:
        text = " ".join(passage.citation.quote.split())
        for match in _COUNTED.finditer(text):
            if not _ABBREVIATED.search(match["done"]):
                for done in dict.fromkeys((match["done"], match["core"])):
                    yield _Candidate(f"How many {match['what']} {done}?", match["number"])
        for match in _ROLE.finditer(text):
            the = "" if re.search(r"[’']s?\s", match["role"]) else "the "
            yield _Candidate(f"Who is {the}{match['role']}?", match["name"])
        for match in _DATED.finditer(text):
            what = match["what"][0].lower() + match["what"][1:]
            yield _Candidate(f"When {match['verb']} {what} {match['done']}?", match["date"])

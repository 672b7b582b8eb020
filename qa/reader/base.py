"""The interfaces of readers and rerankers, and what a reader returns."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.reader.span_decoding import SPANS, FoundSpan

SHIPPED, NONE = "quoth", "none"
"""The names of the reader that ships and of no reader; NONE also means no reranker."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is read beside a question: a passage and the title it stands under, or ""."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a passage beside a question gave; for each score higher is better.

    `relevance` compares passages read for one question. `answering` is the log-odds that this
    passage answers at all. `spans` are the likeliest answers, best first, none overlapping
    another; a span's score is its log-odds against there being no answer.
    """

    relevance: float
    answering: float
    spans: tuple[FoundSpan, ...]

    @property
    def chance(self) -> float:
        """How likely the passage answers at all, 0 to 1."""
        return 1 / (1 + math.exp(-self.answering))


class Reader(Protocol):
    """What asking needs of a reader."""

    @property
    def name(self) -> str:
        """What it is called in settings and reports."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its weights: a weighting is fitted for one reader."""
        ...

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """Read each text beside the question; the readings, in order."""
        ...


class Reranker(Protocol):
    """What asking needs of a model that only says how well a passage bears on a question."""

    @property
    def name(self) -> str:
        """What it is called in settings and reports."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its weights."""
        ...

    def scores(self, question: str, texts: Sequence[Text]) -> list[float]:
        """How well each text bears on the question, in order; higher is better."""
        ...


def together(readings: Sequence[Reading]) -> Reading:
    """Combine the readings of the windows of one text into one; there is at least one."""
    if len(readings) == 1:
        return readings[0]
    spans = sorted((one for part in readings for one in part.spans), key=lambda one: -one.score)
    kept: list[FoundSpan] = []
    for one in spans:
        if all(one.span.overlap(other.span) == 0 for other in kept):
            kept.append(one)
    return Reading(
        max(one.relevance for one in readings),
        max(one.answering for one in readings),
        tuple(kept[:SPANS]),
    )

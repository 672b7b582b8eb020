"""What a reader says of the paragraph that a question was asked of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.datasets import Question
from eval.measures import auroc, exact_match, f1
from index import Document
from qa.reader.base import Reader, Text


@dataclass(frozen=True, slots=True)
class Pointed:
    """The result of a reader on the paragraph that a question was written for.

    `answering` is the reader's log-odds that the paragraph answers. `em` and `f1` measure its
    answer; they are NaN for an unanswerable question.
    """

    answering: float
    em: float
    f1: float


def point(reader: Reader, question: Question, own: Document) -> Pointed:
    """Read `own`, the paragraph that the question was asked of."""
    (reading,) = reader.read(question.text, [Text(own.search_title, own.text)])
    if not question.answerable:
        return Pointed(reading.answering, np.nan, np.nan)
    said = reading.spans[0].span.of(own.text) if reading.spans else ""
    return Pointed(
        reading.answering, exact_match(said, question.answers), f1(said, question.answers)
    )


def of_pointing(pointed: Sequence[Pointed]) -> dict[str, float]:
    """How well a reader does when it is given the right paragraph, by the name of the figure."""
    answering = np.array([one.answering for one in pointed])
    em, f1_ = np.array([one.em for one in pointed]), np.array([one.f1 for one in pointed])
    answerable = ~np.isnan(em)
    found = {
        "em, right paragraph given": float(em[answerable].mean()),
        "f1, right paragraph given": float(f1_[answerable].mean()),
    }
    if not answerable.all():
        told = auroc(answering, answerable.astype(np.float64))
        found["auroc, adversarial, right paragraph given"] = told
    return found

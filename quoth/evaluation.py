"""Measuring retrieval and answers on sets of questions, for Python programs.

Example:
    >>> from quoth.evaluation import load
    >>> questions = load("saltmarsh")
    >>> len(questions.questions)
    40
"""

from eval import (
    Comparison,
    DataSet,
    Judgement,
    Options,
    Question,
    Result,
    compare,
    known_sets,
    load,
    run,
)

__all__ = [
    "Comparison",
    "DataSet",
    "Judgement",
    "Options",
    "Question",
    "Result",
    "compare",
    "known_sets",
    "load",
    "run",
]

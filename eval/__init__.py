"""Measuring retrieval and answers on sets of questions. Knows nothing of screens."""

from eval.ask_questions import Options
from eval.comparison import Comparison, compare
from eval.datasets import DataSet, Judgement, Question
from eval.result import Result
from eval.runner import run
from eval.sets import known_sets, load

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

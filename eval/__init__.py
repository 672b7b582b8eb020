"""Measuring retrieval and answers on sets of questions. Knows nothing of screens."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
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

# A name is imported when it is first asked for: statistics and plots take a second.
__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "ask_questions": ["Options"],
        "comparison": ["Comparison", "compare"],
        "datasets": ["DataSet", "Judgement", "Question"],
        "result": ["Result"],
        "runner": ["run"],
        "sets": ["known_sets", "load"],
    },
)

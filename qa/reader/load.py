"""Loading a reader or reranker by name."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from qa.reader.base import NONE, SHIPPED, Reader, Reranker
from qa.reader.compiled import CompiledReader


def load_reader(name: str = SHIPPED) -> Reader | None:
    """The reader called `name`; None for "none".

    Any other name or folder is a question-answering model of Hugging Face transformers.
    Raises QuothError when there is no such one.
    """
    if name == NONE:
        return None
    if name == SHIPPED:
        return _shipped()
    from qa.reader.transformers import QuestionAnsweringReader  # noqa: PLC0415 -- loads torch

    return QuestionAnsweringReader(name)


def load_reranker(name: str) -> Reranker | None:
    """The reranker called `name`, a CrossEncoder of sentence-transformers; None for "none".

    Raises QuothError when there is no such one.
    """
    if name == NONE:
        return None
    from qa.reader.transformers import CrossEncoderReranker  # noqa: PLC0415 -- loads torch

    return CrossEncoderReranker(name)


@cache
def _shipped() -> CompiledReader:
    return CompiledReader(Path(str(files("qa"))) / "data" / "reader", SHIPPED)

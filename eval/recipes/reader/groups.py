"""What the reader is trained on: a question with passages that answer it and that do not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OF_THE_QUESTION = ("answer", "unanswered")
"""The kinds of example that are the passage a question was asked of."""

EXAMPLE_KINDS = ("answer", "unanswered", "swapped", "removed", "negative")


@dataclass(frozen=True, slots=True)
class Example:
    """A question with one passage.

    Attributes:
        kind: "answer", "negative" (retrieved, without the answer), "unanswered" (its writer says
            that the passage does not answer), "removed" (the answering sentence is cut out) or
            "swapped" (the question was changed).
        question: what is asked.
        title: the title the passage stands under, or "".
        text: the passage.
        spans: the accepted answers, as (start, end) characters of `text`.

    """

    kind: str
    question: str
    title: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One question's examples.

    Attributes:
        set: the set that the question is of.
        article: what it is about, within `set`.
        question: as its writer wrote it.
        examples: the passages that it is read with.
        settled: "yes" or "no" where the question asks for one of them and its span settles it.

    """

    set: str
    article: str
    question: str
    examples: tuple[Example, ...]
    settled: str = ""

    @classmethod
    def of(cls, kept: dict[str, object]) -> "Group":
        """The group that `dataclasses.asdict` was made of."""
        examples = tuple(Example(**one) for one in kept["examples"])  # type: ignore[attr-defined]
        return cls(**{**kept, "examples": examples})  # type: ignore[arg-type]


def read_groups(path: Path) -> Iterator[Group]:
    """The groups of a file that `eval.recipes.reader.examples.groups_of` made, in its order."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Group.of(json.loads(line))

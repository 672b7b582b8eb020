"""How many questions of a journalist are answered correctly over an archive of news.

`python benchmarks/journalist.py INDEX [--each] [--questions FILE]`, where INDEX was made of the
archive that `../shared/data/journalist/make_archive.py` writes. An answer is right if it contains
one of the set's strings, as the set's README defines it.
"""

import argparse
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from qa import Answer, Assistant
from qa.answer import sure_word

QUESTIONS = Path(__file__).parents[2] / "shared" / "data" / "journalist" / "questions.dev.jsonl"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one question."""

    answerable: bool
    answered: bool
    right: bool
    withheld: bool
    confidence: float
    rank: int | None
    word: str | None
    label: str | None


def plain(text: str) -> str:
    """Words without case and punctuation."""
    return " " + re.sub(r"\W+", " ", text.lower()).strip() + " "


def holds(text: str, accepted: list[str]) -> bool:
    """Whether one of the strings stands in a text, case and punctuation aside."""
    return any(plain(one).strip() in plain(text) for one in accepted)


def outcome(asked: dict[str, object], found: Answer) -> Outcome:
    """Compare an answer with the set's question."""
    accepted = [str(one) for one in asked["answers"]]  # type: ignore[attr-defined]
    docs = asked["docs"]
    said = found.answer or found.possible
    right = bool(said) and holds(said.text, accepted)  # type: ignore[union-attr]
    rank = next(
        (
            passage.rank
            for passage in found.passages
            if any(passage.citation.document.endswith(str(name)) for name in docs)  # type: ignore[attr-defined]
            or holds(passage.citation.quote, accepted)
        ),
        None,
    )
    return Outcome(
        answerable=docs != "none",
        answered=found.answer is not None,
        right=right and found.answer is not None,
        withheld=right and found.answer is None,
        confidence=found.confidence,
        rank=rank if docs != "none" else None,
        word=found.verdict,
        label=str(asked["label"]) if "label" in asked else None,
    )


def main() -> None:
    """Ask every question and print what became of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="another set like it")
    parser.add_argument("--each", action="store_true", help="print each question's answer")
    arguments = parser.parse_args()
    if not arguments.questions.exists():
        print(f"skipped: {arguments.questions.name} is not on this machine")
        return
    asked = [json.loads(line) for line in arguments.questions.read_text("utf-8").splitlines()]
    found: list[Outcome] = []
    with Assistant.open(arguments.index) as assistant:
        for one in asked:
            answer = assistant.ask(one["question"], _SHOWN)
            found.append(outcome(one, answer))
            if arguments.each:
                _print(one, answer, found[-1])
    answerable = [one for one in found if one.answerable]
    rest = [one for one in found if not one.answerable]
    likely = [one for one in found if one.answered and sure_word(one.confidence) == "likely"]
    given = [one for one in found if one.answered]
    lines = Counter(
        {
            "questions with an answer": len(answerable),
            "  short answer right": sum(one.right for one in answerable),
            "  refused": sum(not one.answered for one in answerable),
            "  refused, the right one withheld": sum(one.withheld for one in answerable),
            "  right passage first": sum(one.rank == 1 for one in answerable),
            "  right passage in the first five": sum(one.rank is not None for one in answerable),
            "questions without an answer": len(rest),
            "  answered": sum(one.answered for one in rest),
            "answers given": len(given),
            "  right": sum(one.right for one in given),
            "likely answers": len(likely),
            "  likely and right": sum(one.right for one in likely),
        }
    )
    told = [one for one in found if one.label and one.word]
    if told:
        lines["“yes” or “no” given"] = len(told)
        lines["  the right word"] = sum(one.word == one.label for one in told)
    for name, count in lines.items():
        print(f"{name:36} {count:4}")


def _print(asked: dict[str, object], answer: Answer, found: Outcome) -> None:
    said = answer.answer or answer.possible
    sign = "+" if found.right else "~" if found.withheld else "-" if found.answered else "."
    print(
        f"{sign} {answer.confidence:.2f} {asked['id']} {asked['question']} => "
        f"{said.text[:90] if said else None!r} | {asked['answers']}"
    )


if __name__ == "__main__":
    main()

"""Quoth with its reader: the answer's words, read out of twenty passages."""

from pathlib import Path

from job import Ask, run
from quoth_job import add, make

from qa import Assistant


def open_(folder: Path) -> Ask:
    """Ask an index."""
    assistant = Assistant.open(folder)

    def ask(question: str) -> list[str]:
        answer = assistant.ask(question)
        return [answer.answer.text] if answer.answer else []

    return ask


if __name__ == "__main__":
    run(add, make, open_)

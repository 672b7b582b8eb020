"""Judging passages interactively in a terminal."""

import re
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape

from eval.label_session import Labelling, Offered, chosen
from index import Document, QuothError, Span
from ui.cli import console

_HELP = """For each question mark what answers it:
  2          passage 2 answers it
  2.3  2.3-4 its third sentence does, or the third and fourth; the narrower the better
  words…     text copied from a passage
  several marks with spaces between, or one after the other: an empty line ends them
  n          the documents do not answer it
  m          show more passages
  s          skip the question; u removes the last saved question; q stops, saved ones stay"""


def session(
    labelling: Labelling, path: Path, questions: Sequence[str] | None, passages: int
) -> None:
    """Ask for questions and marks until the person stops, keeping each at once."""
    console.out.print(_HELP, markup=False)
    if labelling.count:
        console.out.print(f"{path} holds {labelling.count} questions already", markup=False)
    asked = iter(questions) if questions is not None else None
    try:
        while True:
            question = _line("\nQuestion (empty to stop): ") if asked is None else next(asked, "")
            if not question or question == "q":
                break
            if question == "u":
                _undo(labelling)
                continue
            _judge(labelling, question, passages)
    except _StoppedError:
        pass
    console.out.print(
        f"\n{path} holds {labelling.count} questions; measure with: quoth eval run {path} "
        f"--index DIR",
        markup=False,
    )


class _StoppedError(Exception):
    """The person stopped."""


def _line(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError as error:
        raise _StoppedError from error


def _undo(labelling: Labelling) -> None:
    try:
        labelling.undo()
        console.out.print("the last question is removed")
    except QuothError as error:
        console.err.print(str(error), markup=False)


def _judge(labelling: Labelling, question: str, passages: int) -> None:
    try:
        offered = labelling.offer(question, passages)
    except QuothError as error:
        console.err.print(str(error), markup=False)
        return
    console.out.print(f"\n[bold]{escape(question)}[/]")
    _show(offered, 0)
    marked = _marks(labelling, question, offered, passages)
    if marked is not None:
        labelling.keep(question, marked, _answers(marked) if marked else ())


def _marks(
    labelling: Labelling, question: str, offered: list[Offered], more: int
) -> list[tuple[Document, Span]] | None:
    """The spans that the person marks: none if the documents do not answer, None to skip."""
    marked: list[tuple[Document, Span]] = []
    while True:
        stated = _line("more marks, empty to keep: " if marked else "marks, n, m, s, u, q: ")
        match stated:
            case "q":
                raise _StoppedError
            case "s":
                return None
            case "u":
                _undo(labelling)
            case "m":
                before = len(offered)
                offered = labelling.offer(question, before + more)
                _show(offered, before)
                if len(offered) == before:
                    console.out.print("there are no more")
            case "n" if not marked:
                return []
            case "" if marked:
                return marked
            case "":
                continue
            case _:
                marked += _understood(stated, offered)


def _understood(stated: str, offered: Sequence[Offered]) -> list[tuple[Document, Span]]:
    try:
        return chosen(stated, offered)
    except QuothError as error:
        console.err.print(str(error), markup=False)
        return []


def _answers(marked: Sequence[tuple[Document, Span]]) -> list[str]:
    """Ask for the short answers, which must occur in the marked text."""
    said = " ".join(span.of(document.text) for document, span in marked)
    while True:
        stated = _line("short answer in the article's words, | between several, or empty: ")
        answers = [answer.strip() for answer in stated.split("|") if answer.strip()]
        missing = [answer for answer in answers if _flat(answer) not in _flat(said)]
        if not missing:
            return answers
        console.err.print(f"what you marked does not say {missing[0]!r}; copy it", markup=False)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).lower()


def _show(offered: Sequence[Offered], first: int) -> None:
    for number, one in enumerate(offered[first:], first + 1):
        console.out.print(
            f"\n[bold cyan]\\[{number}][/] [bold]{escape(one.document.title.value)}[/] "
            f"[dim]{escape(one.document.name)}[/]"
        )
        for place, sentence in enumerate(one.sentences, 1):
            text = " ".join(sentence.of(one.document.text).split())
            console.out.print(f"  [dim]{number}.{place}[/] {escape(text)}", soft_wrap=False)

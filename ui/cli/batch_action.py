"""What `quoth ask --batch` does and prints."""

import sys
from pathlib import Path

from index import QuothError, Where
from qa import Assistant, Settings
from qa.archive.batch import Batch
from qa.archive.questions import read_questions
from qa.ranking.weights import UNCALIBRATED
from ui.cli import actions, console
from ui.cli.options import INTERRUPTED
from ui.cli.progress import count_bar


def ask_batch(
    questions: Path,
    out: Path,
    index: str,
    where: Where | None,
    settings: Settings,
    today: str | None,
    *,
    each_document: bool,
) -> None:
    """Ask every question of a file and write the answers; continue a batch that was stopped."""
    asked = read_questions(questions)
    if out.resolve() == questions.resolve():
        raise QuothError(f"{out} holds the questions; give --out another name")
    batch = Batch(
        out,
        asked,
        each_document,
        where,
        actions.date_stated(today) if today else None,
    )
    with Assistant.open(index, settings=settings) as assistant:
        if not assistant.calibrated:
            console.err.print(UNCALIBRATED, markup=False)
        try:
            with count_bar("Asking", "answers") as tell:
                rows = batch.run(assistant, tell)
        except KeyboardInterrupt:
            console.err.print(
                f"stopped; the answers so far are kept in {batch.part}, ask again to go on",
                markup=False,
            )
            sys.exit(INTERRUPTED)
    answered = sum(row["answer"] is not None for row in rows)
    withheld = sum(bool(row.get("withheld")) for row in rows)
    unlikely = f"{withheld:,} not likely enough, " if withheld else ""
    before = f" ({batch.resumed:,} of them from before)" if batch.resumed else ""
    console.out.print(
        f"{len(rows):,} asked{before}, {answered:,} answered, {unlikely}"
        f"{len(rows) - answered - withheld:,} not in the documents: {out}",
        markup=False,
    )

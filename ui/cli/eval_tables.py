"""What the `quoth eval` commands print."""

from rich.markup import escape
from rich.table import Table

from eval import Comparison, Result
from eval.grid_sweep import Sweep
from eval.measures import Measured
from qa.ranking.weights import Weighting
from ui.cli import console


def print_result(result: Result) -> None:
    """Print each measure of a run with its interval."""
    spent = result.seconds["index"] + result.seconds["ask"]
    console.out.print(
        f"[bold]{escape(result.set)}[/]: {len(result.rows)} questions, {result.documents} "
        f"documents, {result.passages} passages, {spent:.0f} s"
    )
    for notice in result.notices:
        console.err.print(notice, markup=False, style="yellow")
    table = Table(box=None, pad_edge=False)
    for heading in ("measure", "value", "95 %", "questions"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, one in result.measures.items():
        table.add_row(name, *_told(one), str(one.questions))
    console.out.print(table)


def print_comparison(
    found: Comparison, shown: int, only: set[str] | None = None, *, to_error: bool = False
) -> None:
    """Print each measure's difference, and the questions that changed, the first `shown`."""
    shown_on = console.err if to_error else console.out
    table = Table(box=None, pad_edge=False)
    for heading in ("measure", "before", "after", "difference", "95 %", "p", "corrected", ""):
        table.add_column(heading, justify="left" if heading in ("measure", "") else "right")
    for one in found.differences:
        if only is not None and one.measure not in only:
            continue
        verdict = ""
        if one.adjusted < 0.05:  # noqa: PLR2004
            verdict = "[green]better[/]" if one.better > 0 else "[red]worse[/]"
        table.add_row(
            one.measure,
            f"{one.before:.3f}",
            f"{one.after:.3f}",
            f"{one.difference:+.3f}",
            f"{one.low:+.3f}…{one.high:+.3f}",
            f"{one.p:.3f}",
            f"{one.adjusted:.3f}",
            verdict,
        )
    shown_on.print(table)
    if found.unshared:
        shown_on.print(f"{found.unshared} questions are in one run only and are left out")
    worse = [one for one in found.changed if not one.better]
    shown_on.print(
        f"{len(found.changed)} questions changed, {len(found.changed) - len(worse)} for the better"
    )
    for question in found.changed[:shown]:
        ranks = " → ".join(
            str(rank) if rank else "not found" for rank in (question.before, question.after)
        )
        shown_on.print(
            f"  {'+' if question.better else '-'} {question.id}: rank {ranks}  {question.question}",
            markup=False,
        )


def print_sweep(found: Sweep) -> None:
    """Print each combination of settings, best first."""
    table = Table(box=None, pad_edge=False)
    for heading in (found.by, "95 %", "ms", "", "settings"):
        table.add_column(heading, justify="left" if heading in ("", "settings") else "right")
    for place, one in enumerate(found.tried):
        table.add_row(
            *_told(one.result.measures[found.by]),
            f"{one.milliseconds:.0f}",
            "front" if place in found.front else "",
            escape(one.name),
        )
    console.out.print(table)
    for changes in found.unfit:
        told = ", ".join(f"{name} {value}" for name, value in changes.items())
        console.out.print(
            f"not tried: {told}; the weighting was fitted for another reader or reranker",
            markup=False,
        )


def print_weighting(weighting: Weighting) -> None:
    """Print what a weighting reached on questions that it was not fitted on."""
    table = Table(box=None, pad_edge=False)
    for heading in ("measure", "cross-fitted"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, value in weighting.figures.items():
        table.add_row(name, f"{value:.0f}" if name == "questions" else f"{value:.3f}")
    if "answer right" in weighting.figures:
        table.add_row("threshold", f"{weighting.threshold:.3f}")
    console.out.print(table)


def _told(one: Measured) -> tuple[str, str]:
    return f"{one.value:.3f}", f"{one.low:.3f}–{one.high:.3f}"

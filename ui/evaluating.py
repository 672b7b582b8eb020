"""What the `quoth eval` commands do; loaded when one of them is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from eval import Comparison, Options, Result, compare, known_sets, load, run
from eval.corpus import Tell, documents_of
from eval.labelling import Labelling, questions_in
from eval.measures import Measured
from eval.sweeping import Sweep, read_grid, sweep
from index import Document, Index, QuothError
from qa import Settings
from qa.settings import from_pairs
from ui import label, show

WORSE = 4


def run_sets(
    sets: list[str],
    out: Path,
    index: Path | None,
    documents: Path | None,
    config: Path | None,
    changes: list[str] | None,
    baseline: Path | None,
    save_baseline: Path | None,
    allow_drop: float,
    cache: Path | None,
    options: Options,
) -> None:
    """Run each set, write its report and hold it against a baseline."""
    if (baseline or save_baseline) and len(sets) > 1:
        raise QuothError("a baseline is one set's result; run one set")
    settings = _settings(config, changes)
    before = Result.read(baseline) if baseline else None
    for what in sets:
        with _over(index, what) as over:
            data = load(what, _documents(over, documents))
            folder = out / data.name if len(sets) > 1 else out
            in_place = over if over and _same_indexing(over, settings, changes, config) else None
            with _bars() as tell:
                result = run(
                    data, folder, settings, options, index=in_place, cache=cache, tell=tell
                )
        _print_result(result)
        show.out.print(f"[dim]report:[/] {escape(str(folder / 'report.html'))}", soft_wrap=True)
        if save_baseline:
            result.bare().write(save_baseline)
        if before is not None:
            _guard(compare(before, result), allow_drop)


def compare_runs(results: list[Path], changed: int) -> None:
    """Compare runs with the first one."""
    if len(results) < 2:  # noqa: PLR2004
        raise QuothError("give two results or more; the others are compared with the first")
    first, *others = [Result.read(path) for path in results]
    for path, other in zip(results[1:], others, strict=True):
        show.out.print(f"[bold]{escape(str(results[0]))}[/] → [bold]{escape(str(path))}[/]")
        _print_comparison(compare(first, other), changed)


def sweep_settings(
    what: str,
    grid: Path,
    out: Path,
    by: str,
    index: Path | None,
    documents: Path | None,
    cache: Path | None,
    options: Options,
) -> None:
    """Try every combination, print them and write the best."""
    choices = read_grid(grid)
    with _over(index, what) as over:
        data = load(what, _documents(over, documents))
    with _bars() as tell:

        def each(number: int, of: int, name: str) -> None:
            show.err.print(f"{number} of {of}: {name or 'as it ships'}", markup=False)

        found = sweep(
            data,
            choices,
            out,
            by,
            options,
            cache=cache,
            tell=tell,
            each=each,
        )
    _print_sweep(found)
    show.out.print(
        f"[dim]report:[/] {escape(str(out / 'report.html'))}\n"
        f"[dim]best settings:[/] {escape(str(out / 'best.toml'))}",
        soft_wrap=True,
    )


def label_questions(judgements: Path, index: Path, questions: Path | None, passages: int) -> None:
    """Judge passages."""
    with Index.open(index) as opened:
        listed = list(questions_in(questions)) if questions else None
        label.session(Labelling(opened, judgements), judgements, listed, passages)


def list_sets() -> None:
    """Print the sets that go by a name."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Set", "Here", "What it is"):
        table.add_column(heading)
    for name, one in known_sets().items():
        table.add_row(name, "yes" if one.present else "[dim]no[/]", escape(one.about))
    show.out.print(table)


def _settings(config: Path | None, changes: list[str] | None) -> Settings:
    settings = Settings.read(config) if config else Settings()
    return settings.having(from_pairs(changes or []))


@contextmanager
def _over(index: Path | None, what: str) -> Iterator[Index | None]:
    if index is None or what in known_sets():
        yield None
        return
    with Index.open(index) as opened:
        yield opened


def _documents(over: Index | None, folder: Path | None) -> list[Document] | Path | None:
    if over is not None:
        return documents_of(over)
    return folder


def _same_indexing(
    over: Index, settings: Settings, changes: list[str] | None, config: Path | None
) -> bool:
    """Whether the user's own index can be asked as it is."""
    if not changes and config is None:
        return True
    return over.settings == settings.chunks and over.status().model == settings.model


def _guard(found: Comparison, allowed: float) -> None:
    worse = found.worse(allowed)
    if not worse:
        show.out.print(f"no measure is worse by more than {allowed:g} beyond chance")
        return
    show.err.print(f"[red]worse than the baseline by more than {allowed:g}:[/]")
    _print_comparison(found, 10, only={one.measure for one in worse}, to_error=True)
    raise typer.Exit(WORSE)


def _told(one: Measured) -> tuple[str, str]:
    return f"{one.value:.3f}", f"{one.low:.3f}–{one.high:.3f}"


def _print_result(result: Result) -> None:
    spent = result.seconds["index"] + result.seconds["ask"]
    show.out.print(
        f"[bold]{escape(result.set)}[/]: {len(result.rows)} questions, {result.documents} "
        f"documents, {result.passages} passages, {spent:.0f} s"
    )
    for notice in result.notices:
        show.err.print(notice, markup=False, style="yellow")
    table = Table(box=None, pad_edge=False)
    for heading in ("measure", "value", "95 %", "questions"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, one in result.measures.items():
        table.add_row(name, *_told(one), str(one.questions))
    show.out.print(table)


def _print_comparison(
    found: Comparison, shown: int, only: set[str] | None = None, *, to_error: bool = False
) -> None:
    console = show.err if to_error else show.out
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
    console.print(table)
    if found.unshared:
        console.print(f"{found.unshared} questions are in one run only and are left out")
    worse = [one for one in found.changed if not one.better]
    console.print(
        f"{len(found.changed)} questions changed, {len(found.changed) - len(worse)} for the better"
    )
    for question in found.changed[:shown]:
        ranks = " → ".join(
            str(rank) if rank else "not found" for rank in (question.before, question.after)
        )
        console.print(
            f"  {'+' if question.better else '-'} {question.id}: rank {ranks}  {question.question}",
            markup=False,
        )


def _print_sweep(found: Sweep) -> None:
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
    show.out.print(table)


@contextmanager
def _bars() -> Iterator[Tell | None]:
    """A progress bar for each stage, on a terminal only."""
    if not show.err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=show.err, transient=True) as progress:
        tasks: dict[str, int] = {}

        def tell(stage: str, done: float, total: float) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield tell

"""What the `quoth eval` commands do; loaded when one of them is called."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from eval import Comparison, Options, Result, compare, known_sets, load, run
from eval.cached_index import Tell, documents_of, index_of
from eval.grid_sweep import read_grid, sweep
from eval.label_session import Labelling, questions_in
from index import Document, Index, QuothError
from index.cache_folder import cache_folder
from index.durable_files import plain_faults
from qa import Settings
from qa.reader.base import NONE, SHIPPED
from qa.reader.load import load_reader, load_reranker
from qa.reader.reranked import Reranked
from qa.settings import INDEXING, from_pairs
from ui.cli import console, label
from ui.cli.eval_tables import print_comparison, print_result, print_sweep, print_weighting

WORSE = 4


def run_sets(
    sets: list[str],
    out: Path,
    index: str | None,
    documents: Path | None,
    config: Path | None,
    changes: list[str] | None,
    baseline: Path | None,
    save_baseline: Path | None,
    allow_drop: float,
    cache: Path | None,
    options: Options,
) -> None:
    """Run each set, write its report and compare it with a baseline."""
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
        print_result(result)
        console.out.print(f"[dim]report:[/] {escape(str(folder / 'report.html'))}", soft_wrap=True)
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
        console.out.print(f"[bold]{escape(str(results[0]))}[/] → [bold]{escape(str(path))}[/]")
        print_comparison(compare(first, other), changed)


def sweep_settings(
    what: str,
    grid: Path,
    out: Path,
    by: str,
    index: str | None,
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
            console.err.print(f"{number} of {of}: {name or 'as it ships'}", markup=False)

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
    print_sweep(found)
    console.out.print(
        f"[dim]report:[/] {escape(str(out / 'report.html'))}\n"
        f"[dim]best settings:[/] {escape(str(out / 'best.toml'))}",
        soft_wrap=True,
    )


def calibrate_reader(
    what: str,
    out: Path,
    index: str | None,
    documents: Path | None,
    config: Path | None,
    changes: list[str] | None,
    chosen: Mapping[str, str | None],
    cache: Path | None,
    limit: int | None,
) -> None:
    """Fit the weighting of a reader on a set, print what it reaches and write it."""
    if out.is_dir():
        raise QuothError(f"{out} is a folder; --out must name the file for the weighting")
    with plain_faults(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    from eval.calibration import calibrate  # noqa: PLC0415 -- only this needs scikit-learn

    given = {name: value for name, value in chosen.items() if value is not None}
    settings = _settings(config, changes).having(given)
    reader = load_reader(settings.reader)
    reranker = load_reranker(settings.reranker)
    reads = Reranked(reader, reranker) if reranker else reader
    if reads is None:
        raise QuothError("there is nothing to calibrate; name a --reader or a --reranker")
    with _over(index, what) as over:
        data = load(what, _documents(over, documents))
        in_place = over if over and _same_indexing(over, settings, changes, config) else None
        with _bars() as tell, ExitStack() as opened:
            asked = in_place or opened.enter_context(
                index_of(data.name, data.documents, settings, cache or cache_folder(), tell)
            )
            weighting = calibrate(data, asked, reads, settings.fusion, limit, tell)
    for notice in data.notices:
        console.err.print(notice, markup=False, style="yellow")
    with plain_faults(out):
        weighting.write(out)
    print_weighting(weighting)
    told = {
        "config": config,
        "reader": settings.reader if settings.reader != SHIPPED else None,
        "reranker": settings.reranker if settings.reranker != NONE else None,
        "weighting": out,
    }
    options = [f"--{name} {shlex.quote(str(value))}" for name, value in told.items() if value]
    console.out.print(
        f"[dim]ask with it:[/] quoth ask … {escape(' '.join(options))}", soft_wrap=True
    )


def label_questions(judgements: Path, index: str, questions: Path | None, passages: int) -> None:
    """Judge passages."""
    with Index.open(index) as opened:
        listed = list(questions_in(questions)) if questions else None
        label.session(Labelling(opened, judgements), judgements, listed, passages)


def list_sets() -> None:
    """Print the question sets that have a name."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Set", "Here", "What it is"):
        table.add_column(heading)
    for name, one in known_sets().items():
        table.add_row(name, "yes" if one.present else "[dim]no[/]", escape(one.about))
    console.out.print(table)


def _settings(config: Path | None, changes: list[str] | None) -> Settings:
    settings = Settings.read(config) if config else Settings()
    return settings.having(from_pairs(changes or []))


@contextmanager
def _over(index: str | None, what: str) -> Iterator[Index | None]:
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
    """Whether the user's own index has the indexing settings that were given."""
    named = {**(Settings.changes_in(config) if config else {}), **from_pairs(changes or [])}
    own = Settings(model=over.status().model, chunks=over.settings).flat()
    wanted = settings.flat()
    return all(own[name] == wanted[name] for name in INDEXING if name in named)


def _guard(found: Comparison, allowed: float) -> None:
    worse = found.worse(allowed)
    if not worse:
        console.out.print(f"no measure is worse by more than {allowed:g} beyond chance")
        return
    console.err.print(f"[red]worse than the baseline by more than {allowed:g}:[/]")
    print_comparison(found, 10, only={one.measure for one in worse}, to_error=True)
    raise typer.Exit(WORSE)


@contextmanager
def _bars() -> Iterator[Tell | None]:
    """A progress bar for each stage, on a terminal only."""
    if not console.err.is_terminal:
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
    with Progress(*columns, console=console.err, transient=True) as progress:
        tasks: dict[str, int] = {}

        def tell(stage: str, done: float, total: float) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield tell

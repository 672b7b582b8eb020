"""The `quoth eval` commands."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.options import IndexPlace

app = typer.Typer(help="Measure retrieval and answers on sets of questions.", no_args_is_help=True)

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report is written.")]
OverIndex = Annotated[
    str | None,
    typer.Option("--index", metavar="DIR", help="The index the judgements are about."),
]
Documents = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="The documents the judgements are about, as files."),
]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A file of settings, as a sweep's best.toml.")
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting: --set size=180."),
]
Cache = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where indexes of sets are kept. [default: ~/.cache/quoth]"),
]
NoAnswers = Annotated[bool, typer.Option("--no-answers", help="Only find passages: faster.")]
LeftOut = Annotated[
    bool,
    typer.Option(
        "--left-out", help="Ask again without the documents that answer: is it refused then?"
    ),
]


@app.command("run")
def run_sets(
    sets: Annotated[list[str], typer.Argument(metavar="SET…", help="Names or paths of sets.")],
    out: Out = Path("quoth-eval"),
    index: OverIndex = None,
    documents: Documents = None,
    config: Config = None,
    changes: Changes = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="RESULT", help="Fail (exit 4) if a measure is worse than here."),
    ] = None,
    save_baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the result, without passages, for --baseline."),
    ] = None,
    allow_drop: Annotated[
        float, typer.Option(min=0, max=1, help="How much worse a measure may be.")
    ] = 0.01,
    cache: Cache = None,
    no_answers: NoAnswers = False,  # noqa: FBT002 -- typer's way of writing a flag
    left_out: LeftOut = False,  # noqa: FBT002
) -> None:
    """Ask every question of a set. Writes result.json and report.html."""
    from eval import Options  # noqa: PLC0415 -- scipy and matplotlib take seconds to load
    from ui.cli import eval_actions  # noqa: PLC0415

    eval_actions.run_sets(
        sets,
        out,
        index,
        documents,
        config,
        changes,
        baseline,
        save_baseline,
        allow_drop,
        cache,
        Options(answers=not no_answers, left_out=left_out),
    )


@app.command("compare")
def compare_runs(
    results: Annotated[
        list[Path], typer.Argument(metavar="A B…", help="result.json files or their folders.")
    ],
    changed: Annotated[int, typer.Option(min=0, help="How many changed questions to show.")] = 10,
) -> None:
    """Compare runs with the first one. Differences are tested for significance."""
    from ui.cli import eval_actions  # noqa: PLC0415

    eval_actions.compare_runs(results, changed)


@app.command("sweep")
def sweep_settings(
    what: Annotated[str, typer.Argument(metavar="SET", help="Name or path of a set.")],
    grid: Annotated[
        Path, typer.Option(metavar="FILE", help="TOML: a list of values for each setting.")
    ],
    out: Out = Path("quoth-sweep"),
    by: Annotated[str, typer.Option(metavar="MEASURE", help="The measure to rank by.")] = "ndcg@10",
    index: OverIndex = None,
    documents: Documents = None,
    cache: Cache = None,
    no_answers: NoAnswers = False,  # noqa: FBT002
) -> None:
    """Try every combination of settings. Writes the best as best.toml."""
    from eval import Options  # noqa: PLC0415
    from ui.cli import eval_actions  # noqa: PLC0415

    options = Options(answers=not no_answers)
    eval_actions.sweep_settings(what, grid, out, by, index, documents, cache, options)


@app.command("calibrate")
def calibrate_reader(
    what: Annotated[str, typer.Argument(metavar="SET", help="Name or path of a set.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the weighting is written.")
    ] = Path("weighting.json"),
    reader: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A question-answering model, or quoth, or none."),
    ] = None,
    reranker: Annotated[
        str | None, typer.Option(metavar="NAME", help="A CrossEncoder: a name or a folder.")
    ] = None,
    index: OverIndex = None,
    documents: Documents = None,
    config: Config = None,
    changes: Changes = None,
    cache: Cache = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Read so many questions at most, spread evenly.")
    ] = None,
) -> None:
    """Fit how a reader ranks and how sure it is. `quoth ask --weighting` takes the file."""
    from ui.cli import eval_actions  # noqa: PLC0415

    chosen = {"reader": reader, "reranker": reranker}
    eval_actions.calibrate_reader(
        what, out, index, documents, config, changes, chosen, cache, limit
    )


@app.command("label")
def label_questions(
    judgements: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help="The judgements file; created or extended.")
    ],
    index: IndexPlace = ".quoth",
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Questions to go through, one a line.")
    ] = None,
    passages: Annotated[
        int, typer.Option("-k", min=1, help="How many passages to show at once.")
    ] = 5,
) -> None:
    """Judge passages for your questions. `quoth eval run` takes the judgements."""
    from ui.cli import eval_actions  # noqa: PLC0415

    eval_actions.label_questions(judgements, index, questions, passages)


@app.command("sets")
def list_sets() -> None:
    """List the question sets that have a name. Some may not be on this machine."""
    from ui.cli import eval_actions  # noqa: PLC0415

    eval_actions.list_sets()

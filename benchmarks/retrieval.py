"""Retrieval on four sets against the published rows: the README's table and its plot.

    python benchmarks/retrieval.py [--out DIR] [--cache DIR] [--answers] [--plot FILE.svg] [SET…]

Each set is indexed as a user would index it and every question is asked of all of it. Prints the
table as Markdown; the exit status is 1 when a figure is below the best published one.
Runs that are in DIR already are used again. They hold texts of the sets: DIR, by default
runs/retrieval, is not to be committed.
"""

import argparse
import sys
import tomllib
from pathlib import Path

from eval import Options, Result, known_sets, load, run
from eval.plots import against
from index import QuothError

ROWS = tomllib.loads((Path(__file__).parent / "baselines.toml").read_text("utf-8"))
MEASURES = ("hit@1", "hit@5", "hit@20", "rr@10", "ndcg@10")
BEST = "sum, title, overlap"


def result_of(name: str, out: Path, cache: Path | None, options: Options) -> Result:
    """The run over one set, from `out` if it is there."""
    if (out / name / "result.json").exists():
        return Result.read(out / name)
    print(f"{name} …", file=sys.stderr, flush=True)
    return run(load(name), out / name, options=options, cache=cache)


def row(first: str, values: list[str]) -> str:
    """A row of the table."""
    return f"| {first} | {' | '.join(values)} |"


def main() -> None:
    """Run, print and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=list(ROWS), metavar="SET")
    parser.add_argument("--out", type=Path, default=Path("runs/retrieval"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--answers", action="store_true")
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    absent = [name for name in asked.sets if name not in ROWS or not known_sets()[name].present]
    if absent:
        sys.exit(f"{', '.join(absent)}: not on this machine; these sets do not ship with Quoth")
    try:
        options = Options(answers=asked.answers)
        results = {n: result_of(n, asked.out, asked.cache, options) for n in asked.sets}
    except QuothError as error:
        sys.exit(str(error))
    below = 0
    print("\n" + row("set", ["questions", "", *MEASURES]))
    print("|" + "---|" * (3 + len(MEASURES)))
    for name, result in results.items():
        ours = [result.measures[measure] for measure in MEASURES]
        best = ROWS[name][BEST]
        told = []
        for one, least in zip(ours, best, strict=True):
            mark = "**" if round(one.value, 3) > least >= 0 else ""
            told.append(f"{mark}{one.value:.3f}{mark} ({one.low:.3f}–{one.high:.3f})")
            below += round(one.value, 3) < least
        print(row(name, [f"{ours[0].questions:,}", "Quoth", *told]))
        print(row("", ["", "to beat", *(f"{x:.3f}" if x >= 0 else "" for x in best)]))
    if asked.plot:
        asked.plot.write_text(
            against({n: r.measures for n, r in results.items()}, ROWS, MEASURES), encoding="utf-8"
        )
    print(f"\n{below} below the best published" if below else "\nnone below the best published")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()

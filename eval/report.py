"""The report of a run, as one HTML page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from eval import plots
from eval.measures import RANKING, Measured
from eval.result import Result, Row, Shown, right_columns
from index.durable_files import replace_whole

_WORST = 40
_EXCERPT = 420
_FEW = 30
_FOUND = 20

_RANKING_MEANING = {
    "hit@1": "a right document is first",
    "hit@5": "a right document is among the first 5",
    "hit@20": "a right document is among the first 20",
    "recall@20": "share of the right documents among the first 20",
    "rr@10": "1 / rank of the first right document, 0 beyond 10",
    "ndcg@10": "discounted gain of the first 10, 1 for the best order",
    "ap": "average precision over the whole ranking",
}
MEANINGS = {
    **_RANKING_MEANING,
    **{
        f"passage_{name}": told.replace("document", "passage")
        for name, told in _RANKING_MEANING.items()
    },
    "em": "the answer given is an accepted one, or a right refusal (SQuAD 2.0)",
    "f1": "words shared with an accepted answer; a right refusal counts 1 (SQuAD 2.0)",
    "em_answerable": "the same, over questions that the documents answer",
    "f1_answerable": "the same, over questions that the documents answer",
    "citation_precision": "of the answers given, the cited sentence holds an accepted answer",
    "answerable_auroc": "an answerable question gets more answerability than an unanswerable one",
    "left_out_auroc": "a question gets more answerability with its documents than without them",
    "ece": "mean gap between confidence and share right; lower is better",
    "aurc": "mean share wrong over all least confidences; lower is better",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot, what it is called and how to read it."""

    title: str
    told: str
    svg: str
    wide: bool = False


def write_report(result: Result, path: Path) -> None:
    """Write the run as one self-contained page."""
    bad = worst(result.rows)
    answerable = [row for row in result.rows if row.answerable]
    page = _template("report.html.jinja").render(
        result=result,
        unanswerable=len(result.rows) - len(answerable),
        few=len(answerable) < _FEW,
        findings=findings(result),
        meanings=MEANINGS,
        plots=plots_of(result),
        worst=bad[:_WORST],
        bad=len(bad),
        told=told,
        excerpt=_excerpt,
        made=_made(result),
    )
    replace_whole(path, page.encode())


def write_sweep(
    title: str,
    by: str,
    tried: Sequence[tuple[str, float, dict[str, Measured], bool]],
    differences: Sequence[tuple[str, float, float, float, float, float]],
    path: Path,
) -> None:
    """Write a sweep as one self-contained page.

    `tried` has name, milliseconds a question, measures and whether it is on the Pareto front, the
    best first; `differences` has measure, as it ships, the best, interval and adjusted p.
    """
    points = [(name, milliseconds, found[by].value) for name, milliseconds, found, _ in tried]
    front = [place for place, one in enumerate(tried) if one[3]]
    shown = list(dict.fromkeys([by, "hit@1", "hit@5", "ndcg@10"]))
    page = _template("sweep.html.jinja").render(
        title=title,
        by=by,
        tried=tried,
        shown=[name for name in shown if name in tried[0][2]],
        differences=differences,
        plot=plots.tradeoff_plot(points, front, by),
    )
    replace_whole(path, page.encode())


@cache
def _template(name: str) -> jinja2.Template:
    loader = jinja2.FunctionLoader(
        lambda name: files("eval").joinpath("pages", name).read_text("utf-8")
    )
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(name)


def _badness(row: Row) -> float:
    """How badly a question went; 0 is well."""
    missed = 0.0 if not row.answerable else 1 - 1 / row.rank if row.rank else 1.0
    if not row.answerable:
        return 0.8 * (row.confidence or 0) if row.answered else 0.0
    wrong = row.right is False and row.answered
    refused = row.confidence is not None and not row.answered
    return missed + 0.5 * wrong + 0.3 * refused


def worst(rows: Sequence[Row]) -> list[Row]:
    """The questions that went badly, the worst first."""
    return sorted((row for row in rows if _badness(row) > 0), key=lambda r: (-_badness(r), r.id))


def told(row: Row) -> str:
    """What went wrong with a question, in a few words."""
    said = []
    if row.answerable:
        said.append(
            f"right document at rank {row.rank}" if row.rank else "right document not found"
        )
        if row.answered and row.right is False:
            said.append("wrong answer")
        elif row.confidence is not None and not row.answered:
            said.append("wrongly refused")
    elif row.answered:
        said.append("answered, though the documents do not answer it")
    return ", ".join(said)


def findings(result: Result) -> list[str]:
    """What the figures say, in sentences, the largest loss first."""
    rows = result.rows
    answerable = [row for row in rows if row.answerable]
    unanswerable = [row for row in rows if not row.answerable and row.confidence is not None]
    lost = [
        (
            sum(r.rank is None or r.rank > _FOUND for r in answerable),
            "Right document not among the first 20 (other words, or badly split or parsed)",
        ),
        (
            sum(r.rank is not None and 1 < r.rank <= _FOUND for r in answerable),
            "Right document found but not first (similar documents rank higher)",
        ),
        (
            sum(r.rank == 1 and r.answered and r.right is False for r in answerable),
            "Right document first, but another sentence quoted",
        ),
        (
            sum(r.confidence is not None and not r.answered for r in answerable),
            "Answerable but refused (a lower threshold would answer more of them)",
        ),
        (
            sum(r.answered for r in unanswerable),
            f"Answered, of {len(unanswerable)} unanswerable (a higher threshold would refuse more)",
        ),
    ]
    found = [f"{what}: {count}." for count, what in sorted(lost, key=lambda x: -x[0]) if count]
    return found or ["Every question went well."]


def _excerpt(one: Shown, row: Row) -> Markup:
    """The start of a passage, the accepted answers in it marked."""
    text, at = one.text, -1
    for answer in row.answers:
        at = text.find(answer) if answer else -1
        if at >= 0:
            break
    first = max(0, at - _EXCERPT // 2) if at >= 0 else 0
    shown = ("…" if first else "") + text[first : first + _EXCERPT]
    shown += "…" if first + _EXCERPT < len(text) else ""
    marked = escape(shown)
    for answer in row.answers:
        if answer.strip():
            marked = Markup(  # noqa: S704 -- both are escaped
                str(marked).replace(str(escape(answer)), f"<mark>{escape(answer)}</mark>")
            )
            break
    return marked


def plots_of(result: Result) -> list[Plot]:
    """The plots of a run."""
    rows = result.rows
    shown = {
        name: one
        for name, one in result.measures.items()
        if name not in {f"passage_{x}" for x in ("recall@20", "ap")} | {"recall@20", "ap"}
    }
    made = [Plot("Measures", "dot: value, line: 95 % interval", plots.intervals(shown), wide=True)]
    ranks = [row.rank for row in rows if row.answerable]
    if ranks:
        made.append(Plot("Ranks", "more on the left is better", plots.ranks_plot(ranks)))
    if columns := right_columns(rows):
        made.append(
            Plot(
                "Risk and coverage",
                "error rate if only the most confident answers are given; lower is better",
                plots.risk_coverage_plot(*columns),
            )
        )
        made.append(
            Plot(
                "Reliability",
                "dashed line: confidence equals the share right; numbers: questions",
                plots.reliability_plot(*columns),
            )
        )
    milliseconds = [1000 * sum(row.seconds.values()) for row in rows]
    made.append(Plot("Latency", "one question at a time", plots.latency_plot(milliseconds)))
    return made


def _made(result: Result) -> dict[str, str]:
    def listed(values: dict[str, object]) -> str:
        return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)

    return {
        "settings": listed(result.settings),
        "options": listed(dict(result.options)),
        "seconds": ", ".join(f"{name} {value:.1f}" for name, value in result.seconds.items()),
        "machine": listed(result.machine),
        "versions": listed(dict(result.versions)),
    }


assert set(RANKING) == set(_RANKING_MEANING), "every measure has its meaning"  # noqa: S101

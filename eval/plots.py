"""Plots as SVG that takes the page's own text colour, so that it reads on light and on dark."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("svg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eval.measures import Floats, Measured, reliability, risk_coverage

BLUE, ORANGE, GREEN = "#3b82c4", "#d9822b", "#3a9a68"
_TEXT = "#010203"
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.S)
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "quoth",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _TEXT,
    "axes.edgecolor": _TEXT,
    "axes.labelcolor": _TEXT,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "grid.color": "#808080",
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}


def _drawn(draw: Callable[[Axes], None], width: float = 6.4, height: float = 3.4) -> str:
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
        draw(axes)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :].replace(_TEXT, "currentColor")
    svg = _METADATA.sub("", svg)
    return re.sub(
        r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', r'<svg role="img" viewBox="\1">', svg, count=1
    )


def intervals(measures: dict[str, Measured]) -> str:
    """Each measure as a dot with its interval, the first at the top."""

    def draw(axes: Axes) -> None:
        for place, (_, one) in enumerate(reversed(measures.items())):
            axes.plot(
                [one.low, one.high], [place, place], color=BLUE, lw=2.5, solid_capstyle="round"
            )
            axes.plot(one.value, place, "o", color=BLUE, ms=6)
            axes.annotate(
                f"{one.value:.3f}", (one.value, place), (0, 6), textcoords="offset points",
                ha="center", fontsize=8,
            )  # fmt: skip
        axes.set_yticks(range(len(measures)), list(reversed(measures)))
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.6, len(measures) - 0.2)
        axes.grid(visible=False, axis="y")

    return _drawn(draw, height=0.6 + 0.34 * len(measures))


def risk_coverage_plot(confidence: Floats, right: Floats) -> str:
    """Risk against coverage."""

    def draw(axes: Axes) -> None:
        coverage, risk = risk_coverage(confidence, right)
        axes.plot(coverage, risk, color=BLUE, lw=2)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, None)
        axes.set_xlabel("share of the questions that get an answer")
        axes.set_ylabel("share of those that is wrong")

    return _drawn(draw)


def reliability_plot(confidence: Floats, right: Floats) -> str:
    """The share of answers at each confidence that is right; a dot's area says how many."""

    def draw(axes: Axes) -> None:
        bins = reliability(confidence, right)
        axes.plot([0, 1], [0, 1], color="#808080", lw=1, ls="--")
        most = max(one.count for one in bins)
        axes.plot([b.confidence for b in bins], [b.right for b in bins], color=BLUE, lw=1.5)
        axes.scatter(
            [b.confidence for b in bins],
            [b.right for b in bins],
            [20 + 180 * b.count / most for b in bins],
            color=BLUE,
            zorder=3,
        )
        for one in bins:
            axes.annotate(
                str(one.count), (one.confidence, one.right), (0, -16), ha="center", fontsize=8,
                textcoords="offset points",
            )  # fmt: skip
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.08, 1.05)
        axes.set_xlabel("stated confidence")
        axes.set_ylabel("share that is right")

    return _drawn(draw)


_RANKS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 10**9))


def ranks_plot(ranks: Sequence[int | None]) -> str:
    """At which rank the first right document stands, and how often none was found."""

    def draw(axes: Axes) -> None:
        names = [str(a) if a == b else f"{a}–{b}" for a, b in _RANKS[:-1]]
        names += [f"over {_RANKS[-1][0] - 1}", "not found"]
        counts = [sum(r is not None and a <= r <= b for r in ranks) for a, b in _RANKS]
        counts.append(sum(r is None for r in ranks))
        bars = axes.bar(names, counts, color=[BLUE] * len(_RANKS) + [ORANGE])
        axes.bar_label(bars, fontsize=8, padding=2)
        axes.set_xlabel("rank of the first right document")
        axes.set_ylabel("questions")
        axes.grid(visible=False, axis="x")

    return _drawn(draw)


def latency_plot(milliseconds: Sequence[float]) -> str:
    """How long a question took."""

    def draw(axes: Axes) -> None:
        most = float(np.percentile(milliseconds, 99)) * 1.05
        axes.hist(np.clip(milliseconds, 0, most), bins=40, color=BLUE)
        for share, colour in ((50, GREEN), (95, ORANGE)):
            at = float(np.percentile(milliseconds, share))
            axes.axvline(at, color=colour, lw=1.5, ls="--", label=f"{share} %: {at:.0f} ms")
        axes.legend(fontsize=9)
        axes.set_xlabel("milliseconds a question")
        axes.set_ylabel("questions")

    return _drawn(draw)


def tradeoff_plot(
    points: Sequence[tuple[str, float, float]], front: Sequence[int], measure: str
) -> str:
    """Accuracy against latency; the settings of the Pareto front are joined and named."""

    def draw(axes: Axes) -> None:
        times, values = [p[1] for p in points], [p[2] for p in points]
        axes.plot(times, values, "o", color="#808080", alpha=0.7)
        chosen = sorted(front, key=lambda place: times[place])
        axes.plot([times[p] for p in chosen], [values[p] for p in chosen], "o-", color=BLUE, lw=1.5)
        for place in chosen:
            axes.annotate(
                points[place][0], (times[place], values[place]), (5, 6), fontsize=8,
                textcoords="offset points",
            )  # fmt: skip
        axes.set_xlabel("milliseconds a question (median)")
        axes.set_ylabel(measure)

    return _drawn(draw, 7.6, 4.2)


_STANDALONE = (
    "<style>svg{color:#24292f}@media(prefers-color-scheme:dark){svg{color:#d5dbe1}}</style>"
)
_PUBLISHED = ("hit@1", "ndcg@10")


def against(
    measures: dict[str, dict[str, Measured]],
    published: dict[str, dict[str, list[float]]],
    columns: Sequence[str],
) -> str:
    """Each set's hit@1 and ndcg@10 with intervals, beside what was published, as a file."""
    sets = list(measures)

    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(9.6, 0.9 + 0.8 * len(sets)), layout="constrained")
        for axes, measure in zip(figure.subplots(1, 2, sharey=True), _PUBLISHED, strict=True):
            named: set[str] = set()
            for place, name in enumerate(reversed(sets)):
                for number, (row, values) in enumerate(published[name].items()):
                    value = values[columns.index(measure)]
                    label = None if row in named else row
                    named.add(row)
                    colour = ("#9a9a9a", "#b98ac9", "#7fb0a0", "#d9a066", ORANGE)[
                        _ROWS.index(row) if row in _ROWS else number
                    ]
                    axes.plot(value, place, "|", color=colour, ms=15, mew=3, label=label)
                one = measures[name][measure]
                axes.plot([one.low, one.high], [place] * 2, color=BLUE, lw=2.5, alpha=0.6)
                axes.plot(
                    one.value, place, "o", color=BLUE, ms=9, label="Quoth" if place == 0 else None
                )
                axes.annotate(
                    f"{one.value:.3f}", (one.value, place), (0, 9), textcoords="offset points",
                    ha="center", fontsize=9,
                )  # fmt: skip
            axes.set_yticks(range(len(sets)), list(reversed(sets)))
            axes.set_ylim(-0.6, len(sets) - 0.3)
            axes.set_title(measure, fontsize=11, loc="left")
            axes.grid(visible=False, axis="y")
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=6, fontsize=9)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    svg = written.getvalue().replace(_TEXT, "currentColor")
    return re.sub(r"(<svg [^>]*>)", r"\1" + _STANDALONE, svg, count=1)


_ROWS = ("BM25", "vectors", "rrf", "sum", "sum, title, overlap")

"""Measuring retrieval and answers on the page."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from eval.sets import known_sets
from index import QuothError
from index.durable_files import plain_faults
from index.engines.at import as_text
from ui.web.html_parts import bar, notice, wrapped
from ui.web.index_service import IndexService
from ui.web.job import Job

if TYPE_CHECKING:
    from eval import Result

_WORST = 10
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


class Evaluating:
    """Running a set, its plots and worst questions, and comparing two runs."""

    def __init__(self, service: IndexService) -> None:
        """Over `service`; runs are kept beside the index."""
        self._service = service
        self._job: Job | None = None
        self._name = ""

    def build(self, page: gr.Blocks) -> None:
        """Create the components in the open page and connect their events."""
        with gr.Row(equal_height=True):
            sets = gr.Dropdown(
                [name for name, one in known_sets().items() if one.present],
                label="Set of questions",
                allow_custom_value=True,
                info="a name, or the path of a file of judgements over these documents",
                elem_id="evaluate-set",
            )
            start = gr.Button(
                "Run", elem_id="evaluate-run", variant="primary", scale=0, min_width=140
            )
        progress = gr.HTML(elem_id="evaluate-progress")
        with gr.Row():
            cancel = gr.Button(
                "Cancel", elem_id="evaluate-cancel", visible=False, scale=0, min_width=140
            )
        shown = gr.HTML(elem_id="evaluate-result")
        with gr.Accordion("Compare two runs", open=False, elem_id="comparing"):
            with gr.Row():
                before = gr.Dropdown([], label="Before", elem_id="compare-before")
                after = gr.Dropdown([], label="After", elem_id="compare-after")
            compared = gr.HTML(elem_id="compared")
        timer = gr.Timer(0.5, active=False)
        start.click(self.start, sets, [progress, cancel, timer], **_QUIET)
        cancel.click(self.cancel, None, None, **_QUIET)
        timer.tick(self.tick, None, [progress, cancel, timer, shown, before, after], **_QUIET)
        for one in (before, after):
            one.input(self.compare, [before, after], compared, **_QUIET)
        page.load(self.kept, None, [shown, before, after, timer], **_QUIET)

    def start(self, name: str | None) -> list[Any]:
        """Begin to run a set."""
        stopped = [gr.update(visible=False), gr.skip()]
        if not name:
            return [notice("Choose a set first."), *stopped]
        if not self._service.permissions.may_change:
            return [notice("Evaluations cannot be run from here."), *stopped]
        if self._job is not None and self._job.running:
            return [notice("An evaluation is under way; wait until it is done."), *stopped]
        self._name = f"{Path(name).name} {time.strftime('%Y-%m-%d %H.%M.%S')}"
        out = self._service.runs / self._name
        with plain_faults(out.parent):
            out.parent.mkdir(parents=True, exist_ok=True)
        settings = out.parent / f"{out.name}.toml"
        settings.write_text(self._service.settings.as_toml(), encoding="utf-8")
        given = [str(out), name, str(settings)]
        self._job = Job("ui.web.eval_job", given, as_text(self._service.place))
        return [bar(self._job, "Measuring"), gr.update(visible=True), gr.update(active=True)]

    def tick(self) -> list[Any]:
        """The progress of the run, and its result when it has ended."""
        running = self._job is not None and self._job.running
        stands = [
            bar(self._job, "Measuring"),
            gr.update(visible=running),
            gr.update(active=running),
        ]
        names = self._names()
        if running or self._name not in names:
            return [*stands, gr.skip(), gr.skip(), gr.skip()]
        choices = gr.update(choices=names)
        return [*stands, wrapped(_result_html(self._read(self._name))), choices, choices]

    def kept(self) -> list[Any]:
        """The newest run that is kept, and those that can be compared."""
        names = self._names()
        choices = gr.update(choices=names)
        running = self._job is not None and self._job.running
        newest = wrapped(_result_html(self._read(names[0]))) if names else gr.skip()
        return [newest, choices, choices, gr.update(active=running)]

    def cancel(self) -> None:
        """End the run."""
        if self._job is not None:
            self._job.cancel()

    def compare(self, one: str | None, other: str | None) -> str:
        """How two runs differ."""
        if not one or not other:
            return ""
        try:
            return wrapped(_comparison_html(self._read(one), self._read(other)))
        except QuothError as error:
            return notice(str(error))

    def _names(self) -> list[str]:
        """The runs that are kept, the newest first."""
        done = self._service.runs.glob("*/result.json")
        newest_first = sorted(done, key=lambda path: path.stat().st_mtime, reverse=True)
        return [path.parent.name for path in newest_first]

    def _read(self, name: str) -> "Result":
        from eval import Result  # noqa: PLC0415 -- statistics take a second to import

        if name not in self._names():
            raise QuothError(f"there is no run {name!r}")
        return Result.read(self._service.runs / name)


_ROW = Markup('<tr><td>{}</td><td class="n">{}</td><td class="n">{}</td><td>{}</td></tr>')
_FIGURE = Markup("<figure><figcaption>{}<span>{}</span></figcaption>{}</figure>")
_BAD = Markup('<li><b>{}</b> {}<br><span class="dim">expected: {}; quoted: {}</span></li>')
_RESULT = Markup("""<h2>{}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Measures"><table><thead><tr>
<th scope="col">Measure</th><th scope="col">Value</th><th scope="col">95 %</th>
<th scope="col">Meaning</th></tr></thead><tbody>{}</tbody></table></div>
<h2>Plots</h2><div class="plots">{}</div><h2>The worst questions</h2><ol>{}</ol>""")
_DIFFERENCE = Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>")
_COMPARISON = Markup("""<div class="scroll" tabindex="0" role="region" aria-label="Differences">
<table><thead><tr><th scope="col">Measure</th><th scope="col">Before</th>
<th scope="col">After</th><th scope="col">Difference, 95 %</th>
<th scope="col">p, corrected</th></tr></thead><tbody>{}</tbody></table></div>
<p>{} questions changed.</p>""")


def _named(svg: str, title: str) -> Markup:
    """A drawing with the name that a screen reader reads."""
    return (
        Markup('<svg aria-label="{}" ').format(title)
        + Markup(  # noqa: S704 -- drawn here
            svg[svg.index("<svg ") + len("<svg ") :]
        )
    )


def _result_html(result: "Result") -> str:
    from eval.report import MEANINGS, plots_of, told, worst  # noqa: PLC0415 -- so do plots

    rows = [
        _ROW.format(name, f"{one.value:.3f}", f"{one.low:.3f} – {one.high:.3f}", MEANINGS[name])
        for name, one in result.measures.items()
    ]
    figures = [
        _FIGURE.format(plot.title, plot.told, _named(plot.svg, plot.title))
        for plot in plots_of(result)
    ]
    bad = [
        _BAD.format(
            row.question, told(row), ", ".join(row.answers) or "no answer", row.best or "nothing"
        )
        for row in worst(result.rows)[:_WORST]
    ]
    joined = (Markup("").join(part) for part in (rows, figures, bad))
    return _RESULT.format(result.set, *joined)


def _comparison_html(before: "Result", after: "Result") -> str:
    from eval import compare  # noqa: PLC0415 -- statistics

    found = compare(before, after)
    rows = [
        _DIFFERENCE.format(
            one.measure,
            f"{one.before:.3f}",
            f"{one.after:.3f}",
            f"{one.low:+.3f} … {one.high:+.3f}",
            f"{one.adjusted:.3f}",
        )
        for one in found.differences
    ]
    return _COMPARISON.format(Markup("").join(rows), len(found.changed))

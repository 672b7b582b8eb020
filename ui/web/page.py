"""The page: views that its script fetches, and Gradio's parts for adding and measuring."""

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import gradio as gr

from index import QuothError
from qa.language.question import MAX_QUESTION
from ui.web.adding import Adding
from ui.web.asked import Asked
from ui.web.evaluating import Evaluating
from ui.web.html import template
from ui.web.index_service import IndexService

Limited = Callable[[Callable[[], Any]], Any]
"""Runs a question when there is room for it, or raises QuothError."""

_READY = "() => { document.documentElement.dataset.gradio = 'true'; }"
"""Marks the page when Gradio's components are ready for events."""
_BEFORE = "<gradio-app"
_SCRIPT = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')
_STYLE = re.compile(r'<link rel="stylesheet" crossorigin href="([^"]+)">')


def build(service: IndexService, limited: Limited) -> gr.Blocks:
    """Gradio's parts of the page; `limited` runs a question when there is room for it."""

    def answer_from_documents(question: str) -> dict[str, object]:
        """Answer a question from the indexed documents, verbatim and cited.

        Args:
            question: what to ask of the documents.

        """
        try:
            found: dict[str, object] = limited(lambda: service.ask(Asked(question))).as_json()
        except QuothError as error:
            raise gr.Error(str(error)) from error
        return found

    may_change = service.permissions.may_change
    page: gr.Blocks
    with gr.Blocks(title="Quoth", analytics_enabled=False, fill_width=True) as page:
        with gr.Column(elem_id="part-sources", visible=may_change):
            Adding(service).build(page)
        with gr.Column(elem_id="part-evaluate", visible=may_change):
            Evaluating(service).build(page)
        page.load(None, js=_READY, show_progress="hidden", api_visibility="private")
        gr.api(answer_from_documents, api_name="ask")
    return page


def with_shell(page: str, *, may_change: bool) -> str:
    """Put Quoth's own page before Gradio's, so that it is shown before Gradio is loaded.

    Gradio's scripts, which are large, are loaded when a view that uses Gradio is opened.
    """
    shell = template("shell.html.jinja").render(
        css=_read(".css"), script=_read(".js"), may_change=may_change, longest=MAX_QUESTION
    )
    script, style = _SCRIPT.search(page), _STYLE.search(page)
    if script is None or style is None:
        raise RuntimeError("Gradio's page has changed; update with_shell for this version")
    bare = _STYLE.sub("", _SCRIPT.sub("", page))
    start, found, rest = bare.partition(_BEFORE)
    later = f' data-script="{script.group(1)}" data-style="{style.group(1)}"'
    return f"{start}{shell}{found}{later}{rest}".replace(
        'control_page_title="true"', 'control_page_title="false"'
    )


@cache
def _read(suffix: str) -> str:
    """The page's files of a kind, one after the other."""
    static = sorted(files("ui.web").joinpath("static").iterdir(), key=lambda one: one.name)
    return "\n".join(one.read_text("utf-8") for one in static if one.name.endswith(suffix))

"""The tab where questions are asked."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from typing import Any

import gradio as gr

from index import QuothError
from ui.web.html import answer_html
from ui.web.html_parts import notice, wrapped
from ui.web.index_service import Asked, IndexService

Limited = Callable[[Callable[[], Any]], Any]
"""Runs a question when there is room for it, or raises QuothError."""

_SEED = "003_b2d011834734ebc9"
_SEED_QUESTIONS = (
    "who brokered the September 13 ceasefire?",
    "How many Armenian servicemen had been killed in the September fighting?",
    "What is the capital of Mongolia?",
)
_STATUS = '<p id="status-line" role="status" aria-live="polite"></p>'
_HISTORY = """<div class="quoth"><ul id="history-list"></ul>
<button type="button" id="history-forget" data-forget>Forget them</button></div>"""
_NAMES = ("q", "from", "to", "in", "doc")
_FILTERS = ("From", "To", "Source", "Document")
_LONGEST = 3_000
_ASKING: dict[str, Any] = {
    "show_progress": "hidden",
    "concurrency_limit": 8,
    "concurrency_id": "asking",
    "api_visibility": "private",
    "api_name": "page_ask",
}
_READY = "() => { document.documentElement.dataset.ready = 'true'; }"
"""Says on the page that what was typed will be heard."""
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


class AskTab:
    """Question, filters, answer and history."""

    def __init__(self, service: IndexService, limited: Limited) -> None:
        """Over `service`."""
        self._service = service
        self._limited = limited

    def build(self, page: gr.Blocks) -> None:
        """Lay it out inside the tab that is open, and wire it."""
        question = gr.Textbox(
            label="Question",
            placeholder="Ask about your documents, then press Enter",
            elem_id="question",
            submit_btn="Ask",
            max_lines=1,
            autofocus=True,
        )
        with gr.Row(elem_id="examples"):
            examples = [
                gr.Button(text, size="sm", elem_id=f"example-{number}")
                for number, text in enumerate(self._examples(), 1)
            ]
        filters = self._filters()
        with gr.Row(elem_id="chips"):
            chips = [gr.Button(visible=False, size="sm", elem_id=f"chip-{n}") for n in range(1, 5)]
            release = gr.Button(visible=False, size="sm", elem_id="release")
        gr.HTML(_STATUS)
        answer = gr.HTML(elem_id="answer")
        with gr.Accordion("Your questions in this browser", open=False, elem_id="history"):
            gr.HTML(_HISTORY)
        inputs, shown = [question, *filters], [answer, *chips, release]
        question.submit(self.ask, inputs, shown, **_ASKING)
        for example in examples:
            example.click(_same, example, question, **_QUIET).then(
                self.ask, inputs, shown, **_ASKING
            )
        for one in filters:
            changed = one.submit if isinstance(one, gr.Textbox) else one.input
            changed(self.ask, inputs, shown, **_ASKING)
        for chip, one in zip(chips, filters, strict=True):
            chip.click(_empty, None, one, **_QUIET).then(self.ask, inputs, shown, **_ASKING)
        release.click(_all_empty, None, filters, **_QUIET).then(self.ask, inputs, shown, **_ASKING)
        restored = page.load(
            self.restore, None, [*inputs, *shown], **{**_ASKING, "api_name": "page_restore"}
        )
        restored.then(None, js=_READY, **_QUIET)
        gr.api(self.answer_from_documents, api_name="ask")

    def _filters(self) -> list[gr.Textbox | gr.Dropdown]:
        with gr.Accordion("Filters", open=False, elem_id="filters"), gr.Row():
            return [
                gr.Textbox(label="Published from", placeholder="2022-01-01", elem_id="filter-from"),
                gr.Textbox(label="Published to", placeholder="2022-12-31", elem_id="filter-to"),
                gr.Dropdown(
                    ["", *self._service.folders()], value="", label="Source", elem_id="filter-in"
                ),
                gr.Dropdown(
                    ["", *self._service.names()], value="", label="Document", elem_id="filter-doc"
                ),
            ]

    def ask(self, *stated: str | None) -> list[Any]:
        """The answer, the filters in force as chips, and what they hide."""
        asked = Asked(*[one or "" for one in stated])
        nothing = [*_chips(asked), gr.update(visible=False)]
        if not asked.question.strip():
            return [notice("Type a question first."), *nothing]
        try:
            found, hidden = self._limited(
                lambda: (self._service.ask(asked), self._service.hidden(asked))
            )
        except QuothError as error:
            return [notice(str(error)), *nothing]
        return [wrapped(answer_html(found, asked.link())), *_chips(asked), _released(hidden)]

    def restore(self, request: gr.Request) -> list[Any]:
        """What the page's address asks."""
        stated = request.query_params
        asked = Asked(*[str(stated.get(name, ""))[:_LONGEST] for name in _NAMES])
        folders, names = self._service.folders(), self._service.names()
        asked = replace(
            asked,
            folder=asked.folder if asked.folder in folders else "",
            document=asked.document if asked.document in names else "",
        )
        # What the address does not state is left alone: a person may be typing already.
        values = [gr.update(value=value) if value else gr.skip() for value in astuple(asked)]
        if asked == Asked():
            return [*values, *[gr.skip()] * (len(_FILTERS) + 2)]
        return [*values, *self.ask(*astuple(asked))]

    def answer_from_documents(self, question: str) -> dict[str, object]:
        """Answer a question from the indexed documents, verbatim and cited.

        Args:
            question: what to ask of the documents.

        """
        try:
            found: dict[str, object] = self._limited(
                lambda: self._service.ask(Asked(question))
            ).as_json()
        except QuothError as error:
            raise gr.Error(str(error)) from error
        return found

    def _examples(self) -> Sequence[str]:
        """Questions that this index answers, and for the seeds one that it does not."""
        listed = self._service.documents()
        if any(_SEED in one.name for one in listed):
            return _SEED_QUESTIONS
        known = [one for one in listed if one.author and one.title.how != "file name"]
        titles = list(dict.fromkeys(one.title.value for one in known))[:2]
        return [f"who wrote the article about {title[:80]}?" for title in titles]


def _same(text: str) -> str:
    return text


def _empty() -> str:
    return ""


def _all_empty() -> list[str]:
    return [""] * len(_FILTERS)


def _chips(asked: Asked) -> list[Any]:
    values = astuple(asked)[1:]
    return [
        gr.update(value=f"{name} {value} ✕", visible=True) if value else gr.update(visible=False)
        for name, value in zip(_FILTERS, values, strict=True)
    ]


def _released(hidden: int) -> Any:  # noqa: ANN401 -- Gradio's updates have no type
    if not hidden:
        return gr.update(visible=False)
    matches = "better match is" if hidden == 1 else "better matches are"
    return gr.update(value=f"{hidden} {matches} hidden by your filter: show", visible=True)

"""The tab where documents are listed, added and removed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import gradio as gr

from index import QuothError
from index.parsing.formats.registry import suffixes
from ui.web.html_parts import bar, notice, wrapped
from ui.web.index_service import IndexService

KINDS = suffixes()
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


class DocumentsTab:
    """The list, adding with progress and cancel, removing after a question."""

    def __init__(self, service: IndexService) -> None:
        """Over `service`."""
        self._service = service

    def build(self, page: gr.Blocks) -> None:
        """Lay it out inside the tab that is open, and wire it."""
        search = gr.Textbox(label="Search in the list", elem_id="documents-search", max_lines=1)
        listed = gr.HTML(elem_id="documents-list")
        names = self._adding(search, listed)
        search.change(self.show, search, listed, **_QUIET)
        page.load(lambda: [self.show(""), self._choices()], None, [listed, names], **_QUIET)

    def _adding(self, search: gr.Textbox, listed: gr.HTML) -> gr.Dropdown:
        may_change = self._service.permissions.may_change
        with gr.Accordion("Add documents", open=False, elem_id="adding", visible=may_change):
            uploaded = gr.File(
                label="Files to add: PDF, Word, web pages, e-mail, books, tables, text, zip",
                file_count="multiple",
                file_types=KINDS,
                elem_id="upload",
            )
            with gr.Row(equal_height=True):
                path = gr.Textbox(
                    label="Or a file or folder on this machine", elem_id="add-path", max_lines=1
                )
                add = gr.Button("Add", elem_id="add", variant="primary", scale=0, min_width=140)
            progress = gr.HTML(elem_id="add-progress")
            with gr.Row():
                cancel = gr.Button(
                    "Cancel", elem_id="add-cancel", visible=False, scale=0, min_width=140
                )
        timer = gr.Timer(0.5, active=False)
        names = self._removing(search, listed)
        shown = [progress, cancel, timer]
        uploaded.upload(self.upload, uploaded, shown, **_QUIET)
        add.click(self.add, path, shown, **_QUIET)
        path.submit(self.add, path, shown, **_QUIET)
        cancel.click(self.cancel, None, None, **_QUIET)
        timer.tick(self.tick, search, [*shown, listed, names], **_QUIET)
        return names

    def _removing(self, search: gr.Textbox, listed: gr.HTML) -> gr.Dropdown:
        may_change = self._service.permissions.may_change
        with gr.Accordion("Remove documents", open=False, elem_id="removing", visible=may_change):
            names = gr.Dropdown([], label="Documents", multiselect=True, elem_id="remove-names")
            with gr.Row():
                remove = gr.Button("Remove…", elem_id="remove", scale=0, min_width=140)
            with gr.Group(visible=False) as sure:
                question = gr.HTML(elem_id="remove-question")
                with gr.Row():
                    yes = gr.Button("Remove them", elem_id="remove-yes", variant="stop", scale=0)
                    no = gr.Button("Keep them", elem_id="remove-no", scale=0)
            removed = gr.HTML(elem_id="removed")
        remove.click(self.ask_first, names, [sure, question, removed], **_QUIET)
        yes.click(self.remove, [names, search], [sure, removed, listed, names], **_QUIET)
        no.click(lambda: [gr.update(visible=False), ""], None, [sure, removed], **_QUIET)
        return names

    def show(self, words: str | None) -> str:
        """The list, narrowed to documents with these words."""
        return wrapped(self._service.documents_page(words or ""))

    def upload(self, files: Sequence[str] | None) -> list[Any]:
        """Keep uploaded files and begin to add them."""
        return self._begin(lambda: self._service.upload(files or []))

    def add(self, stated: str | None) -> list[Any]:
        """Begin to add a file or folder of the server's."""
        paths = [stated.strip()] if stated and stated.strip() else []
        return self._begin(lambda: self._service.add(paths))

    def tick(self, words: str | None) -> list[Any]:
        """How the add stands; once it has ended, the new list."""
        job = self._service.job
        running = job is not None and job.running
        stands = [bar(job, "Adding"), gr.update(visible=running), gr.update(active=running)]
        if running:
            return [*stands, gr.skip(), gr.skip()]
        self._service.refresh()
        return [*stands, self.show(words), self._choices()]

    def cancel(self) -> None:
        """End the add; the index is left as it was."""
        with suppress(QuothError):  # a client that may not add has nothing to cancel
            self._service.cancel()

    def ask_first(self, chosen: Sequence[str] | None) -> list[Any]:
        """Ask whether these are to be removed."""
        if not chosen:
            return [gr.update(visible=False), "", notice("Choose what to remove first.")]
        noun = "document" if len(chosen) == 1 else "documents"
        asked = f"Remove {len(chosen)} {noun} from the index? The files themselves stay."
        return [gr.update(visible=True), notice(asked), ""]

    def remove(self, chosen: Sequence[str] | None, words: str | None) -> list[Any]:
        """Remove documents."""
        try:
            gone = self._service.remove(chosen or [])
            said = notice(f"{len(gone)} removed.")
        except QuothError as error:
            said = notice(str(error))
        return [gr.update(visible=False), said, self.show(words), self._choices()]

    def _begin(self, begin: Callable[[], None]) -> list[Any]:
        try:
            begin()
        except QuothError as error:
            return [notice(str(error)), gr.update(visible=False), gr.update(active=False)]
        return [bar(self._service.job, "Adding"), gr.update(visible=True), gr.update(active=True)]

    def _choices(self) -> Any:  # noqa: ANN401 -- Gradio's updates have no type
        return gr.update(choices=self._service.names(), value=[])

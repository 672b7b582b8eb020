"""Adding documents on the page: Gradio's upload, a path, progress and cancel."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import gradio as gr

from index import QuothError
from index.parsing.formats.registry import suffixes
from ui.web.html_parts import bar, notice
from ui.web.index_service import IndexService

KINDS = suffixes()
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


class Adding:
    """Adding files and folders, with progress and cancel."""

    def __init__(self, service: IndexService) -> None:
        """Over `service`."""
        self._service = service

    def build(self, page: gr.Blocks) -> None:
        """Create the components in the open page and connect their events."""
        with gr.Row(equal_height=True, elem_id="adding"):
            uploaded = gr.File(
                label="Files to add: PDF, Word, web pages, e-mail, books, tables, text, zip",
                file_count="multiple",
                file_types=KINDS,
                elem_id="upload",
                height=76,
            )
            path = gr.Textbox(
                label="Or a file or folder on this machine", elem_id="add-path", max_lines=1
            )
            add = gr.Button("Add", elem_id="add", variant="primary", scale=0, min_width=110)
            cancel = gr.Button(
                "Cancel", elem_id="add-cancel", visible=False, scale=0, min_width=110
            )
        progress = gr.HTML(elem_id="add-progress")
        timer = gr.Timer(0.5, active=False)
        shown = [progress, cancel, timer]
        uploaded.upload(self.upload, uploaded, [*shown, uploaded], **_QUIET)
        add.click(self.add, path, shown, **_QUIET)
        path.submit(self.add, path, shown, **_QUIET)
        cancel.click(self.cancel, None, None, **_QUIET)
        timer.tick(self.tick, None, shown, **_QUIET)
        # A running add is still shown after the page is reloaded.
        page.load(self.tick, None, shown, **_QUIET)

    def upload(self, files: Sequence[str] | None) -> list[Any]:
        """Keep uploaded files and begin to add them."""
        # The box is emptied, or the next upload would send these again.
        return [*self._begin(lambda: self._service.upload(files or [])), None]

    def add(self, stated: str | None) -> list[Any]:
        """Begin to add a file or folder of the server's."""
        paths = [stated.strip()] if stated and stated.strip() else []
        return self._begin(lambda: self._service.add(paths))

    def tick(self) -> list[Any]:
        """The progress of the add."""
        job = self._service.job
        running = job is not None and job.running
        if not running:
            self._service.refresh()
        stands = bar(job, "Adding") if job is not None else gr.skip()
        return [stands, gr.update(visible=running), gr.update(active=running)]

    def cancel(self) -> None:
        """End the add; the index is left as it was."""
        with suppress(QuothError):  # a client that may not add has nothing to cancel
            self._service.cancel()

    def _begin(self, begin: Callable[[], None]) -> list[Any]:
        try:
            begin()
        except QuothError as error:
            return [notice(str(error)), gr.update(visible=False), gr.update(active=False)]
        return [bar(self._service.job, "Adding"), gr.update(visible=True), gr.update(active=True)]

"""The page: three tabs over one index, as Gradio Blocks."""

import gradio as gr

from ui.web.ask_tab import AskTab, Limited
from ui.web.documents_tab import DocumentsTab
from ui.web.evaluate_tab import EvaluateTab
from ui.web.index_service import IndexService

_MASTHEAD = (
    '<div id="masthead" class="quoth"><h1>Quoth</h1>'
    "<p>Answers in your documents’ own words, each one cited. "
    '<button type="button" id="show-keys" data-keys>Keys</button></p></div>'
)
_KEYS = """<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2><dl>
<dt><kbd>/</kbd></dt><dd>go to the question</dd>
<dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous card</dd>
<dt><kbd>o</kbd></dt><dd>open the article</dd><dt><kbd>c</kbd></dt><dd>copy the citation</dd>
<dt><kbd>Esc</kbd></dt><dd>close</dd><dt><kbd>?</kbd></dt><dd>this list</dd></dl>
<button type="button" id="keys-close" data-close>Close</button></dialog>"""


def build(service: IndexService, limited: Limited) -> gr.Blocks:
    """The page over `service`; `limited` runs a question when there is room for it."""
    page: gr.Blocks
    with gr.Blocks(title="Quoth", analytics_enabled=False, fill_width=False) as page:
        gr.HTML(_MASTHEAD)
        with gr.Tabs():
            with gr.Tab("Ask", id="ask"):
                AskTab(service, limited).build(page)
            with gr.Tab("Documents", id="documents"):
                DocumentsTab(service).build(page)
            with gr.Tab("Evaluate", id="evaluate", visible=service.permissions.may_change):
                EvaluateTab(service).build()
        gr.HTML(_KEYS)
    return page

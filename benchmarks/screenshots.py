"""Pictures of each view of the page for docs/, by `python benchmarks/screenshots.py`.

Serves the seeds, pins and follows what a reader of the docs sees, and takes each view light and
dark at 1440 by 900.
"""

import tempfile
from pathlib import Path

from page import ROOT, chromium, served
from PIL import Image
from playwright.sync_api import Page, sync_playwright

_COLOURS = 128
VIEWS = {
    "start": "",
    "answer": "?q=who+brokered+the+September+13+ceasefire%3F",
    "mentions": "?view=mentions&q=Blinken",
    "says": "?view=says&q=how+many+Armenian+soldiers+were+killed",
    "time": "?view=time&q=Nagorno-Karabakh",
    "notebook": "?view=notebook",
    "draft": "?view=draft",
    "sources": "?view=sources",
    "evaluate": "?view=evaluate",
}
DRAFT = (
    "Pashinyan told parliament that 49 Armenian servicemen had been killed. The ceasefire of "
    "September 13 was brokered by Moscow. The harbour of Sorrel Quay was closed."
)


def made_ready(page: Page, address: str) -> None:
    """Pin an answer, follow its question and a name."""
    page.goto(address + VIEWS["answer"])
    page.click("#pin-said")
    page.click("#follow-question")
    page.wait_for_selector("#status-line:has-text('Kept')")
    page.goto(address + VIEWS["mentions"])
    page.click("#follow-name")
    page.wait_for_selector("#status-line:has-text('Kept')")


def taken(page: Page, address: str, view: str, search: str, out: Path) -> None:
    """Take one view."""
    page.goto(address + search)
    page.wait_for_selector("html[data-ready]")
    if view == "draft":
        page.fill("#draft textarea", DRAFT)
        page.click("#draft-check")
        page.wait_for_selector("#checked .card")
    if view in ("sources", "evaluate"):
        page.wait_for_selector("html[data-gradio]")
    if view == "answer":
        page.wait_for_selector("#reader mark.here")
    page.wait_for_timeout(800)  # what comes beside the view: filters, Gradio's parts
    page.evaluate("document.querySelector('#status-line').textContent = ''")
    page.screenshot(path=out)
    Image.open(out).convert("RGB").quantize(_COLOURS).save(out, optimize=True)


def main() -> None:
    """Take all."""
    images = ROOT / "docs" / "images"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        process, address = served(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        made_ready(browser.new_page(), address)
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme=scheme, viewport={"width": 1440, "height": 900}
            )
            for view, search in VIEWS.items():
                taken(context.new_page(), address, view, search, images / f"{view}-{scheme}.png")
        browser.close()
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()

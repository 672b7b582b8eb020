"""The page in a real browser, watched for what goes wrong or outside on it."""

import re

from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect
from serving import Server

QUESTION = "who brokered the September 13 ceasefire?"
BOX = "#question input"
PATIENCE = 60_000

expect.set_options(timeout=PATIENCE)


class Watched:
    """A page, and what went wrong or outside on it."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.server = server
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        context.route(
            re.compile(f"^(?!{re.escape(server.address)}|data:|blob:)"), self._went_outside
        )
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._dialog)

    def _went_outside(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, search: str = "") -> Page:
        """Go to the page."""
        self.page.goto(self.server.address + search)
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def open_part(self, view: str) -> Page:
        """Go to a view that has parts of Gradio's."""
        self.open(f"?view={view}")
        self.page.wait_for_selector("html[data-gradio]")
        return self.page

    def ask(self, question: str) -> Page:
        """Ask, and wait for what is found."""
        self.page.fill(BOX, question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "q => document.querySelector('#view .answer')?.dataset.question === q", arg=question
        )
        # On a wide page the first article is then opened beside it.
        self.page.wait_for_function(
            "() => innerWidth < 1024 || document.body.dataset.closed === 'yes' ||"
            " !document.querySelector('#open-1') || document.querySelector('.card.open-now')"
        )
        return self.page


def focused(page: Page) -> str:
    """The id of what has the focus, or of what holds it."""
    return str(
        page.evaluate("document.activeElement.id || document.activeElement.closest('[id]').id")
    )

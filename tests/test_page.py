"""The page in a real browser: what a person clicks, types and reads."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, SHARED
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Page,
    Route,
    expect,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from serving import Server, added, serving

QUESTION = "who brokered the September 13 ceasefire?"
BOX = "#question input, #question textarea"
PATIENCE = 20_000

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the seeds and two dated notes, already added."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    added(folder, "seeds")
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(home) as running:
        yield running


class Watched:
    """A page, and what went wrong or outside on it."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.server = server
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        context.route("**/*", self._routed)
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._dialog)

    def _routed(self, route: Route) -> None:
        if route.request.url.startswith((self.server.address, "data:", "blob:")):
            route.continue_()
        else:
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

    def ask(self, question: str) -> Page:
        """Ask, and wait for what is found."""
        self.page.fill(BOX, question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "q => document.querySelector('#answer .answer')?.dataset.question === q", arg=question
        )
        return self.page


Opening = Callable[..., Watched]


@pytest.fixture
def opening(browser: Browser, server: Server) -> Iterator[Opening]:
    """Opens watched pages, and in the end looks whether anything went wrong on them."""
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def opened(scheme: str = "light", width: int = 1280, over: Server | None = None) -> Watched:
        context = browser.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 900},
            accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        pages.append(Watched(context, over or server))
        return pages[-1]

    yield opened
    for one in pages:
        assert one.outside == []
        assert one.errors == []
        assert one.dialogs == []
    for context in contexts:
        context.close()


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.id || document.activeElement.closest('[id]').id")
    )


def test_the_question_box_has_the_focus_and_enter_asks(opening: Opening) -> None:
    page = opening().open()
    page.wait_for_function("document.activeElement.closest('#question')")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Moscow")
    expect(page.locator(".sentence mark").first).to_have_text("Moscow")
    expect(page.locator("#card-1 mark")).to_contain_text("brokered by Moscow on September 13")
    expect(page.locator("#card-1")).to_contain_text("no date found")
    expect(page.locator(".sure")).to_contain_text(re.compile(r"confidence \d+ %, "))
    expect(page.locator("#status-line")).to_have_text("Answered.")


def test_what_is_not_answered_is_said_and_the_nearest_are_not_called_an_answer(
    opening: Opening,
) -> None:
    watched = opening()
    watched.open()
    page = watched.ask("What is the capital of Mongolia?")
    expect(page.locator("#said")).to_have_text("These documents do not answer this.")
    expect(page.locator(".answer h2")).to_have_text("The nearest passages")
    expect(page.locator("#status-line")).to_have_text("No answer.")


def test_an_example_asks(opening: Opening) -> None:
    page = opening().open()
    page.click("#example-1")
    expect(page.locator("#said")).to_contain_text("Moscow")


def test_the_article_opens_at_the_quotation_and_closes_again(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.click("#open-1")
    here = page.locator("#reader mark.here")
    expect(here).to_contain_text("brokered by Moscow on September 13")
    expect(here).to_be_in_viewport()
    expect(page.locator("#reader-place")).to_have_text("Quotation 1 of 4")
    page.click("#reader-next")
    expect(page.locator("#reader-place")).to_have_text("Quotation 2 of 4")
    expect(page.locator("#reader mark.here")).to_be_in_viewport()
    page.click("#reader-previous")
    page.click("#reader-previous")
    expect(page.locator("#reader-place")).to_have_text("Quotation 4 of 4")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    assert focused(page) == "open-1"


@pytest.mark.parametrize(
    ("number", "holds"),
    [(1, "“Clashes"), (2, "> Clashes"), (3, "@misc{quoth-"), (4, '"type": "article"')],
)
def test_a_citation_is_copied(opening: Opening, number: int, holds: str) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.click(f"#copy-1-{number}")
    expect(page.locator("#status-line")).to_have_text("Citation copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert holds in copied
    assert "brokered by Moscow" in copied


def test_an_answer_is_saved_with_its_citations(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    with page.expect_download() as saved:
        page.click("#export-json")
    kept = json.loads(saved.value.path().read_text())
    assert kept["answer"]["text"] == "Moscow"
    assert kept["answer"]["sentence"]["text"].endswith("brokered by Moscow on September 13.")
    with page.expect_download() as saved:
        page.click("#export-markdown")
    assert saved.value.path().read_text().startswith("# who brokered")


def test_why_is_told_when_asked(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    expect(page.locator("#card-1 dl")).to_be_hidden()
    page.click("#why-1")
    expect(page.locator("#card-1 dl")).to_contain_text(re.compile("By its words.*rank", re.S))


def test_a_link_brings_back_question_filter_and_open_citation(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.click("#open-2")
    page.wait_for_selector("#reader mark.here")
    link = page.url
    assert link.endswith("&c=2")
    again = opening()
    page = again.open(link.removeprefix(again.server.address))
    expect(page.locator("#reader mark.here")).to_be_visible()
    expect(page.locator(BOX)).to_have_value(QUESTION)
    page = again.open("?q=who+denounced+Turkey%3F&from=2020-01-01&doc=nothing.txt")
    expect(page.locator("#chip-1")).to_contain_text("From 2020-01-01")
    expect(page.locator("#chip-4")).to_be_hidden()


def test_filters_are_chips_that_can_be_taken_away(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.click("#filters > button, #filters .label-wrap")
    page.fill("#filter-from input, #filter-from textarea", "2020-01-01")
    page.keyboard.press("Enter")
    expect(page.locator("#chip-1")).to_have_text("From 2020-01-01 ✕")
    expect(page.locator("#release")).to_contain_text(
        re.compile(r"\d better match(es are| is) hidden")
    )
    expect(page.locator(".answer .notice")).to_contain_text("1 document states no date")
    page.click("#chip-1")
    expect(page.locator("#chip-1")).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("Moscow")
    page.fill("#filter-to input, #filter-to textarea", "2021-01-01")
    page.keyboard.press("Enter")
    expect(page.locator("#chip-2")).to_be_visible()
    page.click("#release")
    expect(page.locator("#chip-2")).to_be_hidden()
    page.fill("#filter-to input, #filter-to textarea", "someday")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("'someday' is not a date")


def test_every_card_is_reached_by_keys(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.keyboard.type("jk/?")
    expect(page.locator(BOX)).to_have_value(QUESTION + "jk/?")
    page.fill(BOX, QUESTION)
    page.locator("#export-json").focus()
    page.keyboard.press("j")
    assert focused(page) == "card-1"
    page.keyboard.press("j")
    assert focused(page) == "card-2"
    page.keyboard.press("k")
    page.keyboard.press("c")
    expect(page.locator("#status-line")).to_have_text("Citation copied.")
    page.locator("#card-1").focus()
    page.keyboard.press("o")
    expect(page.locator("#reader mark.here")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#export-json").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    assert page.evaluate("!!document.activeElement.closest('#question')")


def pressed(page: Page, selector: str) -> None:
    page.locator(selector).first.focus()
    page.keyboard.press("Enter")


def unfold(page: Page, accordion: str, inside: str) -> None:
    """Open an accordion; again if its button was pressed before Gradio listened to it."""
    shown = page.locator(inside).first
    for _ in range(4):
        pressed(page, f"{accordion} > button, {accordion} .label-wrap")
        try:
            shown.wait_for(state="visible", timeout=PATIENCE / 4)
        except PlaywrightTimeoutError:
            continue
        return
    expect(shown).to_be_visible()


ADDING = ("#adding", "#add-path input, #add-path textarea")
REMOVING = ("#removing", "#remove-names input")


def test_adding_removing_and_evaluating_need_no_mouse(opening: Opening) -> None:
    page = opening().open()
    page.get_by_role("tab", name="Documents").focus()
    page.keyboard.press("Enter")
    unfold(page, *ADDING)
    with page.expect_file_chooser():
        page.locator("#upload button").first.press("Enter")
    page.locator("#add-path input, #add-path textarea").focus()
    page.keyboard.type("/no/such/folder")
    page.keyboard.press("Enter")
    expect(page.locator("#add-progress")).to_contain_text("there is no such file or folder")
    unfold(page, *REMOVING)
    page.locator("#remove-names input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    pressed(page, "#remove")
    expect(page.locator("#remove-question")).to_contain_text("Remove 1 document")
    pressed(page, "#remove-no")
    expect(page.locator("#remove-no")).to_be_hidden()
    page.get_by_role("tab", name="Evaluate").focus()
    page.keyboard.press("Enter")
    pressed(page, "#evaluate-run")
    expect(page.locator("#evaluate-progress progress")).to_be_visible()
    pressed(page, "#evaluate-cancel")
    expect(page.locator("#evaluate-progress")).to_contain_text("Cancelled")


def test_questions_are_remembered_in_this_browser_only(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page = watched.open()
    page.click("#history > button, #history .label-wrap")
    expect(page.locator("#history-1")).to_have_text(QUESTION)
    page.click("#history-1")
    expect(page.locator("#said")).to_contain_text("Moscow")
    page.click("#history > button, #history .label-wrap")
    page.click("#history-forget")
    expect(page.locator("#history-list")).to_have_text("No question yet.")
    other = opening().open()
    other.click("#history > button, #history .label-wrap")
    expect(other.locator("#history-list")).to_have_text("No question yet.")


def test_a_document_is_uploaded_found_and_removed(opening: Opening, tmp_path: Path) -> None:
    note = tmp_path / "selene.txt"
    note.write_text(
        "The moon base opens\n\nBy Ann Lee\n3 May 2024\n\nSelene has room for 40 people.\n"
    )
    watched = opening()
    page = watched.open()
    page.get_by_role("tab", name="Documents").click()
    unfold(page, *ADDING)
    page.set_input_files("#upload input[type=file]", note)
    expect(page.locator("#add-progress")).to_contain_text("1 added")
    expect(page.locator("#documents-list")).to_contain_text("The moon base opens")
    expect(page.locator("#documents-list")).to_contain_text("2024-05-03")
    page.fill("#documents-search input, #documents-search textarea", "moon")
    expect(page.locator("#documents-list tbody tr")).to_have_count(1)
    page.get_by_role("tab", name="Ask").click()
    watched.ask("How many people has Selene room for?")
    expect(page.locator(".sentence").first).to_contain_text("room for 40 people")
    page.get_by_role("tab", name="Documents").click()
    unfold(page, *REMOVING)
    page.click("#remove")
    expect(page.locator("#removed")).to_contain_text("Choose what to remove first.")
    page.click("#remove-names input")
    page.get_by_role("option", name=re.compile("selene")).click()
    page.keyboard.press("Escape")
    page.click("#remove")
    expect(page.locator("#remove-question")).to_contain_text("Remove 1 document")
    page.click("#remove-no")
    expect(page.locator("#remove-yes")).to_be_hidden()
    page.click("#remove")
    page.click("#remove-yes")
    expect(page.locator("#removed")).to_contain_text("1 removed.")
    expect(page.locator("#documents-list")).to_contain_text("No document matches.")
    assert note.name in {path.name for path in (watched.server.home / "quoth-uploads").iterdir()}


def test_a_path_that_is_not_there_is_told(opening: Opening) -> None:
    page = opening().open()
    page.get_by_role("tab", name="Documents").click()
    unfold(page, *ADDING)
    page.fill("#add-path input, #add-path textarea", "/no/such/folder")
    page.click("#add")
    expect(page.locator("#add-progress")).to_contain_text("there is no such file or folder")


def test_a_set_is_run_and_compared(opening: Opening) -> None:
    page = opening().open()
    page.get_by_role("tab", name="Evaluate").click()
    page.click("#evaluate-run")
    expect(page.locator("#evaluate-progress")).to_contain_text(
        "30 questions of seeds", timeout=180_000
    )
    expect(page.locator("#evaluate-result svg")).to_have_count(5)
    expect(page.locator("#evaluate-result")).to_contain_text("hit@1")
    page.click("#comparing > button, #comparing .label-wrap")
    for side in ("before", "after"):
        page.click(f"#compare-{side} input")
        page.get_by_role("option", name=re.compile("seeds")).first.click()
    expect(page.locator("#compared")).to_contain_text("0 questions changed.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", ["Ask", "Documents", "Evaluate"])
def test_nothing_stands_in_the_way_of_a_screen_reader(
    opening: Opening, scheme: str, tab: str
) -> None:
    watched = opening(scheme)
    page = watched.open()
    if tab == "Ask":
        watched.ask(QUESTION)
        page.click("#filters > button, #filters .label-wrap")
        page.click("#history > button, #history .label-wrap")
    else:
        page.get_by_role("tab", name=tab).click()
        for accordion in ("#adding", "#removing") if tab == "Documents" else ("#comparing",):
            page.click(f"{accordion} > button, {accordion} .label-wrap")
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reader_is_accessible_too(opening: Opening, scheme: str) -> None:
    watched = opening(scheme)
    watched.open()
    page = watched.ask(QUESTION)
    page.click("#open-1")
    page.wait_for_selector("#reader mark.here")
    found = Axe().run(page, context="#reader").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("width", [360, 768, 3840])
def test_nothing_is_wider_than_the_screen(opening: Opening, width: int) -> None:
    watched = opening(width=width)
    watched.open()
    page = watched.ask(QUESTION)
    for tab in ("Ask", "Documents", "Evaluate"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[str]]]:
    """A server over documents that are made of attacks, and the attacks."""
    folder = SHARED / "data" / "bad_input" / "xss-payload-list"
    if not folder.exists():
        pytest.skip("../shared/data/bad_input is not on this machine")
    lists = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        line
        for path in lists
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if "<" in line or "javascript:" in line or "${" in line
    ][::40]
    home = tmp_path_factory.mktemp("hostile")
    notes = home / "<img src=x onerror=alert(1)>"
    notes.mkdir()
    for number in range(0, len(lines), 40):
        title = lines[number].replace("\n", " ")[:200]
        body = " The ceasefire. ".join(lines[number : number + 40])
        note = notes / f"<svg onload=alert({number})>${{alert(2)}}{{{{7*7}}}}.txt"
        note.write_text(f"{title}\n\nBy <script>alert(3)</script>\n\n{body}\n", encoding="utf-8")
    added(home, notes.name)
    with serving(home) as running:
        yield running, lines


def test_hostile_documents_and_questions_stay_text(
    opening: Opening, hostile: tuple[Server, list[str]]
) -> None:
    server, lines = hostile
    watched = opening(over=server)
    page = watched.open()
    page.evaluate("() => { window.alert = () => { document.body.dataset.attacked = 'yes' } }")
    asked = ["ceasefire", "${alert(1)}{{constructor.constructor('alert(1)')()}}", *lines[::12]]
    for question in asked:
        watched.ask(question[:1900].strip() or "ceasefire")
        for number in range(1, 1 + page.locator(".card").count()):
            if number == 1:
                page.click(f"#open-{number}")
                page.wait_for_selector("#reader-close")
                page.click("#reader-close")
        for tag in ("script", "img", "form", "iframe", "svg", "object", "embed", "link", "video"):
            assert page.locator(f"#answer {tag}, #reader {tag}").count() == 0
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#documents-list tbody tr").first).to_be_visible()
    assert page.locator("#documents-list img, #documents-list script").count() == 0
    assert page.evaluate("document.body.dataset.attacked") is None
    page = watched.open("?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&doc=%3Cscript%3E&c=javascript:1")
    expect(page.locator("#answer .answer")).to_be_visible()
    assert page.locator("#answer img").count() == 0


def test_asking_goes_on_while_it_adds_and_a_server_told_to_end_loses_nothing(
    browser: Browser, home: Path, tmp_path: Path
) -> None:
    shutil.copytree(home / ".quoth", tmp_path / ".quoth")
    many = tmp_path / "many"
    many.mkdir()
    for number in range(300):
        (many / f"{number}.txt").write_text(f"Note {number}\n\n" + f"Number {number} here. " * 60)
    with serving(tmp_path) as running:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(running.address)
        page.get_by_role("tab", name="Documents").click()
        unfold(page, *ADDING)
        page.fill("#add-path input, #add-path textarea", str(many))
        page.click("#add")
        expect(page.locator("#add-progress")).to_contain_text("of 600 passages")
        page.get_by_role("tab", name="Ask").click()
        page.fill(BOX, QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("Moscow")
        page.get_by_role("tab", name="Documents").click()
        expect(page.locator("#add-progress progress")).to_be_visible()
        assert running.stop() == 0
        page.close()
    from index import Index  # noqa: PLC0415
    from index.verify import verify  # noqa: PLC0415

    with Index.open(tmp_path / ".quoth") as index:
        assert len(index.documents()) == 2
        assert verify(index).faults == ()

"""The page in a browser against what could harm it: hostile texts, odd screens, a busy server."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import SHARED, Opening
from playwright.sync_api import Browser, Page, expect
from serving import Server, added, serving
from watching import BOX, PATIENCE, QUESTION

VIEWS = {
    "start": "",
    "answer": "?q=who+brokered+the+September+13+ceasefire%3F",
    "no answer": "?q=What+is+the+capital+of+Peru%3F&f=year:undated",
    "mentions": "?view=mentions&q=Blinken",
    "says": "?view=says&q=how+many+Armenian+soldiers+were+killed",
    "time": "?view=time&q=Nagorno-Karabakh",
    "notebook": "?view=notebook",
    "draft": "?view=draft",
    "sources": "?view=sources",
    "evaluate": "?view=evaluate",
}


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """What stands in the way of a screen reader or of a person who sees little."""
    page.wait_for_function(
        "document.getAnimations().every(one => one.playState !== 'running' || "
        "one.effect.getComputedTiming().iterations === Infinity)"
    )
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in Axe().run(page).response["violations"]
    ]


@pytest.mark.parametrize(
    ("scheme", "widths"),
    [
        ("light", (1440,)),
        ("dark", (390,)),
        pytest.param("light", (1024, 768, 390), marks=pytest.mark.soak),
        pytest.param("dark", (1440, 1024, 768), marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_stands_in_the_way_of_a_screen_reader(
    opening: Opening, scheme: str, widths: tuple[int, ...], view: str
) -> None:
    watched = opening(scheme)
    search = VIEWS[view]
    page = watched.open_part(view) if view in {"sources", "evaluate"} else watched.open(search)
    page.wait_for_selector("#view:not([aria-busy])")
    if view in {"answer", "no answer", "mentions", "says", "time"}:
        expect(page.locator("#facets form")).to_be_attached()
    if view == "draft":
        page.fill("#draft textarea", "Moscow brokered 3 ceasefires. Nothing here is of Peru.")
        page.click("#draft-check")
        expect(page.locator("#checked .card").first).to_be_visible()
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert faults(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_over_the_page_is_accessible_too(opening: Opening, scheme: str) -> None:
    watched = opening(scheme, width=700)
    page = watched.open(VIEWS["answer"])
    page.click("#open-1")
    expect(page.locator("#reader mark.here")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.click("#show-keys")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 800})
    page.click("#show-filters")
    expect(page.locator("#facets")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#facets")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 3840])
def test_nothing_is_wider_than_the_screen(opening: Opening, width: int) -> None:
    watched = opening(width=width)
    for view in ("answer", "sources"):
        page = watched.open(VIEWS[view])
        expect(page.locator("#view section").first).to_be_visible()
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
    made = "script, img, form, iframe, object, embed, link, video"
    asked = ["ceasefire", "${alert(1)}{{constructor.constructor('alert(1)')()}}", *lines[::30]]
    for question in asked:
        page = watched.ask(question[:1900].strip() or "ceasefire")
        if page.locator("#open-1").count():
            page.click("#open-1")
            page.wait_for_selector("#reader-close")
        for tag in made.split(", "):
            assert page.locator(f"#view {tag}, #reader {tag}, #facets {tag}").count() == (
                1 if tag == "form" else 0
            ), tag
    for view in ("mentions&q=ceasefire", "time&q=ceasefire", "sources", "notebook"):
        page.evaluate("view => { history.pushState(null, '', '?view=' + view); }", view)
        page.evaluate("() => dispatchEvent(new PopStateEvent('popstate'))")
        expect(page.locator("#view section")).to_be_visible()
        assert page.locator("#view img, #view script, #view iframe").count() == 0
    assert page.evaluate("document.body.dataset.attacked") is None
    page = watched.open(
        "?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&doc=%3Cscript%3E&c=javascript:1"
        "&f=folder:%3Cimg+src=x+onerror=alert(1)%3E"
    )
    expect(page.locator("#view .answer")).to_be_visible()
    assert page.locator("#view img, #facets img").count() == 0


def test_asking_goes_on_while_it_adds_and_a_server_told_to_end_loses_nothing(
    browser: Browser, page_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(page_home / ".quoth", tmp_path / ".quoth")
    many = tmp_path / "many"
    many.mkdir()
    for number in range(300):
        (many / f"{number}.txt").write_text(f"Note {number}\n\n" + f"Number {number} here. " * 60)
    with serving(tmp_path) as running:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(running.address + "?view=sources")
        page.wait_for_selector("html[data-gradio]")
        page.fill("#add-path input, #add-path textarea", str(many))
        page.click("#add")
        expect(page.locator("#add-progress")).to_contain_text(
            re.compile(r"of \d+ passages embedded")
        )
        page.fill(BOX, QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("Moscow")
        page.click("#views >> text=Sources")
        expect(page.locator("#add-progress progress")).to_be_visible()
        assert running.stop() == 0
        page.close()
    from index import Index  # noqa: PLC0415
    from index.verify import verify  # noqa: PLC0415

    with Index.open(tmp_path / ".quoth") as index:
        assert len(index.documents()) == 2
        assert verify(index).faults == ()

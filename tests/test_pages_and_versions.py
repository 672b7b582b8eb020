"""What the page opens of a document: a PDF's page with the quotation marked, and differences."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import office
import pytest
from commands import environment
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, expect
from serving import Server, added, serving

from ui.web.index_service import IndexService

CLOSED = "The old bridge over the Saltmarsh was closed on Friday."
REPAIR = "The county engineer said that repairs would take six weeks."
STORY = f"""{CLOSED} {REPAIR} Drivers are asked to take the road through Northby, which adds eleven
kilometres to the journey between the two towns. A ferry will run every half hour for people on foot
and on bicycles. The bridge was built in 1931 and last repaired in 1988."""


def html(text: str, day: str) -> str:
    return (
        f'<html><head><title>Bridge closed</title><meta name="date" content="{day}"></head><body>'
        f"<article><h1>Bridge closed</h1><p>{text}</p></article></body></html>"
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of two pages, and an article with a later version."""
    folder = tmp_path_factory.mktemp("home")
    office.pdf(folder / "school.pdf", [["The council met."], ["A new school will be built here."]])
    (folder / "first.html").write_text(html(STORY, "2024-03-02"))
    (folder / "later.html").write_text(html(STORY.replace("six", "nine"), "2024-03-05"))
    added(folder, "school.pdf", "first.html", "later.html")
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(home) as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def picture(server: Server, start: int, end: int, digest: str) -> httpx.Response:
    asked: dict[str, str | int] = {
        "document": "school.pdf",
        "hash": digest,
        "start": start,
        "end": end,
    }
    return httpx.get(f"{server.address}page", params=asked, timeout=60)


def test_a_page_is_drawn_with_the_quotation_marked(server: Server, home: Path) -> None:
    service = IndexService(home / ".quoth")
    document = service.document("school.pdf")
    service.close()
    assert document is not None
    quote = "A new school"
    start = document.text.index(quote)
    assert document.page(start) == "page 2"
    drawn = picture(server, start, start + len(quote), document.content_hash)
    assert drawn.headers["content-type"] == "image/png"
    bare = picture(server, start, start, document.content_hash)
    marked = [Image.open(io.BytesIO(one.content)).convert("RGB") for one in (drawn, bare)]
    box = ImageChops.difference(*marked).getbbox()
    assert box is not None
    width, height = marked[0].size
    assert box[0] > width * 0.05
    assert box[2] < width * 0.5
    assert box[3] - box[1] < height * 0.06


def test_what_cannot_be_drawn_is_refused_in_a_line(server: Server) -> None:
    assert picture(server, 10_000, 10_001, "").json()["error"].startswith("school.pdf has no page")
    assert "has changed" in picture(server, 0, 3, "another").json()["error"]
    missing = httpx.get(f"{server.address}page?document=x.pdf&hash=&start=0&end=1", timeout=60)
    assert missing.status_code == 404
    compared = httpx.get(f"{server.address}compare?earlier=x&later=y", timeout=60)
    assert compared.json() == {"error": "the index holds no such document"}


def test_a_later_version_is_badged_and_compared(server: Server, tab: Page) -> None:
    tab.goto(f"{server.address}?q=How+long+will+repairs+take")
    expect(tab.locator(".answer .badge").first).to_be_visible()
    tab.locator("[id^=open-]").first.click()
    expect(tab.locator("#reader .version")).to_contain_text(
        "Earlier version first.html, 2024-03-02"
    )
    tab.wait_for_load_state("networkidle")  # the article that was opened has come
    tab.locator("#pane-compare-1").click()
    expect(tab.locator("#reader .text del")).to_have_text("six ")
    expect(tab.locator("#reader .text ins")).to_have_text("nine ")


def test_a_pdf_s_page_is_shown_above_its_text(server: Server, tab: Page) -> None:
    tab.goto(f"{server.address}?q=What+will+be+built+here")
    tab.locator(".card", has_text="school.pdf").first.locator("[data-open]").first.click()
    shown = tab.locator("#reader figure img").first
    expect(shown).to_be_visible()
    assert "page 2" in (shown.get_attribute("alt") or "")
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") > 300


def test_the_report_of_an_add_accounts_for_every_file(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(STORY)
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "ui.cli.command", "add", "good.txt", "bad.pdf", "gone.txt"]
    subprocess.run(
        [*command, "--index", "index", "--report", str(report)],
        cwd=tmp_path,
        env=environment(),
        check=True,
        capture_output=True,
    )
    said = json.loads(report.read_text())
    assert (said["files"], said["added"]) == (3, ["good.txt"])
    assert [(one["path"], one["reason"]) for one in said["skipped"]] == [
        ("bad.pdf", "damaged"),
        ("gone.txt", "missing"),
    ]

"""The page's views besides the answer, in a real browser."""

import csv
import io
import json
import re
from pathlib import Path

import office
import pytest
from conftest import Opening
from playwright.sync_api import Page, expect
from serving import added, serving
from watching import BOX, QUESTION

from index import Index
from index.documents import content_hash
from qa import Notebook, load_recognizer, make_names, verify_pack

NOTE = "seeds/003_b2d011834734ebc9.txt"
PATH = "#add-path input, #add-path textarea"


def test_every_mention_is_counted_sorted_and_saved(opening: Opening) -> None:
    watched = opening()
    page = watched.open("?view=mentions&q=Blinken")
    expect(page.locator("#view h1")).to_have_text("3 mentions in 1 of 2 documents")
    expect(page.locator(".mentions .card mark")).to_have_count(3)
    page.click("#open-1")
    expect(page.locator("#reader mark.here")).to_have_text("Blinken")
    expect(page.locator("#reader-place")).to_have_text("Quotation 1 of 3")
    page.click("#view >> text=count")
    expect(page.locator(".tools [aria-current]")).to_have_text(["the words", "count"])
    with page.expect_download() as saved:
        page.click("text=Save as CSV")
    rows = list(csv.reader(io.StringIO(saved.value.path().read_text())))
    assert rows[0][-1] == "sentence"
    assert all("Blinken" in row[-1] for row in rows[1:])
    page.click("#view >> text=the meaning")
    expect(page.locator("#view h1")).to_contain_text("near in meaning")
    assert "by=meaning" in page.url
    page.click("#view >> text=the words")
    expect(page.locator("#view h1")).to_have_text("3 mentions in 1 of 2 documents")
    page = watched.open("?view=mentions&q=Nancy+Pelosi")
    expect(page.locator("#view h1")).to_have_text("0 mentions in 0 of 2 documents")
    page = watched.open("?view=mentions&q=What+did+Blinken+say%3F")
    expect(page.locator("#view p", has_text="No document has")).to_contain_text(
        "What did Blinken say?"
    )
    expect(page.locator("#view h1")).to_have_text("3 mentions in 1 of 2 documents")


def test_who_says_what_opens_the_article_at_its_words(opening: Opening) -> None:
    page = opening().open("?q=how+many+Armenian+soldiers+were+killed")
    page.click("#kinds >> text=Who says what")
    expect(page.locator("#view h1")).to_contain_text("different answers")
    first = page.locator("#view .card").first
    expect(first.locator("h2")).to_have_text("105")
    expect(first).to_contain_text("attributed to Armenian Prime Minister Nikol Pashinyan")
    first.locator("[data-open]").first.click()
    expect(page.locator("#reader mark").first).to_contain_text("105")
    expect(page.locator("#kinds [aria-current]")).to_have_text("Who says what")


def test_events_stand_at_their_dates_and_months_narrow_them(opening: Opening) -> None:
    watched = opening()
    page = watched.open("?view=time&q=Nagorno-Karabakh")
    expect(page.locator("#view h1")).to_contain_text("events")
    expect(page.locator(".events .date").first).to_have_text("1988")
    page.locator("#open-1").click()
    expect(page.locator("#reader mark.here")).to_contain_text("1988")
    page.locator(".bars a").first.click()
    expect(page.locator("#chip-1")).to_contain_text("From 2020-10")


def test_a_summary_s_sentences_stand_by_date_and_open_in_the_article(opening: Opening) -> None:
    page = opening().open("?view=time&q=Nagorno-Karabakh")
    page.locator("#show-summary").click()
    expect(page.locator("#summary h2")).to_have_text("Summary")
    dates = page.locator("#summary .date").all_inner_texts()
    assert len(dates) == 8
    assert dates == sorted(dates)
    quoted = page.locator("#summary .passage").first.inner_text()
    page.locator("#open-s1").click()
    expect(page.locator("#reader mark.here").first).to_contain_text(quoted[:40])


def test_the_archive_s_months_lead_to_its_documents(opening: Opening) -> None:
    page = opening().open()
    expect(page.locator(".bars a")).to_have_attribute("aria-label", "2020-10: 1")
    page.locator(".bars a").first.click()
    expect(page.locator("#documents-list tbody tr")).to_have_count(1)


def test_a_draft_is_checked_sentence_by_sentence(opening: Opening, tmp_path: Path) -> None:
    page = opening().open("?view=draft")
    page.fill("#draft textarea", "Pashinyan said that 49 Armenian servicemen died.")
    page.click("#draft-check")
    expect(page.locator("#checked .differs .drafted del")).to_have_text("49")
    expect(page.locator("#checked .difference")).to_have_text("draft: 49; archive: 105")
    page.click("#checked #open-1")
    expect(page.locator("#reader mark.here")).to_contain_text("105")
    (tmp_path / "draft.txt").write_text("The Marigold sank off Peru in May.")
    page.set_input_files("#draft-file", tmp_path / "draft.txt")
    expect(page.locator("#draft textarea")).to_have_value("The Marigold sank off Peru in May.")
    page.click("#draft-check")
    expect(page.locator("#checked .nothing")).to_be_visible()
    page.click("#views >> text=Notebook")
    page.go_back()
    expect(page.locator("#draft textarea")).to_have_value("The Marigold sank off Peru in May.")
    expect(page.locator("#checked .nothing")).to_be_visible()
    page.fill("#draft textarea", "")
    page.click("#draft-check")
    expect(page.locator("#status-line")).to_contain_text("draft")
    expect(page.locator("#checked")).to_be_empty()
    (tmp_path / "long.txt").write_text("The Marigold sank. " * 2_000)
    page.set_input_files("#draft-file", tmp_path / "long.txt")
    page.click("#draft-check")
    expect(page.locator("#status-line")).to_contain_text("At most 20,000 characters")


def saved_as(page: Page, form: str) -> bytes:
    """The notebook in a form, as the page saves it."""
    with page.expect_download() as saved:
        page.click(f"#export-{form}")
    return saved.value.path().read_bytes()


def check_exports(page: Page, folder: Path) -> None:
    """The notebook is saved in every form; what is in the pack can be verified."""
    assert saved_as(page, "md").startswith(b"# Notebook")
    assert saved_as(page, "docx").startswith(b"PK")
    sheet = saved_as(page, "html")
    assert b"Note: ask the mayor" in sheet
    assert b"<a href" not in sheet
    (folder / "pack.zip").write_bytes(saved_as(page, "zip"))
    assert verify_pack(folder / "pack.zip")[1] == []


def test_what_is_pinned_is_noted_ordered_saved_and_shows_what_is_new(
    opening: Opening, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("The mill in Sorrel Quay closed on 5 May 2021.\n")
    added(tmp_path, "note.txt")
    with serving(tmp_path) as running:
        watched = opening(over=running)
        watched.open()
        page = watched.ask("When did the mill in Sorrel Quay close?")
        page.click("#pin-said")
        expect(page.locator("#pin-said")).to_have_text("Pinned")
        page.click("#pin-said")
        page.fill(BOX, "half a quest")
        page.click("#follow-question")
        expect(page.locator("#follow-question")).to_have_text("Followed")
        page.click("#kinds >> text=Every mention")
        page.fill(BOX, "Sorrel Quay")
        page.keyboard.press("Enter")
        page.click("#follow-name")
        expect(page.locator("#follow-name")).to_have_text("Followed")
        page.click("#views >> text=Notebook")
        expect(page.locator(".entries .card")).to_have_count(3)
        expect(page.locator(".news")).to_have_count(0)
        (tmp_path / "later.txt").write_text("The mill in Sorrel Quay closed on 6 June 2021.\n")
        added(tmp_path, "later.txt")
        page.reload()
        expect(page.locator(".news")).to_have_count(2)
        page.fill("[data-note='1']", "ask the mayor")
        page.locator("[data-note='2']").focus()
        page.keyboard.type("and the ")
        expect(page.locator("#status-line")).to_have_text("Note kept.")
        page.keyboard.type("miller")
        expect(page.locator("[data-note='2']")).to_have_value("and the miller")
        page.keyboard.press("Tab")
        page.locator("[data-entry='3']").drag_to(page.locator("[data-entry='1']"))
        expect(page.locator("[data-entry]").first).to_have_attribute("data-entry", "3")
        page.get_by_label("Move entry 1 up").click()
        expect(page.locator("[data-entry]").first).to_have_attribute("data-entry", "1")
        expect(page.locator("[data-entry='1']")).to_be_focused()
        expect(page.get_by_label("Move entry 1 up")).to_be_disabled()
        page.get_by_text("Mark all as seen").click()
        expect(page.locator(".news")).to_have_count(0)
        check_exports(page, tmp_path)
        page.get_by_label("Remove entry 3").click()
        expect(page.locator("#status-line")).to_contain_text("Press it again")
        expect(page.locator(".entries .card")).to_have_count(3)
        page.get_by_label("Remove entry 3").click()
        expect(page.locator(".entries .card")).to_have_count(2)
    kept = Notebook.read(tmp_path / "quoth-notebook.quoth.json")
    assert [(one.kind, one.note) for one in kept.entries] == [
        ("quotation", "ask the mayor"),
        ("question", "and the miller"),
    ]


def test_sources_are_dense_sorted_and_narrowed_as_one_types(
    opening: Opening, tmp_path: Path
) -> None:
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(f"Note {number}\n\nThe mill {number} is old.\n")
    added(tmp_path, ".")
    with serving(tmp_path) as running:
        watched = opening(over=running)
        page = watched.open_part("sources")
        rows = page.locator("#documents-list tbody tr")
        expect(rows).to_have_count(30)
        tall = [rows.nth(number).bounding_box() for number in range(30)]
        assert sum(one is not None and one["y"] + one["height"] <= 900 for one in tall) >= 20
        page.click("#documents-list th >> text=Title")
        expect(rows.first).to_contain_text("Note 0")
        page.click("#documents-list th >> text=Title")
        expect(rows.first).to_contain_text("Note 9")
        page.locator("#documents-search").press_sequentially("note 17")
        expect(rows).to_have_count(1)
        assert "s=note+17" in page.url
        page.reload()
        expect(rows).to_have_count(1)


def test_a_document_is_uploaded_found_and_removed(opening: Opening, tmp_path: Path) -> None:
    note = tmp_path / "selene.txt"
    note.write_text(
        "The moon base opens\n\nBy Ann Lee\n3 May 2024\n\nSelene has room for 40 people.\n"
    )
    watched = opening()
    page = watched.open_part("sources")
    page.set_input_files("#upload input[type=file]", note)
    expect(page.locator("#add-progress")).to_contain_text("1 added")
    expect(page.locator("#documents-list")).to_contain_text("The moon base opens")
    expect(page.locator("#documents-list")).to_contain_text("2024-05-03")
    watched.ask("How many people has Selene room for?")
    expect(page.locator(".sentence").first).to_contain_text("room for 40 people")
    page.click("#views >> text=Sources")
    page.click("#remove")
    expect(page.locator("#status-line")).to_have_text("Choose what to remove first.")
    page.get_by_label("Choose The moon base opens").check()
    page.click("#remove")
    expect(page.locator("#remove-question")).to_contain_text("Remove 1 document")
    page.click("#remove-no")
    expect(page.locator("#remove-yes")).to_be_hidden()
    page.click("#remove")
    page.locator("input[name=chosen]").last.check()
    expect(page.locator("#sure")).to_be_hidden()
    page.locator("input[name=chosen]").last.uncheck()
    page.click("#remove")
    page.keyboard.press("Escape")
    expect(page.locator("#sure")).to_be_hidden()
    page.click("#remove")
    page.click("#remove-yes")
    expect(page.locator("#status-line")).to_have_text("1 removed.")
    expect(page.locator("#documents-list")).not_to_contain_text("The moon base opens")
    assert note.name in {path.name for path in (watched.server.home / "quoth-uploads").iterdir()}


def test_a_file_can_be_dropped_on_any_view(opening: Opening) -> None:
    page = opening().open()
    for name in ("first", "second"):
        page.evaluate(
            """name => {
              const held = new DataTransfer();
              held.items.add(new File([`The well of ${name} is dry.`], `${name}.txt`));
              const options = { dataTransfer: held, bubbles: true, cancelable: true };
              document.querySelector("#main").dispatchEvent(new DragEvent("drop", options));
            }""",
            name,
        )
        expect(page.locator("#documents-list")).to_contain_text(f"{name}.txt")
        expect(page.locator("#add-progress")).to_contain_text("1 added")
    for name in ("first", "second"):
        page.get_by_label(f"Choose {name}").check()
    page.click("#remove")
    page.click("#remove-yes")
    expect(page.locator("#status-line")).to_have_text("2 removed.")


def test_adding_and_measuring_need_no_mouse_and_a_run_is_kept(opening: Opening) -> None:
    watched = opening()
    page = watched.open_part("sources")
    with page.expect_file_chooser():
        page.locator("#upload button").first.press("Enter")
    page.locator(PATH).focus()
    page.keyboard.type("/no/such/folder")
    page.keyboard.press("Enter")
    expect(page.locator("#add-progress")).to_contain_text("there is no such file or folder")
    watched.open_part("evaluate")
    pressed(page, "#evaluate-run")
    expect(page.locator("#evaluate-progress progress")).to_be_visible()
    pressed(page, "#evaluate-cancel")
    expect(page.locator("#evaluate-progress")).to_contain_text("Cancelled")
    text = (watched.server.home / NOTE).read_text()
    place = {"document": NOTE, "start": text.index("Moscow"), "quote": "Moscow"}
    place |= {"end": text.index("Moscow") + len("Moscow"), "content_hash": content_hash(text)}
    row = {"id": "q1", "question": QUESTION, "answers": ["Moscow"], "evidence": [place]}
    (watched.server.home / "mine.jsonl").write_text(json.dumps(row) + "\n")
    page.locator("#evaluate-set input").fill("mine.jsonl")
    page.keyboard.press("Enter")
    pressed(page, "#evaluate-run")
    expect(page.locator("#evaluate-progress")).to_contain_text("1 questions of mine")
    expect(page.locator("#evaluate-result svg")).to_have_count(5)
    expect(page.locator("#evaluate-result")).to_contain_text("hit@1")
    watched.open_part("evaluate")
    expect(page.locator("#evaluate-result svg[aria-label]")).to_have_count(5)
    page.click("#comparing > button, #comparing .label-wrap")
    for side in ("before", "after"):
        page.click(f"#compare-{side} input")
        page.get_by_role("option", name=re.compile("mine")).first.click()
    expect(page.locator("#compared")).to_contain_text("0 questions changed.")


def pressed(page: Page, selector: str) -> None:
    page.locator(selector).first.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("count", [6, pytest.param(50, marks=pytest.mark.soak)])
def test_a_quotation_of_a_pdf_is_marked_and_in_view_on_its_own_page(
    opening: Opening, tmp_path: Path, count: int
) -> None:
    pages = [
        [f"By the council, part {page}", *(f"The gate {page}-{n} is shut." for n in range(18))]
        for page in range(6)
    ]
    office.pdf(tmp_path / "gates.pdf", pages)
    added(tmp_path, "gates.pdf")
    with Index.open(tmp_path / ".quoth") as index:
        document = index.document(index.documents()[0].key)
    with serving(tmp_path) as running:
        page = opening(over=running).open()
        for number in range(count):
            on, line = number * 7 % 6, number * 11 % 18
            start = document.text.index(quote := f"The gate {on}-{line} is shut.")
            read = f"read?document=gates.pdf&hash={document.content_hash}&at=2"
            page.evaluate(
                """read => {
                  const button = document.createElement("button");
                  button.dataset.open = read;
                  document.querySelector("#view").replaceChildren(button);
                  button.click();
                }""",
                f"{read}&marks=0-6,{start}-{start + len(quote)}",
            )
            shown = page.locator("#reader .page")
            expect(shown.locator("img")).to_have_attribute("alt", re.compile(f"page {on + 1} "))
            expect(page.locator("#reader mark.here")).to_have_text(quote)
            page.wait_for_function("document.querySelector('#reader .page').dataset.marks")
            marks = json.loads(shown.get_attribute("data-marks") or "[]")
            assert len(marks) == 1
            # office.pdf writes line n at .9 - .04 n of the page's height, from below.
            assert abs((marks[0][1] + marks[0][3]) / 2 - (0.1 + 0.04 * (line + 1) - 0.006)) < 0.012
            picture, view = shown.locator("img").bounding_box(), shown.bounding_box()
            assert picture is not None
            assert view is not None
            top = picture["y"] + marks[0][1] * picture["height"]
            assert view["y"] <= top <= view["y"] + view["height"]


def test_an_archive_is_begun_on_an_empty_page(opening: Opening, tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        assert "an empty one is made" in running.said
        watched = opening(over=running)
        page = watched.open()
        expect(page.locator("#view .notice")).to_contain_text("holds no document yet")
        page.click("#view >> text=Add some")
        page.wait_for_selector("html[data-gradio]")
        (tmp_path / "note.txt").write_text("The mill in Sorrel Quay closed on 5 May 2021.\n")
        page.set_input_files("#upload input[type=file]", tmp_path / "note.txt")
        expect(page.locator("#documents-list")).to_contain_text("note")
        expect(watched.ask("When did the mill close?").locator("#said")).to_have_text("5 May 2021")


def test_a_chart_of_few_months_is_no_larger_than_its_bars(opening: Opening) -> None:
    page = opening().open("?view=mentions&q=Pashinyan")
    expect(page.locator("#view .bars svg")).to_be_visible()
    box = page.locator("#view .bars svg").bounding_box()
    assert box
    assert box["height"] <= 90
    assert box["width"] <= 200


def test_a_name_is_corrected_on_the_page(opening: Opening, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(
        "The mill of Ada Thorne burned. Ada Thorne met Bruno Vale. Bruno Vale left Sorrel Quay.\n"
    )
    added(tmp_path, "note.txt")
    with Index.open(tmp_path / ".quoth") as index:
        make_names(index, load_recognizer("capitals"))
    with serving(tmp_path) as running:
        page = opening(over=running).open("?view=mentions&q=Ada+Thorne")
        page.click("#show-beside")
        expect(page.locator("#beside")).to_contain_text("Bruno Vale")
        page.click("#correct-name")
        page.fill("#name input[name=rename]", "Ada Thorne-Vale")
        page.select_option("#name select", "person")
        page.click("#name-keep")
        expect(page.locator("#status-line")).to_have_text("Kept in the file of corrections.")
        kept = (tmp_path / "quoth-names.txt").read_text().splitlines()
        assert kept[-2:] == ["rename Ada Thorne = Ada Thorne-Vale", "type Ada Thorne-Vale = person"]
        expect(page.locator("#facets")).to_contain_text("Ada Thorne-Vale")
        page.goto(f"{running.address}?view=mentions&q=Bruno+Vale")
        page.click("#show-beside")
        page.click("#correct-name")
        page.click("#name-reject")
        expect(page.locator("#status-line")).to_have_text("Kept in the file of corrections.")
        assert (tmp_path / "quoth-names.txt").read_text().endswith("reject Bruno Vale\n")
        expect(page.locator("#facets")).not_to_contain_text("Bruno Vale")


def test_a_dot_leads_to_the_quotation_that_it_stands_for(opening: Opening, tmp_path: Path) -> None:
    for day, count in ((1, "12"), (4, "19"), (6, "19"), (9, "23")):
        (tmp_path / f"{day}.md").write_text(
            f"---\ndate: 2022-03-0{day}\ntitle: Flood, day {day}\n---\n"
            f"At least {count} people died in the flood in Tam, the mayor said on day {day}.\n"
        )
    added(tmp_path, *(f"{day}.md" for day in (1, 4, 6, 9)))
    with serving(tmp_path) as running:
        page = opening(over=running).open(
            "?view=says&q=How+many+people+died+in+the+flood+in+Tam%3F"
        )
        expect(page.locator(".figures circle")).to_have_count(4)
        for day, count in ((6, "19"), (9, "23"), (1, "12")):
            page.locator(f".figures a[aria-label^='2022-03-0{day}']").click()
            expect(page.locator("#reader")).to_contain_text(f"on day {day}")
            expect(page.locator("#reader mark.here")).to_contain_text(count)


def test_all_documents_and_what_could_not_be_read_are_listed(
    opening: Opening, tmp_path: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(203):
        (many / f"{number:03}.txt").write_text(f"Note {number}.")
    (many / "broken.pdf").write_text("no PDF")
    added(tmp_path, "many")
    (many / "203.txt").write_text("Note 203.")
    added(tmp_path, "many/203.txt")
    with serving(tmp_path) as running:
        page = opening(over=running).open("?view=sources")
        page.click(".unread summary")
        expect(page.locator(".unread li")).to_contain_text("broken.pdf: it is damaged")
        expect(page.locator("#documents-list tbody tr")).to_have_count(200)
        page.click("#further")
        expect(page.locator("#documents-list tbody tr")).to_have_count(204)


def test_on_a_narrow_screen_back_closes_the_article(opening: Opening) -> None:
    page = opening(width=390).open(f"?q={QUESTION}")
    page.click("#open-1")
    expect(page.locator("#reader mark.here")).to_be_visible()
    page.go_back()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#said")).to_have_text("Moscow")
    page.go_forward()
    expect(page.locator("#reader mark.here")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    assert "c=" not in page.url


def test_back_closes_an_article_on_a_narrow_screen_and_keeps_the_answer(opening: Opening) -> None:
    page = opening(width=390, height=844).open("?q=who+brokered+the+September+13+ceasefire%3F")
    expect(page.locator("#said")).to_contain_text("Moscow")
    for _ in range(2):
        page.click("#open-said")
        expect(page.locator("#reader")).to_be_visible()
        page.go_back()
        expect(page.locator("#reader")).to_be_hidden()
        expect(page.locator("#said")).to_contain_text("Moscow")
    page.click("#open-said")
    expect(page.locator("#reader")).to_be_visible()
    page.click("#reader-close")
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("Moscow")


def test_a_question_is_followed_once_and_what_is_known_is_no_news(opening: Opening) -> None:
    page = opening().open("?q=who+brokered+the+September+13+ceasefire%3F")
    for _ in range(2):
        expect(page.locator("#said")).to_contain_text("Moscow")
        page.click("#follow-question")
        expect(page.locator("#follow-question")).to_have_text("Followed")
        page.reload()
    page.goto(page.url.partition("?")[0] + "?view=notebook")
    expect(page.locator("[data-entry]")).to_have_count(1)
    expect(page.locator("#view")).not_to_contain_text("new answer")


def test_a_question_mark_in_the_empty_box_shows_the_keys(opening: Opening) -> None:
    page = opening().open("")
    page.focus(BOX)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.fill(BOX, "who is it")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator(BOX)).to_have_value("who is it?")

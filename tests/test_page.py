"""Asking on the page, in a real browser: what a person clicks, types and reads."""

import json
import re
from pathlib import Path

import pytest
from conftest import Opening
from playwright.sync_api import Route, expect
from serving import serving
from watching import BOX, QUESTION, focused


def test_the_question_box_has_the_focus_and_enter_asks(opening: Opening) -> None:
    page = opening().open()
    page.wait_for_function("document.activeElement.closest('#question')")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Moscow")
    expect(page.locator(".sentence mark").first).to_have_text("Moscow")
    expect(page.locator("#card-1 mark")).to_contain_text("brokered by Moscow on September 13")
    expect(page.locator("#card-1 .facts")).to_contain_text("no date found")
    expect(page.locator(".sure").first).to_have_attribute("title", re.compile(r"confidence \d+ %"))
    expect(page.locator("#status-line")).to_have_text("Answered.")


def test_the_answer_two_passages_and_the_article_are_seen_without_scrolling(
    opening: Opening,
) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    expect(page.locator("#reader mark.here")).to_be_in_viewport()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#facets form")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    top = page.locator("#said").bounding_box()
    assert top is not None
    assert top["y"] <= 180
    cards = page.locator("#view .card:visible")
    for number in (0, 1):
        box = cards.nth(number).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900


def test_the_answer_is_above_the_fold_at_twice_the_size(opening: Opening) -> None:
    watched = opening(width=720, height=450)
    watched.open()
    expect(watched.ask(QUESTION).locator("#said")).to_be_in_viewport()


def test_what_is_not_answered_is_said_and_the_nearest_are_not_called_an_answer(
    opening: Opening,
) -> None:
    watched = opening()
    watched.open()
    page = watched.ask("What is the capital of Mongolia?")
    expect(page.locator("#said")).to_have_text("The documents do not answer this.")
    expect(page.locator(".reason").first).to_contain_text("Mongolia")
    expect(page.locator(".answer h2").last).to_have_text("The nearest passages")
    expect(page.locator("#status-line")).to_have_text("No answer.")


def test_an_example_asks(opening: Opening) -> None:
    page = opening().open()
    expect(page.locator("#view h1")).to_contain_text("2 documents")
    page.click("#example-1")
    expect(page.locator("#said")).to_contain_text("Moscow")
    expect(page.locator(BOX)).to_have_value(QUESTION)


def test_the_last_of_twenty_quick_questions_has_its_own_answer(opening: Opening) -> None:
    page = opening().open()
    for number in range(20):
        page.fill(BOX, f"{QUESTION} {number}" if number < 19 else "What is the capital of Peru?")
        page.keyboard.press("Enter")
    expect(page.locator("#view .answer")).to_have_attribute(
        "data-question", "What is the capital of Peru?"
    )
    expect(page.locator("#view .asked")).to_have_text("What is the capital of Peru?")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#view .asked")).to_have_text("What is the capital of Peru?")
    expect(page.locator("#said")).to_have_text("The documents do not answer this.")


def test_while_a_person_waits_the_page_says_how_many_passages_are_read(opening: Opening) -> None:
    page = opening().open()
    page.evaluate(
        """() => {
          window.stages = [];
          new MutationObserver(() => {
            const stage = document.querySelector("#view .stage");
            if (stage) window.stages.push(stage.textContent);
          }).observe(document.querySelector("#view"), { childList: true, subtree: true });
        }"""
    )
    page.fill(BOX, "Which country sells drones to Azerbaijan?")
    page.keyboard.press("Enter")
    expect(page.locator("#view .answer")).to_be_visible()
    stages = list(dict.fromkeys(page.evaluate("() => window.stages")))
    assert stages == [
        "Searching and reading…",
        "Reading 0 of 12 passages…",
        "Reading 8 of 12 passages…",
    ]


def test_an_answer_that_comes_late_does_not_stand_under_another_question(opening: Opening) -> None:
    watched = opening()
    page = watched.open()
    held: list[Route] = []
    page.route(re.compile("view/answer.*first"), lambda route: held.append(route))  # noqa: PLW0108 -- it must take one argument only
    page.fill(BOX, "the first question?")
    page.keyboard.press("Enter")
    expect(page.locator("#view[aria-busy=true] .asked")).to_have_text("the first question?")
    expect(page.locator(".stage")).to_be_visible()
    watched.ask(QUESTION)
    (late,) = held
    late.continue_()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#said")).to_have_text("Moscow")
    expect(page.locator("#view .asked")).to_have_text(QUESTION)


def test_back_and_forward_walk_through_questions_and_views(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    assert page.title() == f"{QUESTION} — Quoth"
    watched.ask("What is the capital of Peru?")
    page.click("#kinds >> text=Every mention")
    expect(page.locator(".mentions")).to_be_visible()
    page.click("#views >> text=Sources")
    expect(page.locator("#documents-list tbody tr")).to_have_count(2)
    assert "q=" not in page.url
    assert page.title() == "Sources — Quoth"
    page.go_back()
    expect(page.locator(".mentions")).to_be_visible()
    page.go_back()
    expect(page.locator("#view .asked")).to_have_text("What is the capital of Peru?")
    page.go_back()
    expect(page.locator("#said")).to_have_text("Moscow")
    expect(page.locator(BOX)).to_have_value(QUESTION)
    page.go_back()
    expect(page.locator("#view h1")).to_contain_text("2 documents")
    page.go_forward()
    expect(page.locator("#said")).to_have_text("Moscow")


def test_a_question_asked_while_the_server_restarts_is_answered(
    opening: Opening, page_home: Path
) -> None:
    with serving(page_home) as running:
        watched = opening(over=running)
        watched.open()
        page = watched.ask(QUESTION)
        running.stop()
        page.fill(BOX, "who denounced Turkey?")
        page.keyboard.press("Enter")
        expect(page.locator("#view .notice")).to_contain_text("Your question is kept")
        assert not page.locator("#said").count()
        port = running.address.rstrip("/").rpartition(":")[2]
        with serving(page_home, port=int(port)):
            expect(page.locator("#view .answer")).to_have_attribute(
                "data-question", "who denounced Turkey?", timeout=60_000
            )


def test_an_error_stands_in_the_place_of_the_answer(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.goto(f"{watched.server.address}?q=x&from=someday")
    expect(page.locator("#view .notice")).to_contain_text("'someday' is not a date")
    expect(page.locator("#status-line")).to_have_text("")


def test_the_article_opens_at_the_quotation_and_closes_again(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.click("#open-1")
    here = page.locator("#reader mark.here")
    expect(here).to_contain_text("brokered by Moscow on September 13")
    expect(here).to_be_in_viewport()
    first = page.locator("#reader-place").inner_text()
    count = int(first.rpartition(" ")[2])
    assert count > 2
    page.click("#reader-next")
    expect(page.locator("#reader-place")).not_to_have_text(first)
    expect(page.locator("#reader mark.here")).to_be_in_viewport()
    page.click("#reader-previous")
    expect(page.locator("#reader-place")).to_have_text(first)
    assert page.locator("#reader .ticks button").count() == count
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    assert focused(page) == "open-1"


def test_an_article_that_is_on_its_way_is_not_fetched_again(opening: Opening) -> None:
    """A second copy would take the reader back to the first quotation after a step."""
    watched = opening()
    watched.open()
    held: list[Route] = []
    page = watched.page
    page.route(re.compile("/read\\?"), lambda route: held.append(route))  # noqa: PLW0108 -- it must take one argument only
    with page.expect_request(re.compile("/read\\?")):
        watched.ask(QUESTION)
    page.click("#open-1")
    page.click("#open-1")
    page.wait_for_function("document.querySelector('#reader').dataset.open !== ''")
    for route in held:
        route.continue_()
    expect(page.locator("#reader mark.here")).to_be_in_viewport()
    assert len(held) == 1


def test_an_article_that_comes_late_leaves_the_focus_with_who_types(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    expect(page.locator("#reader mark.here")).to_be_in_viewport()
    held: list[Route] = []
    page.route(re.compile("/read\\?"), lambda route: held.append(route))  # noqa: PLW0108 -- it must take one argument only
    page.click("#reader-close")
    with page.expect_request(re.compile("/read\\?")):
        page.click("#open-1")
    page.fill(BOX, "who is")
    held.pop().continue_()
    expect(page.locator("#reader mark.here")).to_be_in_viewport()
    page.keyboard.type(" it?")
    expect(page.locator(BOX)).to_have_value("who is it?")


def test_the_article_is_a_drawer_on_a_narrow_screen(opening: Opening) -> None:
    watched = opening(width=700)
    watched.open()
    page = watched.ask(QUESTION)
    expect(page.locator("#reader")).to_be_hidden()
    page.click("#open-said")
    expect(page.locator("#reader mark.here")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    assert focused(page) == "open-said"


def test_the_place_of_the_answer_is_that_of_its_passage(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    answer = page.locator(".place").first.inner_text()
    passage = page.locator("#card-1 .facts").inner_text()
    places = [re.findall(r"paragraph \d+", one) for one in (answer, passage)]
    assert places[0] == places[1] != []


@pytest.mark.parametrize(
    ("number", "holds"),
    [
        (1, "“Clashes"),
        (2, "13.” (William Ferguson, “Azerbaijani"),
        (3, "> Clashes"),
        (4, "@misc{quoth-"),
        (5, '"type": "article"'),
    ],
)
def test_a_citation_is_copied(opening: Opening, number: int, holds: str) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.hover("#card-1")
    if number > 1:
        page.click("#copy-1-more")
    page.click(f"#copy-1-{number}")
    expect(page.locator("#status-line")).to_have_text("Citation copied.")
    expect(page.locator("#status-line")).to_be_in_viewport()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert holds in copied
    assert "brokered by Moscow" in copied


def test_an_answer_is_saved_with_its_citations(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.click("#save")
    with page.expect_download() as saved:
        page.click("#export-json")
    kept = json.loads(saved.value.path().read_text())
    assert kept["answer"]["text"] == "Moscow"
    assert kept["answer"]["sentence"]["text"].endswith("brokered by Moscow on September 13.")
    with page.expect_download() as saved:
        page.click("#export-markdown")
    assert saved.value.path().read_text().startswith("# who brokered")


def test_a_passage_is_three_lines_until_more_is_asked_for(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    rest = page.locator("#card-1 .rest").first
    expect(rest).to_be_hidden()
    page.click("#more-1")
    expect(rest).to_be_visible()
    page.hover("#card-1")
    expect(page.locator("#card-1 dl")).to_be_hidden()
    page.click("#why-1")
    expect(page.locator("#card-1 dl")).to_contain_text(re.compile("By its words.*rank", re.S))
    expect(page.locator(".weak .card").first).to_be_hidden()
    page.click("#weaker")
    expect(page.locator(".weak .card").first).to_be_visible()


def test_a_link_brings_back_question_filter_and_open_citation(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.locator("#view .card .open:visible").nth(1).click()
    page.wait_for_url(re.compile(r"&c=\d$"))
    link = page.url
    again = opening()
    page = again.open(link.removeprefix(again.server.address))
    expect(page.locator(".card.open-now")).to_have_attribute("data-rank", link[-1])
    expect(page.locator(BOX)).to_have_value(QUESTION)
    page = again.open("?q=who+denounced+Turkey%3F&from=2020&in=seeds")
    expect(page.locator("#chip-1")).to_contain_text("From 2020")
    expect(page.locator("#chip-2")).to_contain_text("In seeds")


def test_filters_are_stated_counted_and_taken_away(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    expect(page.locator("#facets li", has_text="txt").locator(".n")).to_have_text("2")
    page.fill("#filter-from", "2020")
    page.keyboard.press("Enter")
    expect(page.locator("#chip-1")).to_have_text("From 2020 ✕")
    expect(page.locator("#release")).to_contain_text(
        re.compile(r"\d+ better match(es are| is) hidden")
    )
    expect(page.locator(".answer .notice")).to_contain_text("1 document states no date")
    page.click("#chip-1")
    expect(page.locator("#chip-1")).to_have_count(0)
    expect(page.locator("#said")).to_contain_text("Moscow")
    page.click("#facets >> text=undated")
    expect(page.locator("#chip-1")).to_have_text("Year undated ✕")
    expect(page.locator("#facets .facet[aria-current]")).to_have_text("undated")
    expect(page.locator("#said")).to_contain_text("Moscow")
    page.get_by_label("Leave out seeds").click()
    expect(page.locator("#chip-2")).to_have_text("Not folder seeds ✕")
    expect(page.locator("#said")).to_have_text("The documents do not answer this.")
    page.fill("#filter-to", "2021-13")
    page.keyboard.press("Enter")
    expect(page.locator("#view .notice")).to_contain_text("'2021-13' is not a date")


def test_a_filter_that_is_none_can_be_left_behind(opening: Opening) -> None:
    watched = opening()
    page = watched.open("?q=who+denounced+Turkey%3F&f=xyz")
    expect(page.locator("#view .notice")).to_contain_text("'xyz' is no filter")
    expect(page.locator("#facets form")).to_be_attached()
    page.click("#without-filters")
    expect(page.locator("#view .answer")).to_have_attribute(
        "data-question", "who denounced Turkey?"
    )


def test_filters_that_nothing_passes_are_not_blamed_on_the_documents(opening: Opening) -> None:
    page = opening().open("?q=who+denounced+Turkey%3F&in=nowhere")
    expect(page.locator(".reason")).to_have_text("No document passes the filter.")


def test_a_value_can_be_added_to_another_of_its_kind(opening: Opening) -> None:
    page = opening().open("?q=who+denounced+Turkey%3F&f=year:2020")
    page.click("#facets >> text=undated")
    expect(page.locator("#chip-2")).to_have_text("Year undated ✕")
    expect(page.locator("#chip-1")).to_have_text("Year 2020 ✕")
    expect(page.locator("#release")).to_have_count(0)


@pytest.mark.parametrize("view", ["constructor", "toString", "__proto__", "xyz"])
def test_an_address_with_an_unknown_view_is_the_answer(opening: Opening, view: str) -> None:
    page = opening().open(f"?view={view}&q=who+denounced+Turkey%3F")
    expect(page.locator("#view .answer")).to_be_visible()
    assert page.title() == "who denounced Turkey? — Quoth"


def test_a_menu_closes_by_escape_and_by_a_click_beside_it(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.click("#said")):
        page.click("#save")
        expect(page.locator("#export-json")).to_be_visible()
        close()
        expect(page.locator("#export-json")).to_be_hidden()


def test_every_passage_is_reached_by_keys(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.keyboard.type("jk/?")
    expect(page.locator(BOX)).to_have_value(QUESTION + "jk/?")
    page.fill(BOX, QUESTION)
    page.locator("#copy-link").focus()
    page.keyboard.press("j")
    assert focused(page) == "card-1"
    page.keyboard.press("j")
    second = focused(page)
    assert second not in {"card-1", "copy-link"}
    expect(page.locator(".card.open-now")).to_have_id(second)
    page.keyboard.press("k")
    page.keyboard.press("c")
    expect(page.locator("#status-line")).to_have_text("Citation copied.")
    page.keyboard.press("o")
    expect(page.locator("#reader mark.here")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("#copy-link").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    assert page.evaluate("!!document.activeElement.closest('#question')")


def test_questions_are_remembered_in_this_browser_only(opening: Opening) -> None:
    watched = opening()
    watched.open()
    watched.ask(QUESTION)
    page = watched.open()
    expect(page.locator("#history-1")).to_have_text(QUESTION)
    page.click("#history-1")
    expect(page.locator("#said")).to_contain_text("Moscow")
    page.click("#home")
    page.click("#history-forget")
    expect(page.locator("#history-list")).to_have_text("No question yet.")
    other = opening().open()
    expect(other.locator("#history-list")).to_have_text("No question yet.")


def test_a_printed_answer_is_the_answer_and_its_passages(opening: Opening) -> None:
    watched = opening()
    watched.open()
    page = watched.ask(QUESTION)
    page.emulate_media(media="print")
    expect(page.locator("#said")).to_be_visible()
    expect(page.locator("#card-1 .passage")).to_be_visible()
    for gone in ("#bar", "#kinds", "#facets", "#reader", "#view .tools >> nth=0", "#status-line"):
        expect(page.locator(gone)).to_be_hidden()


def test_both_dates_of_a_filter_can_be_typed_one_after_the_other(opening: Opening) -> None:
    page = opening().open(f"?q={QUESTION}")
    page.click("#filter-from")
    page.keyboard.type("2020-09")
    page.keyboard.press("Tab")
    page.locator("#filter-to").focus()
    page.keyboard.type("2020-12")
    page.keyboard.press("Enter")
    expect(page.locator("#chip-2")).to_contain_text("To 2020-12")
    assert "from=2020-09" in page.url
    page.fill("#filter-from", "2021")
    page.locator(BOX).focus()
    expect(page.locator("#view .notice")).to_contain_text("swap them")


def test_skipping_to_the_answer_keeps_it(opening: Opening) -> None:
    page = opening().open(f"?q={QUESTION}")
    expect(page.locator("#said")).to_have_text("Moscow")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#view")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Moscow")
    page.locator(BOX).focus()
    page.keyboard.press("Escape")
    expect(page.locator(BOX)).not_to_be_focused()


def test_a_citation_is_of_the_words_that_are_shown(opening: Opening) -> None:
    page = opening().open(f"?q={QUESTION}")
    card = page.locator("#view .cards .card").filter(has=page.locator("mark")).last
    marked = card.locator("mark").first.inner_text()
    copied = card.locator("[data-copy]").first.get_attribute("data-copy") or ""
    assert " ".join(marked.split())[:40] in " ".join(copied.split())

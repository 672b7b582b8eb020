"""What can be asked next."""

from pathlib import Path

import pytest
from commands import quoth
from conftest import ROOT, Opening
from playwright.sync_api import expect

from index import Document, Encoder, Found, Index
from qa import Assistant, follow_ups
from qa.answer import SURE
from qa.archive.follow_ups import _candidates, _holds


def test_each_question_is_new_answered_and_likely_right(assistant: Assistant) -> None:
    answer = assistant.ask("who brokered the September 13 ceasefire?", 10)
    found = follow_ups(assistant, answer)
    questions = [one.question for one in found]
    surest = [
        "How many Armenian servicemen had been killed so far in this month’s fighting?",
        "Who is the Armenian Prime Minister?",
        "Who is the French President?",
    ]
    assert [one for one in questions if one in surest] == surest
    for one in found:
        assert one.answer is not None
        assert one.answer.confidence >= SURE[0][0]
        assert one.question != answer.question
    texts = [one.answer.text for one in found if one.answer]
    assert len(set(texts)) == len(texts)
    assert follow_ups(assistant, answer, most=1) == found[:1]


def test_what_was_asked_is_not_asked_again(assistant: Assistant) -> None:
    answer = assistant.ask("How many Armenian servicemen had been killed?", 10)
    assert "105" not in [one.answer and one.answer.text for one in follow_ups(assistant, answer)]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (
            "About 1,204 people were evacuated in Tam by noon, and 3 died.",
            ["How many people were evacuated in Tam by noon?", "How many people were evacuated?"],
        ),
        ("The court saw 12 letters marked as secret.", []),
        ("Only 2 Ann Lee was there.", []),
        ("Some 40 million adults voted.", []),
        ("Tam's Mayor Ann Lee left.", ["Who is Tam's Mayor?"]),
        ("The old mill was closed on 5 May 2021.", ["When was the old mill closed?"]),
        ("In all 33 smiths left the works on Sept. 13.", []),
    ],
)
def test_a_question_is_made_of_a_clause(
    encoder: Encoder, tmp_path: Path, text: str, questions: list[str]
) -> None:
    index = Index.create(tmp_path / "index", encoder)
    index.add_documents([Document("a.txt", text, Found("a", "file name"))])
    answer = Assistant(index).ask("what is there?")
    assert [one.question for one in _candidates(answer)] == questions


@pytest.mark.parametrize(
    ("text", "expected", "held"),
    [
        ("105", "105", True),
        ("at least 25 men", "25", True),
        ("1,105", "105", False),
        ("105.5", "105", False),
        ("250", "25", False),
        ("Ann Leeson", "Ann Lee", False),
    ],
)
def test_a_number_is_answered_as_a_whole(text: str, expected: str, *, held: bool) -> None:
    assert _holds(text, expected) == held


def test_the_command_and_the_page_say_what_can_be_asked_next(
    opening: Opening, tmp_path: Path
) -> None:
    assert quoth("add", str(ROOT / "seeds"), cwd=tmp_path).returncode == 0
    asked = "who brokered the September 13 ceasefire?"
    said = quoth("ask", asked, "--next", cwd=tmp_path).stdout
    assert "Ask next:" in said
    assert (
        "How many Armenian servicemen had been killed so far in this month’s fighting?  105" in said
    )
    watched = opening()
    watched.open()
    page = watched.ask(asked)
    page.click("#show-next")
    expect(page.locator("#next")).to_contain_text("105")
    page.click("#next-1")
    expect(page.locator("#said")).to_have_text("105")

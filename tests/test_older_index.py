"""An index that an older Quoth made is opened, asked, checked and added to by this one."""

import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from index import Document, Found, Index
from index.verify import verify
from qa import Assistant


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """An index of the seeds, made by commit 649176e, of November 2026."""
    with zipfile.ZipFile(ROOT / "tests" / "index-of-november-2026.zip") as kept:
        kept.extractall(tmp_path)
    return tmp_path / ".quoth"


def test_it_is_asked_as_a_new_one(older: Path, assistant: Assistant) -> None:
    question = "who brokered the September 13 ceasefire?"
    with Assistant.open(older) as own:
        found, new = own.ask(question), assistant.ask(question)
    assert found.answer is not None
    assert new.answer is not None
    assert found.answer.text == new.answer.text == "Moscow"
    assert [one.citation for one in found.passages] == [one.citation for one in new.passages]


def test_it_is_intact_and_can_be_added_to(older: Path) -> None:
    with Index.open(older) as index:
        assert not verify(index).faults
        before = index.count_documents()
        index.add_documents(
            [Document("note.txt", "The mill in Sund closed in 1931.", Found("Note", "given"))]
        )
        assert index.count_documents() == before + 1
    with Assistant.open(older) as own:
        found = own.ask("When did the mill in Sund close?").answer
    assert found is not None
    assert found.text == "1931"
    with Index.open(older) as index:
        assert not verify(index).faults

"""A notebook keeps quotations, questions and names in a file; news tells what changed to them."""

import json
import signal
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from commands import Command, quoth

from index import Encoder, Index, QuothError
from qa import Assistant, Notebook, news, pack
from qa.archive.news import News, _of_question, _seen

QUESTION = "who brokered the September 13 ceasefire?"


def note(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"{text}\n")


@pytest.fixture
def mill(tmp_path: Path, encoder: Encoder) -> Index:
    """An index of one note about a mill."""
    note(tmp_path, "a.txt", "The mill in Sorrel Quay employed 48 people, said Ada Hult.")
    index = Index.create(tmp_path / "index", encoder)
    index.add([str(tmp_path / "a.txt")])
    return index


def told(found: list[News]) -> list[tuple[str, str]]:
    return [(one.kind, one.told) for one in found]


def test_a_notebook_is_read_as_it_was_written(assistant: Assistant, tmp_path: Path) -> None:
    said = assistant.ask(QUESTION).answer
    assert said is not None
    notebook = Notebook("Krieg & “Frieden”").with_quotation(said, "call him", QUESTION)
    notebook = notebook.with_question("Who won?").with_name("Ruben Vardanyan")
    notebook = notebook.moved(3, 1).noted(2, "twice").without(1)
    notebook.write(tmp_path / "n.quoth.json")
    assert Notebook.read(tmp_path / "n.quoth.json") == notebook
    assert [(one.id, one.kind, one.note) for one in notebook.entries] == [
        (3, "name", ""),
        (2, "question", "twice"),
    ]
    assert notebook.with_name("Next").entries[-1].id == 4


def test_a_change_of_one_entry_is_a_change_of_its_lines_alone(tmp_path: Path) -> None:
    path = tmp_path / "n.quoth.json"
    notebook = Notebook("T").with_question("Who won?").with_question("Who lost?")
    notebook.write(path)
    before = path.read_text().splitlines()
    notebook.noted(1, "see page 3").write(path)
    after = path.read_text().splitlines()
    assert [line for line in after if line not in before] == [
        f'   "added": "{notebook.entries[0].added}",',
        '   "note": "see page 3"',
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "cannot be read"),
        ("{", "is not a notebook"),
        ("[]", "is not a notebook"),
        ('{"quoth_notebook": 1, "title": "T", "entries": [{"id": 1, "kind": "x"}]}', "not a note"),
        ('{"quoth_notebook": 1, "title": "T", "entries": [3]}', "is not a notebook"),
        ('{"quoth_notebook": 99, "title": "T", "entries": []}', "newer Quoth"),
    ],
)
def test_a_broken_notebook_is_one_line(tmp_path: Path, content: str | None, fault: str) -> None:
    path = tmp_path / "n.quoth.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(QuothError, match=fault) as error:
        Notebook.read(path)
    assert "n.quoth.json" in str(error.value)


def test_news_tells_a_new_a_changed_and_a_lost_answer_once(mill: Index, tmp_path: Path) -> None:
    notebook = Notebook("Mill").with_question("How many people did the mill employ?")
    found, notebook = news(Assistant(mill), notebook)
    assert told(found) == [("new answer", "48")]
    assert found[0].quotation is not None
    assert news(Assistant(mill), notebook)[0] == []
    note(tmp_path, "a.txt", "The mill in Sorrel Quay employed 52 people, said Ada Hult.")
    mill.add([str(tmp_path / "a.txt")])
    found, notebook = news(Assistant(mill), notebook)
    assert told(found) == [("changed answer", "52; it was “48”")]
    mill.remove([str(tmp_path / "a.txt")])
    note(tmp_path, "b.txt", "A ferry sails to Lindholm every hour of the day.")
    mill.add([str(tmp_path / "b.txt")])
    found, notebook = news(Assistant(mill), notebook)
    assert told(found) == [("no answer any more", "it was “52”")]
    assert news(Assistant(mill), notebook)[0] == []


def test_an_answer_of_another_document_is_news_until_it_has_been_seen(
    assistant: Assistant,
) -> None:
    notebook = Notebook("War").with_question(QUESTION)
    _, notebook = news(assistant, notebook)
    (entry,) = notebook.entries
    answer = assistant.ask(QUESTION)
    assert answer.answer is not None
    other = replace(answer.answer, text="Paris")
    disputed = replace(answer, others=(other,))
    found = list(_of_question(entry, disputed))
    assert told(found) == [("new other answer", "Paris")]
    (entry,) = notebook.having_seen(entry.id, _seen(disputed)).entries
    assert list(_of_question(entry, disputed)) == []


def test_news_of_a_name_are_documents_that_did_not_name_it(mill: Index, tmp_path: Path) -> None:
    notebook = Notebook("Mill").with_name("Ada Hult")
    found, notebook = news(Assistant(mill), notebook)
    assert [kind for kind, _ in told(found)] == ["new mentions"]
    note(tmp_path, "b.txt", "The ferry was named by Ada Hult, the mayor.")
    mill.add([str(tmp_path / "b.txt")])
    found, notebook = news(Assistant(mill), notebook)
    assert told(found) == [("new mentions", f"1 mention in 1 document: {tmp_path / 'b.txt'}")]
    assert news(Assistant(mill), notebook)[0] == []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebook")
    note(folder, "a.txt", "The mill in Sorrel Quay closed on 5 May 2021, said Ada Hult.")
    assert quoth("add", "a.txt", cwd=folder).returncode == 0
    return folder


def test_the_sheets_of_a_notebook_list_what_is_followed_and_cite_without_paths(
    assistant: Assistant, tmp_path: Path
) -> None:
    said = assistant.ask(QUESTION).answer
    assert said is not None
    notebook = Notebook("War").with_quotation(said, "", QUESTION).with_question("Who won?")
    notebook.with_name("Ruben Vardanyan").noted(3, "call him").write(tmp_path / "n.quoth.json")
    pack(assistant.index, [tmp_path / "n.quoth.json"], tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        sheet = archive.read("sheet.html").decode()
        (tmp_path / "sheet.docx").write_bytes(archive.read("sheet.docx"))
    words = [one.text for one in docx.Document(str(tmp_path / "sheet.docx")).paragraphs]
    assert words[words.index("Followed") + 1 :] == ["Who won?", "Ruben Vardanyan — call him"]
    assert "<li>Ruben Vardanyan — call him</li>" in sheet
    assert said.citation.reference() in words
    assert said.citation.document not in said.citation.reference()
    assert f"“{said.citation.title}”" in said.citation.reference()


def test_the_commands_pin_list_export_and_pack(home: Path) -> None:
    book = "mill.quoth.json"
    assert quoth("notebook", "new", book, "--title", "The mill", cwd=home).returncode == 0
    pinned = quoth("notebook", "pin", book, "When did the mill close?", "--note", "ask", cwd=home)
    assert pinned.returncode == 0, pinned.stderr
    none = quoth("notebook", "pin", book, "Who is the pope?", cwd=home)
    assert none.returncode == 3
    assert none.stderr.startswith("not pinned: ")
    listed = quoth("notebook", "list", book, cwd=home)
    assert "“The mill in Sorrel Quay closed on 5 May 2021, said Ada Hult.”" in listed.stdout
    assert "\n  ask\n" in listed.stdout
    assert quoth("notebook", "export", book, "--out", "mill.md", cwd=home).returncode == 0
    assert (home / "mill.md").read_text().startswith("# The mill\n\n> The mill in Sorrel Quay")
    packed = quoth("pack", book, "--out", "mill.zip", cwd=home)
    assert packed.returncode == 0, packed.stderr
    with zipfile.ZipFile(home / "mill.zip") as archive:
        (exhibit,) = json.loads(archive.read("manifest.json"))["exhibits"]
        assert exhibit["question"] == "When did the mill close?"
        assert "<mark>5 May 2021</mark>" in archive.read("sheet.html").decode()


def test_the_news_command_tells_by_its_exit_code_and_peek_changes_nothing(home: Path) -> None:
    book = "news.quoth.json"
    quoth("notebook", "new", book, cwd=home)
    quoth("notebook", "follow", book, "When did the mill close?", cwd=home)
    quoth("notebook", "follow", book, "Ada Hult", "--name", cwd=home)
    before = (home / book).read_bytes()
    for _ in range(2):
        done = quoth("news", book, "--peek", cwd=home)
        assert done.returncode == 0, done.stderr
        assert "When did the mill close?  new answer: 5 May 2021\n" in done.stdout
    assert (home / book).read_bytes() == before
    assert len(json.loads(quoth("news", book, "--json", cwd=home).stdout)) == 2
    done = quoth("news", book, cwd=home)
    assert (done.returncode, done.stdout) == (3, "nothing new\n")


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("notebook", "new", "mill.json"), "ends in .quoth.json"),
        (("notebook", "new", "there.quoth.json"), "is there already"),
        (("notebook", "remove", "there.quoth.json", "9"), "has no entry 9"),
        (("notebook", "follow", "there.quoth.json", "?"), "no word"),
        (("notebook", "list", "none.quoth.json"), "cannot be read"),
        (("news", "none.quoth.json"), "cannot be read"),
        (("pack", "there.quoth.json", "--out", "x.zip"), "no answer in it"),
        (("notebook", "export", "there.quoth.json", "--out", "there.quoth.json"), "itself"),
    ],
)
def test_a_mistake_is_one_line(home: Path, arguments: tuple[str, ...], fault: str) -> None:
    if not (home / "there.quoth.json").exists():
        Notebook("T").write(home / "there.quoth.json")
    done = quoth(*arguments, cwd=home)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert fault in line


def test_a_quotation_that_does_not_stand_any_more_is_told(tmp_path: Path) -> None:
    note(tmp_path, "a.txt", "The mill in Sorrel Quay closed on 5 May 2021.")
    quoth("add", "a.txt", cwd=tmp_path)
    quoth("notebook", "new", "n.quoth.json", cwd=tmp_path)
    quoth("notebook", "pin", "n.quoth.json", "When did the mill close?", cwd=tmp_path)
    note(tmp_path, "a.txt", "The mill in Sorrel Quay closed on 6 May 2021.")
    quoth("add", "a.txt", cwd=tmp_path)
    done = quoth("notebook", "list", "n.quoth.json", cwd=tmp_path)
    assert "the document has changed since it was cited" in done.stdout


def test_watching_prints_what_is_new_for_a_notebook(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").write_text("The ferry Marigold sank off Sorrel Quay.\n")
    story = tmp_path / "story.quoth.json"
    Notebook("Story").with_name("Blinken").write(story)
    watching = Command("watch", "notes", "--notebook", str(story), cwd=tmp_path, merged=True)
    try:
        said = iter(watching.stdout.readline, "")
        assert any("1 added" in line for line in said)
        (notes / "b.txt").write_text("Secretary Blinken spoke in Geneva.\n")
        assert any("Blinken  new mentions: 1 mention in 1 document" in line for line in said)
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait()
    assert Notebook.read(story).entries[0].seen
    story.write_text("{")
    refused = quoth("watch", "notes", "--notebook", str(story), cwd=tmp_path)
    assert refused.returncode == 2
    assert "story.quoth.json" in refused.stderr

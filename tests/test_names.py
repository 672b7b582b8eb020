"""People, organisations and places: recognized, merged, counted, corrected by the user."""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from toy_encoder import ToyEncoder
from typer.testing import CliRunner

from index import Document, Found, Index, InFolder, OneOf, QuothError
from qa import (
    Assistant,
    facets,
    has_names,
    load_recognizer,
    make_names,
    name_details,
    names,
    names_of,
)
from qa.archive.facets import filter_of
from qa.archive.names.corrections import Corrections, correct, corrections_file
from qa.archive.names.forms import cleaned, document_names, key_of
from qa.archive.names.names_file import NamesFile
from qa.archive.names.recognizer import KINDS, SHIPPED, Marked
from ui.cli.command import app
from ui.web.index_service import IndexService
from ui.web.server import application

TEXTS = {
    "wire/one.txt": "Ruben Vardanyan met Antony Blinken in Yerevan.\n\nLater Vardanyan flew home.",
    "wire/two.txt": "Antony Blinken spoke in Washington.\n\nThe FBI was silent in Yerevan.",
    "desk/three.txt": "Blinken called the United Nations. The U.S. agreed. Maria Novak wrote.",
    "desk/four.txt": "In New York Anna Smith met Peter Smith.",
    "desk/five.txt": "Smith was in Berlin on Monday.",
}
MARKS = {
    "Ruben Vardanyan": "person",
    "Vardanyan": "organisation",
    "Antony Blinken": "person",
    "Blinken": "place",
    "Maria Novak": "person",
    "Anna Smith": "person",
    "Peter Smith": "person",
    "Smith": "person",
    "Yerevan": "place",
    "Washington": "place",
    "New York": "place",
    "Berlin": "place",
    "FBI": "organisation",
    "United Nations": "organisation",
    "U.S.": "place",
}


class Listed:
    """Marks the names of a list, longer ones first, as a model might: with wrong kinds."""

    name = "a list"

    def marked(self, texts: Sequence[str]) -> Iterator[list[Marked]]:
        """The names of each text."""
        for text in texts:
            found: list[Marked] = []
            for name, kind in sorted(MARKS.items(), key=lambda one: -len(one[0])):
                at = text.find(name)
                while at >= 0:
                    if not any(one.start <= at < one.end for one in found):
                        found.append(Marked(at, at + len(name), kind))
                    at = text.find(name, at + 1)
            yield sorted(found, key=lambda one: one.start)


def added(index: Index, texts: dict[str, str]) -> Index:
    """The index with these texts, the first of 2021-01, each a month after the one before."""
    index.add_documents(
        [
            Document(
                name, text, Found(name, "given"), published=Found(f"2021-{at + 1:02}-05", "given")
            )
            for at, (name, text) in enumerate(texts.items())
        ]
    )
    return index


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Index]:
    """An index of the five texts, with the names of the list."""
    with Index.create(tmp_path / "index", ToyEncoder()) as index:
        added(index, TEXTS)
        make_names(index, Listed())
        yield index


def listed(index: Index, **how: object) -> dict[str, tuple[str, int, int]]:
    """Each name with its kind, documents and mentions."""
    found = names(index, **how).names  # type: ignore[arg-type]
    return {one.name: (one.kind, one.documents, one.mentions) for one in found}


def test_names_are_merged_and_counted(archive: Index) -> None:
    assert listed(archive) == {
        "Antony Blinken": ("person", 3, 3),  # in one text by the surname alone
        "Yerevan": ("place", 2, 2),
        "Ruben Vardanyan": ("person", 1, 2),
        "Anna Smith": ("person", 1, 1),
        "Berlin": ("place", 1, 1),
        "FBI": ("organisation", 1, 1),
        "Maria Novak": ("person", 1, 1),
        "New York": ("place", 1, 1),
        "Peter Smith": ("person", 1, 1),
        "Smith": ("person", 1, 1),  # Anna or Peter: not merged
        "U.S.": ("place", 1, 1),
        "United Nations": ("organisation", 1, 1),
        "Washington": ("place", 1, 1),
    }


def test_a_filter_counts_what_passes(archive: Index) -> None:
    assert listed(archive, where=InFolder("wire"))["Antony Blinken"] == ("person", 2, 2)
    assert set(listed(archive, kind="organisation")) == {"FBI", "United Nations"}
    assert set(listed(archive, like="smith")) == {"Smith", "Anna Smith", "Peter Smith"}
    assert names(archive, k=2).total == 13
    assert len(names(archive, k=2).names) == 2
    with pytest.raises(QuothError, match="no kind of name"):
        names(archive, kind="animal")


def test_a_name_over_time_and_who_is_beside_it(archive: Index) -> None:
    found = name_details(archive, "blinken")
    assert found.name.name == "Antony Blinken"
    assert found.by_month == {"2021-01": 1, "2021-02": 1, "2021-03": 1}
    assert [one.name for one in found.named_in] == [
        "wire/one.txt",
        "wire/two.txt",
        "desk/three.txt",
    ]
    # Yerevan is in the same paragraph of one.txt, and in another paragraph of two.txt.
    beside = {one.name: (one.documents, one.mentions) for one in found.beside}
    assert beside["Yerevan"] == (1, 1)
    assert "FBI" not in beside
    with pytest.raises(QuothError, match="quoth mentions"):
        name_details(archive, "Zelda")


def test_copies_of_a_story_count_once(tmp_path: Path) -> None:
    story = " ".join(
        f"Ruben Vardanyan said sentence {n} of the long story again." for n in range(40)
    )
    with Index.create(tmp_path / "index", ToyEncoder()) as index:
        added(index, {"a.txt": story, "b.txt": story + " More.", "c.txt": "Vardanyan was away."})
        make_names(index, Listed())
        assert listed(index)["Ruben Vardanyan"] == ("person", 2, 41)


def test_only_new_texts_are_read(archive: Index) -> None:
    before = NamesFile(archive.folder).keys()
    added(archive, {"six.txt": "Berlin is large."})
    assert names(archive).not_recognized == 1
    assert make_names(archive, Listed()) == 1
    assert listed(archive)["Berlin"] == ("place", 2, 2)
    archive.remove("six.txt")
    assert listed(archive)["Berlin"] == ("place", 1, 1)
    assert make_names(archive, Listed()) == 0
    assert names(archive).not_recognized == 0
    assert NamesFile(archive.folder).keys() == before  # what is removed is forgotten


def test_an_interruption_loses_a_block_at_most(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", ToyEncoder()) as index:
        added(index, {f"{n}.txt": f"Berlin {n} is large." for n in range(11)})
        texts = {f"n{n}.txt": f"Yerevan is no {n}." for n in range(60)}
        index.add_documents([Document(n, t, Found(n, "given")) for n, t in texts.items()])

        def stop(*_: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make_names(index, Listed(), stop)
        assert make_names(index, Listed()) == 21
        assert listed(index)["Yerevan"] == ("place", 60, 60)


def test_corrections_survive_making_the_names_again(archive: Index) -> None:
    file = corrections_file(archive.folder)
    correct(file, "rename", "Vardanyan", "Ruben K. Vardanyan")
    correct(file, "rename", "anna smith", "Anna Novak")
    correct(file, "rename", "Maria Novak", "Anna Novak")
    correct(file, "type", "FBI", "place")
    correct(file, "reject", "Washington")
    for _ in range(2):
        found = listed(archive)
        assert found["Ruben K. Vardanyan"] == ("person", 1, 2)
        assert found["Anna Novak"] == ("person", 2, 2)
        assert found["FBI"] == ("place", 1, 1)
        assert not {"Washington", "Ruben Vardanyan", "Anna Smith", "Maria Novak"} & set(found)
        make_names(archive, load_recognizer("capitals"))  # made anew
        make_names(archive, Listed())


def test_a_surname_is_renamed_for_itself_alone(archive: Index) -> None:
    """Renaming "Smith" renames neither Anna nor Peter, who have that surname."""
    correct(corrections_file(archive.folder), "rename", "Smith", "Otto Smith")
    found = listed(archive)
    assert found["Otto Smith"] == ("person", 1, 1)
    assert {"Anna Smith", "Peter Smith"} < set(found)
    assert "Smith" not in found


def test_a_renamed_name_is_of_the_kind_of_the_one_that_it_becomes(archive: Index) -> None:
    correct(corrections_file(archive.folder), "rename", "FBI", "Maria Novak")
    assert listed(archive)["Maria Novak"] == ("person", 2, 2)


def test_a_rejected_name_is_not_beside_another(archive: Index) -> None:
    assert "Yerevan" in {one.name for one in name_details(archive, "Vardanyan").beside}
    correct(corrections_file(archive.folder), "reject", "Yerevan")
    assert "Yerevan" not in {one.name for one in name_details(archive, "Vardanyan").beside}
    assert not any(one.value == "Yerevan" for one in facets(archive))


def test_names_of_an_answer_are_those_in_its_passages(archive: Index) -> None:
    answer = Assistant(archive, reader="none").ask("Who met Antony Blinken in Yerevan?", k=1)
    assert answer.passages[0].citation.document == "wire/one.txt"
    found = {one.name: one.mentions for one in names_of(archive, answer)}
    assert found == {"Ruben Vardanyan": 2, "Antony Blinken": 1, "Yerevan": 1}


def test_forms_that_the_user_lists_are_one_name(archive: Index) -> None:
    archive.folder.with_name("index-aliases.txt").write_text("Yerevan, Berlin, Erivan\n")
    assert listed(archive)["Yerevan"] == ("place", 3, 3)


@pytest.mark.parametrize("line", ["rename A", "type A = animal", "reject", "merge A = B"])
def test_a_line_that_is_no_correction_is_named(archive: Index, line: str) -> None:
    file = corrections_file(archive.folder)
    file.write_text(f"# mine\nreject Berlin\n{line}\n")
    with pytest.raises(QuothError, match="line 3"):
        names(archive)


LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="=#")
NAMES = st.text(LETTERS, min_size=2, max_size=9)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=6))
def test_renaming_ends_and_written_corrections_are_read(pairs: list[tuple[str, str]]) -> None:
    corrections = Corrections({key_of(old): new for old, new in pairs})
    for old, _ in pairs:
        assert corrections.name(old)


@given(
    st.lists(st.sampled_from(sorted(MARKS)), max_size=12),
    st.lists(st.sampled_from([" and ", ". ", "\n\n", " near "]), min_size=12, max_size=12),
)
def test_every_mention_belongs_to_one_name(said: list[str], between: list[str]) -> None:
    text = "".join(name + gap for name, gap in zip(said, between, strict=False))
    (marked,) = Listed().marked([text])
    found = document_names(text, marked)
    places = sorted(place for one in found for place in one.places)
    assert places == sorted({(one.start, one.end) for one in marked})
    for one in found:
        assert one.name == one.forms[0]
        assert one.kind in KINDS


def test_a_place_is_not_taken_for_a_surname() -> None:
    text = "Anna Paris went to Paris, and Ann Lee of the Low Rivers Board of Tam (LRBT) to Lee."
    marked = [
        Marked(text.index(name, at), text.index(name, at) + len(name), kind)
        for name, at, kind in (
            ("Anna Paris", 0, "person"),
            ("Paris", 12, "place"),
            ("Ann Lee", 0, "person"),
            ("Low Rivers Board of Tam", 0, "organisation"),
            ("LRBT", 0, "organisation"),
            ("Lee", text.rindex("Lee"), "organisation"),
        )
    ]
    assert {one.name: (one.kind, one.forms) for one in document_names(text, marked)} == {
        "Anna Paris": ("person", ("Anna Paris",)),
        "Paris": ("place", ("Paris",)),
        "Ann Lee": ("person", ("Ann Lee", "Lee")),
        "Low Rivers Board of Tam": ("organisation", ("Low Rivers Board of Tam", "LRBT")),
    }


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("President Joe Biden’s", "person", "Joe Biden"),
        ("Doe, John", "person", "John Doe"),
        ("the White House", "organisation", "White House"),
        ("Monroe Street and", "place", "Monroe Street"),
        ("U.S.", "place", "U.S."),
        ("he", "person", ""),
        ("COVID-19", "organisation", ""),
        ("Buffalo Bill", "person", "Buffalo Bill"),
        ("the Farm Bill", "organisation", ""),
        ("a@b.example", "organisation", ""),
        ("2022", "place", ""),
        ("Şişli", "place", "Şişli"),
    ],
)
def test_what_is_kept_of_a_marked_name(text: str, kind: str, name: str) -> None:
    assert cleaned(text, kind) == name


def test_facets_narrow_to_the_documents_that_have_a_name(archive: Index) -> None:
    found = [one for one in facets(archive) if one.kind in KINDS]
    assert {"person", "organisation", "place"} == {one.kind for one in found}
    for one in found:
        assert len(archive.documents(filter_of([one.stated()], archive))) == one.count
        others = archive.documents(filter_of([one.stated(without=True)], archive))
        assert len(others) == len(TEXTS) - one.count


def test_documents_with_these_names(archive: Index) -> None:
    where = OneOf(("wire/two.txt", "none", "o'dd\udcff"))
    assert [one.name for one in archive.documents(where)] == ["wire/two.txt"]
    assert archive.documents(OneOf(())) == []


def test_without_names_what_to_run_is_said(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", ToyEncoder()) as index:
        assert not has_names(index)
        with pytest.raises(QuothError, match="quoth names --make"):
            names(index)
        make_names(index, load_recognizer("capitals"))
        assert names(index).names == ()


def test_a_damaged_file_is_named_and_made_again(archive: Index) -> None:
    before = listed(archive)
    file = archive.folder / "names.db"
    file.write_bytes(b"no database" * 200)
    with pytest.raises(QuothError, match="names --make"):
        names(archive)
    make_names(archive, Listed())
    assert listed(archive) == before


def test_rows_that_are_gone_are_told(archive: Index) -> None:
    with sqlite3.connect(archive.folder / "names.db") as connection:
        connection.execute("DROP TABLE names")
    with pytest.raises(QuothError, match="names --make"):
        names(archive)


def test_names_without_a_model(archive: Index) -> None:
    make_names(archive, load_recognizer("capitals"))
    found = names(archive)
    assert found.recognizer == "capitals"
    assert {one.kind for one in found.names} == {"name"}
    assert listed(archive)["Antony Blinken"] == ("name", 2, 2)
    assert "Later" not in listed(archive)
    assert "Monday" not in listed(archive)


def test_names_of_a_real_model(archive: Index) -> None:
    make_names(archive, load_recognizer(SHIPPED))
    found = listed(archive)
    assert found["Antony Blinken"][0] == "person"
    assert found["New York"][0] == "place"
    assert found["FBI"][0] == "organisation"


def test_a_model_that_is_none_is_named() -> None:
    with pytest.raises(QuothError, match="'no-such-model' is no spaCy model"):
        load_recognizer("no-such-model")


SEEDS = Path(__file__).parents[1] / "seeds"


def run(*arguments: object) -> tuple[int, str]:
    """What a command prints, and its exit code."""
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    if isinstance(done.exception, QuothError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output


def test_names_in_the_terminal(tmp_path: Path) -> None:
    index = tmp_path / "index"
    folder = tmp_path / "files"
    shutil.copytree(SEEDS, folder)
    code, output = run("add", folder, "--index", index, "--names")
    assert code == 0
    assert "names recognized in 2 texts" in output
    code, output = run("names", "--index", index, "--kind", "place", "-k", 500)
    assert code == 0
    assert "Azerbaijan" in output
    code, output = run("names", "Pashinyan", "--index", index, "--json")
    assert json.loads(output)["name"] == "Nikol Pashinyan"
    code, output = run("names", "--index", index, "--csv")
    assert output.startswith("name,kind,documents,mentions,forms")
    (folder / "new.txt").write_text("Nikol Pashinyan was in Geneva, Switzerland, on Monday.")
    code, output = run("add", folder, "--index", index)
    assert "names recognized in 1 text" in output
    code, _ = run("names", "Pashinyan", "--rename", "N. Pashinyan", "--index", index)
    assert code == 0
    code, output = run("names", "pashinyan", "--index", index)
    assert "N. Pashinyan (person)" in output
    code, _ = run("names", "Geneva", "--reject", "--index", index)
    code, output = run("names", "--like", "geneva", "--index", index)
    assert code == 3


def test_an_add_says_what_it_did_before_it_says_that_names_could_not_be_recognized(
    tmp_path: Path,
) -> None:
    index, folder, report = tmp_path / "index", tmp_path / "files", tmp_path / "report.json"
    folder.mkdir()
    (folder / "one.txt").write_text("Berlin is large.")
    run("add", folder, "--index", index)
    with Index.open(index) as opened:
        make_names(opened, load_recognizer("capitals"))
    with sqlite3.connect(index / "names.db") as connection:
        connection.execute("UPDATE facts SET value = 'gone' WHERE key = 'recognizer'")
    (folder / "two.txt").write_text("Yerevan is large.")
    code, told = run("add", folder, "--index", index, "--report", report)
    assert code == 2
    assert "'gone' is no spaCy model" in told
    assert "two.txt" in report.read_text()
    with Index.open(index) as opened:
        assert names(opened).not_recognized == 1


def test_names_over_http_and_on_the_page(archive: Index) -> None:
    service = IndexService(archive.folder)
    try:
        with TestClient(application(service, ["testserver"])) as client:
            found = client.get("/api/v1/names", params={"kind": "person", "k": 1}).json()
            assert found["names"][0]["name"] == "Antony Blinken"
            assert client.get("/api/v1/name", params={"name": "Blinken"}).json()["documents"] == 3
            assert client.get("/api/v1/name", params={"name": "Zelda"}).status_code == 422
            page = client.get("/view/facets", params={"f": "person:Antony Blinken"}).text
            assert "People" in page
            assert 'aria-current="true"' in page
            shown = client.get("/view/mentions", params={"q": "Blinken", "f": "place:Yerevan"}).text
            assert "2 mentions in 2 of 2 documents" in shown
            assert 'data-beside="view/beside?q=Blinken&amp;f=place%3AYerevan"' in shown
            beside = client.get("/view/beside", params={"q": "Blinken", "f": "place:Yerevan"}).text
            assert "?q=Yerevan&amp;view=mentions" in beside
            assert "No other name" in client.get("/view/beside", params={"q": "Zelda"}).text
    finally:
        service.close()

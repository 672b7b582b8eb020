"""An index that follows its folders."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from toy_encoder import ToyEncoder

from index import Index, QuothError
from index.ingest.report import AddReport
from index.watch import watch

PATIENCE = 60


class Watched:
    """A folder that is watched, and what each round of watching did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rounds: queue.Queue[AddReport | QuothError] = queue.Queue()

    def until(self, index: Index, names: set[str]) -> None:
        """Wait, round by round, until these are the documents."""
        while True:
            index.refresh()
            if {Path(one.name).name for one in index.documents()} == names:
                return
            done = self.rounds.get(timeout=PATIENCE)
            assert isinstance(done, AddReport), done


@contextmanager
def watched(index: Path, folder: Path) -> Iterator[Watched]:
    stop = threading.Event()
    made = Watched(folder)
    opened = Index.open(index, ToyEncoder())
    thread = threading.Thread(
        target=watch, args=(opened, [str(folder)], made.rounds.put), kwargs={"stop": stop}
    )
    thread.start()
    try:
        made.rounds.get(timeout=PATIENCE)
        yield made
    finally:
        stop.set()
        thread.join(PATIENCE)
        opened.close()


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    Index.create(tmp_path / "index", ToyEncoder()).close()
    folder = tmp_path / "docs"
    folder.mkdir()
    return tmp_path / "index", folder


def test_files_that_come_change_move_and_go_are_followed(place: tuple[Path, Path]) -> None:
    index, folder = place
    (folder / "a.txt").write_text("The first file says one thing.")
    reading = Index.open(index, ToyEncoder())
    with watched(index, folder) as seen:
        seen.until(reading, {"a.txt"})
        (folder / "b.txt").write_text("The second file says another.")
        seen.until(reading, {"a.txt", "b.txt"})
        aside = folder / ".b.txt.swp"
        aside.write_text("The second file, written aside, says a third thing.")
        aside.rename(folder / "b.txt")
        (folder / "a.txt").rename(folder / "c.txt")
        seen.until(reading, {"b.txt", "c.txt"})
        (folder / "c.txt").unlink()
        seen.until(reading, {"b.txt"})
    reading.refresh()
    (one,) = reading.documents()
    assert "written aside" in reading.document(one.key).text


def test_what_happened_while_nobody_watched_is_found(place: tuple[Path, Path]) -> None:
    index, folder = place
    (folder / "a.txt").write_text("The first file says one thing.")
    (folder / "b.txt").write_text("The second file says another.")
    reading = Index.open(index, ToyEncoder())
    with watched(index, folder) as seen:
        seen.until(reading, {"a.txt", "b.txt"})
    (folder / "a.txt").unlink()
    (folder / "d.txt").write_text("A file that came meanwhile.")
    with watched(index, folder) as seen:
        seen.until(reading, {"b.txt", "d.txt"})


@pytest.mark.parametrize("count", [400, pytest.param(5_000, marks=pytest.mark.soak)])
def test_a_burst_is_taken_in_whole(place: tuple[Path, Path], count: int) -> None:
    index, folder = place
    reading = Index.open(index, ToyEncoder())
    names = {f"{number}.txt" for number in range(count)}
    with watched(index, folder) as seen:
        for name in names:
            (folder / name).write_text(f"File {name} says what its name is.")
        seen.until(reading, names)


def test_a_file_that_editors_put_another_in_the_place_of_is_followed(
    place: tuple[Path, Path],
) -> None:
    index, folder = place
    note = folder / "note.txt"
    note.write_text("The note says nothing yet.")
    reading = Index.open(index, ToyEncoder())
    with watched(index, note) as seen:
        for number in range(3):
            aside = folder / "aside"
            aside.write_text(f"The note says something for the {number}th time.")
            aside.rename(note)
            while True:
                reading.refresh()
                (one,) = reading.documents()
                if f"{number}th" in reading.document(one.key).text:
                    break
                assert isinstance(seen.rounds.get(timeout=PATIENCE), AddReport)


def test_a_folder_put_in_the_place_of_another_is_followed(place: tuple[Path, Path]) -> None:
    index, folder = place
    (folder / "a.txt").write_text("The first file says one thing.")
    reading = Index.open(index, ToyEncoder())
    with watched(index, folder) as seen:
        folder.rename(folder.with_name("before"))
        folder.mkdir()
        (folder / "b.txt").write_text("The second file says another.")
        seen.until(reading, {"b.txt"})
        (folder / "c.txt").write_text("The third file says a third.")
        seen.until(reading, {"b.txt", "c.txt"})


def test_a_folder_that_is_gone_takes_no_documents_with_it(place: tuple[Path, Path]) -> None:
    index, folder = place
    (folder / "a.txt").write_text("The first file says one thing.")
    with Index.open(index, ToyEncoder()) as opened:
        opened.add([str(folder)])
        folder.rename(folder.with_name("not mounted"))
        assert opened.remove_missing([str(folder)]) == []
        folder.mkdir()
        assert opened.remove_missing([str(folder)]) == [str(folder / "a.txt")]


def test_a_path_that_is_not_there_is_named(place: tuple[Path, Path]) -> None:
    index, folder = place
    with Index.open(index, ToyEncoder()) as opened, pytest.raises(QuothError, match="no such"):
        watch(opened, [str(folder / "missing")], print)

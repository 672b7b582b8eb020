"""The index on disk: whole commits, one writer, damage noticed before it can answer."""

import datetime as dt
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from commands import environment
from conftest import ROOT
from killing import kill_writer
from toy_encoder import ToyEncoder

from index import (
    ChunkSettings,
    DamagedIndexError,
    Document,
    Found,
    Index,
    InFolder,
    NameMatches,
    Not,
    PublishedFrom,
    PublishedTo,
    QuothError,
)
from index.copying import copy_index
from index.storage.store import DATABASE
from index.verify import verify


def make(folder: Path, texts: dict[str, str], published: str | None = None) -> Index:
    index = Index.create(folder, ToyEncoder())
    date = Found(published, "given") if published else None
    index.add_documents([Document(n, t, Found(n, "given"), None, date) for n, t in texts.items()])
    return index


TEXTS = {"a": "Moscow brokered a ceasefire. It held.", "b": "The cat sat on the mat. It slept."}


def hits(index: Index, question: str) -> list[int]:
    by_words = index.search_text([question], 10)[0]
    by_meaning = index.search_vectors(index.encoder.encode([question]), 10)[0]
    return [hit.id for hit in (*by_words, *by_meaning)]


def test_adding_the_same_again_changes_nothing(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(TEXTS["a"])
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add([str(docs)])
    derived = index.store.derived()
    assert index.add([str(docs)]).unchanged == [str(docs / "a.txt")]
    assert index.store.derived() == derived


def test_a_changed_file_is_replaced_and_a_renamed_one_recognised(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(TEXTS["a"])
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add([str(docs)])
    (docs / "a.txt").write_text("Paris brokered nothing. It failed.")
    assert index.add([str(docs)]).replaced == [str(docs / "a.txt")]
    assert index.search_text(["Moscow"], 5) == [[]]
    (docs / "a.txt").rename(docs / "z.txt")
    report = index.add([str(docs)])
    assert report.renamed == [(str(docs / "a.txt"), str(docs / "z.txt"))]
    assert report.passages == 0
    assert [one.title.value for one in index.documents()] == ["z"]
    assert verify(index).faults == ()


def test_a_file_renamed_beside_one_with_the_same_bytes_is_recognised(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (docs / name).write_text("The mill of Tam is old.")
    index.add([str(docs)])
    (docs / "a.txt").rename(docs / "d.txt")
    report = index.add([str(docs)])
    assert report.renamed == [(str(docs / "a.txt"), str(docs / "d.txt"))]
    names = [str(docs / name) for name in ("b.txt", "c.txt", "d.txt")]
    assert [one.name for one in index.documents()] == names


def test_reading_goes_on_where_nothing_can_be_written(tmp_path: Path, fault_layer: Path) -> None:
    """On a full disk SQLite cannot make its own file beside the database."""
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add_documents([Document("a", "The mill of Tam is old.", Found("Tam", "given"))])
    index.close()
    read = (
        "import ctypes, sys; from index import Index; from toy_encoder import ToyEncoder\n"
        "layer = ctypes.CDLL(None)\n"
        "layer.faults_arm(sys.argv[1].encode(), 1, 2)\n"
        "opened = Index.open(sys.argv[1], ToyEncoder())\n"
        "print(opened.status().documents, len(opened.search_text(['mill'], 1)[0]))\n"
        "print(layer.faults_count() > 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", read, str(tmp_path / "index")],
        env={
            **os.environ,
            "LD_PRELOAD": str(fault_layer),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["1", "1", "True"], done.stderr


def test_two_files_with_one_text_are_one_text_with_a_copy(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("a.txt", "b.txt"):
        (docs / name).write_text("One text.\n\nIt says one thing. It says it twice.")
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add([str(docs)])
    keys = {one.key for one in index.documents()}
    assert len(keys) == 1
    assert index.document(keys.pop()).copies == (str(docs / "b.txt"),)
    index.remove(["a.txt"])
    assert [Path(one.name).name for one in index.documents()] == ["b.txt"]
    assert verify(index).faults == ()


def test_removed_documents_are_not_found(tmp_path: Path) -> None:
    index = make(tmp_path / "index", TEXTS)
    assert index.remove(["a"]) == ["a"]
    assert index.search_text(["ceasefire"], 5) == [[]]
    assert len(index.search_vectors(index.encoder.encode(["ceasefire"]), 5)[0]) == 1
    with pytest.raises(QuothError, match="quoth list"):
        index.remove(["nothing of that name"])


def test_of_one_name_given_twice_the_last_counts(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    twice = [
        Document("a", f"{who} brokered a ceasefire. It held.", Found("a", "given"))
        for who in ("Moscow", "Ankara")
    ]
    index.add_documents(twice)
    assert verify(index).faults == ()
    assert [one.text[:6] for one in map(index.document, index.store.keys())] == ["Ankara"]
    index.remove(["a"])
    assert index.count_passages() == 0
    assert verify(index).faults == ()


def test_reading_goes_on_in_one_thread_while_another_adds(tmp_path: Path) -> None:
    index = make(tmp_path / "index", TEXTS)
    done = threading.Event()
    wrong: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                assert 2 <= index.count_documents() <= 17
                assert 2 <= len(index.documents()) <= 17
                assert index.generation > 0
        except BaseException as error:  # noqa: BLE001 -- told by the other thread
            wrong.append(error)

    reader = threading.Thread(target=read)
    hits(index, "ceasefire")
    reader.start()
    for n in range(15):
        index.add_documents([Document(str(n), f"Text {n}. It is new.", Found("t", "given"))])
    done.set()
    reader.join()
    assert wrong == []


def test_many_commits_leave_few_vector_files(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    for number in range(20):
        text = f"Text number {number}. It says {number}."
        index.add_documents([Document(str(number), text, Found(str(number), "given"))])
    assert len(index.store.derived("vectors")) <= 6
    assert index.count_passages() == 20
    assert verify(index).faults == ()


def test_the_log_of_a_long_add_is_emptied_as_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.add._PASSAGES_A_COMMIT", 2)
    index = Index.create(tmp_path / "index", ToyEncoder())
    log = tmp_path / "index" / f"{DATABASE}-wal"
    documents = [
        Document(
            str(n),
            f"Text {n}. " + "".join(f"It says {n * k}. " for k in range(600)),
            Found(str(n), "given"),
        )
        for n in range(50)
    ]
    sizes: list[int] = []
    index.add_documents(documents, lambda _: sizes.append(log.stat().st_size))
    assert max(sizes) < 6_000_000  # SQLite empties it at 4 MB; else it would be 10
    assert verify(index).faults == ()


def test_a_reader_keeps_its_generation_while_a_writer_commits(tmp_path: Path) -> None:
    writer = make(tmp_path / "index", TEXTS)
    reader = Index.open(tmp_path / "index", ToyEncoder())
    before = hits(reader, "ceasefire")
    writer.remove(["a"])
    writer.remove(["b"])
    assert hits(reader, "ceasefire") == before
    assert len(reader.documents()) == 2
    reader.refresh()
    assert hits(reader, "ceasefire") == []


def test_a_second_writer_is_refused_at_once_with_the_holders_id(tmp_path: Path) -> None:
    index = make(tmp_path / "index", TEXTS)
    held = "import sys; from pathlib import Path; from index.durable_files import writer_lock\n"
    held += "with writer_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", held, str(tmp_path / "index")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(QuothError, match=f"id {other.pid}"):
            index.remove(["a"])
        other.communicate()
    assert index.remove(["a"]) == ["a"]


def test_filters_choose_documents(tmp_path: Path) -> None:
    index = make(tmp_path / "index", {"in/a": "Dated text. Yes."}, "2022-09-14")
    index.add_documents([Document("out/b", "Undated text. No.", Found("b", "given"))])
    day = index.documents()[0].published
    assert day is not None

    def names(where: object) -> list[str]:
        return [one.name for one in index.documents(where)]  # type: ignore[arg-type]

    the_day = dt.date(2022, 9, 14)
    assert names(PublishedFrom(the_day)) == ["in/a"]
    assert names(PublishedTo(the_day)) == ["in/a"]
    assert names(PublishedFrom(dt.date(2022, 9, 15))) == []
    assert names(Not(PublishedFrom(dt.date(2022, 9, 15)))) == ["in/a"]
    assert names(NameMatches("*b")) == ["out/b"]
    assert names(InFolder("in/")) == ["in/a"]
    assert len(index.search_text(["text"], 5, InFolder("out"))[0]) == 1
    vectors = index.encoder.encode(["text"])
    assert len(index.search_vectors(vectors, 5, InFolder("out"))[0]) == 1


def test_an_index_refuses_another_model(tmp_path: Path) -> None:
    make(tmp_path / "index", TEXTS)
    other = ToyEncoder()
    other.fingerprint = "toy-2"
    with pytest.raises(QuothError, match="not of"):
        _ = Index.open(tmp_path / "index", other).encoder


def test_an_index_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    make(tmp_path / "index", TEXTS).close()
    connection = sqlite3.connect(tmp_path / "index" / DATABASE)
    connection.execute("UPDATE facts SET value = '99' WHERE key = 'format'")
    connection.commit()
    connection.close()
    with pytest.raises(QuothError, match="format 99"):
        Index.open(tmp_path / "index")


def test_a_folder_with_other_files_is_not_made_an_index(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir")
    with pytest.raises(QuothError, match=r"letter\.txt"):
        Index.create(tmp_path, ToyEncoder())


def flips(folder: Path, count: int) -> list[str]:
    """Flip `count` bits of derived files, one at a time; a line for each not noticed or healed."""
    chance = random.Random(20221)
    files = [file for file in sorted((folder / "derived").rglob("*")) if file.is_file()]
    known = {entry.path(folder) for entry in Index.open(folder).store.derived()}
    sizes = [file.stat().st_size if file in known else 0 for file in files]
    wrong = []
    for _ in range(count):
        file = chance.choices(files, sizes)[0]
        content = bytearray(file.read_bytes())
        place = chance.randrange(len(content))
        content[place] ^= 1 << chance.randrange(8)
        sound = file.read_bytes()
        file.write_bytes(content)
        try:
            hits(Index.open(folder, ToyEncoder()), "ceasefire")
            wrong.append(f"{file.name}, byte {place}: answered from a damaged file")
        except DamagedIndexError as error:
            if "quoth repair" not in str(error):
                wrong.append(f"{file.name}, byte {place}: {error}")
        file.write_bytes(sound)
    return wrong


def test_a_flipped_bit_in_a_derived_file_is_noticed_before_it_is_read(tmp_path: Path) -> None:
    make(tmp_path / "index", TEXTS)
    assert flips(tmp_path / "index", 100) == []


@pytest.mark.soak
def test_a_thousand_flipped_bits_are_noticed(tmp_path: Path) -> None:
    make(tmp_path / "index", {str(n): f"Text {n}. Moscow said {n * n}." for n in range(200)})
    assert flips(tmp_path / "index", 1000) == []


@pytest.mark.parametrize("damage", ["vectors", "text", "missing"])
def test_repair_makes_damaged_files_again(tmp_path: Path, damage: str) -> None:
    index = make(tmp_path / "index", TEXTS)
    before = hits(index, "ceasefire")
    kind = "vectors" if damage == "missing" else damage
    path = index.store.derived(kind)[0].path(index.folder)
    if damage == "missing":
        shutil.rmtree(path.parent)
    else:
        path.write_bytes(b"x" + path.read_bytes()[1:])
    damaged = Index.open(tmp_path / "index", ToyEncoder())
    assert any("quoth repair" in fault for fault in verify(damaged).faults)
    assert damaged.repair()
    assert verify(damaged).faults == ()
    assert hits(damaged, "ceasefire") == before


def test_a_changed_text_in_the_truth_is_noticed(tmp_path: Path) -> None:
    index = make(tmp_path / "index", TEXTS)
    key = index.documents()[0].key
    index.close()
    connection = sqlite3.connect(tmp_path / "index" / DATABASE)
    connection.execute("UPDATE texts SET text = replace(text, 'Moscow', 'Ankara')")
    connection.commit()
    connection.close()
    changed = Index.open(tmp_path / "index", ToyEncoder())
    with pytest.raises(DamagedIndexError, match="not what was committed"):
        changed.document(key)
    assert verify(changed).faults


def fail_every(
    library: Path, folder: Path, operation: str, mode: str, step: int
) -> dict[str, object]:
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, str(ROOT / "tests" / "faulty.py"), str(folder), operation, mode]
    done = subprocess.run(
        [*command, str(step)], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("mode", ["error", "die", "full"])
def test_a_commit_is_whole_or_absent_whichever_call_fails(
    fault_layer: Path, tmp_path: Path, mode: str
) -> None:
    """Writes, syncs, renames and links are failed one at a time in a commit that updates."""
    found = fail_every(fault_layer, tmp_path, "update", mode, step=17)
    assert found["wrong"] == []
    assert int(str(found["calls"])) > 5


def test_words_are_there_and_vectors_follow_whichever_call_fails(
    fault_layer: Path, tmp_path: Path
) -> None:
    found = fail_every(fault_layer, tmp_path, "words", "die", step=23)
    assert found["wrong"] == []
    assert int(str(found["calls"])) > 5


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["error", "die", "full"])
@pytest.mark.parametrize("operation", ["add", "update", "remove", "words"])
def test_a_commit_is_whole_or_absent_for_every_call(
    fault_layer: Path, tmp_path: Path, operation: str, mode: str
) -> None:
    found = fail_every(fault_layer, tmp_path, operation, mode, step=1)
    assert found["wrong"] == []


def test_killed_at_random_moments_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """At most the one commit that was under way may or may not be there."""
    make(tmp_path / "index", TEXTS).close()
    assert kill_writer(str(tmp_path / "index"), 8, seed=1) == []


@pytest.mark.soak
def test_killed_two_hundred_times_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    make(tmp_path / "index", TEXTS).close()
    assert kill_writer(str(tmp_path / "index"), 200, seed=2) == []


def test_settings_are_remembered(tmp_path: Path) -> None:
    settings = ChunkSettings(50, 0, "quoth_32k", title=False)
    Index.create(tmp_path / "index", ToyEncoder(), settings).close()
    assert Index.open(tmp_path / "index").settings == settings


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv (util-linux)")
def test_an_index_that_may_not_be_written_can_be_asked(seeds: Index, tmp_path: Path) -> None:
    index = tmp_path / "index"
    copy_index(seeds, index)
    for folder in (index / "derived").glob("text-*"):
        (folder / ".tantivy-meta.lock").touch()  # as an earlier reader leaves it
    for one in (index, *index.rglob("*")):
        one.chmod(0o555 if one.is_dir() else 0o444)
    asked = "from ui.cli.command import main; main()"
    bound = ["setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-dac_override"]
    done = subprocess.run(
        [*bound, sys.executable, "-c", asked, "find", "ceasefire", "--index", str(index)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    for one in (index, *index.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    assert "[1]" in done.stdout

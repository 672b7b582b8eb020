"""A large add can be asked by words at once; the vectors follow, and may be interrupted."""

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from commands import quoth
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_encoder import ToyEncoder

import index.ingest.add as adding
import index.ingest.embed as embedding
from index import Encoder, Index, Progress, Vectors
from index.durable_files import embedding_lock
from index.errors import BusyError
from index.ingest.order import First
from index.search.vector_segment import Ids
from index.storage.store import Store
from index.text.chunking import Chunker
from index.verify import verify
from qa import retrieve

QUESTION = "Who brokered the ceasefire?"


class Interrupted(ToyEncoder):
    """Is stopped with Ctrl-C after it has embedded so many batches."""

    def __init__(self, after: int) -> None:
        self.left = after

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """As the toy does, until it is stopped."""
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().encode(texts, progress)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 4 passages on words come first; two passages are embedded a commit."""
    monkeypatch.setattr(adding, "_EMBEDDED_AT_ONCE", 4)
    monkeypatch.setattr(adding, "_PASSAGES_A_COMMIT", 6)
    monkeypatch.setattr(embedding, "_BLOCK", 2)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Ten notes of ten days; the one of the fourth day names Moscow."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for day in range(1, 11):
        said = "Moscow brokered the ceasefire." if day == 4 else f"The harvest of day {day} began."
        (folder / f"{day:02}.txt").write_text(f"Note {day}\n2022-09-{day:02}\n\n{said}\n")
    return folder


def dates_with_vectors(index: Index) -> list[str]:
    """The dates of the documents whose passages all have vectors."""
    found = []
    for one in index.documents():
        ids = [passage.id for passage in index.passages_of([one.key])]
        if one.published and not np.isnan(index.vectors(ids)).any():
            found.append(one.published.value)
    return sorted(found)


def test_an_interrupted_add_answers_by_words_and_embed_goes_on(notes: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with pytest.raises(KeyboardInterrupt):
        Index.create(folder, Interrupted(1)).add([notes])
    stopped = Index.open(folder, ToyEncoder())
    assert len(stopped.documents()) == 10
    assert stopped.count_unembedded() == 8
    assert stopped.status().unembedded == 8
    assert verify(stopped).faults == ()
    assert dates_with_vectors(stopped) == ["2022-09-09", "2022-09-10"]
    vector = stopped.encoder.encode([QUESTION])
    best = retrieve(stopped, QUESTION, vector)[0]
    assert "Moscow" in stopped.document(best.passage.document).text
    assert best.vector_rank is None
    assert 0 <= best.score <= 1
    assert stopped.embed() == 8
    assert stopped.count_unembedded() == 0
    assert verify(stopped).faults == ()
    at_once = Index.create(tmp_path / "at once", ToyEncoder())
    at_once.add([notes], whole=True)
    ids = stopped.store.passage_ids()
    assert ids.tolist() == at_once.store.passage_ids().tolist()
    assert np.array_equal(stopped.vectors(ids), at_once.vectors(ids))
    assert stopped.embed() == 0


def test_the_oldest_documents_can_be_embedded_first(notes: Path, tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add([notes], embed=False)
    assert index.count_unembedded() == 10
    assert index.embed(first=First.OLDEST, most=1) == 2
    assert dates_with_vectors(index) == ["2022-09-01", "2022-09-02"]
    index.embed(first=First.OLDEST, most=4)
    assert index.count_unembedded() == 4


def test_a_small_add_is_one_commit_with_its_vectors(notes: Path, tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    before = index.generation
    index.add([notes / "01.txt", notes / "02.txt"], embed=False)
    index.refresh()
    assert (index.generation, index.count_unembedded()) == (before + 1, 0)


def test_progress_tells_of_both_stages(notes: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    Index.create(tmp_path / "index", ToyEncoder()).add([notes], told.append)
    stages = [one.stage for one in told]
    assert stages == sorted(stages)
    assert set(stages) == {"adding", "embedding"}
    assert told[-1] == Progress(1.0, 10, 10, 10, "embedding")
    shares = [one.done for one in told if one.stage == "embedding"]
    assert shares == sorted(shares)


def test_progress_is_told_after_each_file_that_is_read(notes: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    Index.create(tmp_path / "index", ToyEncoder()).add([notes], told.append)
    read = [one.files for one in told if one.stage == "adding"]
    assert sorted(set(read)) == list(range(1, 11))
    assert read == sorted(read)


def test_a_lost_segment_is_embedded_again_by_repair(notes: Path, tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add([notes], embed=False)
    index.embed(most=2)
    rows = next(one for one in index.store.derived() if one.file == "rows.faiss")
    with rows.path(index.folder).open("r+b") as file:
        file.write(b"damaged!")
    damaged = Index.open(index.folder, ToyEncoder())
    assert damaged.repair()
    assert damaged.count_unembedded() == 0
    assert verify(damaged).faults == ()


@settings(max_examples=25)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.sets(st.integers(0, 11), min_size=1, max_size=8)),
            st.tuples(st.just("remove"), st.integers(0, 11)),
            st.tuples(st.just("embed"), st.integers(1, 5)),
        ),
        max_size=8,
    )
)
def test_what_is_counted_as_without_vector_has_none(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object]]
) -> None:
    index = Index.create(tmp_path_factory.mktemp("steps") / "index", ToyEncoder())
    for number, (kind, of) in enumerate(steps):
        if kind == "add":
            assert isinstance(of, set)
            folder = tmp_path_factory.mktemp("docs")
            for n in of:
                (folder / f"{n}.txt").write_text(f"Note {n} of step {number % 2}.")
            index.add([folder], embed=False)
        elif kind == "remove":
            names = [one.name for one in index.documents() if one.name.endswith(f"/{of}.txt")]
            if names:
                index.remove(names)
        else:
            assert isinstance(of, int)
            index.embed(most=of)
        ids = index.store.passage_ids()
        without = int(np.isnan(index.vectors(ids)).any(1).sum()) if len(ids) else 0
        assert index.count_unembedded() == without
        assert verify(Index.open(index.folder, ToyEncoder())).faults == ()
    index.embed()
    assert index.count_unembedded() == 0
    assert verify(Index.open(index.folder, ToyEncoder())).faults == ()


def test_what_is_removed_while_a_block_is_read_or_embedded_is_left_out(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add([notes], embed=False)
    names = [one.name for one in index.documents()]

    class Removing(ToyEncoder):
        def encode(
            self, texts: Sequence[str], progress: Callable[[int], None] | None = None
        ) -> Vectors:
            if names:
                Index.open(index.folder, ToyEncoder()).remove(names.pop())
            return super().encode(texts, progress)

    read = embedding.texts_of

    def removed_before(store: Store, chunker: Chunker, ids: Ids) -> list[str]:
        if len(names) > 4:
            Index.open(store.folder, ToyEncoder()).remove(names.pop())
        return read(store, chunker, ids)

    monkeypatch.setattr(embedding, "texts_of", removed_before)
    other = Index.open(index.folder, Removing())
    other.embed()
    other.refresh()
    assert other.count_unembedded() == 0
    assert [one.name for one in other.documents()] == names
    assert verify(other).faults == ()


def test_two_processes_do_not_embed_the_same(notes: Path, tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add([notes], embed=False)
    with embedding_lock(index.folder):
        with pytest.raises(BusyError, match=f"id {os.getpid()}"):
            index.embed()
        (notes / "11.txt").write_text("A note that came later.")
        report = index.add([notes])  # leaves the vectors to the process that makes them
    assert len(report.added) == 1
    assert index.count_unembedded() == 10
    assert index.embed() == 10


def test_the_command_says_what_is_found_by_words_only_and_embeds(
    encoder: Encoder, notes: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    with Index.create(folder, encoder) as index:
        index.add([notes], embed=False)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return quoth(*arguments, "--index", str(folder), cwd=tmp_path)

    asked = run("ask", QUESTION, "--json")
    assert json.loads(asked.stdout)["unembedded"] == 10
    asked = run("ask", QUESTION)
    assert asked.stdout.startswith("Moscow\n")
    assert "10 passages are found by words only; quoth embed makes the vectors" in asked.stderr
    assert "10 found by words only" in run("status").stdout
    made = run("embed", "--first", "oldest")
    assert made.stdout == "10 passages embedded\n"
    asked = run("ask", QUESTION)
    assert "words only" not in asked.stderr
    assert run("embed").stdout == "every passage has its vector\n"

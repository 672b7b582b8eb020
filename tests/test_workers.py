"""Several workers add the files of one queue to an index on a server, each file once."""

import json
import lzma
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from commands import Command, quoth
from conftest import ROOT, SHARED
from postgres import PostgresServer

from index import AddReport, Encoder, Index, Limits, QuothError
from index.address import ServerAddress
from index.engines.postgres.engine import PostgresEngine
from index.engines.postgres.jobs import Jobs, LeaseLostError, Outcome, finish
from index.engines.postgres.tables import PostgresTables
from index.ingest.add import Adding
from index.ingest.embed import Block
from index.storage.schema import Change
from index.text.chunking import Chunker
from index.verify import verify
from index.work import enqueue, queue_of, work


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Forty notes, an empty file, and two copies of one story."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(f"Note {number}\n\nEnvoy {number} met the press.")
    story = " ".join(f"The ministry of region {n} reported {n * 7} arrests." for n in range(30))
    for name in ("one", "two"):
        (folder / f"copy-{name}.txt").write_text(f"Arrests\n\n{story}\n\nBy {name}.")
    (folder / "empty.txt").write_text("")
    return folder


@pytest.fixture
def place(server: PostgresServer, encoder: Encoder) -> str:
    """An empty index on the server."""
    made = server.new_place()
    Index.create(made, encoder).close()
    return made


def test_workers_add_what_one_process_would(
    archive: Path, place: str, encoder: Encoder, tmp_path: Path
) -> None:
    """Two workers add the same documents, hits, copies and skipped files as `add` does."""
    assert enqueue(place, archive)[0] == 43
    workers = [Command("work", place, "--until-done", cwd=tmp_path) for _ in range(2)]
    assert [one.wait() for one in workers] == [0, 0]
    queue = queue_of(place)
    assert (queue.waiting, queue.working, queue.done) == (0, 0, 42)
    assert [name for name, _ in queue.skipped] == [str(archive / "empty.txt")]
    with Index.create(tmp_path / "alone", encoder) as alone, Index.open(place) as shared:
        alone.add([archive])
        assert shared.documents() == alone.documents()
        assert shared.store.signatures() == alone.store.signatures()
        assert len(shared.store.alike()) == 1
        assert verify(shared).faults == ()
        assert shared.count_unembedded() == 0


def test_a_folder_has_no_queue(archive: Path, seeds: Index) -> None:
    with pytest.raises(QuothError, match="is a folder, which one process adds to"):
        enqueue(seeds.folder / "folder", archive)


def test_files_that_wait_are_not_queued_twice_and_the_queue_is_shown(
    archive: Path, place: str, tmp_path: Path
) -> None:
    queued = quoth("queue", str(archive), "--index", place, cwd=tmp_path)
    assert "43 more files wait; add them with: quoth work postgresql" in queued.stdout
    assert (
        "0 more files wait" in quoth("queue", str(archive), "--index", place, cwd=tmp_path).stdout
    )
    assert work(place, until_done=True).files == 43
    told = quoth("status", "--index", place, cwd=tmp_path).stdout
    assert "0 files wait, 0 in work, 42 done, 1 skipped" in " ".join(told.split())
    assert "empty.txt" in told
    assert enqueue(place, archive)[0] == 43
    done = work(place, until_done=True)
    assert (done.files, done.documents) == (43, 0)


def many(folder: Path, count: int) -> Path:
    """A folder of notes, several batches of them."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:04}.txt").write_text(f"Note {number}\n\nEnvoy {number} met the press.")
    return folder


def expire(server: PostgresServer, place: str) -> None:
    """Let every lease run out."""
    schema = place.rpartition("=")[2]
    server.run(f"UPDATE {schema}.jobs SET lease = now() - interval '1 second' WHERE lease > now()")


def test_files_of_a_killed_worker_are_added_once_by_another(
    server: PostgresServer, place: str, tmp_path: Path
) -> None:
    enqueue(place, many(tmp_path / "many", 200))
    worker = Command("work", place, cwd=tmp_path)
    while "files" not in (line := worker.stdout.readline()) or "waiting" in line:
        assert line
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL
    expire(server, place)
    work(place, until_done=True)
    assert queue_of(place).done == 200
    with Index.open(place) as index:
        assert len(index.documents()) == 200
        assert verify(index).faults == ()


def test_an_interrupted_worker_hands_back_what_it_has(place: str, tmp_path: Path) -> None:
    enqueue(place, many(tmp_path / "many", 200))
    worker = Command("work", place, "--until-done", cwd=tmp_path)
    assert "64 files" in worker.stdout.readline()
    worker.send_signal(signal.SIGINT)
    done = worker.finished()
    assert (done.returncode, done.stderr) == (130, "stopped; files in work were handed back\n")
    queue = queue_of(place)
    assert (queue.working, queue.workers) == (0, ())
    assert queue.waiting + queue.done == 200
    with Index.open(place) as index:
        assert len(index.documents()) == queue.done


def test_a_file_that_ends_its_worker_three_times_is_named(
    server: PostgresServer, place: str, archive: Path
) -> None:
    """Files that were tried twice are tried alone, so that the others are added."""
    enqueue(place, [archive / "00.txt", archive / "01.txt"])
    tables = PostgresTables(ServerAddress(place))
    jobs = Jobs(tables)
    taken = [len(jobs.take("a"))]
    for _ in range(7):
        expire(server, place)
        taken.append(len(jobs.take("a")))
    assert taken == [2, 2, *[1] * 6], "twice together, three times alone"
    expire(server, place)
    assert jobs.take("a") == []
    tables.close()
    queue = queue_of(place)
    assert [name for name, _ in queue.skipped] == [str(archive / f"0{n}.txt") for n in (0, 1)]
    assert "it ended its worker 3 times" in queue.skipped[0][1]


def test_a_file_that_fails_in_its_worker_is_named_in_the_end(
    server: PostgresServer, place: str, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who is interrupted hands files back as if untried; what fails counts as a try."""
    enqueue(place, [archive / "00.txt", archive / "01.txt"])
    adding = Adding.add_found

    def failing(
        self: Adding,
        found: Sequence[tuple[str, Path]],
        limits: Limits | None,
        *,
        whole: bool,
        remember: bool,
    ) -> AddReport:
        if any(path.name == "00.txt" for _, path in found):
            raise RuntimeError("a fault of the program")
        return adding(self, found, limits, whole=whole, remember=remember)

    monkeypatch.setattr(Adding, "add_found", failing)
    for _ in range(5):
        with pytest.raises(RuntimeError):
            work(place, until_done=True)
        expire(server, place)
    work(place, until_done=True)
    queue = queue_of(place)
    assert queue.done == 1
    assert [name for name, _ in queue.skipped] == [str(archive / "00.txt")]


def test_a_worker_that_was_not_heard_of_commits_nothing(
    server: PostgresServer, place: str, archive: Path, encoder: Encoder
) -> None:
    enqueue(place, [archive / "00.txt"])
    tables = PostgresTables(ServerAddress(place))
    jobs = Jobs(tables)
    mine = jobs.take("slow")
    expire(server, place)
    assert jobs.take("other") == mine
    outcome = Outcome(mine[0], "done", 0, 0)
    nothing = Block(np.empty(0, np.int64), np.empty((0, 384), np.float32), "")
    engine = PostgresEngine(ServerAddress(place))
    with engine.writing(lambda: encoder, Chunker) as (_, writer), pytest.raises(LeaseLostError):
        writer.commit_made(Change(removed=["x"]), nothing, lambda to: finish(to, "slow", [outcome]))
    assert tables.generation == 0
    tables.close()
    assert queue_of(place).working == 1


@pytest.mark.soak
def test_workers_killed_during_an_add_of_three_thousand_articles(
    place: str, tmp_path: Path
) -> None:
    """Of three workers one is killed every twenty seconds; each article is indexed once."""
    news = SHARED / "data" / "news" / "news_realtimeqa_part1.jsonl.xz"
    if not news.exists():
        pytest.skip("needs ../shared/data/news")
    folder = tmp_path / "news"
    folder.mkdir()
    with lzma.open(news, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, 3000)):
            one = json.loads(line)
            text = f"{one['title']}\n\n{one['text']}\n\nArticle {number}."
            (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    assert enqueue(place, folder)[0] == 3000
    workers = [start_worker(place) for _ in range(3)]
    kills = 0
    while any(one.poll() is None for one in workers):
        with suppress(subprocess.TimeoutExpired):
            workers[0].wait(timeout=20)
            continue  # it found nothing left, and so will the others
        victim = kills % 3
        workers[victim].kill()
        workers[victim].wait()
        workers[victim] = start_worker(place)
        kills += 1
    queue = queue_of(place)
    assert (queue.done, queue.skipped) == (3000, ())
    with Index.open(place) as index:
        names = [one.name for one in index.documents()]
        assert (len(names), len(set(names)), kills > 3) == (3000, 3000, True)
        assert index.count_unembedded() == 0
        assert verify(index).faults == ()


def start_worker(place: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", "from ui.cli.command import main; main()", "work", place]
    return subprocess.Popen([*command, "--until-done"], cwd=ROOT, stdout=subprocess.DEVNULL)

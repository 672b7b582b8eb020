"""Files of an object storage, on a real server that speaks S3."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from commands import quoth

from index import Encoder, Index, QuothError
from index.parsing.skip_reasons import Reason
from index.watch import watch
from index.work import enqueue, queue_of, work
from tests.postgres import PostgresServer

fsspec = pytest.importorskip("fsspec")
pytest.importorskip("s3fs", reason="the extra [s3] is not installed")
pytest.importorskip("moto", reason="moto is not installed (make .venv/installed-dev)")

ARTICLES = {
    "2026/bridge.txt": "The bridge over the Tarn was closed on Monday after an inspection.",
    "2026/port.md": "# The port\n\nDockworkers at the port voted to strike on Thursday.",
    "2025/mayor.html": "<html><body><p>The mayor of Ostrava resigned.</p></body></html>",
    "2026/.hidden.txt": "Nothing to see here.",
}


class Bucket(Protocol):
    """What the tests use of a storage of fsspec."""

    def pipe(self, path: str, value: bytes) -> None:
        """Write a file."""

    def rm(self, path: str) -> None:
        """Remove a file."""


@pytest.fixture(scope="module")
def object_storage() -> Iterator[str]:
    """The address of an S3 server of its own process."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr is not None
        said = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in started.stderr)
        address = next(one.group() for one in said if one)
        yield address
        started.kill()


@pytest.fixture
def bucket(object_storage: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The bucket "news" with the articles in it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", object_storage)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    storage = fsspec.filesystem("s3", use_listings_cache=False)
    storage.mkdir("news")
    for name, text in ARTICLES.items():
        storage.pipe(f"news/{name}", text.encode())
    yield storage
    storage.rm("news", recursive=True)
    fsspec.get_filesystem_class("s3").clear_instance_cache()


@pytest.fixture
def index(tmp_path: Path, encoder: Encoder) -> Iterator[Index]:
    with Index.create(tmp_path / "index", encoder) as made:
        yield made


@pytest.mark.usefixtures("bucket")
def test_all_files_under_an_address_are_added_with_it_as_their_name(index: Index) -> None:
    report = index.add("s3://news")
    assert sorted(report.added) == [
        "s3://news/2025/mayor.html",
        "s3://news/2026/bridge.txt",
        "s3://news/2026/port.md",
    ]
    assert [(one.path, one.reason) for one in report.skipped] == [
        ("s3://news/2026/.hidden.txt", Reason.HIDDEN)
    ]
    texts = {one.name: index.document(one.key).text for one in index.documents()}
    assert texts["s3://news/2026/bridge.txt"] == ARTICLES["2026/bridge.txt"]
    assert texts["s3://news/2025/mayor.html"] == "The mayor of Ostrava resigned."


def test_a_folder_is_not_what_only_begins_like_its_name(index: Index, bucket: Bucket) -> None:
    bucket.pipe("news/20/other.txt", b"Another story, about a lighthouse.")
    assert index.add("s3://news/20").added == ["s3://news/20/other.txt"]


def test_only_what_has_changed_is_read_again(index: Index, bucket: Bucket) -> None:
    index.add("s3://news/2026")
    assert sorted(index.add("s3://news/2026").unchanged) == [
        "s3://news/2026/bridge.txt",
        "s3://news/2026/port.md",
    ]
    bucket.pipe("news/2026/bridge.txt", b"The bridge over the Tarn is open again.")
    report = index.add("s3://news/2026")
    assert (report.replaced, report.unchanged) == (
        ["s3://news/2026/bridge.txt"],
        ["s3://news/2026/port.md"],
    )


def test_files_that_are_gone_are_named_and_with_sync_removed(index: Index, bucket: Bucket) -> None:
    index.add("s3://news")
    bucket.rm("news/2026/port.md")
    assert index.add("s3://news").missing == ["s3://news/2026/port.md"]
    assert index.add("s3://news/2026", sync=True).removed == ["s3://news/2026/port.md"]
    assert len(index.documents()) == 2


@pytest.mark.usefixtures("bucket")
def test_nothing_is_removed_when_the_storage_cannot_be_read(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add("s3://news")
    assert index.remove_missing("s3://no-such-bucket") == []
    assert index.remove_missing("s3://news/2024") == []
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    report = index.add("s3://news", sync=True)
    assert (report.removed, len(index.documents())) == ([], 3)
    (skipped,) = report.skipped
    assert skipped.reason is Reason.UNREACHABLE
    assert "Could not connect" in skipped.message
    assert "\n" not in skipped.message


def test_a_file_that_cannot_be_fetched_stays_as_it_was_and_is_fetched_later(
    index: Index, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add("s3://news/2026")
    bucket.pipe("news/2026/bridge.txt", b"The bridge over the Tarn is open again.")

    def lost(*_: object, **__: object) -> None:
        raise ConnectionError("connection reset by peer")

    with monkeypatch.context() as patched:
        patched.setattr(bucket, "get_file", lost)
        report = index.add("s3://news/2026")
    assert (report.removed, len(index.documents())) == ([], 2)
    unreachable = [one.path for one in report.skipped if one.reason is Reason.UNREACHABLE]
    assert unreachable == ["s3://news/2026/bridge.txt"]
    assert index.add("s3://news/2026").replaced == ["s3://news/2026/bridge.txt"]


def test_a_long_name_in_another_script_is_fetched(index: Index, bucket: Bucket) -> None:
    name = f"{'перемирие' * 20}.txt"
    bucket.pipe(f"news/{name}", "Перемирие объявлено.".encode())
    assert index.add(f"s3://news/{name}").added == [f"s3://news/{name}"]


@pytest.mark.usefixtures("bucket")
def test_no_index_is_made_for_an_address_without_files(tmp_path: Path) -> None:
    done = quoth("add", "s3://no-such-bucket", "--index", "new", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("bucket")
def test_what_is_not_there_is_told(index: Index) -> None:
    for url in ("s3://news/none.txt", "s3://no-such-bucket"):
        (skipped,) = index.add(url).skipped
        assert (skipped.path, skipped.reason) == (url, Reason.MISSING)


@pytest.mark.usefixtures("bucket")
def test_a_storage_is_no_folder_that_may_be_added_from_the_page(
    index: Index, tmp_path: Path
) -> None:
    report = index.add("s3://news/2026/bridge.txt", within=[tmp_path])
    assert [one.reason for one in report.skipped] == [Reason.OUTSIDE]


def test_a_storage_cannot_be_watched(index: Index) -> None:
    with pytest.raises(QuothError, match="cannot be watched"):
        watch(index, "s3://news", lambda _: None)


def test_workers_add_the_files_of_a_storage(
    server: PostgresServer, encoder: Encoder, bucket: Bucket
) -> None:
    place = server.new_place()
    Index.create(place, encoder).close()
    waiting, skipped = enqueue(place, "s3://news")
    assert (waiting, len(skipped)) == (3, 1)
    bucket.rm("news/2026/port.md")
    done = work(place, until_done=True)
    assert (done.documents, done.skipped) == (2, 1)
    gone = "s3://news/2026/port.md"
    told = f"{gone}: there is no such file or folder; check the path"
    assert queue_of(place).skipped == ((gone, told),)
    with Index.open(place) as index:
        assert sorted(one.name for one in index.documents()) == [
            "s3://news/2025/mayor.html",
            "s3://news/2026/bridge.txt",
        ]
    assert enqueue(place, "s3://news/2026/bridge.txt")[0] == 1
    assert work(place, until_done=True).documents == 0

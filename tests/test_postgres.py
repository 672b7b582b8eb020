"""An index on a PostgreSQL server: the same answers as in a folder, and nothing is lost."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from killing import Asking, Writing, contents, kill_server, kill_writer
from postgres import PostgresServer
from toy_encoder import ToyEncoder

from index import Document, Found, Index, QuothError
from index.copying import copy_index
from index.engines.at import engine_at
from index.verify import verify

ROOT = Path(__file__).parent.parent


def test_an_index_is_copied_to_a_server_and_back(
    seeds: Index, server: PostgresServer, tmp_path: Path
) -> None:
    place = server.new_place()
    there = copy_index(seeds, place)
    with Index.open(place) as on_server:
        back = copy_index(on_server, tmp_path / "back")
        assert verify(on_server).faults == ()
    with Index.open(tmp_path / "back") as returned:
        assert returned.documents() == seeds.documents()
        assert verify(returned).faults == ()
    assert there == back
    assert there.vectors == there.passages == seeds.status().passages


def one_line(place: str) -> str:
    """The message for a place that cannot be opened; it must be one line without a password."""
    with pytest.raises(QuothError) as raised:
        Index.open(place)
    told = str(raised.value)
    assert "\n" not in told
    assert "geheim" not in told
    return told


def test_a_server_that_is_not_there_is_told_in_a_line() -> None:
    assert "cannot be reached" in one_line("postgresql://ann:geheim@127.0.0.1:1/news")


def test_a_place_without_an_index_and_a_newer_one_are_told(server: PostgresServer) -> None:
    place = server.new_place()
    assert "there is no index in" in one_line(place)
    Index.create(place, ToyEncoder()).close()
    schema = place.rpartition("=")[2]
    server.run(f"UPDATE {schema}.facts SET value = '99' WHERE key = 'format'")
    assert "has format 99" in one_line(place)


def test_an_index_of_an_older_format_is_brought_to_this_one(server: PostgresServer) -> None:
    place = server.new_place()
    schema = place.rpartition("=")[2]
    story = " ".join(f"The ministry of region {n} reported {n * 7} arrests." for n in range(30))
    with Index.create(place, ToyEncoder()) as index:
        index.add_documents([Document("a", story, Found("a", "given"))])
        before = index.documents()
    server.run(
        f"ALTER TABLE {schema}.signatures DROP COLUMN bands; DROP TABLE {schema}.jobs;"
        f"DROP INDEX {schema}.files_by_hash; UPDATE {schema}.facts SET value = '1' "
        "WHERE key = 'format'"
    )
    assert "has format 1, of an older Quoth; bring it to format 2 with: quoth index init" in (
        one_line(place)
    )
    engine_at(place).migrate()
    with Index.open(place, ToyEncoder()) as index:
        assert index.documents() == before
        index.add_documents([Document("b", f"{story} More.", Found("b", "given"))])
        assert len(index.store.alike()) == 1
        assert verify(index).faults == ()


def test_who_may_not_write_is_told_and_may_ask(server: PostgresServer) -> None:
    place = server.new_place()
    schema = place.rpartition("=")[2]
    with Index.create(place, ToyEncoder()) as index:
        index.add_documents([Document("a", "Moscow brokered a ceasefire.", Found("a", "given"))])
    server.run("DROP ROLE IF EXISTS reader")
    server.run("CREATE ROLE reader LOGIN")
    server.run(f"GRANT USAGE ON SCHEMA {schema} TO reader")
    server.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader")
    with Index.open(server.url(schema, user="reader"), ToyEncoder()) as index:
        assert len(index.search_text(["ceasefire"], 5)[0]) == 1
        with pytest.raises(QuothError, match="may not do that"):
            index.remove("a")
        assert len(index.documents()) == 1
    server.run("DROP OWNED BY reader; DROP ROLE reader")


def test_a_connection_cut_in_the_middle_is_made_again(server: PostgresServer) -> None:
    with Index.create(server.new_place(), ToyEncoder()) as index:
        index.add_documents([Document("a", "Moscow brokered a ceasefire.", Found("a", "given"))])
        before = index.search_text(["ceasefire"], 5)
        cut(server)
        assert index.search_text(["ceasefire"], 5) == before
        cut(server)
        index.add_documents([Document("b", "A ceasefire held.", Found("b", "given"))])
        assert len(index.documents()) == 2


def cut(server: PostgresServer) -> None:
    """End every connection but this one."""
    server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'quoth' AND pid <> pg_backend_pid()"
    )


def test_what_was_changed_on_the_server_is_found_and_made_again(server: PostgresServer) -> None:
    place = server.new_place()
    schema = place.rpartition("=")[2]
    with Index.create(place, ToyEncoder()) as index:
        documents = [Document(n, f"The ceasefire of {n}.", Found(n, "given")) for n in "abc"]
        story = " ".join(f"The ministry of region {n} reported {n * 7} arrests." for n in range(30))
        index.add_documents([*documents, Document("d", story, Found("d", "given"))])
        for damage, told in (
            (f"UPDATE {schema}.passages SET words = 'moscow'", "other words"),
            (f"UPDATE {schema}.terms SET passages = passages + 1", "counts of"),
            (f"DELETE FROM {schema}.vectors", "without a vector"),
            (f"UPDATE {schema}.signatures SET bands = '{{1}}'", "not of their signatures"),
        ):
            server.run(damage)
            index.refresh()
            assert any(told in line for line in verify(index).faults)
            assert index.repair()
            assert verify(index).faults == ()
            assert len(index.search_text(["ceasefire"], 5)[0]) == 3
        server.run(f"UPDATE {schema}.texts SET text = 'x'")
        index.refresh()
        assert any("is not what was committed" in line for line in verify(index).faults)


def test_a_statement_that_the_user_stops_is_an_interruption_and_no_error(
    server: PostgresServer,
) -> None:
    place = server.new_place()
    Index.create(place, ToyEncoder()).close()
    code = (
        "import signal, sys, threading; sys.path[:0] = [sys.argv[2]]\n"
        "from index.address import ServerAddress\n"
        "from index.engines.postgres.tables import PostgresTables\n"
        "tables = PostgresTables(ServerAddress(sys.argv[1]))\n"
        # A shell starts what runs in the background with this signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "stop = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])\n"
        "try:\n"
        "    stop.start(); tables.rows('SELECT pg_sleep(30)')\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    command = [sys.executable, "-c", code, place, str(ROOT)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 130


def test_recall_is_measured_on_the_server(server: PostgresServer) -> None:
    with Index.create(server.new_place(), ToyEncoder()) as index:
        assert index.status().recall == 1
        texts = [f"Envoy {n} met delegation {n * 7} in hall {n % 5}." for n in range(300)]
        index.add_documents([Document(f"{n}", t, Found("t", "given")) for n, t in enumerate(texts)])
        assert 0.9 < index.status().recall <= 1
        place = index.place
    server.run(f"DROP INDEX {place.rpartition('=')[2]}.vectors_by_meaning")
    with Index.open(place) as index:
        assert index.status().recall == 1, "without the index all are compared"


def kill_and_start(server: PostgresServer) -> Callable[[], None]:
    def both() -> None:
        server.kill()
        server.start()

    return both


@pytest.fixture
def mortal() -> Iterator[PostgresServer]:
    """A server of its own, which the test may kill."""
    running = PostgresServer()
    yield running
    running.close()


def test_a_server_killed_at_random_moments_loses_nothing(mortal: PostgresServer) -> None:
    """What was acknowledged is there, and the process that writes goes on by itself."""
    place = mortal.new_place()
    Index.create(place, ToyEncoder()).close()
    assert kill_server(place, 4, 1, kill_and_start(mortal)) == []


@pytest.mark.soak
def test_a_server_killed_a_hundred_times_loses_nothing(mortal: PostgresServer) -> None:
    place = mortal.new_place()
    Index.create(place, ToyEncoder()).close()
    assert kill_server(place, 100, 2, kill_and_start(mortal)) == []


def test_a_writer_killed_at_random_moments_leaves_whole_commits(server: PostgresServer) -> None:
    place = server.new_place()
    Index.create(place, ToyEncoder()).close()
    assert kill_writer(place, 3, seed=3) == []


def test_a_missing_extension_is_named_with_how_to_get_it() -> None:
    plain = PostgresServer(plain=True)
    try:
        with pytest.raises(QuothError, match="lacks the extension pg_textsearch; install") as told:
            Index.create(plain.new_place(), ToyEncoder())
        assert "\n" not in str(told.value)
    finally:
        plain.close()


def test_who_may_not_add_an_extension_is_told_what_to_ask_for(mortal: PostgresServer) -> None:
    mortal.run("CREATE ROLE newcomer LOGIN")
    with pytest.raises(QuothError, match="ask an administrator to run there: CREATE EXTENSION"):
        Index.create(mortal.url("own", user="newcomer"), ToyEncoder())


@pytest.fixture
def small_disk(mortal: PostgresServer) -> Iterator[Path]:
    """A disk of 24 MB on which the server keeps the tables."""
    disk = mortal.folder / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a file system of a given size")
    tables = disk / "tables"
    tables.mkdir()
    shutil.chown(tables, "nobody", "nogroup")
    mortal.run(f"CREATE TABLESPACE small LOCATION '{tables}'")
    mortal.run("ALTER ROLE quoth SET default_tablespace = small")
    yield disk
    mortal.close()
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_told_and_what_was_committed_stays(
    mortal: PostgresServer, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    with Index.create(mortal.new_place(), ToyEncoder()) as index:
        ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free - 200_000))
        kept: list[int] = []
        with pytest.raises(QuothError, match="no space left") as told:
            add_until_refused(index, kept)
        assert "\n" not in str(told.value)
        index.refresh()
        assert len(index.documents()) == len(kept)
        ballast.unlink()
        index.add_documents([long_document(len(kept))])
        assert len(index.documents()) == len(kept) + 1
        assert verify(index).faults == ()


def add_until_refused(index: Index, kept: list[int]) -> None:
    for number in range(10_000):
        index.add_documents([long_document(number)])
        kept.append(number)


def long_document(number: int) -> Document:
    text = " ".join(f"Sentence {number} of word{number * 1000 + n}." for n in range(400))
    return Document(f"{number}", text, Found("t", "given"))


def fail_over(askers: int, acts_before: int) -> float:
    """Kill a primary under people who ask and one process that adds, and promote its standby.

    Returns the longest time in seconds from the kill to an asker's next answer.
    """
    primary = PostgresServer()
    standby = primary.standby()
    try:
        place = primary.url_with(standby, "quoth")
        Index.create(place, ToyEncoder()).close()
        with Writing(place) as writer, Asking(place, askers) as asking:
            writer.ask(acts_before + 1)
            known = writer.acknowledged(acts_before)
            asking.wait_for_each()
            primary.kill()
            killed = time.perf_counter()
            standby.promote()
            asking.wait_for_each()
            longest = time.perf_counter() - killed
            known = writer.acknowledged(1)
            writer.ask(3)
            known = writer.acknowledged(3)
        assert asking.errors == []
        found, faults = contents(standby.url("quoth"))
        assert faults == ()
        assert found == known
        return longest
    finally:
        standby.close()
        primary.close()


def test_a_standby_goes_on_where_its_primary_was_killed() -> None:
    fail_over(askers=2, acts_before=4)


@pytest.mark.soak
def test_a_standby_goes_on_under_twenty_askers(record_property: Callable[..., None]) -> None:
    seconds = fail_over(askers=20, acts_before=30)
    record_property("seconds until each asker had an answer", seconds)
    assert seconds < 5

"""`quoth ask` and `quoth find` through a server on the same index give the same, faster."""

import os
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from commands import quoth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Index
from index.copying import copy_index
from qa import Settings
from ui.cli import through_server
from ui.cli.through_server import is_same_user, receive, send, socket_of
from ui.web.index_service import IndexService
from ui.web.limiter import limiter
from ui.web.local_server import LocalServer

QUESTION = "who brokered the September 13 ceasefire?"
pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no such sockets")


@pytest.fixture(scope="module")
def own_runtime() -> Iterator[Path]:
    """A runtime folder of these tests' own, whose path is short enough for a socket."""
    with (
        tempfile.TemporaryDirectory(dir="/tmp", prefix="quoth-run-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture(scope="module")
def folder(seeds: Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the seeds."""
    target = tmp_path_factory.mktemp("served") / "index"
    copy_index(seeds, target)
    return target


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[IndexService]:
    """What a server serves of it."""
    made = IndexService(folder)
    yield made
    made.close()


@pytest.fixture
def serve(own_runtime: Path) -> Iterator[Callable[[IndexService], LocalServer]]:
    """Start a local server; it ends with the test."""
    del own_runtime
    started: list[LocalServer] = []

    def start(service: IndexService) -> LocalServer:
        server = LocalServer(service, limiter(2, 4))
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


def run(*arguments: str, cwd: Path, **env: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it prints."""
    done = quoth(*arguments, cwd=cwd, **env)
    return done.returncode, done.stdout, done.stderr


COMMANDS = [
    ("ask", QUESTION, "--json", "--next"),
    ("ask", QUESTION, "-k", "2", "--next", "--from", "2020-01-01"),
    ("ask", "What is the capital of Mongolia?"),
    ("ask", QUESTION, "--today", "soon"),
    ("ask", "  "),
    ("find", QUESTION, "--json", "--in", "seeds"),
    ("find", QUESTION, "--doc", "nothing*"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: " ".join(one)[:40])
def test_a_server_gives_what_the_command_gives(
    folder: Path,
    service: IndexService,
    serve: Callable[[IndexService], LocalServer],
    arguments: tuple[str, ...],
) -> None:
    own = run(*arguments, "--index", str(folder), cwd=folder.parent, QUOTH_NO_SERVER="1")
    asked: list[str] = []
    server = serve(service)
    reply = server._reply
    server._reply = lambda told: asked.append(told["command"]) or reply(told)  # type: ignore[method-assign, func-returns-value]
    assert run(*arguments, "--index", str(folder), cwd=folder.parent) == own
    assert asked == [arguments[0]]


def test_options_of_ones_own_are_not_sent(
    folder: Path, service: IndexService, serve: Callable[[IndexService], LocalServer]
) -> None:
    server = serve(service)
    server._reply = lambda _: {"exit_code": 99}  # type: ignore[method-assign]
    assert run("ask", QUESTION, "--index", str(folder), cwd=folder.parent)[0] == 99
    code, _, _ = run("ask", QUESTION, "--no-reader", "--index", str(folder), cwd=folder.parent)
    assert code == 0


@pytest.mark.parametrize("reply", [{"busy": True}, {"other_code": True}, {}, {"exit_code": "0"}])
def test_without_an_answer_the_command_asks_itself(
    folder: Path,
    service: IndexService,
    serve: Callable[[IndexService], LocalServer],
    reply: dict[str, object],
) -> None:
    serve(service)._reply = lambda _: reply  # type: ignore[method-assign]
    code, out, _ = run("find", QUESTION, "--index", str(folder), cwd=folder.parent)
    assert code == 0
    assert "seeds/" in out


def test_other_code_is_refused(
    folder: Path,
    service: IndexService,
    serve: Callable[[IndexService], LocalServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("ui.web.local_server.code_in_use", lambda: "other")
        server = serve(service)
    assert server._reply({"code": through_server.code_in_use()}) == {"other_code": True}
    assert run("find", QUESTION, "--index", str(folder), cwd=folder.parent)[0] == 0


def test_a_socket_that_a_killed_server_left_is_taken_over(
    folder: Path, service: IndexService, serve: Callable[[IndexService], LocalServer]
) -> None:
    path = socket_of(folder, make_folder=True)
    assert path
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert run("find", QUESTION, "--index", str(folder), cwd=folder.parent)[0] == 0
    server = serve(service)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = LocalServer(service, limiter(1, 1))
    other.start()  # the first one stays
    other.stop()
    assert path.exists()
    server.stop()
    assert not path.exists()


def test_a_folder_that_others_can_enter_holds_no_socket(own_runtime: Path, tmp_path: Path) -> None:
    folder = own_runtime / "quoth"
    assert socket_of(tmp_path) is None  # asking makes no folder
    assert socket_of(tmp_path, make_folder=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    assert socket_of(tmp_path, make_folder=True) is None
    folder.rmdir()
    (tmp_path / "away").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "away")
    assert socket_of(tmp_path, make_folder=True) is None
    folder.unlink()


def test_a_path_that_is_too_long_for_a_socket_is_not_used(
    tmp_path: Path, folder: Path, service: IndexService, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert socket_of(folder) is None
    server = LocalServer(service, limiter(1, 1))
    server.start()
    assert run("find", QUESTION, "--index", str(folder), cwd=folder.parent)[0] == 0
    server.stop()


def test_settings_of_its_own_are_not_served(folder: Path, own_runtime: Path) -> None:
    del own_runtime
    service = IndexService(folder, Settings(reader="none", weighting="none"))
    server = LocalServer(service, limiter(1, 1))
    server.start()
    path = socket_of(folder, make_folder=True)
    assert path
    assert not path.exists()
    path.parent.rmdir()
    service.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(content=st.binary(max_size=60))
def test_whatever_is_sent_the_server_stays(
    folder: Path,
    service: IndexService,
    serve: Callable[[IndexService], LocalServer],
    content: bytes,
) -> None:
    serve(service)
    path = socket_of(folder)
    assert path
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.fspath(path))
        assert is_same_user(connection)
        connection.sendall(content)
        with suppress(ConnectionError):
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.fspath(path))
        send(connection, {"code": "another"})
        assert receive(connection) == {"other_code": True}

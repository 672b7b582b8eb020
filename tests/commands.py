"""The `quoth` command as tests run it: in a process of its own that is forked, not started."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent


def environment(**more: str) -> dict[str, str]:
    """What this project's command needs."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **more}


@cache
def command_server() -> str:
    """The socket of this process's fork server, started when it is first asked for."""
    folder = tempfile.TemporaryDirectory(prefix="quoth-commands-")
    path = str(Path(folder.name) / "socket")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "fork_server.py"), path],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        assert process.stdin
        process.stdin.close()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    return path


class Command:
    """A command under way; `stdout` and `stderr` are what it prints, as text."""

    def __init__(
        self,
        *arguments: str | bytes,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        said: str = "",
        merged: bool = False,
    ) -> None:
        """Start `quoth` with these arguments.

        Args:
            arguments: the arguments.
            cwd: its folder.
            env: its environment, by default `environment()`.
            said: what is typed into it.
            merged: whether what it prints as errors comes with what it prints else.
        """
        with tempfile.TemporaryFile() as typed:
            typed.write(said.encode())
            typed.seek(0)
            out, its_out = os.pipe()
            err, its_err = (out, its_out) if merged else os.pipe()
            asked = {
                "arguments": [os.fsdecode(one) for one in arguments],
                "folder": str(cwd),
                "environment": dict(environment() if env is None else env),
            }
            self._server = socket.socket(socket.AF_UNIX)
            self._server.connect(command_server())
            message = f"{json.dumps(asked)}\n".encode()
            sent = socket.send_fds(self._server, [message], [typed.fileno(), its_out, its_err])
            self._server.sendall(message[sent:])
        for fd in {its_out, its_err}:
            os.close(fd)
        # Bytes of names that are no text stay what they were.
        self.stdout: IO[str] = open(out, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115, PTH123
        self.stderr: IO[str] | None = (
            None if merged else open(err, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115, PTH123
        )
        self._told = self._server.makefile("rb", buffering=0)
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def poll(self) -> int | None:
        """Its exit status; None while it is under way."""
        if self.returncode is None:
            self._server.settimeout(0)
            try:
                ended = bool(self._server.recv(1, socket.MSG_PEEK))
            except BlockingIOError:
                ended = False
            finally:
                self._server.settimeout(None)
            if ended:
                self.wait()
        return self.returncode

    def wait(self) -> int:
        """Wait until it has ended; its exit status, negative for the signal that ended it."""
        if self.returncode is None:
            self.returncode = int(self._told.readline())
            self._told.close()
            self._server.close()
        return self.returncode

    def finished(self) -> subprocess.CompletedProcess[str]:
        """Read all that it prints, and wait until it has ended."""
        # What is printed as errors is little: a pipe holds it while the rest is read.
        out = self.stdout.read()
        err = self.stderr.read() if self.stderr else ""
        code = self.wait()
        self.stdout.close()
        if self.stderr:
            self.stderr.close()
        return subprocess.CompletedProcess((), code, out, err)


def quoth(
    *arguments: str, cwd: Path, said: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; it must not end in a traceback."""
    done = Command(*arguments, cwd=cwd, env=environment(**more), said=said).finished()
    assert "Traceback" not in done.stdout + done.stderr
    return done

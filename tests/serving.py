"""A real server in a process of its own, for the tests of the page and of the interface."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """A server under way."""

    address: str
    process: subprocess.Popen[str]
    home: Path
    said: str = ""

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()


def environment() -> dict[str, str]:
    """What this project's command needs."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}


@contextmanager
def serving(
    home: Path, *arguments: str, host: str = "127.0.0.1", port: int = 0
) -> Iterator[Server]:
    """Serve the index of `home` until the end of the `with`; it must reach no other machine.

    On a free port, unless `port` says which.
    """
    outside = home / f"outside-{os.urandom(4).hex()}"
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind((host, port))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli.command", "ui", "--port", str(port), *arguments],
        cwd=home,
        env={
            **environment(),
            "PYTHONPATH": f"{ROOT / 'tests' / 'outside'}:{ROOT}",
            "QUOTH_TEST_OUTSIDE": str(outside),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    for line in process.stdout or ():
        said += line
        if "serving" in line:
            break
    assert process.poll() is None, said
    server = Server(f"http://{host}:{port}/", process, home, said)
    try:
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        if process.stdout:
            process.stdout.close()
    assert not outside.exists(), f"the server tried to reach {outside.read_text()}"


def added(home: Path, *paths: str) -> None:
    """Make an index of these paths in `home`."""
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.command", "add", *paths],
        cwd=home,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

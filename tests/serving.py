"""A real server in a process of its own, for the tests of the page and of the interface."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands import ROOT, Command, environment, quoth


@dataclass(frozen=True, slots=True)
class Server:
    """A server under way."""

    address: str
    process: Command
    home: Path
    said: str = ""

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()


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
    process = Command(
        "ui",
        "--port",
        str(port),
        *arguments,
        cwd=home,
        env=environment(
            PYTHONPATH=f"{ROOT / 'tests' / 'outside'}:{ROOT}", QUOTH_TEST_OUTSIDE=str(outside)
        ),
        merged=True,
    )
    said = ""
    for line in process.stdout:
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
        process.stdout.close()
    assert not outside.exists(), f"the server tried to reach {outside.read_text()}"


def added(home: Path, *paths: str) -> None:
    """Make an index of these paths in `home`."""
    done = quoth("add", *paths, cwd=home)
    assert done.returncode == 0, done.stderr

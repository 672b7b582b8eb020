"""Asking through a server that `quoth ui` already runs on the same index, over a local socket.

The server has the model loaded, so that a question costs its answer alone. The socket lies in a
folder that only the same user can enter. If there is no server, or if it runs other code, the
caller asks in its own process.
"""

import hashlib
import json
import os
import socket
import stat
import struct
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from index.address import ServerAddress
from index.errors import FaultError, QuothError

OFF = "QUOTH_NO_SERVER"
"""The environment variable that turns this off."""
_CONNECT_SECONDS, _ANSWER_SECONDS = 0.2, 60.0
_MOST = 50_000_000
_LONGEST_PATH = 100
"""Bytes of a socket's path; the systems allow 104 to 108."""
_ROOT = Path(__file__).parents[2]
_PACKAGES = ("index", "qa", "ui")
_TERMINAL = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES")
"""What of the environment decides how text is printed."""


def socket_of(index: str | Path, *, make_folder: bool = False) -> Path | None:
    """Where the socket of a server on an index is.

    Args:
        index: the index's folder, or its address on a server.
        make_folder: make the folder of the socket if it is not there.

    Returns:
        The path; None if it is too long for a socket, or if its folder is not there or is not
        this user's alone.
    """
    text = str(index)
    place = text if ServerAddress.is_one(text) else os.path.realpath(text)
    name = hashlib.sha256(os.fsencode(place)).hexdigest()[:24]
    path = _runtime_folder() / f"{name}.sock"
    if len(os.fsencode(path)) > _LONGEST_PATH:
        return None
    try:
        if make_folder:
            path.parent.mkdir(mode=0o700, exist_ok=True)
        about = path.parent.lstat()
    except OSError:
        return None
    safe = stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o077
    return path if safe else None


def _runtime_folder() -> Path:
    stated = os.environ.get("XDG_RUNTIME_DIR")
    return Path(stated) / "quoth" if stated else Path(tempfile.gettempdir()) / _own_name()


def _own_name() -> str:
    return f"quoth-{os.getuid()}"


def code_in_use() -> str:
    """A value that is equal in two processes that run the same code and weights."""
    seen = hashlib.sha256(sys.version.encode())
    for package in _PACKAGES:
        for folder, folders, files in os.walk(_ROOT / package):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(files):
                about = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 -- 300 files
                seen.update(f"{folder}/{name} {about.st_mtime_ns} {about.st_size}\n".encode())
    return seen.hexdigest()


def is_same_user(connection: socket.socket) -> bool:
    """Whether the process at the other end belongs to this user, where the system can tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the folder's permissions keep others out
    size = struct.calcsize("3i")
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return bool(struct.unpack("3i", told)[1] == os.getuid())


def send(connection: socket.socket, message: Mapping[str, object]) -> None:
    """Send a message: its length in four bytes, then JSON."""
    content = json.dumps(message).encode()
    connection.sendall(struct.pack("!I", len(content)) + content)


def receive(connection: socket.socket) -> dict[str, object]:
    """Receive a message. Raises OSError or ValueError for one that is cut off or is none."""
    (length,) = struct.unpack("!I", _exactly(connection, 4))
    if length > _MOST:
        raise ValueError("the message is too long")
    message = json.loads(_exactly(connection, length))
    if not isinstance(message, dict):
        raise TypeError("the message is no object")
    return message


def _exactly(connection: socket.socket, count: int) -> bytes:
    content = bytearray()
    while len(content) < count:
        part = connection.recv(min(65_536, count - len(content)))
        if not part:
            raise ConnectionError("the connection was closed")
        content += part
    return bytes(content)


def run_on_server(command: str, index: str, options: Mapping[str, object]) -> int | None:
    """Run a command on a server of the same index, and print what it prints.

    Args:
        command: "ask" or "find".
        index: the index's folder.
        options: the command's options as plain values.

    Returns:
        The exit code; None if no server answered, so that the command is still to be run.

    Raises:
        QuothError: the error that the command ended with.
    """
    if os.environ.get(OFF) or not hasattr(socket, "AF_UNIX"):
        return None
    path = socket_of(index)
    if path is None or not path.exists():
        return None
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_CONNECT_SECONDS)
            connection.connect(str(path))
            if not is_same_user(connection):
                return None
            connection.settimeout(_ANSWER_SECONDS)
            send(connection, {"command": command, "options": dict(options), **_here()})
            reply = receive(connection)
    except (OSError, ValueError, TypeError):
        return None
    return _printed(reply)


def _here() -> dict[str, object]:
    """The code that runs here, and how text is to be printed."""
    columns = None
    if sys.stdout.isatty():
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    return {
        "code": code_in_use(),
        "columns": columns,
        "out_is_terminal": sys.stdout.isatty(),
        "err_is_terminal": sys.stderr.isatty(),
        "environment": {name: os.environ[name] for name in _TERMINAL if name in os.environ},
    }


def _printed(reply: Mapping[str, object]) -> int | None:
    error, code = reply.get("error"), reply.get("exit_code")
    if not isinstance(code, int):
        return None
    if isinstance(error, str):
        raise FaultError(error) if code == FaultError.exit_code else QuothError(error)
    sys.stderr.write(str(reply.get("err", "")))
    sys.stderr.flush()
    sys.stdout.write(str(reply.get("out", "")))
    sys.stdout.flush()
    return code

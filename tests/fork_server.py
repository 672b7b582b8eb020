"""A process that has imported Quoth once and forks for each command: `fork_server.py SOCKET`.

A command starts a second sooner so. It runs in a process of its own, with its own files, folder and
environment, as one that a shell starts. The server ends when its standard input does.
"""

import array
import atexit
import io
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path

_FDS = 3


def _serve(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as ready:
        listener.bind(path)
        listener.listen(64)
        ready.register(listener, selectors.EVENT_READ)
        ready.register(sys.stdin.fileno(), selectors.EVENT_READ)
        os.write(1, b"ready\n")
        while True:
            keys = [key.fileobj for key, _ in ready.select()]
            if sys.stdin.fileno() in keys:
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _attend(connection)
            connection.close()
            _reap()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _attend(connection: socket.socket) -> None:
    """Run one command in a child; tell its number, and when it has ended its status."""
    whole, fds = b"", array.array("i")
    while not whole.endswith(b"\n"):
        part, found, _, _ = socket.recv_fds(connection, 65536, _FDS)
        if not part:
            os._exit(0)
        whole += part
        fds.extend(found)
    asked = json.loads(whole)
    child = os.fork()
    if child == 0:
        connection.close()
        _become(asked["arguments"], asked["folder"], asked["environment"], list(fds))
    connection.sendall(f"{child}\n".encode())
    for fd in fds:
        os.close(fd)
    _, status = os.waitpid(child, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(arguments: list[str], folder: str, environment: dict[str, str], fds: list[int]) -> None:
    """Be the command, as if it had just been started."""
    for place, fd in enumerate(fds):
        os.dup2(fd, place)
        os.close(fd)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    signal.signal(signal.SIGINT, signal.default_int_handler)
    encoding, errors = sys.stdout.encoding, sys.stdout.errors
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding=encoding)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(fd, "w")),
            encoding=encoding,
            errors=errors if fd == 1 else "backslashreplace",
            line_buffering=fd > 1,
        )
        for fd in (1, 2)
    )
    sys.argv = ["quoth", *arguments]
    for entry in environment.get("PYTHONPATH", "").split(os.pathsep):
        if (Path(entry) / "sitecustomize.py").exists():
            runpy.run_path(str(Path(entry) / "sitecustomize.py"))
    code = 1
    try:
        from ui.cli.command import main  # noqa: PLC0415 -- imported already

        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter does
        sys.excepthook(*sys.exc_info())
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    os._exit(code)


def _import_what_commands_use() -> None:
    import ui.cli.command  # noqa: PLC0415, I001 -- it sets how numpy starts
    import faiss  # noqa: F401, PLC0415
    import tantivy  # noqa: F401, PLC0415

    import eval.runner  # noqa: F401, PLC0415
    import index.ingest.add  # noqa: F401, PLC0415
    import qa.archive.batch  # noqa: PLC0415
    import qa.archive.draft  # noqa: PLC0415
    import qa.archive.evidence  # noqa: PLC0415
    import qa.archive.follow_ups  # noqa: PLC0415
    import qa.archive.news  # noqa: F401, PLC0415
    import ui.cli.actions  # noqa: PLC0415
    import ui.cli.eval_actions  # noqa: PLC0415
    import ui.web.server  # noqa: F401, PLC0415
    from index.embedding.openvino_runtime import load_openvino  # noqa: PLC0415

    load_openvino()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_what_commands_use()
    assert threading.active_count() == 1, threading.enumerate()
    _serve(sys.argv[1])

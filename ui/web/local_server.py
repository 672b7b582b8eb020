"""Answering `quoth ask` and `quoth find` of the same user over a local socket."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from index import QuothError, Where
from index.engines.at import as_text
from qa import Assistant, Settings, follow_ups
from qa.retrieval.find import find
from ui.cli import actions
from ui.cli.captured import captured
from ui.cli.options import NOT_ANSWERED
from ui.cli.through_server import code_in_use, is_same_user, receive, send, socket_of
from ui.web.index_service import IndexService
from ui.web.limiter import Busy, Limited

_WAITING = 32
_NOT_UNDERSTOOD = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What a message that no `quoth` sends can raise; the connection is closed."""
_SECONDS = 5.0
"""How long a client may take to say what it asks."""


class LocalServer:
    """A socket beside the web server, for commands of the same user on the same index."""

    def __init__(self, service: IndexService, limited: Limited) -> None:
        """Serve what `service` serves, in the pool of `limited`."""
        self._service = service
        self._limited = limited
        self._code = code_in_use()
        self._socket: socket.socket | None = None
        self._path = socket_of(as_text(service.place), make_folder=True)

    def start(self) -> None:
        """Listen. Nothing happens where that cannot be, or another server is there already.

        Only the settings that `quoth ask` has by default are served.
        """
        if self._path is None or self._service.settings != Settings() or _answers(self._path):
            return
        listening = socket.socket(socket.AF_UNIX)
        try:
            self._path.unlink(missing_ok=True)  # of a server that was killed
            listening.bind(str(self._path))
            self._path.chmod(0o600)
            listening.listen(_WAITING)
        except OSError:
            listening.close()
            return
        self._socket = listening
        threading.Thread(target=self._accept, args=[listening], daemon=True).start()

    def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._socket is None or self._path is None:
            return
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # shutdown wakes the thread that accepts
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._socket = None
        with contextlib.suppress(OSError):  # another index is served
            self._path.parent.rmdir()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, *_NOT_UNDERSTOOD):
            connection.settimeout(_SECONDS)
            if is_same_user(connection):
                send(connection, self._reply(receive(connection)))

    def _reply(self, asked: Mapping[str, Any]) -> Mapping[str, object]:
        if asked["code"] != self._code:
            return {"other_code": True}
        try:
            reply: Mapping[str, object] = self._limited(lambda: self._run(asked))
        except Busy:
            return {"busy": True}
        except QuothError as error:
            return {"error": str(error), "exit_code": error.exit_code}
        return reply

    def _run(self, asked: Mapping[str, Any]) -> Mapping[str, object]:
        options = asked["options"]
        where = actions.where_(*(options[name] for name in ("from", "to", "doc", "in")))
        with self._service.assistant() as assistant:
            if asked["command"] == "find":
                show, found_any = _found(assistant, where, options)
            else:
                show, found_any = _answered(assistant, where, options)
        with captured(
            asked["environment"],
            asked["columns"],
            out_is_terminal=asked["out_is_terminal"],
            err_is_terminal=asked["err_is_terminal"],
        ) as printed:
            show()
        return {
            "out": printed.out.getvalue(),
            "err": printed.err.getvalue(),
            "exit_code": 0 if found_any else NOT_ANSWERED,
        }


def _found(
    assistant: Assistant, where: Where | None, options: Mapping[str, Any]
) -> tuple[Callable[[], None], bool]:
    """What prints the passages found, and whether there are any."""
    searched = assistant.index.restricted_to(where)
    found = find(searched, options["question"], options["passages"], Settings().fusion)
    show = partial(
        actions.show_found,
        options["question"],
        found,
        (searched.undated(), assistant.index.count_unembedded()),
        none_pass=where is not None and not found and not searched.count_documents(),
        as_json=options["json"],
    )
    return show, bool(found)


def _answered(
    assistant: Assistant, where: Where | None, options: Mapping[str, Any]
) -> tuple[Callable[[], None], bool]:
    """What prints an answer, and whether there is one."""
    day = actions.date_stated(options["today"])
    answer = assistant.ask(options["question"], options["passages"], where, day)
    after = follow_ups(assistant, answer, where, day) if options["next"] else None
    show = partial(actions.show_answer, answer, after, as_json=options["json"])
    return show, answer.answer is not None


def _answers(path: os.PathLike[str]) -> bool:
    """Whether a server listens on a socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return False
        return True

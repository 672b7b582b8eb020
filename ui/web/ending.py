"""How the server ends on a signal."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

import uvicorn

STOP_SECONDS = 2


class Ending:
    """Handles SIGTERM and SIGINT: the server stops soon after, and uploads are removed.

    The handler sets a flag and raises no exception: Python drops an exception that a handler raises
    while a finalizer runs, and the server would never stop. At the end of the `with`, SIGINT raises
    KeyboardInterrupt as usual.
    """

    def __init__(self) -> None:
        self._told = self._interrupted = False
        self._server: uvicorn.Server | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._interrupted and error is None:
            raise KeyboardInterrupt

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal: stop the server, or remember the signal until there is one."""
        del frame
        self._told = True
        self._interrupted |= number == signal.SIGINT
        if self._server is not None:
            self._server.should_exit = True

    def of(self, server: uvicorn.Server) -> None:
        """Stop this server on a signal; at once if a signal has already arrived."""
        self._server = server
        if self._told:
            server.should_exit = True

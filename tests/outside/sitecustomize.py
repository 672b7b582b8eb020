"""Loaded by a server under test as it starts: every attempt to reach another machine is kept."""

import os
import socket
from typing import Any

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104
_KEPT = os.environ.get("QUOTH_TEST_OUTSIDE")
_connect, _connect_ex, _getaddrinfo = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.getaddrinfo,
)


def _refuse(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host)
    own = name.startswith(_LOOPBACK) or name in ("", "None", socket.gethostname())
    if _KEPT and not own:
        with open(_KEPT, "a", encoding="utf-8") as kept:  # noqa: PTH123 -- as early as this
            kept.write(f"{name}\n")
        raise OSError(f"a test forbids connecting to {name}")


def _checked_connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _refuse(address[0])
    _connect(self, address)


def _checked_connect_ex(self: socket.socket, address: Any) -> int:  # noqa: ANN401
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _refuse(address[0])
    return _connect_ex(self, address)


def _checked_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
    _refuse(host)
    return _getaddrinfo(host, *rest, **named)


socket.socket.connect = _checked_connect  # type: ignore[method-assign]
socket.socket.connect_ex = _checked_connect_ex  # type: ignore[method-assign]
socket.getaddrinfo = _checked_getaddrinfo

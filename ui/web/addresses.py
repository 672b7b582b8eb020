"""Where a server listens, and the names under which clients may ask for it."""

import ipaddress
import re
import socket
from collections.abc import Sequence

from index import QuothError
from ui.web.security import is_loopback

_ADDRESS = re.compile(r"https?://([\w.-]+|\[[\da-f:]+\])(:\d{1,5})?/?", re.IGNORECASE)
_PLAIN = (80, 443)
"""The ports that a browser leaves out of Host."""


def host_of(address: str) -> str:
    """The Host header of requests to an address that a reverse proxy or a name server gives.

    Args:
        address: such as "https://archive.example".

    Returns:
        The name with its port, if it has one.

    Raises:
        QuothError: if it is no such address.

    Example:
        >>> host_of("https://archive.example/")
        'archive.example'
        >>> host_of("http://archive.example:7860")
        'archive.example:7860'

    """
    if not _ADDRESS.fullmatch(address):
        raise QuothError(
            f"--address {address}: give what a browser opens, such as https://archive.example"
        )
    return address.split("://", 1)[1].rstrip("/").lower()


def hosts_of(host: str, port: int, addresses: Sequence[str] = ()) -> list[str]:
    """The accepted values of the Host header: names with ports.

    Args:
        host: what the server listens on.
        port: the same.
        addresses: the addresses by which clients know the server besides.

    """
    names = ["127.0.0.1", "localhost", "[::1]"]
    if not is_loopback(host):
        names += [host, socket.gethostname(), *_own_addresses()]
    with_port = [f"{name}:{port}" for name in names]
    return [*with_port, *(names if port in _PLAIN else []), *map(host_of, addresses)]


def listening_on(host: str, port: int) -> socket.socket:
    """A socket that listens there; QuothError where that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise QuothError(
            f"{host}:{port} cannot be served ({error.strerror}); choose another --port"
        ) from error
    return listening


def _own_addresses() -> list[str]:
    found = {str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None)}
    return [f"[{a}]" if ipaddress.ip_address(a).version == 6 else a for a in sorted(found)]  # noqa: PLR2004

"""Which engine keeps the index at a place."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.address import ServerAddress
from index.engines.local import LocalEngine
from index.errors import QuothError

if TYPE_CHECKING:
    from index.engines.base import Engine

Place = str | Path | ServerAddress
"""A folder, or the address of a server: a ServerAddress, or text that begins postgresql://."""


def as_place(place: Place) -> Path | ServerAddress:
    """A folder or an address, whichever `place` is."""
    if isinstance(place, str):
        return ServerAddress(place) if ServerAddress.is_one(place) else Path(place)
    return place


def is_on_server(place: Place) -> bool:
    """Whether `place` is the address of a server and not a folder."""
    return isinstance(as_place(place), ServerAddress)


def engine_at(place: Place) -> "Engine[Any]":
    """The engine of the index at `place`.

    Raises QuothError for an address if the package for it is not installed.
    """
    place = as_place(place)
    if isinstance(place, Path):
        return LocalEngine(place)
    try:
        from index.engines.postgres.engine import PostgresEngine  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as error:
        raise QuothError(
            f"an index on a server needs the package {error.name}; install it with: "
            "pip install -e '.[postgres]' -c constraints.txt"
        ) from error
    return PostgresEngine(place)


def as_text(place: Place) -> str:
    """A place as text that `as_place` reads, a password of its address included."""
    place = as_place(place)
    return place.url if isinstance(place, ServerAddress) else str(place)


def folder_beside(place: Place) -> Path:
    """The folder that files beside an index are named after: its own, or one for its address."""
    place = as_place(place)
    return place if isinstance(place, Path) else place.folder

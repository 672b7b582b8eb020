"""Telling how far a question is, to whoever waits for its answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[int, int], None]
"""Called with how many passages have been read, and how many will be."""

_TELL: ContextVar[Tell | None] = ContextVar("tell", default=None)


@contextmanager
def telling(tell: Tell) -> Iterator[None]:
    """Call `tell` for each step of the reading within the `with`, in this thread."""
    before = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(before)


def read_so_far(done: int, total: int) -> None:
    """Say that `done` of `total` passages have been read, if anyone wants to know."""
    tell = _TELL.get()
    if tell is not None:
        tell(done, total)

"""Whether a server that cannot be reached is waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_waits = ContextVar("waits", default=True)


def waits() -> bool:
    """Whether a server that went away is waited for, as what reads and writes does."""
    return _waits.get()


@contextmanager
def without_waiting() -> Iterator[None]:
    """Try once meanwhile, in this thread: a probe is to tell at once that a server is away.

    Example:
        >>> with without_waiting():
        ...     waits()
        False
    """
    before = _waits.set(False)
    try:
        yield
    finally:
        _waits.reset(before)

"""A limit on how many requests of one kind run at once and how many may wait."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from index import QuothError

_PATIENCE_SECONDS = 60


class Busy(QuothError):  # noqa: N818 -- a message to a person, not an error of the program's
    """Too many requests at once."""


Limited = Callable[[Callable[[], Any]], Any]
"""Runs a piece of work when there is room for it, or raises Busy."""


def limiter(at_once: int, waiting: int, seconds: float = _PATIENCE_SECONDS) -> Limited:
    """Make a pool of threads with a bounded queue.

    Args:
        at_once: how many pieces of work run at a time.
        waiting: how many more may wait for their turn.
        seconds: how long one may wait and run.

    Returns:
        A function that runs what it is given and returns the result. It raises Busy when too
        many wait, or when the work was not done in time.

    """
    workers = ThreadPoolExecutor(at_once, thread_name_prefix="working")
    places = threading.Semaphore(at_once + waiting)

    def limited(work: Callable[[], Any]) -> Any:  # noqa: ANN401 -- whatever the work gives
        if not places.acquire(blocking=False):
            raise Busy("too many requests at once; ask again in a moment")
        turn = workers.submit(work)
        # The place is released when the work ends, not when its caller stops waiting.
        turn.add_done_callback(lambda _: places.release())
        try:
            return turn.result(seconds)
        except TimeoutError as error:
            turn.cancel()
            raise Busy("too many requests at once; ask again in a moment") from error

    return limited

"""A view that says how far it is before it comes, as lines of JSON."""

import json
import logging
import queue
import threading
from collections.abc import Callable, Iterator

from fastapi import Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from index import QuothError
from index.text.visible import one_line
from qa.progress import telling
from ui.web.limiter import Limited

LINES = "application/x-ndjson"
_LOG = logging.getLogger("quoth.server")


def staged(request: Request, limited: Limited, view: Callable[[], str]) -> Response:
    """The view; to a client that accepts lines, with how far it is as it is made.

    A line is {"read": 8, "of": 12}, at the end {"html": ...} or {"error": ...}.

    Args:
        request: its Accept header says whether lines may come.
        limited: runs a function in a bounded pool, or raises Busy.
        view: makes the HTML.

    """
    if LINES not in request.headers.get("accept", ""):
        return HTMLResponse(limited(view))
    return StreamingResponse(_lines(limited, view), media_type=LINES)


def _lines(limited: Limited, view: Callable[[], str]) -> Iterator[str]:
    told: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()

    def work() -> str:
        with telling(lambda done, total: told.put({"read": done, "of": total})):
            return view()

    def run() -> None:
        try:
            told.put({"html": limited(work)})
        except QuothError as error:
            told.put({"error": one_line(str(error))})
        except Exception:  # noqa: BLE001 -- whoever waits for a line must get one
            _LOG.exception("a view could not be made")
            told.put({"error": "The server failed; its output says why."})

    threading.Thread(target=run, name="staged", daemon=True).start()
    line: dict[str, object] = {}
    while not line.keys() & {"html", "error"}:
        line = told.get()
        yield json.dumps(line) + "\n"

"""Work over HTTP that takes longer than a question: a batch, an evidence pack, what is new."""

import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from index import QuothError
from index.text.visible import one_line
from qa import ask_all, pack
from ui.web.api_models import BatchBody, PackBody
from ui.web.index_service import IndexService
from ui.web.limiter import Limited
from ui.web.notebooks import news_of


def work_routes(router: APIRouter, service: IndexService, limited: Limited) -> None:
    """Add the routes to `router`; `limited` runs a function in a bounded pool, or raises Busy."""

    @router.post("/api/v1/batch", tags=["questions"])
    def batch(body: BatchBody) -> StreamingResponse:
        """Answer many questions: a line of JSON for each, as it is answered.

        A row is an answer as `/api/v1/ask` gives it, with its `number` from 1 and, with
        `each_document`, the document `asked_of`. If a question cannot be asked or the server is
        busy, the last line has `error` and `after`: send the same body with that `after` to go on.
        """
        rows = _rows(service, body)
        first = limited(lambda: next(rows, None))  # an error before that gets its own status code
        return StreamingResponse(
            _lines(first, rows, limited, body.after), media_type="application/x-ndjson"
        )

    @router.post("/api/v1/pack", tags=["notebook"], response_class=Response)
    def evidence(body: PackBody) -> Response:
        """The quotations of answers with their sources, as an evidence pack (a .zip file)."""
        return Response(
            limited(lambda: _packed(service, body)),
            media_type="application/zip",
            headers={"content-disposition": 'attachment; filename="evidence.zip"'},
        )

    @router.get("/api/v1/news", tags=["notebook"])
    def what_is_new() -> list[dict[str, object]]:
        """What is new for the notebook's questions and names since they were last looked at."""

        def found() -> list[dict[str, object]]:
            with service.assistant() as assistant:
                told, _ = news_of(assistant, service.notebook.read(), service.folder)
            return [one.as_json() for one in told]

        shown: list[dict[str, object]] = limited(found)
        return shown


def _rows(service: IndexService, body: BatchBody) -> Iterator[dict[str, object]]:
    with service.index() as index, service.assistant() as assistant:
        where = body.asked().where(index)
        today = body.today or dt.date.today()  # noqa: DTZ011 -- of the whole batch
        for row in ask_all(
            assistant,
            body.questions,
            where,
            today,
            each_document=body.each_document,
            after=body.after,
        ):
            yield row.as_json()


def _lines(
    first: dict[str, object] | None,
    rows: Iterator[dict[str, object]],
    limited: Limited,
    after: int,
) -> Iterator[str]:
    row = first
    while row is not None:
        yield json.dumps(row) + "\n"
        after += 1
        try:
            row = limited(lambda: next(rows, None))
        except QuothError as error:
            yield json.dumps({"error": one_line(str(error)), "after": after}) + "\n"
            return


def _packed(service: IndexService, body: PackBody) -> bytes:
    with tempfile.TemporaryDirectory(prefix="quoth-pack-") as folder, service.index() as index:
        out = Path(folder) / "evidence.zip"
        pack(index, body.answers, out, passages=body.passages)
        return out.read_bytes()

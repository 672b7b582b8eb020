"""What the page opens: an article, a page of it as a picture, and what changed between versions."""

import json
import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, Response

from index import Document, Span
from index.errors import NotShownError
from ui.web.article_html import article_html, difference_html
from ui.web.index_service import IndexService

_MARK = re.compile(r"(\d{1,12})-(\d{1,12})")
_MOST_MARKS = 200
_MOST_CHARACTERS = 1_000_000_000


def routes(service: IndexService, limited: Callable[[Callable[[], Any]], Any]) -> APIRouter:
    """Create the routes; `limited` runs a function in a bounded pool, or raises Busy."""
    router = APIRouter()

    @router.get("/read", response_class=HTMLResponse, include_in_schema=False)
    def read(
        document: str,
        content_hash: Annotated[str, Query(alias="hash")] = "",
        marks: str = "",
        at: int = 1,
    ) -> HTMLResponse:
        """An article of the index with its quotations marked."""
        del at  # the page's own
        found = _found(service, document)
        if content_hash and content_hash != found.content_hash:
            raise HTTPException(409, "the document has changed since it was cited; ask again")
        spans = [Span(int(a), int(b)) for a, b in _MARK.findall(marks)[:_MOST_MARKS]]
        inside = [one for one in spans if 0 <= one.start < one.end <= len(found.text)]
        pictured = service.has_pages(document)

        def shown() -> str:
            copies, versions = service.told_again(document)
            return article_html(found, inside, pictured=pictured, copies=copies, versions=versions)

        return HTMLResponse(limited(shown))

    @router.get("/page", response_class=Response, include_in_schema=False)
    def page(
        document: str, content_hash: Annotated[str, Query(alias="hash")], start: int, end: int
    ) -> Response:
        """The page of a document on which a quotation begins, as a picture with it marked."""
        if not 0 <= start <= end <= _MOST_CHARACTERS:
            raise HTTPException(422, "start and end are not a valid range of characters")
        try:
            drawn = limited(lambda: service.page_picture(document, content_hash, Span(start, end)))
        except NotShownError as error:
            raise HTTPException(404, str(error)) from error
        marks = json.dumps([[round(share, 4) for share in one] for one in drawn.marks])
        return Response(drawn.png, media_type="image/png", headers={"x-quoth-marks": marks})

    @router.get("/compare", response_class=HTMLResponse, include_in_schema=False)
    def compare(earlier: str, later: str) -> HTMLResponse:
        """What changed from one version of an article to another."""
        old, new = _found(service, earlier), _found(service, later)
        return HTMLResponse(limited(lambda: difference_html(old, new)))

    return router


def _found(service: IndexService, name: str) -> Document:
    document = service.document(name)
    if document is None:
        raise HTTPException(404, "the index holds no such document")
    return document

"""Questions over HTTP, for programs."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from index import QuothError, Span
from qa import Claimed, Notebook, name_details, names
from qa.archive.names.corrections import correct, corrections_file
from ui.web.api_models import (
    AnswerOut,
    AskBody,
    CheckBody,
    DocumentOut,
    NameCorrection,
    NotebookChange,
    RemoveBody,
    WrittenOut,
)
from ui.web.asked import Asked
from ui.web.index_service import MOST_SUMMARISED, IndexService
from ui.web.limiter import Limited
from ui.web.work_routes import work_routes

_MOST_NAMES = 200


def routes(service: IndexService, limited: Limited, patient: Limited) -> APIRouter:
    """Create the routes; `limited` runs a function in a bounded pool, or raises Busy.

    `patient` is the same with a longer time limit, for written answers.
    """
    router = APIRouter()
    work_routes(router, service, limited)
    _notebook_routes(router, service, limited)
    _question_routes(router, service, limited, patient)
    _archive_routes(router, service, limited)
    _name_routes(router, service, limited)
    return router


def _question_routes(
    router: APIRouter, service: IndexService, limited: Limited, patient: Limited
) -> None:
    @router.post("/api/v1/ask", response_model=AnswerOut, tags=["questions"])
    def ask(body: AskBody) -> dict[str, object]:
        """Answer a question from the documents, in their own words."""
        found: dict[str, object] = limited(
            lambda: service.ask(body.asked(body.question), body.k, body.today)
        ).as_json()
        return found

    @router.post("/api/v1/next", response_model=list[AnswerOut], tags=["questions"])
    def following(body: AskBody) -> list[dict[str, object]]:
        """Follow-up questions, each with its answer."""
        found = limited(lambda: service.follow_ups(body.asked(body.question), body.today))
        return [one.as_json() for one in found]

    @router.post("/api/v1/written", response_model=WrittenOut, tags=["questions"])
    def written(body: AskBody) -> dict[str, object]:
        """Let the configured writer answer; each sentence is checked against quotations."""
        *_, whole = patient(lambda: list(service.writing(body.asked(body.question), body.today)))
        found: dict[str, object] = whole.as_json()
        return found


def _name_routes(router: APIRouter, service: IndexService, limited: Limited) -> None:
    @router.get("/api/v1/names", tags=["documents"])
    def all_names(
        request: Request, kind: str | None = None, like: str = "", k: int = _MOST_NAMES
    ) -> dict[str, object]:
        """The people, organisations and places, counted; filters as in the page's address."""
        asked = Asked.of(request.query_params.multi_items())

        def found() -> dict[str, object]:
            with service.index() as index:
                return names(index, asked.where(index), kind=kind, like=like, k=max(1, k)).as_json()

        counted: dict[str, object] = limited(found)
        return counted

    @router.post("/api/v1/name", tags=["documents"])
    def correct_name(body: NameCorrection) -> dict[str, str]:
        """Correct a name, in the file of corrections beside the index."""
        service.permissions.check_changing()

        def corrected() -> None:
            with service.index() as index:
                name = name_details(index, body.name).name.name  # as it is listed
            correct(corrections_file(service.folder), body.action, name, body.value)

        limited(corrected)
        return {"corrected": body.name}

    @router.get("/api/v1/name", tags=["documents"])
    def one_name(request: Request, name: str) -> dict[str, object]:
        """A name by month, its documents, and the names beside it."""
        asked = Asked.of(request.query_params.multi_items())

        def found() -> dict[str, object]:
            with service.index() as index:
                return name_details(index, name, asked.where(index)).as_json()

        shown: dict[str, object] = limited(found)
        return shown


def _archive_routes(router: APIRouter, service: IndexService, limited: Limited) -> None:
    @router.get("/api/v1/mentions", tags=["questions"])
    def mentions(
        phrase: str,
        published_from: dt.date | None = None,
        published_to: dt.date | None = None,
        folder: str = "",
        document: str = "",
        *,
        case: bool = False,
        meaning: bool = False,
    ) -> dict[str, object]:
        """Every mention of a name or phrase, counted; in quotation marks an exact phrase.

        With `meaning` the sentences that are near it in meaning instead.
        """
        asked = Asked("", str(published_from or ""), str(published_to or ""), folder, document)
        found: dict[str, object] = limited(
            lambda: service.mentions(phrase, asked, case=case, meaning=meaning)
        ).as_json()
        return found

    @router.get("/api/v1/says", tags=["questions"])
    def says(
        question: str,
        published_from: dt.date | None = None,
        published_to: dt.date | None = None,
        folder: str = "",
        document: str = "",
        today: dt.date | None = None,
    ) -> dict[str, object]:
        """Every answer that the documents give to a question, with who gives it."""
        days = str(published_from or ""), str(published_to or "")
        asked = Asked(question, *days, folder, document)
        found: dict[str, object] = limited(lambda: service.who_says(asked, today)).as_json()
        return found

    @router.get("/api/v1/timeline", tags=["questions"])
    def timeline(
        about: str,
        published_from: dt.date | None = None,
        published_to: dt.date | None = None,
        folder: str = "",
        document: str = "",
    ) -> dict[str, object]:
        """The sentences about a name or a question that state a date, by that date."""
        asked = Asked("", str(published_from or ""), str(published_to or ""), folder, document)
        found: dict[str, object] = limited(lambda: service.timeline(about, asked)).as_json()
        return found

    @router.get("/api/v1/summary", tags=["questions"])
    def summary(
        about: str,
        published_from: dt.date | None = None,
        published_to: dt.date | None = None,
        folder: str = "",
        document: str = "",
        most: Annotated[int, Query(ge=1, le=50)] = MOST_SUMMARISED,
    ) -> dict[str, object]:
        """The most representative sentences about a name or a question, by date."""
        asked = Asked("", str(published_from or ""), str(published_to or ""), folder, document)
        found: dict[str, object] = limited(lambda: service.summary(about, asked, most)).as_json()
        return found

    @router.post("/api/v1/check", tags=["questions"])
    def check(body: CheckBody) -> list[dict[str, object]]:
        """What the documents say about each sentence of a draft."""
        asked = Asked(
            "",
            str(body.published_from or ""),
            str(body.published_to or ""),
            body.folder,
            body.document,
        )
        found = limited(lambda: service.check(body.text, asked, body.written))
        return [one.as_json() for one in found]

    @router.get("/api/v1/archive", tags=["documents"])
    def archive() -> dict[str, object]:
        """How many documents there are, from when to when, by month, and the newest."""
        found: dict[str, object] = limited(service.overview).as_json()
        return found

    @router.get("/api/v1/facets", tags=["documents"])
    def facets(request: Request) -> list[dict[str, object]]:
        """The facets of the documents, with counts; parameters such as `f=type:pdf` filter them."""
        asked = Asked.of(request.query_params.multi_items())
        return [asdict(one) for one in limited(lambda: service.facets(asked))]

    @router.post("/api/v1/remove", tags=["documents"])
    def remove(body: RemoveBody) -> dict[str, list[str]]:
        """Remove documents from the index; the files themselves stay."""
        return {"removed": service.remove(body.documents)}

    @router.get("/api/v1/documents", response_model=list[DocumentOut], tags=["documents"])
    def documents() -> list[dict[str, object]]:
        """The documents with title, author and date, and how each was found."""
        return [
            {
                "name": one.name,
                **{
                    field: {"value": fact.value, "how": fact.how, "certainty": fact.certainty.value}
                    if fact
                    else None
                    for field, fact in (
                        ("title", one.title),
                        ("author", one.author),
                        ("published", one.published),
                    )
                },
            }
            for one in service.documents()
        ]


def _notebook_routes(
    router: APIRouter, service: IndexService, limited: Callable[[Callable[[], Any]], Any]
) -> None:
    @router.get("/api/v1/notebook", tags=["notebook"])
    def notebook() -> dict[str, object]:
        """The notebook's entries."""
        return _as_json(service.notebook.read())

    @router.post("/api/v1/notebook", tags=["notebook"])
    def change(body: NotebookChange) -> dict[str, object]:
        """Change the notebook."""
        return _as_json(limited(lambda: _changed(service, body)))


def _as_json(notebook: Notebook) -> dict[str, object]:
    entries = [one.as_json() for one in notebook.entries]
    return {"title": notebook.title, "entries": entries}


def _changed(service: IndexService, body: NotebookChange) -> Notebook:
    service.permissions.check_changing()
    text = body.text.strip()
    match body.action:
        case "pin":
            document = service.document(body.document)
            span = Span(body.start, body.end)
            quote = span.of(document.text) if document else ""
            claimed = Claimed(body.document, body.start, body.end, quote, body.content_hash)
            sentence = Span(body.sentence_start, body.sentence_end)
            return service.pin(claimed, sentence, body.question)
        case "question" | "name" if not text:
            raise QuothError(f"type the {body.action} first")
        case "question" | "name":
            return service.follow(body.action, text)
        case "note":
            return service.notebook.change(lambda one: one.noted(body.id, text))
        case "move":
            return service.notebook.change(lambda one: one.moved(body.id, body.place))
        case "remove":
            return service.notebook.change(lambda one: one.without(body.id))
        case "seen":
            return service.seen()

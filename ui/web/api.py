"""Questions over HTTP, for programs."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from index import QuothError, Span
from qa import Claimed, Notebook
from qa.question import MAX_QUESTION
from ui.web.asked import Asked
from ui.web.index_service import IndexService

MOST_CHECKED = 20_000
"""Characters of a draft that are checked over HTTP at once."""


class AskBody(BaseModel):
    """A question, and which documents may answer it."""

    question: str = Field(max_length=MAX_QUESTION, examples=["who brokered the ceasefire?"])
    k: int = Field(5, ge=1, le=50, description="how many passages to cite")
    published_from: dt.date | None = None
    published_to: dt.date | None = None
    folder: str | None = Field(None, description="only documents in this folder")
    document: str | None = Field(None, description="only names like this: '*.txt'")
    today: dt.date | None = Field(
        None, description="the day 'last September' is counted from; by default this one"
    )


class SentenceOut(BaseModel):
    """The whole sentence that holds a quotation."""

    text: str
    start: int
    end: int


class WorkedOutOut(BaseModel):
    """A date that the day of the article tells: "Wednesday"."""

    words: str
    first: str
    last: str


class Cited(BaseModel):
    """The quotation that answers."""

    text: str
    confidence: float
    document: str
    published: str | None
    start: int
    end: int
    content_hash: str
    sentence: SentenceOut
    worked_out: list[WorkedOutOut]
    speaker: SentenceOut | None


class VersionOut(BaseModel):
    """Another version of an article, and how it is known to be one."""

    document: str
    published: str | None
    how: str


class PassageOut(BaseModel):
    """A passage that bears on the question; `highlights` count the document's characters."""

    rank: int
    score: float
    document: str
    title: str
    author: str | None
    published: str | None
    start: int
    end: int
    page: str | None
    paragraph: int
    content_hash: str
    published_how: str | None
    published_certainty: str | None
    text: str
    highlights: list[tuple[int, int]]
    part: str
    file_gone: bool
    copies: list[str]
    later: list[VersionOut]
    earlier: list[VersionOut]


class AnswerOut(BaseModel):
    """What the documents say; `answer` is null when they do not answer the question.

    `others` are different answers of other documents, `agreeing` the same answer in documents of
    other stories. Where `answer` is null, `possible` is the likeliest one, if there is any, and
    `reasons` say why it is not given.
    """

    question: str
    answer: Cited | None
    others: list[Cited]
    agreeing: list[Cited]
    possible: Cited | None
    reasons: list[str]
    verdict: str | None
    passages: list[PassageOut]
    undated: int


class Fact(BaseModel):
    """A fact of a document, how it was found, and how far it can be trusted."""

    value: str
    how: str
    certainty: str


class DocumentOut(BaseModel):
    """A document of the index."""

    name: str
    title: Fact
    author: Fact | None
    published: Fact | None


class CheckBody(BaseModel):
    """A draft, and which documents it is compared with."""

    text: str = Field(max_length=MOST_CHECKED, examples=["49 Armenian servicemen were killed."])
    written: dt.date | None = Field(None, description="the day 'Wednesday' is worked out from")
    published_from: dt.date | None = None
    published_to: dt.date | None = None
    folder: str = ""
    document: str = ""


class NotebookChange(BaseModel):
    """A change of the notebook.

    "pin" takes a quotation's place, "question" and "name" a `text`, "note" an entry's `id` and its
    `text`, "move" an `id` and a `place` from 1, "remove" an `id`; "seen" marks all news as seen.
    """

    action: Literal["pin", "question", "name", "note", "move", "remove", "seen"]
    id: int = 0
    place: int = 1
    text: str = Field("", max_length=MAX_QUESTION)
    document: str = ""
    content_hash: str = ""
    start: int = 0
    end: int = 0
    sentence_start: int = 0
    sentence_end: int = 0
    question: str = Field("", max_length=MAX_QUESTION)


class RemoveBody(BaseModel):
    """The names of documents."""

    documents: list[str] = Field(max_length=10_000)


def routes(service: IndexService, limited: Callable[[Callable[[], Any]], Any]) -> APIRouter:
    """The routes; `limited` runs what it is given when there is room, or says that there is not."""
    router = APIRouter()
    _notebook_routes(router, service, limited)

    @router.post("/api/v1/ask", response_model=AnswerOut, tags=["questions"])
    def ask(body: AskBody) -> dict[str, object]:
        """Answer a question from the documents, in their own words."""
        asked = Asked(
            body.question,
            str(body.published_from or ""),
            str(body.published_to or ""),
            body.folder or "",
            body.document or "",
        )
        found: dict[str, object] = limited(lambda: service.ask(asked, body.k, body.today)).as_json()
        return found

    @router.post("/api/v1/next", response_model=list[AnswerOut], tags=["questions"])
    def following(body: AskBody) -> list[dict[str, object]]:
        """What can be asked after a question, each with its answer."""
        asked = Asked(
            body.question,
            str(body.published_from or ""),
            str(body.published_to or ""),
            body.folder or "",
            body.document or "",
        )
        found = limited(lambda: service.follow_ups(asked, body.today))
        return [one.as_json() for one in found]

    @router.get("/api/v1/mentions", tags=["questions"])
    def mentions(
        phrase: str,
        published_from: dt.date | None = None,
        published_to: dt.date | None = None,
        folder: str = "",
        document: str = "",
        *,
        case: bool = False,
    ) -> dict[str, object]:
        """Every mention of a name or phrase, counted; in quotation marks to the letter."""
        asked = Asked("", str(published_from or ""), str(published_to or ""), folder, document)
        found: dict[str, object] = limited(
            lambda: service.mentions(phrase, asked, case=case)
        ).as_json()
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

    @router.post("/api/v1/check", tags=["questions"])
    def check(body: CheckBody) -> list[dict[str, object]]:
        """What the documents say to each sentence of a draft."""
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
        """What documents can be narrowed by, with counts; `f=type:pdf` and such narrow them."""
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

    return router


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
        case "question":
            return service.notebook.change(lambda one: one.with_question(text))
        case "name":
            return service.notebook.change(lambda one: one.with_name(text))
        case "note":
            return service.notebook.change(lambda one: one.noted(body.id, text))
        case "move":
            return service.notebook.change(lambda one: one.moved(body.id, body.place))
        case "remove":
            return service.notebook.change(lambda one: one.without(body.id))
        case "seen":
            return service.seen()

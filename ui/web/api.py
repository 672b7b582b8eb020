"""Questions over HTTP, for programs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from qa.question import MAX_QUESTION
from ui.web.index_service import Asked, IndexService

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


def routes(service: IndexService, limited: Callable[[Callable[[], Any]], Any]) -> APIRouter:
    """The routes; `limited` runs what it is given when there is room, or says that there is not."""
    router = APIRouter()

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

"""The request and response models of the HTTP interface."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from qa.archive.phrase import MAX_PHRASE
from qa.language.question import MAX_QUESTION
from ui.web.asked import Asked

MOST_CHECKED = 20_000
"""The most characters of a draft in one HTTP request."""
MOST_QUESTIONS, MOST_PACKED = 10_000, 1_000
"""The most questions and the most answers in one HTTP request."""


class Filters(BaseModel):
    """Which documents may answer."""

    published_from: dt.date | None = None
    published_to: dt.date | None = None
    folder: str | None = Field(None, description="only documents in this folder")
    document: str | None = Field(None, description="only names like this: '*.txt'")
    today: dt.date | None = Field(
        None, description="the day 'last September' is counted from; by default this one"
    )

    def asked(self, question: str = "") -> Asked:
        """A question with these filters."""
        return Asked(
            question,
            str(self.published_from or ""),
            str(self.published_to or ""),
            self.folder or "",
            self.document or "",
        )


class AskBody(Filters):
    """A question, and which documents may answer it."""

    question: str = Field(max_length=MAX_QUESTION, examples=["who brokered the ceasefire?"])
    k: int = Field(5, ge=1, le=50, description="how many passages to cite")


class BatchBody(Filters):
    """Many questions, and which documents may answer them."""

    questions: list[Annotated[str, Field(max_length=MAX_QUESTION)]] = Field(
        min_length=1, max_length=MOST_QUESTIONS, examples=[["who brokered the ceasefire?"]]
    )
    each_document: bool = Field(
        default=False, description="ask each question of each document by itself"
    )
    after: int = Field(0, ge=0, description="how many rows came before, to resume a batch")


class PackBody(BaseModel):
    """Answers to pack as evidence."""

    answers: list[dict[str, Any]] = Field(
        min_length=1, max_length=MOST_PACKED, description="answers as /api/v1/ask gives them"
    )
    passages: bool = Field(default=False, description="pack the passages too, beside the answers")


class SentenceOut(BaseModel):
    """The whole sentence that holds a quotation."""

    text: str
    start: int
    end: int


class WorkedOutOut(BaseModel):
    """A date that is resolved from the day of the article, such as "Wednesday"."""

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
    """A passage that bears on the question; `highlights` are offsets in the document."""

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
    other stories, and `members` what other passages name where several things are asked. Where
    `answer` is null, `possible` is the likeliest one, if there is any, and `reasons` say why it is
    not given. `answerability` is the probability that the documents answer the question at all;
    `withheld` says that they do, and the likeliest answer is less likely right than the precision
    asks for.
    """

    question: str
    answer: Cited | None
    others: list[Cited]
    agreeing: list[Cited]
    members: list[Cited]
    possible: Cited | None
    answerability: float
    reasons: list[str]
    withheld: bool
    verdict: str | None
    passages: list[PassageOut]
    undated: int
    unembedded: int


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


class NameCorrection(BaseModel):
    """A correction of a name: "rename" takes the new name as `value`, "type" a kind."""

    action: Literal["rename", "type", "reject"]
    name: str = Field(max_length=MAX_PHRASE)
    value: str = Field("", max_length=MAX_PHRASE)


class RemoveBody(BaseModel):
    """The names of documents."""

    documents: list[str] = Field(max_length=10_000)


class WrittenSentenceOut(BaseModel):
    """A sentence of a written answer; `quotation` is null if no quotation supports it."""

    text: str
    supported: bool
    quotation: int | None
    evidence: tuple[int, int] | None
    why_not: str
    answering: float | None


class NumberedOut(BaseModel):
    """A quotation that was sent."""

    number: int
    document: str
    title: str
    published: str | None
    speaker: str
    start: int
    end: int
    text: str
    content_hash: str


class WrittenOut(BaseModel):
    """What the writer wrote; `enough` is false where too little of it is in the documents."""

    writer: str
    enough: bool
    sentences: list[WrittenSentenceOut]
    held_back: int
    quotations: list[NumberedOut]

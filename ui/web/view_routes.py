"""The page's views: pieces of HTML that its script fetches by the page's own address."""

import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from index import QuothError
from index.text.visible import one_line
from qa import (
    Assistant,
    Mentions,
    NameDetails,
    Writer,
    Written,
    configured_writer,
    has_names,
    name_details,
    pack,
)
from qa.answering.document_facts import about
from qa.archive.evidence_sheet import by_itself
from qa.archive.notebook import markdown_of
from qa.archive.rows import as_csv
from qa.language.question import Question
from ui.web.api_models import MOST_CHECKED, CheckBody
from ui.web.asked import Asked
from ui.web.facets_html import facets_html
from ui.web.html import answer_html
from ui.web.index_service import MOST_SHOWN, IndexService
from ui.web.limiter import Limited
from ui.web.mentions_html import beside_html, mentions_html, names_of
from ui.web.notebooks import news_of
from ui.web.says_html import figures_html, says_html
from ui.web.staged import staged
from ui.web.view_html import (
    checked_html,
    draft_html,
    faults_of,
    next_html,
    notebook_html,
    sources_html,
    start_html,
    summary_html,
    timeline_html,
)
from ui.web.written_html import written_html

_MOST_LISTED, _DIGITS = 200, 9
_SEED = "003_b2d011834734ebc9"
_FEW = 5
_TITLES_TRIED = 8
_SEED_QUESTIONS = (
    "who brokered the September 13 ceasefire?",
    "How many Armenian servicemen had been killed in the September fighting?",
    "What is the capital of Mongolia?",
)
_KINDS = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}


def _lines(first: Written, growing: Iterator[Written]) -> Iterator[str]:
    yield json.dumps({"html": written_html(first)}) + "\n"
    try:
        for one in growing:
            yield json.dumps({"html": written_html(one)}) + "\n"
    except QuothError as error:
        yield json.dumps({"error": one_line(str(error))}) + "\n"


def writer_if_set() -> Writer | None:
    """The configured writer; None if there is none, or if its settings are invalid."""
    try:
        return configured_writer()
    except QuothError:
        return None


def routes(service: IndexService, limited: Limited, patient: Limited) -> APIRouter:
    """Create the routes; `limited` runs a function in a bounded pool, or raises Busy.

    `patient` is the same with a longer time limit, for written answers.
    """
    router = APIRouter(prefix="/view", include_in_schema=False)
    _of_a_question(router, service, limited, patient)
    _about_a_question(router, service, limited)
    _of_the_archive(router, service, limited)
    _of_the_notebook(router, service, limited)
    return router


def _of_a_question(
    router: APIRouter, service: IndexService, limited: Limited, patient: Limited
) -> None:
    may_change = service.permissions.may_change

    @router.get("/answer")
    def answer(request: Request) -> Response:
        asked = Asked.of(request.query_params.multi_items())

        def view() -> str:
            found, hidden = service.ask(asked, MOST_SHOWN), service.hidden(asked)
            writer = writer_if_set()
            return answer_html(found, asked, hidden, may_change=may_change, writer=writer)

        return staged(request, limited, view)

    @router.post("/written")
    def written(request: Request) -> StreamingResponse:
        """Stream the view after each new sentence, as one line of JSON."""
        growing = service.writing(Asked.of(request.query_params.multi_items()))
        first = patient(lambda: next(growing))  # an error before that gets its own status code
        return StreamingResponse(_lines(first, growing), media_type="application/x-ndjson")

    @router.get("/next")
    def following(request: Request) -> HTMLResponse:
        asked = Asked.of(request.query_params.multi_items())
        return HTMLResponse(next_html(limited(lambda: service.follow_ups(asked)), asked))


def _about_a_question(router: APIRouter, service: IndexService, limited: Limited) -> None:
    may_change = service.permissions.may_change

    @router.get("/mentions")
    def mentions(request: Request) -> HTMLResponse:
        asked = Asked.of(request.query_params.multi_items())
        sort = request.query_params.get("sort", "")
        meaning = _by_meaning(request)
        found, of, named = limited(
            lambda: (
                *_mentions(service, asked, meaning=meaning),
                not meaning and _has_names(service),
            )
        )
        return HTMLResponse(
            mentions_html(
                found,
                of,
                sort,
                has_names=named,
                may_change=may_change,
                question=asked.question if of != asked else "",
            )
        )

    @router.get("/beside")
    def names_beside(request: Request) -> HTMLResponse:
        asked = Asked.of(request.query_params.multi_items())
        found = limited(lambda: _details(service, asked))
        return HTMLResponse(beside_html(found, may_change=may_change))

    @router.get("/says")
    def says(request: Request) -> Response:
        asked = Asked.of(request.query_params.multi_items())
        return staged(request, limited, lambda: says_html(service.who_says(asked), asked))

    @router.get("/says.csv")
    def claim_rows(request: Request) -> Response:
        asked = Asked.of(request.query_params.multi_items())
        return _csv(limited(lambda: service.who_says(asked)).rows())

    @router.get("/time")
    def time(request: Request) -> HTMLResponse:
        asked = Asked.of(request.query_params.multi_items())
        found = limited(lambda: service.timeline(asked.question, asked))
        return HTMLResponse(timeline_html(found, asked))

    @router.get("/figures")
    def figures(request: Request) -> HTMLResponse:
        asked = Asked.of(request.query_params.multi_items())
        found, months = limited(
            lambda: (service.who_says(asked), service.timeline(asked.question, asked).by_month)
        )
        return HTMLResponse(figures_html(found, asked, months))

    @router.get("/summary")
    def summary(request: Request) -> HTMLResponse:
        asked = Asked.of(request.query_params.multi_items())
        return HTMLResponse(summary_html(limited(lambda: service.summary(asked.question, asked))))

    @router.get("/mentions.csv")
    def mention_rows(request: Request) -> Response:
        asked = Asked.of(request.query_params.multi_items())
        meaning = _by_meaning(request)
        found = limited(lambda: service.mentions(asked.question, asked, meaning=meaning))
        return _csv(found.rows())

    @router.get("/time.csv")
    def event_rows(request: Request) -> Response:
        asked = Asked.of(request.query_params.multi_items())
        return _csv(limited(lambda: service.timeline(asked.question, asked)).rows())


def _of_the_archive(router: APIRouter, service: IndexService, limited: Limited) -> None:
    @router.get("/start")
    def start() -> HTMLResponse:
        return HTMLResponse(start_html(limited(service.overview), _examples(service)))

    @router.get("/facets")
    def facets(request: Request) -> HTMLResponse:
        asked = Asked.of(request.query_params.multi_items())
        return HTMLResponse(facets_html(asked, limited(lambda: service.facets(asked))))

    @router.get("/sources")
    def sources(request: Request) -> HTMLResponse:
        return HTMLResponse(limited(lambda: _sources(service, request, whole=True)))

    @router.get("/documents")
    def documents(request: Request) -> HTMLResponse:
        return HTMLResponse(limited(lambda: _sources(service, request, whole=False)))

    @router.get("/draft")
    def draft() -> HTMLResponse:
        return HTMLResponse(draft_html(MOST_CHECKED))

    @router.post("/checked")
    def checked(body: CheckBody) -> HTMLResponse:
        return HTMLResponse(
            checked_html(limited(lambda: service.check(body.text, Asked(), body.written)))
        )


def _of_the_notebook(router: APIRouter, service: IndexService, limited: Limited) -> None:
    @router.get("/notebook")
    def notebook() -> HTMLResponse:
        return HTMLResponse(limited(lambda: _notebook(service)))

    @router.get("/notebook.{form}")
    def exported(form: str) -> Response:
        if form not in _KINDS:
            raise HTTPException(404, "there is no such page")
        return Response(limited(lambda: _exported(service, form)), media_type=_KINDS[form])


def _by_meaning(request: Request) -> bool:
    return request.query_params.get("by") == "meaning"


def _has_names(service: IndexService) -> bool:
    with service.index() as index:
        return has_names(index)


def _details(service: IndexService, asked: Asked) -> NameDetails | None:
    """A name with those beside it; None if it was not recognized as one."""
    with service.index() as index:
        try:
            return name_details(index, asked.question, asked.where(index))
        except QuothError:
            return None


def _sources(service: IndexService, request: Request, *, whole: bool) -> str:
    asked = Asked.of(request.query_params.multi_items())
    words = request.query_params.get("s", "")[:_MOST_LISTED]
    stated = request.query_params.get("sort", "name")
    found = service.sources(words, asked, stated.lstrip("-"), down=stated.startswith("-"))
    most = request.query_params.get("most", "")
    return sources_html(
        found.shown[: int(most) if most.isdecimal() and len(most) < _DIGITS else _MOST_LISTED],
        (len(found.shown), found.total, found.passages),
        asked,
        words=words,
        sort=stated.lstrip("-"),
        down=stated.startswith("-"),
        unread=found.unread,
        may_change=service.permissions.may_change,
        whole=whole,
    )


def _notebook(service: IndexService) -> str:
    notebook = service.notebook.read()
    with service.assistant() as assistant:
        quoted = {str(one.cited["document"]) for one in notebook.entries if one.cited}
        found, _ = news_of(assistant, notebook, service.folder)
        return notebook_html(
            notebook,
            str(service.notebook.path.name),
            faults_of(notebook, _documents(assistant, quoted)),
            found,
            may_change=service.permissions.may_change,
        )


def _documents(assistant: Assistant, names: set[str]) -> dict[str, Any]:
    index = assistant.index
    return {name: index.document(one.key) for name, one in index.named(names).items()}


def _mentions(service: IndexService, asked: Asked, *, meaning: bool) -> tuple[Mentions, Asked]:
    """The mentions of what is asked, or of the first name in it if no document has the whole."""
    found = service.mentions(asked.question, asked, meaning=meaning)
    for name in [] if found.found or meaning else names_of(asked.question):
        of = replace(asked, question=name)
        named = service.mentions(name, of)
        if named.found:
            return named, of
    return found, asked


def _exported(service: IndexService, form: str) -> bytes:
    if form == "md":
        return markdown_of(service.notebook.read()).encode("utf-8", "replace")
    with tempfile.TemporaryDirectory(prefix="quoth-notebook-") as folder, service.index() as index:
        out = Path(folder) / "evidence.zip"
        pack(index, [service.notebook.path], out)
        if form == "zip":
            return out.read_bytes()
        with zipfile.ZipFile(out) as packed:
            sheet = packed.read(f"sheet.{form}")
            return by_itself(sheet, packed) if form == "html" else sheet


def _examples(service: IndexService) -> Sequence[str]:
    """Questions that this index answers, and for the seeds one that it does not."""
    listed = service.documents()
    if len(listed) <= _FEW and any(_SEED in one.name for one in listed):
        return _SEED_QUESTIONS
    known = [one for one in listed if one.author and one.title.how != "file name"]
    titles = list(dict.fromkeys(one.title.value for one in known))[:_TITLES_TRIED]
    asked = [f"who wrote the article about {title[:80]}?" for title in titles]
    with service.index() as index:
        return [one for one in asked if about(index, Question.parse(one))][:2]


def _csv(rows: Sequence[Sequence[str]]) -> Response:
    return Response(as_csv(rows), media_type="text/csv; charset=utf-8")

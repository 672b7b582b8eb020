"""Serving the page and the programs' interface over one index."""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it when it is imported

# isort: split
import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.responses import Response

from index import QuothError
from index.engines.at import Place
from index.errors import FaultError
from index.text import visible
from qa import Settings
from qa.ranking.weights import UNCALIBRATED
from qa.writing.writer import SECONDS as WRITER_SECONDS
from ui.web import api, article_routes, measures, view_routes
from ui.web.addresses import hosts_of, listening_on
from ui.web.ending import STOP_SECONDS, Ending
from ui.web.index_service import IndexService
from ui.web.limiter import Busy, Limited, limiter
from ui.web.local_server import LocalServer
from ui.web.measures import Measured
from ui.web.page import build, with_shell
from ui.web.permissions import Permissions
from ui.web.security import MOST_UPLOADED, Guard, is_loopback
from ui.web.sign_in import SignIn
from ui.web.uploads import UPLOADED

AT_ONCE = 2
WAITING = 200
SHOWN_AT_ONCE = 2
SHOWN_WAITING = 50
WRITTEN_AT_ONCE = 1
WRITTEN_WAITING = 4
_SHOWN_SECONDS = 40


def application(
    service: IndexService,
    hosts: list[str],
    sign_in: SignIn | None = None,
    *,
    mcp: bool = False,
    asking: Limited | None = None,
    showing: Limited | None = None,
    log: bool = False,
) -> Measured:
    """The whole server as one ASGI application.

    Args:
        service: the index.
        hosts: the accepted values of the Host header: names with ports.
        sign_in: the name and password to ask for.
        mcp: serve the question as an MCP tool too.
        asking: the pool that answers questions.
        showing: the pool that shows articles, their pages and comparisons. It is separate, so that
            a slow page never delays a question.
        log: log each request.

    """
    limited = asking or limiter(AT_ONCE, WAITING)
    showing = showing or limiter(SHOWN_AT_ONCE, SHOWN_WAITING, _SHOWN_SECONDS)
    patient = limiter(WRITTEN_AT_ONCE, WRITTEN_WAITING, 2 * WRITER_SECONDS)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(title="Quoth", docs_url=None, redoc_url=None, lifespan=living)
    app.include_router(api.routes(service, limited, patient))
    app.include_router(article_routes.routes(service, showing))
    app.include_router(view_routes.routes(service, limited, patient))

    registry = measures.new_registry(service, service.place)
    app.include_router(measures.routes(service, registry))

    _handle_errors(app)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(_docs(app))

    may_change = service.permissions.may_change

    async def whole_page(request: Request, go_on: RequestResponseEndpoint) -> Response:
        return await _whole_page(request, go_on, may_change=may_change)

    app.add_middleware(BaseHTTPMiddleware, dispatch=whole_page)
    page = build(service, limited)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=_theme(),
        footer_links=[],
        show_error=True,
        max_file_size=MOST_UPLOADED,
        ssr_mode=False,
        allowed_paths=[],
        blocked_paths=["/"],
        enable_monitoring=False,
        pwa=False,
        mcp_server=mcp,
    )
    guarded = Guard(app, hosts, sign_in, mcp=mcp, uploads=service.permissions.may_change)
    return Measured(guarded, registry, log=log)


def _handle_errors(app: FastAPI) -> None:
    """Answer every error in one line of JSON: the client's 4xx, an overload and a fault 503."""

    @app.exception_handler(QuothError)
    def mistaken(_: Request, error: QuothError) -> JSONResponse:
        return told(error)

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        parts = [
            f"{'.'.join(str(one) for one in found['loc'][1:]) or 'the body'}: {found['msg']}"
            for found in error.errors()
        ]
        return JSONResponse({"error": visible.one_line("; ".join(parts))}, 422)


def told(error: QuothError) -> JSONResponse:
    """An error as a response: 503 with Retry-After for an overload or a fault, else 422."""
    message = {"error": visible.one_line(str(error))}
    if isinstance(error, Busy):
        return JSONResponse(message, 503, {"retry-after": "2"})
    if isinstance(error, FaultError):
        return JSONResponse(message, 503, {"retry-after": "30"})
    return JSONResponse(message, 422)


def _theme() -> gr.themes.Base:
    """System fonts, and text with enough contrast in the light and the dark theme."""
    theme = gr.themes.Base(
        font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
    )
    theme.set(
        color_accent="#1d4ed8",
        body_text_color_subdued="#52525b",
        body_text_color_subdued_dark="#c4c4cc",
        block_info_text_color="#52525b",
        block_info_text_color_dark="#c4c4cc",
        block_label_text_color="#3f3f46",
        block_label_text_color_dark="#d4d4d8",
        block_title_text_color="#3f3f46",
        block_title_text_color_dark="#d4d4d8",
        input_placeholder_color="#5f5f69",
        input_placeholder_color_dark="#b4b4be",
        button_primary_background_fill="#1d4ed8",
        button_primary_background_fill_hover="#1e40af",
        button_primary_background_fill_dark="#1d4ed8",
        button_primary_background_fill_hover_dark="#1e40af",
        button_primary_text_color="#ffffff",
    )
    return theme


_OUTSIDE = (
    "https://raw.githubusercontent.com/gradio-app/gradio/main/js/_website/src/lib/assets/img/header-image.jpg",
    "https://gradio.app/",
)


async def _whole_page(
    request: Request, go_on: RequestResponseEndpoint, *, may_change: bool
) -> Response:
    """Gradio's page without links to other hosts, and with Quoth's own page in it."""
    response = await go_on(request)
    if request.url.path != "/" or "text/html" not in response.headers.get("content-type", ""):
        return response
    body = b"".join([part async for part in response.body_iterator])  # type: ignore[attr-defined]
    text = body.decode()
    for outside in _OUTSIDE:
        text = text.replace(outside, "")
    headers = {k: v for k, v in response.headers.items() if k.lower() != "content-length"}
    return HTMLResponse(with_shell(text, may_change=may_change), response.status_code, headers)


def _docs(app: FastAPI) -> str:
    """The interface as a plain page: FastAPI's own loads its scripts from elsewhere."""
    from ui.web.html import docs_html  # noqa: PLC0415 -- with its template, when it is asked for

    return docs_html(app.openapi())


def serve(
    place: Place,
    host: str = "127.0.0.1",
    port: int = 7860,
    sign_in: SignIn | None = None,
    *,
    open_to_all: bool = False,
    allow_add: Sequence[Path] = (),
    addresses: Sequence[str] = (),
    mcp: bool = False,
    settings: Settings | None = None,
    log: bool = False,
    warned: Callable[[str], None] = print,
    told: Callable[[str], None] = print,
) -> None:
    """Serve until stopped.

    Args:
        place: the folder of the index, or its address on a server.
        host: the address to listen on.
        port: the port to listen on.
        sign_in: the name and password to ask for.
        open_to_all: let everyone in who reaches an address beyond loopback.
        allow_add: folders below which clients may add files. On loopback without `addresses` an
            empty list allows any.
        addresses: the addresses by which a reverse proxy or a name server makes this server known,
            such as "https://archive.example". With one, clients count as other machines, and the
            proxy on this machine says which one each request is from.
        mcp: serve the question as an MCP tool too.
        settings: how questions are asked.
        log: write each request, and what goes wrong, as a line of JSON to standard error.
        warned: called with each warning to the owner.
        told: called with the server's address.

    Raises:
        QuothError: for an address that cannot be served.

    """
    hosts = hosts_of(host, port, addresses)
    only_here = is_loopback(host) and not addresses
    if not only_here and sign_in is None and not open_to_all:
        raise QuothError(
            f"serving on {', '.join(addresses) or host} lets other machines in; add --auth "
            "user:password, or --no-auth if everyone there may read these documents"
        )
    permissions = Permissions.of(allow_add, loopback=only_here)
    service = IndexService(place, settings, permissions)
    if not service.calibrated:
        warned(UNCALIBRATED)
    if not only_here:
        who = "whoever signs in" if sign_in is not None else "everyone who reaches this address"
        warned(f"{who} may {permissions.described()}")
    service.warm()
    listening = listening_on(host, port)
    ending = Ending()
    # Only what is uploaded to this server counts as an upload.
    with ending, tempfile.TemporaryDirectory(prefix="quoth-uploaded-") as uploaded:
        os.environ[UPLOADED] = uploaded
        asking = limiter(AT_ONCE, WAITING)
        app = application(service, hosts, sign_in, mcp=mcp, asking=asking, log=log)
        if log:
            measures.log_as_json()
        config = uvicorn.Config(
            app,
            log_level="warning",
            log_config=None if log else uvicorn.config.LOGGING_CONFIG,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            limit_concurrency=None,
            proxy_headers=bool(addresses),
            forwarded_allow_ips=["127.0.0.1", "::1"],
        )
        shown = f"[{host}]" if ":" in host else host
        server = uvicorn.Server(config)
        ending.of(server)
        local = LocalServer(service, asking)
        local.start()
        try:
            told(f"http://{shown}:{port}/")
            server.run(sockets=[listening])
        finally:
            local.stop()

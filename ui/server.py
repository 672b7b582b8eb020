"""Serving the page and the programs' interface over one index."""

import ipaddress
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it when it is imported

# isort: split
import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.responses import Response

from index import QuothError
from qa import Settings
from qa.weighting import UNCALIBRATED
from ui import api, reading
from ui.desk import Desk
from ui.guard import MOST_UPLOADED, Guard, SignIn, is_loopback
from ui.page import build

AT_ONCE = 2
WAITING = 200
_PATIENCE_SECONDS = 60
_STOP_SECONDS = 2


class Busy(QuothError):  # noqa: N818 -- a message to a person, not an error of the program's
    """Too many questions at once."""


def limiter(at_once: int, waiting: int) -> Callable[[Callable[[], Any]], Any]:
    """Runs what it is given, so many at once and in turn, or says that too many wait."""
    workers = ThreadPoolExecutor(at_once, thread_name_prefix="asking")
    places = threading.Semaphore(at_once + waiting)

    def limited(work: Callable[[], Any]) -> Any:  # noqa: ANN401 -- whatever the work gives
        if not places.acquire(blocking=False):
            raise Busy("too many questions at once; ask again in a moment")
        try:
            turn = workers.submit(work)
            try:
                return turn.result(_PATIENCE_SECONDS)
            except TimeoutError as error:
                turn.cancel()
                raise Busy("too many questions at once; ask again in a moment") from error
        finally:
            places.release()

    return limited


def application(
    desk: Desk, hosts: list[str], sign_in: SignIn | None = None, *, mcp: bool = False
) -> Guard:
    """The whole server as one ASGI application."""
    limited = limiter(AT_ONCE, WAITING)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(title="Quoth", docs_url=None, redoc_url=None, lifespan=living)
    app.include_router(api.routes(desk, limited))
    app.include_router(reading.routes(desk, limited))

    @app.exception_handler(Busy)
    def busy(_: Request, error: Busy) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 503, {"retry-after": "2"})

    @app.exception_handler(QuothError)
    def mistaken(_: Request, error: QuothError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 422)

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(_docs(app))

    app.add_middleware(BaseHTTPMiddleware, dispatch=_bare_page)
    page = build(desk, limited)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE)
    static = files("ui").joinpath("static")
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=_theme(),
        css=static.joinpath("quoth.css").read_text("utf-8"),
        head=f"<script>{static.joinpath('quoth.js').read_text('utf-8')}</script>",
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
    return Guard(app, hosts, sign_in)


def _theme() -> gr.themes.Base:
    """The system's own fonts, and text that stands out enough on both grounds."""
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


async def _bare_page(request: Request, go_on: RequestResponseEndpoint) -> Response:
    """Gradio's page without what names other places."""
    response = await go_on(request)
    if request.url.path != "/" or "text/html" not in response.headers.get("content-type", ""):
        return response
    body = b"".join([part async for part in response.body_iterator])  # type: ignore[attr-defined]
    text = body.decode()
    for outside in _OUTSIDE:
        text = text.replace(outside, "")
    headers = {k: v for k, v in response.headers.items() if k.lower() != "content-length"}
    return HTMLResponse(text, response.status_code, headers)


def _docs(app: FastAPI) -> str:
    """The interface as a plain page: FastAPI's own loads its scripts from elsewhere."""
    from ui.cards import docs_html  # noqa: PLC0415 -- with its template, when it is asked for

    return docs_html(app.openapi())


def serve(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 7860,
    sign_in: SignIn | None = None,
    *,
    open_to_all: bool = False,
    mcp: bool = False,
    settings: Settings | None = None,
    warned: Callable[[str], None] = print,
    told: Callable[[str], None] = print,
) -> None:
    """Serve until stopped. Raises QuothError for an address that cannot be served."""
    if not is_loopback(host) and sign_in is None and not open_to_all:
        raise QuothError(
            f"serving on {host} lets other machines in; add --auth user:password, or --no-auth "
            "if everyone there may read these documents"
        )
    desk = Desk(folder, settings)
    if not desk.calibrated:
        warned(UNCALIBRATED)
    desk.warm()
    listening = _listening(host, port)
    app = application(desk, _names(host, port), sign_in, mcp=mcp)
    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
        limit_concurrency=None,
        proxy_headers=False,
    )
    shown = f"[{host}]" if ":" in host else host
    told(f"http://{shown}:{port}/")
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise QuothError(
            f"{host}:{port} cannot be served ({error.strerror}); choose another --port"
        ) from error
    return listening


def _names(host: str, port: int) -> list[str]:
    """The names, with ports, that a browser may ask this server under."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if not is_loopback(host):
        names += [host, socket.gethostname(), *_addresses()]
    return [f"{name}:{port}" for name in names] + (names if port in (80, 443) else [])


def _addresses() -> list[str]:
    found = {str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None)}
    return [f"[{a}]" if ipaddress.ip_address(a).version == 6 else a for a in sorted(found)]  # noqa: PLR2004

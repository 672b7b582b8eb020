"""ASGI middleware: checks Host, Origin, route, size and sign-in, and sets security headers."""

import logging
import re
from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.text.visible import one_line
from ui.web.sign_in import Admission, SignIn

MOST_UPLOADED = 200 * 1024 * 1024
MOST_ASKED = 64 * 1024
_UPLOADS = "/gradio_api/upload"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws://{host} wss://{host} blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'none'; frame-src 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""The headers of every response; `{host}` is the Host header of the request."""

PUBLIC_FUNCTIONS = ("ask",)
"""The page's functions that programs may call through Gradio's interface."""

_OWN = (
    "/api/v1/archive",
    "/api/v1/ask",
    "/api/v1/batch",
    "/api/v1/check",
    "/api/v1/documents",
    "/api/v1/facets",
    "/api/v1/name",
    "/api/v1/names",
    "/api/v1/mentions",
    "/api/v1/news",
    "/api/v1/next",
    "/api/v1/notebook",
    "/api/v1/pack",
    "/api/v1/remove",
    "/api/v1/says",
    "/api/v1/summary",
    "/api/v1/timeline",
    "/api/v1/written",
    "/read",
    "/page",
    "/compare",
    "/docs",
    "/metrics",
    "/openapi.json",
)
_HEALTH = ("/health/live", "/health/ready")
"""What a probe asks, which has no password; it tells nothing of the documents."""
_PAGE = (
    "/",
    "/config",
    "/theme.css",
    "/robots.txt",
    "/favicon.ico",
    "/manifest.json",
    "/gradio_api/info",
    "/gradio_api/theme.css",
    "/gradio_api/startup-events",
    "/gradio_api/app_id",
    "/gradio_api/reset",
    "/gradio_api/cancel",
    "/gradio_api/queue/join",
    "/gradio_api/queue/data",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
    "/login_check",
)
_MANY = ("/api/v1/batch", "/api/v1/pack")
"""What takes many questions or answers in one request."""
_BELOW = (
    "/view/",
    "/static/",
    "/assets/",
    "/svelte/",
    "/gradio_api/heartbeat/",
    "/gradio_api/file=",
)
_CALLED = re.compile(r"/gradio_api/(?:call/v2|run|api|call)/([^/]+)(?:/[^/]*)?/?")
_MCP = "/gradio_api/mcp"
_LOG = logging.getLogger("quoth.server")


def is_served(path: str, *, mcp: bool = False) -> bool:
    """Whether a path is one that the page or a program needs; every other one is refused.

    Gradio has routes for much that Quoth does not use (proxies, recordings, code editing, calls of
    any function by name). Only the listed routes reach it, so a new Gradio route is closed.
    """
    bare = path.rstrip("/") or "/"
    called = _CALLED.fullmatch(path)
    if called:
        return called.group(1) in PUBLIC_FUNCTIONS
    if mcp and (bare == _MCP or bare.startswith(f"{_MCP}/")):
        return True
    return bare in (*_OWN, *_HEALTH, *_PAGE) or path.startswith(_BELOW)


def route_of(path: str) -> str:
    """The route of a path, for counting: one of a few names, whatever clients ask for."""
    if path in _OWN or path in _HEALTH or path in _PAGE:
        return path
    called = _CALLED.fullmatch(path)
    if called and called.group(1) in PUBLIC_FUNCTIONS:
        return f"/gradio_api/call/{called.group(1)}"
    return next((f"{below}…" for below in (*_BELOW, _MCP) if path.startswith(below)), "other")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    return host in _LOOPBACK


class Guard:
    """ASGI middleware: refuses foreign or too large requests, and sets security headers."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str],
        sign_in: SignIn | None = None,
        *,
        mcp: bool = False,
        uploads: bool = True,
    ) -> None:
        """Guard an application.

        Args:
            app: what answers the requests that pass.
            hosts: the accepted values of the Host header: names with ports.
            sign_in: the name and password to ask for; None asks for none.
            mcp: whether the routes of MCP are served.
            uploads: whether files may be uploaded.

        """
        self._app = app
        self._hosts = frozenset(hosts)
        self._admission = Admission(sign_in) if sign_in is not None else None
        self._mcp = mcp
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        limited = _Limited(receive, _limit(scope))
        headed = _Headed(send, Headers(scope=scope).get("host", ""))

        async def unless_over(message: Message) -> None:
            if not limited.over:
                await headed(message)

        refusal = await self._refusal(scope)
        if refusal is None:
            try:
                await self._app(scope, limited, unless_over)
            except ClientDisconnect:
                if not limited.over:
                    raise
            except Exception as error:  # noqa: BLE001 -- no traceback reaches a client or the log
                told = f"{scope.get('path')} failed: {type(error).__name__}: {error}"
                _LOG.error("%s", one_line(told))
                _LOG.debug("the traceback", exc_info=True)
                if headed.started:
                    return
                refusal = _said(500, "the server failed on this request; see its log")
            refusal = _too_large(_limit(scope)) if limited.over else refusal
        if refusal is not None:
            await refusal(scope, receive, headed)

    async def _refusal(self, scope: MutableMapping[str, Any]) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._hosts:
            return _said(421, "the request's Host is not a name of this server")
        origin = headers.get("origin")
        if origin is not None and re.sub(r"^https?://", "", origin) not in self._hosts:
            return _said(403, "another site may not use this server")
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
        ):
            return _said(403, "another site may not use this server")
        if self._admission is not None and scope.get("path", "") not in _HEALTH:
            address = (scope.get("client") or ("",))[0]
            refused = await self._admission.refusal(headers.get("authorization"), address)
            if refused is not None:
                return refused
        path = scope.get("path", "")
        if not is_served(path, mcp=self._mcp):
            return _said(404, "there is no such page")
        if not self._uploads and path.startswith(_UPLOADS):
            return _said(403, "this server accepts no files; its owner can use --allow-add")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _limit(scope):
            return _too_large(_limit(scope))
        return None


class _Headed:
    """Adds the security headers to a response and removes permission for other sites."""

    def __init__(self, send: Send, host: str) -> None:
        self._send = send
        self._host = re.sub(r"[^\w.:\[\]-]", "", host)
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value.replace("{host}", self._host)
            if "access-control-allow-origin" in headers:
                del headers["access-control-allow-origin"]
        await self._send(message)


def _limit(scope: MutableMapping[str, Any]) -> int:
    path = scope.get("path", "")
    if path.startswith(_UPLOADS):
        return MOST_UPLOADED
    return MOST_ASKED * (256 if path in _MANY else 16)


def _said(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)


def _too_large(most: int) -> Response:
    return _said(413, f"that is too large; at most {most // 1024:,} kB are taken at once")


class _Limited:
    """Receives at most `most` bytes, whatever Content-Length states; beyond that it is `over`."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most
        self.over = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.over = True
            return {"type": "http.disconnect"}
        return message

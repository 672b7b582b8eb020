"""What stands between the network and the page: hosts, origins, sizes, sign-in, headers."""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index import QuothError
from index.files import plain_faults, write_whole

MOST_UPLOADED = 200 * 1024 * 1024
MOST_ASKED = 64 * 1024
_UPLOADS = "/gradio_api/upload"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'none'; frame-src 'none'; frame-ancestors 'none'"
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


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    return host in _LOOPBACK


class SignIn:
    """One person's name and the scrypt hash of the password."""

    def __init__(self, user: str, salt: bytes, digest: bytes) -> None:
        """Made by `of` or `read`."""
        self._user, self._salt, self._digest = user, salt, digest

    @classmethod
    def of(cls, stated: str) -> "SignIn":
        """From `user:password`. Raises QuothError if it is not of that form."""
        user, colon, password = stated.partition(":")
        if not colon or not user or not password:
            raise QuothError("--auth is user:password, or the file that was made of it")
        salt = os.urandom(16)
        return cls(user, salt, _hashed(password, salt))

    @classmethod
    def read(cls, path: Path) -> "SignIn":
        """From a file that `write` made."""
        try:
            user, salt, digest = path.read_text(encoding="utf-8").strip().split(":")
            return cls(user, bytes.fromhex(salt), bytes.fromhex(digest))
        except (OSError, ValueError) as error:
            raise QuothError(
                f"{path} is no file of --auth; make it with --auth user:password"
            ) from error

    def write(self, path: Path) -> None:
        """Keep it, without the password, for this user's eyes only."""
        with plain_faults(path.parent):
            path.unlink(missing_ok=True)
            line = f"{self._user}:{self._salt.hex()}:{self._digest.hex()}\n"
            write_whole(path, line.encode())
            path.chmod(0o600)

    def admits(self, header: str | None) -> bool:
        """Whether an Authorization header is this person's."""
        kind, _, encoded = (header or "").partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        right_user = hmac.compare_digest(user.encode(), self._user.encode())
        right_password = hmac.compare_digest(_hashed(password, self._salt), self._digest)
        return right_user and right_password


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


class Guard:
    """ASGI middleware: refuses what is foreign or too large, and adds the headers to the rest."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], sign_in: SignIn | None = None) -> None:
        """Stand before `app`; `hosts` are the names, with ports, that it may be asked under."""
        self._app = app
        self._hosts = frozenset(hosts)
        self._sign_in = sign_in
        self._admitted: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        limited = _Limited(receive, _limit(scope))
        headed = _headed(send)

        async def unless_over(message: Message) -> None:
            if not limited.over:
                await headed(message)

        refusal = self._refusal(scope)
        if refusal is None:
            try:
                await self._app(scope, limited, unless_over)
            except ClientDisconnect:
                if not limited.over:
                    raise
            refusal = _too_large(_limit(scope)) if limited.over else None
        if refusal is not None:
            await refusal(scope, receive, headed)

    def _refusal(self, scope: MutableMapping[str, Any]) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._hosts:
            return _said(421, "this server is not asked under that name")
        origin = headers.get("origin")
        if origin is not None and re.sub(r"^https?://", "", origin) not in self._hosts:
            return _said(403, "another site may not use this server")
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
        ):
            return _said(403, "another site may not use this server")
        if self._sign_in is not None and not self._admits(headers.get("authorization")):
            refused = _said(401, "sign in")
            refused.headers["www-authenticate"] = 'Basic realm="Quoth", charset="UTF-8"'
            return refused
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _limit(scope):
            return _too_large(_limit(scope))
        return None

    def _admits(self, header: str | None) -> bool:
        """Hashing takes long on purpose; a header that was right once is known again."""
        known = hashlib.sha256((header or "").encode()).hexdigest()
        if known in self._admitted:
            return True
        if self._sign_in is None or not self._sign_in.admits(header):
            return False
        self._admitted.add(known)
        return True


def _headed(send: Send) -> Send:
    """Sends with the headers added, and without leave for other sites."""

    async def headed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if "access-control-allow-origin" in headers:
                del headers["access-control-allow-origin"]
        await send(message)

    return headed


def _limit(scope: MutableMapping[str, Any]) -> int:
    return MOST_UPLOADED if scope.get("path", "").startswith(_UPLOADS) else MOST_ASKED * 16


def _said(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)


def _too_large(most: int) -> Response:
    return _said(413, f"that is too large; at most {most // 1024:,} kB are taken at once")


class _Limited:
    """Receives at most so many bytes, whatever the length that was stated; then it is `over`."""

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

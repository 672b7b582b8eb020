"""Signing in with a name and a hashed password, and waiting times against guessing."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.responses import JSONResponse, Response

from index import QuothError
from index.durable_files import plain_faults, write_whole

_FREE_TRIES = 10
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 60.0
_LONGEST_FOR_ACCOUNT_SECONDS = 5.0
_REMEMBERED = 10_000
_HASHED_AT_ONCE = 4


class SignIn:
    """One person's name and the scrypt hash of the password."""

    def __init__(self, user: str, salt: bytes, digest: bytes) -> None:
        """Use `of` or `read`."""
        self._user, self._salt, self._digest = user, salt, digest

    @classmethod
    def of(cls, stated: str) -> "SignIn":
        """From `user:password`. Raises QuothError if it is not of that form."""
        user, colon, password = stated.partition(":")
        if not colon or not user or not password:
            raise QuothError("--auth takes user:password, or the file saved from it")
        salt = os.urandom(16)
        return cls(user, salt, _hashed(password, salt))

    @classmethod
    def read(cls, path: Path) -> "SignIn":
        """From a file that `write` made. Raises QuothError if it is no such file."""
        try:
            user, salt, digest = path.read_text(encoding="utf-8").strip().split(":")
            return cls(user, bytes.fromhex(salt), bytes.fromhex(digest))
        except (OSError, ValueError) as error:
            raise QuothError(
                f"{path} is not a sign-in file; create one with --auth user:password"
            ) from error

    def write(self, path: Path) -> None:
        """Keep it in a file, without the password, that only this user may read."""
        with plain_faults(path.parent):
            path.unlink(missing_ok=True)
            line = f"{self._user}:{self._salt.hex()}:{self._digest.hex()}\n"
            write_whole(path, line.encode())
            path.chmod(0o600)

    def admits(self, header: str | None) -> bool:
        """Whether an Authorization header is this person's. Hashing takes 50 ms on purpose."""
        stated = _stated(header)
        if stated is None:
            return False
        user, password = stated
        right_user = hmac.compare_digest(user.encode(), self._user.encode())
        right_password = hmac.compare_digest(_hashed(password, self._salt), self._digest)
        return right_user and right_password


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


class Backoff:
    """Waiting times after failed tries: the first tries are free, then each wait doubles.

    It remembers the last 10,000 names. It is not safe for several threads.
    """

    def __init__(self, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Let nobody wait for more than `longest` seconds; `clock` tells the seconds."""
        self._longest = longest
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, name: str) -> float:
        """The seconds until `name` may try again; 0 when it may now."""
        count, until = self._failed.get(name, (0, 0.0))
        return max(0.0, until - self._clock()) if count >= _FREE_TRIES else 0.0

    def failed(self, name: str) -> None:
        """Note that `name` failed now."""
        count = self._failed.get(name, (0, 0.0))[0] + 1
        seconds = min(self._longest, _FIRST_WAIT_SECONDS * 2.0 ** min(20, count - _FREE_TRIES))
        self._failed[name] = (count, self._clock() + seconds)
        self._failed.move_to_end(name)
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget that `name` failed."""
        self._failed.pop(name, None)


class Admission:
    """Decides on requests by their Authorization header.

    Passwords are hashed in a separate thread, with a limit on waiting requests. A header that was
    accepted once is accepted without hashing, so other people's wrong tries never delay it.
    """

    def __init__(self, sign_in: SignIn) -> None:
        """Admit the person of `sign_in`."""
        self._sign_in = sign_in
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="sign-in")
        self._busy = 0
        self._admitted: set[bytes] = set()
        self._addresses = Backoff(_LONGEST_WAIT_SECONDS)
        self._accounts = Backoff(_LONGEST_FOR_ACCOUNT_SECONDS)

    async def refusal(self, header: str | None, address: str) -> Response | None:
        """The answer to a request that is not let in; None for one that is.

        401 asks for a sign-in; 429 says, in Retry-After, how long to wait before the next try.
        """
        known = hashlib.sha256((header or "").encode("utf-8", "surrogateescape")).digest()
        if known in self._admitted:
            return None
        stated = _stated(header)
        if stated is None:
            return _asked_to_sign_in()
        user = stated[0]
        wait = max(self._addresses.wait(address), self._accounts.wait(user))
        if wait > 0 or self._busy >= _HASHED_AT_ONCE:
            return _told_to_wait(max(1.0, wait))
        self._busy += 1
        try:
            loop = asyncio.get_running_loop()
            right = await loop.run_in_executor(self._hashing, self._sign_in.admits, header)
        finally:
            self._busy -= 1
        if right:
            self._admitted.add(known)
            self._addresses.succeeded(address)
            self._accounts.succeeded(user)
            return None
        self._addresses.failed(address)
        self._accounts.failed(user)
        return _asked_to_sign_in()


def _stated(header: str | None) -> tuple[str, str] | None:
    """The name and password of a Basic header."""
    kind, _, encoded = (header or "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (user, password) if colon else None


def _asked_to_sign_in() -> Response:
    refused = JSONResponse({"error": "sign in"}, 401)
    refused.headers["www-authenticate"] = 'Basic realm="Quoth", charset="UTF-8"'
    return refused


def _told_to_wait(seconds: float) -> Response:
    told = JSONResponse({"error": "too many wrong passwords; wait, then sign in again"}, 429)
    told.headers["retry-after"] = str(int(seconds + 0.999))
    return told

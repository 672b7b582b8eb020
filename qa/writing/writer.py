"""The user's model that writes: any server that speaks the OpenAI chat API."""

import ipaddress
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from platformdirs import user_config_path

from index import FaultError, QuothError
from qa.writing.prompt import Message

if TYPE_CHECKING:
    import httpx

URL, MODEL, KEY = "QUOTH_WRITER_URL", "QUOTH_WRITER_MODEL", "QUOTH_WRITER_KEY"
SECONDS = 120.0
_CONNECT_SECONDS = 5.0
_SILENT_SECONDS = 60.0
_MOST_TOKENS = 500
_MOST_CHARACTERS = 8_000
_SHOWN = 200
_UNAUTHORISED, _NOT_FOUND, _TOO_MANY = {401, 403}, 404, 429


@dataclass(frozen=True, slots=True)
class Writer:
    """A model behind the OpenAI chat API.

    Attributes:
        url: where the API is, as http://127.0.0.1:8080/v1.
        model: what the server calls the model.
        key: the API key; empty for none. It is never shown.
        seconds: how long a whole answer may take.

    Example:
        >>> str(Writer("http://127.0.0.1:8080/v1", "gemma"))
        'gemma at http://127.0.0.1:8080/v1'
    """

    url: str
    model: str
    key: str = ""
    seconds: float = SECONDS

    def __str__(self) -> str:
        """The model and where it runs, for a person."""
        return f"{self.model} at {self.url}"

    def __repr__(self) -> str:
        """The same; without the key."""
        return f"Writer({self.url!r}, {self.model!r})"

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, so that nothing leaves it."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        """What the model writes, piece by piece as it comes.

        Raises QuothError if it cannot be reached, refuses, answers in another form, or takes longer
        than `seconds`.
        """
        import httpx  # noqa: PLC0415 -- loaded when it is needed

        body = {
            "model": self.model,
            "messages": list(messages),
            "stream": True,
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
        }
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        limits = httpx.Timeout(_SILENT_SECONDS, connect=_CONNECT_SECONDS)
        ends = time.monotonic() + self.seconds
        try:
            with (
                httpx.Client(timeout=limits, trust_env=not self.is_here) as client,
                client.stream(
                    "POST", f"{self.url}/chat/completions", json=body, headers=headers
                ) as response,
            ):
                self._check(response)
                yield from self._pieces(response, ends)
        except httpx.TimeoutException:
            raise self._late() from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FaultError(
                f"the writer {self} cannot be reached ({error}); start it, or set another with "
                "`quoth config writer URL MODEL`"
            ) from None

    def _pieces(self, response: "httpx.Response", ends: float) -> Iterator[str]:
        given, began = 0, False
        for line in response.iter_lines():
            if time.monotonic() > ends:
                raise self._late()
            if not line.startswith("data:"):
                continue
            began = True
            stated = line.removeprefix("data:").strip()
            if stated == "[DONE]":
                return
            try:
                choices = json.loads(stated)["choices"]
                piece = choices[0]["delta"].get("content") or "" if choices else ""
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                raise self._foreign() from None
            given += len(piece)
            if given > _MOST_CHARACTERS:
                return
            if piece:
                yield str(piece)
        if not began:
            raise self._foreign()

    def _check(self, response: "httpx.Response") -> None:
        """Raise QuothError unless the server began to answer."""
        code = response.status_code
        if response.is_success:
            return
        response.read()
        said = " ".join(response.text.split())[:_SHOWN]
        if code in _UNAUTHORISED:
            raise QuothError(
                f"the writer {self} refuses the key; put the right one in ${KEY} or the keyring"
            )
        if code == _NOT_FOUND:
            raise QuothError(
                f"the writer {self} knows no such model or address ({said}); check both with "
                "`quoth config writer`"
            )
        if code == _TOO_MANY:
            raise FaultError(f"the writer {self} is asked too often; wait and ask again")
        raise FaultError(f"the writer {self} answered with error {code} ({said})")

    def _foreign(self) -> FaultError:
        return FaultError(
            f"the writer {self} does not answer as the OpenAI chat API does; check its URL"
        )

    def _late(self) -> FaultError:
        return FaultError(
            f"the writer {self} took too long; the limit is {self.seconds:.0f} seconds in all, and "
            f"{_SILENT_SECONDS:.0f} seconds without any output"
        )


def writer_file() -> Path:
    """Where the writer's URL and model are kept: writer.json in the user's folder of settings."""
    return user_config_path("quoth") / "writer.json"


def configured_writer() -> Writer | None:
    """The writer that is set, by the environment or by `quoth config writer`; None if none is.

    Raises QuothError if the setting is not valid.

    Example:
        >>> configured_writer() is None or bool(configured_writer().model)
        True
    """
    url, model = os.environ.get(URL, ""), os.environ.get(MODEL, "")
    if not url:
        path = writer_file()
        try:
            kept = json.loads(path.read_text("utf-8"))
            url, model = str(kept["url"]), model or str(kept["model"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise QuothError(
                f"{path} does not state a writer ({error}); set it again with "
                "`quoth config writer URL MODEL`"
            ) from None
    if not model:
        raise QuothError(f"${URL} is set and ${MODEL} is not; set both")
    url = checked_url(url)
    return Writer(url, model, os.environ.get(KEY, "") or _key_in_keyring(url))


def set_writer(url: str, model: str) -> Writer:
    """Keep a writer's URL and model for later questions. A key is not kept here.

    Raises QuothError for a URL that is none, and if the file cannot be written.
    """
    writer = Writer(checked_url(url), model.strip())
    if not writer.model:
        raise QuothError("name the model as its server calls it")
    path = writer_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"url": writer.url, "model": writer.model}) + "\n", "utf-8")
    except OSError as error:
        raise FaultError(f"{path} cannot be written ({error.strerror}); check the folder") from None
    return writer


def forget_writer() -> bool:
    """Forget the writer that `set_writer` kept; whether there was one."""
    try:
        writer_file().unlink()
    except FileNotFoundError:
        return False
    return True


def checked_url(url: str) -> str:
    """A URL of the API, without a slash at the end and with /v1 where it names no path.

    Raises QuothError for one that is not http or https, names no host, or holds a password.

    Example:
        >>> checked_url("http://127.0.0.1:8080/")
        'http://127.0.0.1:8080/v1'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    del port
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise QuothError(
            f"{url[:_SHOWN]!r} is not the URL of a writer; give one as http://127.0.0.1:8080"
        )
    if parts.username or parts.password:
        raise QuothError(f"the URL must not hold a name or password; put the key in ${KEY}")
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _key_in_keyring(url: str) -> str:
    """The key that the system's keyring holds for service "quoth" and this URL; empty if none."""
    try:
        import keyring  # noqa: PLC0415 -- an extra
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return ""
    try:
        return keyring.get_password("quoth", url) or ""
    except KeyringError:
        return ""

"""What the server refuses to clients, by lists taken from the running application."""

import asyncio
import json
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import httpx
import pytest
from conftest import ROOT
from fastapi.routing import APIRoute
from serving import Server, added, serving
from starlette.routing import Mount, Route

from index import QuothError
from ui.web.addresses import host_of
from ui.web.index_service import IndexService
from ui.web.limiter import Busy
from ui.web.permissions import Permissions, is_below
from ui.web.security import is_served
from ui.web.server import application
from ui.web.sign_in import Admission, Backoff, SignIn
from ui.web.uploads import UPLOADED

T = TypeVar("T")
HOST = "127.0.0.2"
KEPT = "The safe code is 4711. It is kept by the butler of the house.\n"
CHANGING = ("add", "add_1", "upload", "start")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of the seeds, and a secret beside it."""
    folder = tmp_path_factory.mktemp("doors")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    (folder / "secret.txt").write_text(KEPT)
    added(folder, "seeds")
    return folder


@pytest.fixture(scope="module")
def open_server(home: Path) -> Iterator[Server]:
    """A server that everyone may reach, beyond loopback as far as it knows."""
    with serving(home, "--host", HOST, "--no-auth", host=HOST) as running:
        yield running


@pytest.fixture(scope="module")
def client(open_server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=open_server.address, timeout=60) as one:
        yield one


def functions(client: httpx.Client) -> list[dict[str, Any]]:
    """The page's functions, as the running application lists them."""
    listed: list[dict[str, Any]] = client.get("/config").json()["dependencies"]
    return listed


def called(client: httpx.Client, function: dict[str, Any], given: list[object]) -> str:
    """What a function of the page says when it is called as the page calls it."""
    session = f"s{function['id']}"
    asked = {"data": given, "fn_index": function["id"], "session_hash": session}
    client.post("/gradio_api/queue/join", json=asked).raise_for_status()
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as events:
        for line in events.iter_lines():
            if "process_completed" in line:
                return line
    raise AssertionError("the function never ended")


def test_every_route_of_the_application_is_listed_or_refused(home: Path) -> None:
    """A route that Gradio or we add is closed until it is listed."""
    service = IndexService(home / ".quoth")
    guard = application(service, ["testserver"])
    paths = set(_paths(guard._app._app.routes))  # type: ignore[attr-defined]
    assert len(paths) > 60
    served = {path for path in paths if is_served(path)}
    assert served == {
        "/",
        "/api/v1/archive",
        "/api/v1/ask",
        "/api/v1/batch",
        "/api/v1/check",
        "/api/v1/documents",
        "/api/v1/facets",
        "/api/v1/mentions",
        "/api/v1/name",
        "/api/v1/names",
        "/api/v1/news",
        "/api/v1/next",
        "/api/v1/notebook",
        "/api/v1/pack",
        "/api/v1/remove",
        "/api/v1/says",
        "/api/v1/summary",
        "/api/v1/timeline",
        "/api/v1/written",
        "/assets/x",
        "/compare",
        "/config",
        "/config/",
        "/docs",
        "/favicon.ico",
        "/gradio_api/app_id",
        "/gradio_api/app_id/",
        "/gradio_api/cancel",
        "/gradio_api/file=x",
        "/gradio_api/heartbeat/x",
        "/gradio_api/info",
        "/gradio_api/info/",
        "/gradio_api/queue/data",
        "/gradio_api/queue/join",
        "/gradio_api/reset",
        "/gradio_api/reset/",
        "/gradio_api/startup-events",
        "/gradio_api/theme.css",
        "/gradio_api/upload",
        "/gradio_api/upload_progress",
        "/health/live",
        "/health/ready",
        "/manifest.json",
        "/metrics",
        "/openapi.json",
        "/page",
        "/read",
        "/robots.txt",
        "/static/x",
        "/svelte/x",
        "/theme.css",
        "/view/answer",
        "/view/beside",
        "/view/checked",
        "/view/documents",
        "/view/draft",
        "/view/facets",
        "/view/figures",
        "/view/mentions",
        "/view/mentions.csv",
        "/view/next",
        "/view/notebook",
        "/view/notebook.x",
        "/view/says",
        "/view/says.csv",
        "/view/sources",
        "/view/start",
        "/view/summary",
        "/view/time",
        "/view/time.csv",
        "/view/written",
    }
    service.close()


def _paths(routes: list[Any], before: str = "") -> Iterator[str]:
    """The routes' paths with every parameter filled in."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _paths(list(included.routes), before)
        elif isinstance(route, Mount):
            yield from _paths(list(route.routes), before + route.path)
        elif isinstance(route, APIRoute | Route):
            filled = route.path
            while "{" in filled:
                begin, end = filled.index("{"), filled.index("}")
                filled = f"{filled[:begin]}x{filled[end + 1 :]}"
            yield before + filled


def test_only_public_functions_are_called_by_name(client: httpx.Client) -> None:
    names = {str(one["api_name"]) for one in functions(client)}
    assert "ask" in names
    for name in names:
        for way in ("run", "api", "call", "call/v2"):
            answer = client.post(f"/gradio_api/{way}/{name}", json={"data": ["/etc/passwd"]})
            refused = answer.status_code == httpx.codes.NOT_FOUND
            assert refused == (name != "ask"), (way, name, answer.text[:200])


def test_the_public_function_is_called_ask(client: httpx.Client) -> None:
    asked = {"data": ["who brokered the September 13 ceasefire?"]}
    answer = client.post("/gradio_api/run/ask", json=asked).json()
    assert answer["data"][0]["answer"]["text"] == "Moscow"


def test_clients_of_a_server_that_is_open_to_all_change_nothing(
    client: httpx.Client, open_server: Server
) -> None:
    secret = str(open_server.home / "secret.txt")
    before = client.get("/api/v1/documents").json()
    file = {"path": secret, "meta": {"_type": "gradio.FileData"}, "orig_name": "secret.txt"}
    given: dict[str, list[object]] = {
        "add": [secret],
        "add_1": [secret],
        "upload": [[file]],
        "start": [secret],
    }
    by_name = {str(one["api_name"]): one for one in functions(client)}
    for name in CHANGING:
        said = called(client, by_name[name], given[name])
        assert "cannot be" in said or "not in the list" in said or "Nothing can" in said, said
    for address, change in (
        ("/api/v1/remove", {"documents": [before[0]["name"]]}),
        ("/api/v1/notebook", {"action": "question", "text": "Who?"}),
    ):
        refused = client.post(address, json=change)
        assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        assert "cannot be" in refused.json()["error"]
    assert client.get("/api/v1/notebook").json()["entries"] == []
    assert client.get("/api/v1/documents").json() == before
    assert client.get("/read", params={"document": secret}).status_code == httpx.codes.NOT_FOUND
    assert (open_server.home / "secret.txt").read_text() == KEPT
    assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 403


def test_the_owner_is_told_what_clients_may_do(home: Path) -> None:
    with serving(home, "--host", HOST, "--no-auth", host=HOST) as running:
        assert "everyone who reaches this address may ask, and read every document" in running.said
    with serving(home, "--host", HOST, "--no-auth", "--allow-add", "seeds", host=HOST) as running:
        assert f"every file in {(home / 'seeds').resolve()}" in running.said


def test_behind_a_proxy_clients_are_other_machines(home: Path) -> None:
    known = "https://archive.example"
    with serving(home, "--address", known, "--auth", "ada:secret") as running:
        assert "whoever signs in may ask" in running.said
        with httpx.Client(base_url=running.address, timeout=60, auth=("ada", "secret")) as client:
            sent = {"Host": "archive.example", "Origin": known, "X-Forwarded-For": "203.0.113.5"}
            assert client.get("/api/v1/documents", headers=sent).status_code == 200
            assert client.get("/", headers=sent).status_code == 200
            told = client.post("/api/v1/remove", json={"documents": ["x"]}, headers=sent)
            assert told.status_code == 422
            assert "--allow-add" in told.json()["error"]
            other = {**sent, "Host": "other.example"}
            assert client.get("/api/v1/documents", headers=other).status_code == 421
            foreign = {**sent, "Origin": "https://other.example"}
            assert client.get("/api/v1/documents", headers=foreign).status_code == 403


def test_wrong_passwords_behind_a_proxy_slow_their_own_address_only(home: Path) -> None:
    known = "https://archive.example"
    with (
        serving(home, "--address", known, "--auth", "ada:secret") as running,
        httpx.Client(base_url=running.address, timeout=60) as client,
    ):

        def status(address: str, name: str, word: str) -> int:
            sent = {"Host": "archive.example", "X-Forwarded-For": address}
            return client.get("/api/v1/documents", headers=sent, auth=(name, word)).status_code

        tried = [status("203.0.113.5", "eve", "wrong") for _ in range(30)]
        assert httpx.codes.TOO_MANY_REQUESTS in tried
        assert status("203.0.113.6", "ada", "secret") == httpx.codes.OK


@pytest.mark.parametrize("address", ["archive.example", "https://a.example/path", "ftp://a", ""])
def test_an_address_that_no_browser_opens_is_a_mistake(address: str) -> None:
    with pytest.raises(QuothError, match=r"https://archive\.example"):
        host_of(address)


def test_files_are_added_only_below_the_folders_that_were_named(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "link").symlink_to(outside)
    permissions = Permissions.of([root], loopback=False)
    permissions.check_path(root / "new.txt")
    for path in (outside, root / "link" / "x.txt", root / ".." / "outside", tmp_path, Path("/")):
        with pytest.raises(QuothError, match="only files in"):
            permissions.check_path(path)
    with pytest.raises(QuothError, match="--allow-add"):
        Permissions.of([], loopback=False).check_path(root)
    Permissions.of([], loopback=True).check_path(outside)
    with pytest.raises(QuothError, match="there is no such folder"):
        Permissions.of([tmp_path / "nowhere"], loopback=True)
    assert not is_below(Path("x" * 5000), [root])


def test_nothing_is_changed_where_that_is_not_permitted(home: Path) -> None:
    """Whatever the page's functions check, the service itself refuses."""
    service = IndexService(home / ".quoth", permissions=Permissions.of([], loopback=False))
    name = service.document_names()[0]
    for change in (
        lambda: service.add([str(home / "secret.txt")]),
        lambda: service.upload([str(home / "secret.txt")]),
        lambda: service.remove([name]),
        service.cancel,
    ):
        with pytest.raises(QuothError, match="--allow-add"):
            change()
    assert name in service.document_names()
    assert service.job is None
    service.close()


def test_a_link_that_leads_out_of_an_allowed_folder_is_skipped(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "good.txt").write_text("A good story. The mill of Tam is old.\n")
    (root / "link.txt").symlink_to(home / "secret.txt")
    shutil.copytree(home / ".quoth", tmp_path / "index")
    service = IndexService(tmp_path / "index", permissions=Permissions.of([root], loopback=False))
    service.add([str(root)])
    assert service.job is not None
    assert "1 added, 1 skipped" in service.job.wait().told
    service.refresh()
    assert not any("link.txt" in name for name in service.document_names())
    service.close()


def test_only_what_was_uploaded_counts_as_uploaded(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = tmp_path / "received"
    received.mkdir()
    (received / "note.txt").write_text("The mill of Tam is old.\n")
    monkeypatch.setenv(UPLOADED, str(received))
    shutil.copytree(home / ".quoth", tmp_path / "index")
    service = IndexService(tmp_path / "index")
    for path in (home / "secret.txt", received / ".." / "index" / "quoth.db", received / "none"):
        with pytest.raises(QuothError, match="was not uploaded"):
            service.upload([str(path)])
    assert (home / "secret.txt").exists()
    service.upload([str(received / "note.txt")])
    assert service.job is not None
    assert "1 added" in service.job.wait().told
    service.close()


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns; in a thread of its own, for a browser's tests leave a loop here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The seconds now."""
        return self.now


def test_those_who_guess_wait_longer_each_time() -> None:
    clock = Clock()
    backoff = Backoff(60.0, clock)
    waits = []
    for _ in range(19):
        assert backoff.wait("10.0.0.1") == 0
        backoff.failed("10.0.0.1")
        waits.append(backoff.wait("10.0.0.1"))
        clock.now += waits[-1]
    assert waits == [0] * 9 + [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert backoff.wait("10.0.0.2") == 0
    backoff.failed("10.0.0.1")
    backoff.succeeded("10.0.0.1")
    assert backoff.wait("10.0.0.1") == 0


def test_a_signed_in_person_never_waits_for_those_who_guess() -> None:
    admission = Admission(SignIn.of("alice:s3cret"))
    right, wrong = (httpx.BasicAuth("alice", password) for password in ("s3cret", "no"))

    def header(auth: httpx.BasicAuth) -> str:
        return next(auth.auth_flow(httpx.Request("GET", "http://x"))).headers["authorization"]

    async def tried() -> list[int]:
        assert await admission.refusal(header(right), "10.0.0.1") is None
        found = []
        for _ in range(14):
            refused = await admission.refusal(header(wrong), "10.0.0.1")
            assert refused is not None
            found.append(refused.status_code)
            if refused.status_code == httpx.codes.TOO_MANY_REQUESTS:
                assert int(refused.headers["retry-after"]) >= 1
        assert await admission.refusal(header(right), "10.0.0.1") is None
        return found

    assert in_a_loop(tried()) == [401] * 10 + [429] * 4


@pytest.mark.parametrize(
    "body",
    [
        b'{"question":"a","k":NaN}',
        b'{"question":"a","k":1e999}',
        b'{"question":NaN}',
        b'{"question":"\\ud800"}',
        b'{"question":"a","k":-Infinity}',
        b"\xff\xfe{",
        b'["a"]',
    ],
)
def test_what_no_question_can_be_is_refused_in_one_line(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert "\n" not in answer.json()["error"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", ["folder", "document"])
def test_a_filter_that_is_no_text_finds_nothing(client: httpx.Client, name: str) -> None:
    body = json.dumps({"question": "who brokered it?", name: "\udcff*"}).encode()
    answer = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert answer.json()["passages"] == []


def test_an_index_that_is_gone_is_a_fault_of_the_server(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / ".quoth", tmp_path / ".quoth")
    with serving(tmp_path) as running:
        (tmp_path / ".quoth" / "quoth.db").rename(tmp_path / "moved.db")
        (tmp_path / ".quoth" / "quoth.db").write_bytes(b"no database")
        asked = {"question": "who brokered the ceasefire?"}
        answer = httpx.post(f"{running.address}api/v1/ask", json=asked, timeout=60)
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert int(answer.headers["retry-after"]) > 0
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path", ["/api/v1/ask", "/read?document={}", "/compare?earlier={}&later={}"]
)
def test_an_overload_is_503_with_retry_after_on_every_route(home: Path, path: str) -> None:
    service = IndexService(home / ".quoth")
    name = service.document_names()[0]

    def full(_: Callable[[], Any]) -> NoReturn:
        raise Busy("too many requests at once; ask again in a moment")

    guard = application(service, ["testserver"], asking=full, showing=full)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(guard)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as one:
            if path.startswith("/api"):
                return await one.post(path, json={"question": "who brokered it?"})
            return await one.get(path.format(name, name))

    answer = in_a_loop(asked())
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["retry-after"] == "2"
    service.close()

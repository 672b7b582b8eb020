"""The server for programs, and what it refuses: over real sockets, in a real process."""

import base64
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from commands import environment, quoth
from conftest import ROOT
from serving import Server, added, serving

from index import Index, QuothError
from index.verify import verify
from qa import Notebook, verify_pack
from ui.web.asked import Asked
from ui.web.index_service import IndexService
from ui.web.limiter import Busy, limiter
from ui.web.security import MOST_UPLOADED
from ui.web.sign_in import SignIn

QUESTION = "who brokered the September 13 ceasefire?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the seeds in it, already added."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    added(folder, "seeds")
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(home) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=60) as one:
        yield one


def test_asking_gives_the_json_of_the_command(client: httpx.Client, home: Path) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION, "k": 5}).json()
    done = quoth("ask", QUESTION, "--json", cwd=home)
    assert answer == json.loads(done.stdout)


def test_a_batch_gives_a_line_for_each_question_and_goes_on_where_it_stopped(
    client: httpx.Client,
) -> None:
    asked = {"questions": [QUESTION, "Who won the 2022 FIFA World Cup?", "How many troops died?"]}
    lines = client.post("/api/v1/batch", json=asked).text.splitlines()
    rows = [json.loads(one) for one in lines]
    assert [one["number"] for one in rows] == [1, 2, 3]
    alone = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert rows[0] == {"number": 1, **alone}
    assert rows[1]["answer"] is None
    rest = client.post("/api/v1/batch", json={**asked, "after": 2}).text.splitlines()
    assert [json.loads(one) for one in rest] == rows[2:]
    each = {"questions": [QUESTION], "each_document": True}
    told = [json.loads(one) for one in client.post("/api/v1/batch", json=each).text.splitlines()]
    assert len({one["asked_of"] for one in told}) == len(told) == 2
    narrowed = client.post("/api/v1/batch", json={**each, "document": "*003*"}).text.splitlines()
    assert len(narrowed) == 1


def test_a_batch_tells_where_a_question_cannot_be_asked(client: httpx.Client) -> None:
    broken = client.post("/api/v1/batch", json={"questions": [QUESTION, "  ", QUESTION]})
    first, last = (json.loads(one) for one in broken.text.splitlines())
    assert (first["number"], last["after"]) == (1, 1)
    assert "question" in last["error"]
    assert client.post("/api/v1/batch", json={"questions": ["  "]}).status_code == 422
    assert client.post("/api/v1/batch", json={"questions": []}).status_code == 422


def test_an_evidence_pack_is_made_over_http_and_verified_elsewhere(
    client: httpx.Client, tmp_path: Path
) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    packed = client.post("/api/v1/pack", json={"answers": [answer]})
    assert packed.headers["content-type"] == "application/zip"
    (tmp_path / "evidence.zip").write_bytes(packed.content)
    assert verify_pack(tmp_path / "evidence.zip") == (1, [])
    answer["answer"]["sentence"]["text"] = "Nobody said so."
    for given in (answer, {"answer": {"text": "x"}}, {"answer": "x"}, {"question": "x"}):
        refused = client.post("/api/v1/pack", json={"answers": [given]})
        assert (refused.status_code, "the answers" in refused.text) == (422, True), refused.text


def test_what_is_new_for_the_notebook_is_told_over_http(client: httpx.Client, home: Path) -> None:
    """What is followed over HTTP is known as it is; an entry of the command is not seen yet."""
    client.post("/api/v1/notebook", json={"action": "name", "text": "Erdogan"})
    assert client.get("/api/v1/news").json() == []
    path = home / "quoth-notebook.quoth.json"
    Notebook.read(path).with_name("Blinken").write(path)
    (told,) = client.get("/api/v1/news").json()
    assert (told["kind"], told["about"]) == ("new mentions", "Blinken")
    client.post("/api/v1/notebook", json={"action": "seen"})
    assert client.get("/api/v1/news").json() == []


def test_a_view_comes_in_lines_that_say_how_far_it_is(client: httpx.Client) -> None:
    for view in ("answer", "says"):
        address = f"/view/{view}?q=How+many+mercenaries+came+from+{view}%3F"
        got = client.get(address, headers={"accept": "application/x-ndjson"})
        assert got.headers["content-type"].startswith("application/x-ndjson")
        *read, last = [json.loads(line) for line in got.text.splitlines()]
        assert all(one["read"] <= one["of"] for one in read), read
        assert [one["read"] for one in read] == sorted(one["read"] for one in read)
        assert len(read) >= 2
        assert last == {"html": client.get(address).text}
    broken = client.get("/view/answer?q=x&from=never", headers={"accept": "application/x-ndjson"})
    (told,) = [json.loads(line) for line in broken.text.splitlines()]
    assert "never" in told["error"]
    assert client.get("/view/answer?q=x&from=never").status_code == 422


def test_documents_say_how_each_fact_was_found(client: httpx.Client) -> None:
    listed = client.get("/api/v1/documents").json()
    assert len(listed) == 2
    assert {"value", "how"} <= listed[0]["title"].keys()


def test_filters_narrow(client: httpx.Client) -> None:
    asked = {"question": QUESTION, "published_from": "2030-01-01"}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert answer["answer"] is None
    assert answer["passages"] == []
    assert answer["undated"] == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"question": ""}, "the question is empty"),
        ({"question": "x" * 2001}, "2000"),
        ({"question": "x", "k": 0}, "greater than or equal to 1"),
        ({"question": "x", "published_from": "yesterday"}, "date"),
        ({}, "Field required"),
    ],
)
def test_a_mistake_is_told(client: httpx.Client, asked: dict[str, object], told: str) -> None:
    answer = client.post("/api/v1/ask", json=asked)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_draft_is_checked_over_http(client: httpx.Client) -> None:
    body = {"text": "Pashinyan reported that 49 Armenian servicemen had been killed."}
    (told,) = client.post("/api/v1/check", json=body).json()
    assert told["finding"] == "differs"
    assert told["differences"][0]["archive"] == ["105"]
    nothing = client.post("/api/v1/check", json={**body, "document": "*000*"}).json()
    assert "105" not in str(nothing)
    assert client.post("/api/v1/check", json={"text": "Too short."}).status_code == 422
    long = client.post("/api/v1/check", json={"text": "The mill closed. " * 2_000})
    assert long.status_code == 422


def test_openapi_describes_it_and_docs_load_nothing_from_elsewhere(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    assert {"/api/v1/ask", "/api/v1/documents"} <= schema["paths"].keys()
    page = client.get("/docs").text
    assert "<script" not in page
    assert "https://" not in page


def test_every_mention_is_counted_over_http(client: httpx.Client) -> None:
    told = client.get("/api/v1/mentions", params={"phrase": "Blinken"}).json()
    assert told["mentions"] == sum(len(one["mentions"]) for one in told["found"]) > 0
    nothing = {"phrase": "Blinken", "document": "*000*"}
    assert client.get("/api/v1/mentions", params=nothing).json()["searched"] == 1
    events = client.get("/api/v1/timeline", params={"about": "Nagorno-Karabakh"}).json()["events"]
    assert events[0]["date"] == "1988"
    summed = {"about": "Nagorno-Karabakh", "most": 3}
    sentences = client.get("/api/v1/summary", params=summed).json()["sentences"]
    assert [one["date"] for one in sentences] == sorted(one["date"] for one in sentences)
    assert len(sentences) == 3
    refused = client.get("/api/v1/mentions", params={"phrase": "…"})
    assert refused.status_code == 422
    assert "no word" in refused.text


@pytest.mark.parametrize("path", ["/", "/docs", "/api/v1/documents", "/nowhere", "/config"])
def test_every_response_has_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/api/v1/documents", "/gradio_api/info"])
def test_a_foreign_host_is_refused(client: httpx.Client, host: str, path: str) -> None:
    assert client.get(path, headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/ask"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/api/v1/documents"),
    ],
)
def test_a_foreign_origin_is_refused(
    client: httpx.Client, method: str, path: str, origin: str
) -> None:
    answer = client.request(method, path, headers={"origin": origin}, json={"question": "x"})
    assert answer.status_code == 403


def test_a_request_that_another_site_set_off_is_refused(client: httpx.Client) -> None:
    crossed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get("/api/v1/documents", headers=crossed).status_code == 403
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/", headers=followed).status_code == 200


def test_an_upload_that_is_too_large_is_refused(server: Server) -> None:
    """Before any of it is sent: only the head of the request goes out."""
    host = server.address.removeprefix("http://").rstrip("/")
    asking = http.client.HTTPConnection(host, timeout=60)
    asking.putrequest("POST", "/gradio_api/upload")
    asking.putheader("content-length", str(MOST_UPLOADED + 1))
    asking.endheaders()
    answer = asking.getresponse()
    assert answer.status == 413
    assert b"too large" in answer.read()
    asking.close()


def test_a_body_that_hides_its_length_is_cut_off(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    answer = client.post("/api/v1/ask", content=endless())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/file=/etc/passwd",
        "/gradio_api/file=../../etc/passwd",
        "/gradio_api/file=seeds/003_b2d011834734ebc9.txt",
        "/gradio_api/file=.quoth/quoth.db",
        "/read?document=/etc/passwd",
        "/read?document=../home/seeds/x",
        "/static/../../pyproject.toml",
    ],
)
def test_nothing_outside_the_index_is_served(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (403, 404)
    assert "root:" not in answer.text
    assert "SQLite" not in answer.text


def test_an_article_is_read_with_its_quotations_marked(client: httpx.Client) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()["answer"]
    asked = {
        "document": answer["document"],
        "hash": answer["content_hash"],
        "marks": f"{answer['start']}-{answer['end']}",
    }
    page = client.get("/read", params=asked).text
    assert 'id="quotation-1"' in page
    assert '<mark id="quotation-1"' in page.partition("brokered by ")[2][:60]
    changed = client.get("/read", params={**asked, "hash": "0" * 64})
    assert changed.status_code == 409
    beyond = client.get("/read", params={**asked, "marks": "5-999999999,9-3,x"})
    assert beyond.status_code == 200
    assert "<mark" not in beyond.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_end_leaves_no_upload_behind(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving(home) as running:
        (held,) = tmp_path.glob("quoth-uploaded-*")
        (held / "private.txt").write_text("What was uploaded.")
        running.process.send_signal(number)
        assert running.process.wait() in (0, 130)
    assert not list(tmp_path.glob("quoth-*"))


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 0), ("SIGINT", -signal.SIGINT)])
def test_a_server_ends_when_the_signal_comes_in_the_middle_of_a_finalizer(
    home: Path, name: str, status: int
) -> None:
    program = """
import signal
import sys
from pathlib import Path
from ui.web.server import serve

class Gone:
    def __del__(self):
        signal.raise_signal(signal.Signals[sys.argv[1]])

serve(Path(".quoth"), port=0, told=lambda address: Gone() and None)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, name],
        cwd=home,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        # What runs the tests may ignore interrupts, and its children would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert done.returncode == status, done.stderr


def test_fifty_at_once_are_all_answered(server: Server) -> None:
    def ask(number: int) -> int:
        question = f"who brokered the September {number % 10} ceasefire?"
        with httpx.Client(base_url=server.address, timeout=120) as one:
            while True:  # a slow machine is busy for longer than one may wait in its queue
                told = one.post("/api/v1/ask", json={"question": question}).status_code
                if told != HTTPStatus.SERVICE_UNAVAILABLE:
                    return told

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ask, range(50))) == {200}


def test_mcp_offers_the_question_and_nothing_else(home: Path) -> None:
    called = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    with serving(home, "--mcp") as running:
        answer = httpx.post(
            running.address + "gradio_api/mcp/",
            json=called,
            headers={"accept": "application/json, text/event-stream"},
            timeout=60,
        )
    (told,) = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    tools = json.loads(told.removeprefix("data: "))["result"]["tools"]
    assert [tool["name"] for tool in tools] == ["answer_from_documents"]


def test_wider_than_loopback_needs_a_sign_in(home: Path) -> None:
    done = quoth("ui", "--host", "0.0.0.0", "--port", "1", cwd=home)  # noqa: S104
    assert done.returncode == 2
    assert "--auth user:password, or --no-auth" in " ".join(done.stderr.split())


def test_a_port_that_is_taken_is_told(home: Path, server: Server) -> None:
    port = server.address.rstrip("/").rpartition(":")[2]
    done = quoth("ui", "--port", port, cwd=home)
    assert done.returncode == 2
    assert "choose another --port" in " ".join(done.stderr.split())


def test_a_sign_in_is_asked_for_everywhere_and_kept_as_a_hash(home: Path) -> None:
    with serving(home, "--auth", "ann:secret word") as running:
        with httpx.Client(base_url=running.address, timeout=60) as client:
            for path in ("/", "/api/v1/documents", "/gradio_api/info", "/read?document=x", "/docs"):
                assert client.get(path).status_code == 401
                assert client.get(path, auth=("ann", "wrong")).status_code == 401
            assert client.get("/api/v1/documents", auth=("ann", "secret word")).status_code == 200
        kept = home / ".quoth-auth"
        assert "secret" not in kept.read_text()
        assert kept.stat().st_mode & 0o077 == 0
    again = SignIn.read(kept)
    given = base64.b64encode(b"ann:secret word").decode()
    assert again.admits(f"Basic {given}")
    assert not again.admits("Basic !!!")
    assert not again.admits(None)


def test_a_cancelled_add_leaves_the_index_as_it_was(home: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(home / ".quoth", index)
    many = tmp_path / "many"
    many.mkdir()
    for number in range(300):
        (many / f"{number}.txt").write_text(f"Note {number}\n\n" + f"Number {number} here. " * 60)
    service = IndexService(index)
    before = service.document_names()
    service.add([str(many)])
    assert service.job is not None
    while service.job.running and not service.job.progress.share:
        continue
    with pytest.raises(QuothError, match="already"):
        service.add([str(many)])
    with pytest.raises(QuothError, match="being added"):
        service.remove(before)
    service.cancel()
    assert service.job.progress.state == "cancelled"
    service.refresh()
    assert service.document_names() == before
    assert verify(Index.open(index)).faults == ()
    service.close()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_cancel_ends_parsers_that_are_stuck(home: Path, tmp_path: Path) -> None:
    """They hold the job's pipes: who only ends the job waits for them."""
    shutil.copytree(home / ".quoth", tmp_path / "index")
    row = ",".join(["1"] * 2_000)
    (tmp_path / "long.csv").write_text("\n".join([row] * 2_000))
    service = IndexService(tmp_path / "index")
    service.add([str(tmp_path / "long.csv")])
    assert service.job is not None
    leader = service.job._process.pid
    while len(group := _session(leader)) < 3:  # the job, its worker, and the child that parses
        assert service.job.running, service.job.progress
    for process in group - {leader}:
        os.kill(process, signal.SIGSTOP)
    cancelling = threading.Thread(target=service.cancel, daemon=True)
    cancelling.start()
    cancelling.join(30)
    assert not cancelling.is_alive()
    assert service.job.progress.state == "cancelled"
    service.close()


def _session(leader: int) -> set[int]:
    """The processes of a session."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.add(int(stat.parent.name))
    return found


def test_questions_that_find_no_room_are_told_so() -> None:
    limited = limiter(1, 0)
    started, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        go_on.wait()
        return "done"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(limited, slow)
        started.wait()
        with pytest.raises(Busy, match="ask again in a moment"):
            limited(lambda: "never")
        go_on.set()
        assert first.result() == "done"
    assert limited(lambda: "after") == "after"


def test_asking_goes_on_while_the_index_is_refreshed(home: Path) -> None:
    service = IndexService(home / ".quoth")
    service.warm()
    done = threading.Event()

    def ask(person: int) -> int:
        asked = 0
        while not done.is_set():
            asked += 1
            answer = service.ask(Asked(f"who brokered the September {person} ceasefire {asked}?"))
            assert answer.passages
            assert service.document_names()
        return asked

    with ThreadPoolExecutor(3) as people:
        asking = [people.submit(ask, person) for person in range(3)]
        for _ in range(40):
            service.refresh()
        done.set()
        assert all(one.result() > 0 for one in asking)
    service.close()

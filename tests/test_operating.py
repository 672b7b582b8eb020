"""What a server tells those who operate it: metrics, probes and a log."""

import json
import shutil
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from postgres import PostgresServer
from prometheus_client.parser import text_string_to_metric_families
from serving import serving

from index import Document, Encoder, Found, Index
from index.engines.postgres.connection import LostError, patiently
from index.engines.waiting import without_waiting
from ui.web.index_service import IndexService
from ui.web.server import application
from ui.web.sign_in import SignIn

Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def values(text: str) -> Values:
    """Each sample of a scrape by its name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_and_logged_without_their_questions(
    page_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(page_home / ".quoth", tmp_path / ".quoth")
    asked = {"question": "Who brokered the secret ceasefire?"}
    with serving(tmp_path, "--log") as server:
        with httpx.Client(base_url=server.address, timeout=60) as client:
            client.post("/api/v1/ask", json=asked).raise_for_status()
            assert client.post("/api/v1/ask", json={"k": "x"}).status_code == 422
            assert client.get("/no/such/page?q=secret").status_code == 404
            found = values(client.get("/metrics").text)
        assert server.stop() == 0
        logged = [json.loads(line) for line in server.process.stdout if line.startswith("{")]
    count = "quoth_requests_total"
    assert found[count, (("route", "/api/v1/ask"), ("status", "200"))] == 1
    assert found[count, (("route", "/api/v1/ask"), ("status", "422"))] == 1
    assert found[count, (("route", "other"), ("status", "404"))] == 1
    assert found["quoth_request_seconds_count", (("route", "/api/v1/ask"),)] == 2
    assert found["quoth_index_documents", ()] == 2
    assert found["quoth_index_readable", ()] == 1
    assert found["process_resident_memory_bytes", ()] > 1e7
    requests = [one for one in logged if one["event"] == "request"]
    assert [(one["route"], one["method"], one["status"]) for one in requests[:2]] == [
        ("/api/v1/ask", "POST", 200),
        ("/api/v1/ask", "POST", 422),
    ]
    assert all(one["seconds"] >= 0 and one["client"] == "127.0.0.1" for one in requests)
    assert "secret" not in json.dumps(logged)


def test_probes_need_no_password_and_metrics_do(page_home: Path) -> None:
    service = IndexService(page_home / ".quoth")
    guarded = application(service, ["testserver"], SignIn.of("ann:s3cret"))
    with TestClient(guarded) as client:
        assert client.get("/health/live").json() == {"status": "live"}
        assert client.get("/health/ready").json() == {"status": "ready"}
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", auth=("ann", "s3cret")).status_code == 200


def test_a_probe_tries_once_to_reach_a_server() -> None:
    tries = []

    def reach() -> None:
        tries.append(1)
        raise LostError("away")

    with without_waiting(), pytest.raises(LostError):
        patiently(reach, 60)
    assert len(tries) == 1


def test_a_server_whose_index_cannot_be_reached_is_not_ready(encoder: Encoder) -> None:
    database = PostgresServer()
    try:
        place = database.new_place()
        with Index.create(place, encoder) as index:
            index.add_documents([Document("a", "Moscow brokered it.", Found("a", "given"))])
        with TestClient(application(IndexService(place), ["testserver"])) as client:
            assert client.get("/health/ready").status_code == 200
            assert (
                values(client.get("/metrics").text)["quoth_queue_files", (("state", "done"),)] == 0
            )
            database.kill()
            told = client.get("/health/ready")
            assert told.status_code == 503
            assert "cannot be reached" in told.json()["reason"]
            assert client.get("/health/live").status_code == 200
            assert values(client.get("/metrics").text)["quoth_index_readable", ()] == 0
            database.start()
            assert client.get("/health/ready").status_code == 200
    finally:
        database.close()

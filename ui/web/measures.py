"""What a server measures of itself: for Prometheus, for probes, and as a log."""

import json
import logging
import time
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index import QuothError
from index.engines.at import Place, is_on_server
from index.engines.waiting import without_waiting
from ui.web.index_service import IndexService
from ui.web.security import route_of

LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_LOG = logging.getLogger("quoth.requests")


def routes(service: IndexService, registry: CollectorRegistry) -> APIRouter:
    """The routes for those who operate a server."""
    router = APIRouter(tags=["operating"])

    @router.get(LIVE)
    def live() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "live"}

    @router.get(READY)
    def ready() -> JSONResponse:
        """Whether questions can be answered: whether the index can be read, at once."""
        try:
            with without_waiting():
                service.counts()
        except QuothError as error:
            return JSONResponse({"status": "not ready", "reason": str(error)}, 503)
        return JSONResponse({"status": "ready"})

    @router.get(METRICS, response_class=Response)
    def metrics() -> Response:
        """The figures, in the text format of Prometheus."""
        return Response(generate_latest(registry), media_type=_TEXT)

    return router


class Measured:
    """ASGI middleware: counts and times requests, and logs each as a line of JSON if asked to."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, *, log: bool = False) -> None:
        """Measure the requests that `app` answers."""
        self._app = app
        self._log = log
        self._count = Counter(
            "quoth_requests",
            "Requests by route and status.",
            ["route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "quoth_request_seconds", "The time until the whole response is sent, by route.",
            ["route"], buckets=_SECONDS, registry=registry,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        route = route_of(scope.get("path", ""))
        self._count.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if self._log:
            _LOG.info(
                "request",
                extra={
                    "route": route,
                    "method": scope.get("method", ""),
                    "status": status,
                    "seconds": round(seconds, 4),
                    "client": (scope.get("client") or ("",))[0],
                },
            )


def new_registry(service: IndexService, place: Place) -> CollectorRegistry:
    """The figures of one server: of its process, of its index, and those that are added."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_OfIndex(service, place))
    return registry


class _OfIndex(Collector):
    """What an index holds, and how far the workers of its queue are."""

    def __init__(self, service: IndexService, place: Place) -> None:
        self._service = service
        self._place = place

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures as they are now; none while the index cannot be read."""
        try:
            with without_waiting():
                counts = self._service.counts()
        except QuothError:
            yield _gauge("quoth_index_readable", "Whether the index can be read.", 0)
            return
        yield _gauge("quoth_index_readable", "Whether the index can be read.", 1)
        for name, (told, value) in counts.items():
            yield _gauge(f"quoth_index_{name}", told, value)
        if is_on_server(self._place):
            yield self._queue()

    def _queue(self) -> GaugeMetricFamily:
        from index.work import queue_of  # noqa: PLC0415 -- for an index on a server only

        queue = queue_of(self._place)
        family = GaugeMetricFamily(
            "quoth_queue_files", "Files of the queue by state.", labels=["state"]
        )
        for state in ("waiting", "working", "done"):
            family.add_metric([state], getattr(queue, state))
        family.add_metric(["skipped"], len(queue.skipped))
        return family


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told)
    family.add_metric([], value)
    return family


class JsonLines(logging.Formatter):
    """Writes a record of the log as one line of JSON. Questions and documents never stand in it."""

    _OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        said: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        said |= {key: value for key, value in vars(record).items() if key not in self._OWN}
        return json.dumps(said)


def log_as_json(write: Callable[[], logging.Handler] = logging.StreamHandler) -> None:
    """Write the server's log, requests included, as lines of JSON to standard error."""
    handler = write()
    handler.setFormatter(JsonLines())
    for name in ("quoth", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
    logging.getLogger("quoth.requests").setLevel(logging.INFO)

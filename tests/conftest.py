"""What the tests share: the real model, loaded once, and indexes made with it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from postgres import PostgresServer
from serving import Server, added, serving
from watching import Watched

from eval.cached_index import encoder_called
from index import DEFAULT_MODEL, Encoder, Index
from qa import Assistant

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

# Several tests run at once, each with models of its own.
os.environ.setdefault("QUOTH_THREADS", "1")

settings.register_profile(
    "quoth", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quoth")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The model that ships with Quoth."""
    return encoder_called(DEFAULT_MODEL)


@pytest.fixture(scope="session")
def places(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str | Path]:
    """Gives places for new indexes: folders, or with QUOTH_TEST_ENGINE=server on a server."""
    if os.environ.get("QUOTH_TEST_ENGINE") != "server":
        return lambda: tmp_path_factory.mktemp("place") / "index"
    server: PostgresServer = request.getfixturevalue("server")
    return server.new_place


@pytest.fixture(scope="session")
def seeds(encoder: Encoder, places: Callable[[], str | Path]) -> Index:
    """The two seed articles, indexed; not to be written to."""
    index = Index.create(places(), encoder)
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        index.add(["seeds"])
    finally:
        os.chdir(before)
    return index


@pytest.fixture(scope="session")
def assistant(seeds: Index) -> Assistant:
    """Answers from the two seed articles."""
    return Assistant(seeds)


@pytest.fixture
def empty(encoder: Encoder, places: Callable[[], str | Path]) -> Index:
    """A new index with nothing in it."""
    return Index.create(places(), encoder)


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL server; each test makes an index of its own on it."""
    running = PostgresServer()
    yield running
    running.close()


@pytest.fixture(scope="session")
def fault_layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes writes fail, for LD_PRELOAD."""
    if shutil.which("cc") is None or not sys.platform.startswith("linux"):
        pytest.skip("the fault layer needs Linux and a C compiler (cc)")
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    source = ROOT / "tests" / "faults.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, from the system's packages."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        missing = "there is no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the seeds, already added."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    added(folder, "seeds")
    return folder


@pytest.fixture(scope="session")
def page_server(page_home: Path) -> Iterator[Server]:
    """A server over the seeds, for the page's tests."""
    with serving(page_home) as running:
        yield running


Opening = Callable[..., Watched]


@pytest.fixture
def opening(browser: Browser, page_server: Server) -> Iterator[Opening]:
    """Opens watched pages, and in the end looks whether anything went wrong on them."""
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def opened(
        scheme: str = "light", width: int = 1440, height: int = 900, over: Server | None = None
    ) -> Watched:
        context = browser.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": height},
            accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        pages.append(Watched(context, over or page_server))
        return pages[-1]

    yield opened
    for one in pages:
        assert one.outside == []
        assert one.errors == []
        assert one.dialogs == []
    for context in contexts:
        context.close()

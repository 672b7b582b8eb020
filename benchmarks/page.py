"""Response times of the page, by `python benchmarks/page.py`.

Serves the seeds and measures, each on a warm server: the time from Enter to the marked answer in
Chromium, and of the same questions over HTTP; the page's first paint and weight; 50 people asking
over HTTP without pause for a minute, no two the same question; the time from SIGTERM to the end.
"""

import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import Response, sync_playwright

ROOT = Path(__file__).parent.parent
PEOPLE, SECONDS, TIMES = 50, 60, 20
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
QUESTION = "who brokered the September 13 ceasefire?"


def served(home: Path) -> tuple[subprocess.Popen[str], str]:
    """A warm server over the seeds, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "ui.cli.command"]
    shutil.copytree(ROOT / "seeds", home / "seeds")
    subprocess.run([*command, "add", "seeds"], cwd=home, check=True)
    process = subprocess.Popen(
        [*command, "ui", "--port", port], cwd=home, stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout or ():
        if "serving" in line:
            break
    return process, f"http://127.0.0.1:{port}/"


def chromium() -> str | None:
    """Where the system's browser is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def over_http(address: str) -> list[float]:
    """Milliseconds of each answer through the interface for programs, of the same questions."""
    taken = []
    with httpx.Client(base_url=address, timeout=30) as client:
        for number in range(1, TIMES + 1):
            started = time.perf_counter()
            asked = {"question": f"{QUESTION} {number} over http", "k": 10}
            client.post("/api/v1/ask", json=asked).raise_for_status()
            taken.append(1000 * (time.perf_counter() - started))
    return taken


def in_browser(address: str) -> tuple[list[float], list[float], int]:
    """What a person waits for.

    Returns:
        Milliseconds from Enter to the answer, without the first, which warms up; milliseconds from
        opening the page to its first paint; the bytes of the page before Gradio's own.

    """
    taken, painted, weight = [], [], [0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])

        def weigh(one: Response) -> None:
            weight.append(len(one.body()))

        for _ in range(5):
            page = browser.new_page()
            page.on("response", weigh)
            page.goto(address)
            page.wait_for_selector("html[data-ready]")
            page.wait_for_load_state("networkidle")
            page.remove_listener("response", weigh)
            painted.append(float(page.evaluate(_FIRST_PAINT)))
        weight_once = sum(weight) // 5
        for number in range(TIMES + 1):
            question = f"{QUESTION} {number}" if number else QUESTION
            page.fill("#question input", question)
            started = time.perf_counter()
            page.keyboard.press("Enter")
            page.wait_for_function(
                "q => document.querySelector('#view .answer')?.dataset.question === q "
                "&& document.querySelector('#card-1 mark')",
                arg=question,
            )
            taken.append(1000 * (time.perf_counter() - started))
        browser.close()
    return taken[1:], painted, weight_once


def crowd(address: str) -> tuple[list[float], int]:
    """Seconds of each answer that 50 people got in a minute, and how many got an error."""
    until = time.monotonic() + SECONDS
    taken: list[float] = []
    errors = [0]

    def person(number: int) -> None:
        asked = 0
        with httpx.Client(base_url=address, timeout=30) as client:
            while time.monotonic() < until:
                asked += 1
                question = f"who brokered the September 13 ceasefire {number} {asked}?"
                started = time.perf_counter()
                try:
                    answer = client.post("/api/v1/ask", json={"question": question})
                    errors[0] += answer.status_code != httpx.codes.OK
                except httpx.HTTPError:
                    errors[0] += 1
                taken.append(time.perf_counter() - started)

    people = [threading.Thread(target=person, args=[number]) for number in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return taken, errors[0]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        process, address = served(Path(folder))
        browser, painted, weight = in_browser(address)
        programs = over_http(address)
        taken, errors = crowd(address)
        started = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        process.wait()
        stopped = time.perf_counter() - started
    figures = {
        "Enter to the answer, ms": {"median": np.median(browser), "most": max(browser)},
        "the interface alone, ms": {"median": np.median(programs), "most": max(programs)},
        "first paint, ms": {"median": np.median(painted), "most": max(painted)},
        "the page before Gradio's own, kB": weight / 1000,
        "50 people, s": {
            "answers": len(taken),
            "errors": errors,
            "median": np.median(taken),
            "p95": np.percentile(taken, 95),
            "most": max(taken),
        },
        "SIGTERM to the end, s": stopped,
    }
    print(json.dumps(figures, indent=1, default=lambda x: round(float(x), 3)))


if __name__ == "__main__":
    main()

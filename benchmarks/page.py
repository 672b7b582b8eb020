"""How the page keeps up, by `python benchmarks/page.py`.

Serves the seeds and measures, each on a warm server: the time from Enter to the marked answer in
Chromium; 50 people asking over HTTP without pause for a minute, no two the same question; the time
from SIGTERM to the end.
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
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
PEOPLE, SECONDS, TIMES = 50, 60, 20
QUESTION = "who brokered the September 13 ceasefire?"


def served(home: Path) -> tuple[subprocess.Popen[str], str]:
    """A warm server over the seeds, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "ui.cli.command"]
    subprocess.run([*command, "add", str(ROOT / "seeds")], cwd=home, check=True)
    process = subprocess.Popen(
        [*command, "ui", "--port", port], cwd=home, stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout or ():
        if "serving" in line:
            break
    return process, f"http://127.0.0.1:{port}/"


def in_browser(address: str) -> list[float]:
    """Milliseconds from Enter to the marked answer; the first, which warms up, is left out."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        for number in range(TIMES + 1):
            question = f"{QUESTION} {number}" if number else QUESTION
            page.fill("#question input, #question textarea", question)
            started = time.perf_counter()
            page.keyboard.press("Enter")
            page.wait_for_function(
                "q => document.querySelector('#answer .answer')?.dataset.question === q "
                "&& document.querySelector('#card-1 mark')",
                arg=question,
            )
            taken.append(1000 * (time.perf_counter() - started))
        browser.close()
    return taken[1:]


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
        browser = in_browser(address)
        taken, errors = crowd(address)
        started = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        process.wait()
        stopped = time.perf_counter() - started
    figures = {
        "browser, ms": {"median": np.median(browser), "most": max(browser)},
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

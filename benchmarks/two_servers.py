"""Ten people ask one and then two servers of Quoth on one PostgreSQL index.

`python benchmarks/two_servers.py URL QUESTIONS.jsonl [--seconds 40]`. Each question is asked once.
It prints the questions answered a second, and the CPU time that a question takes in the servers.
With two servers more questions are answered where there are cores for both; the CPU time of one
question shows whether the database holds them up.
"""

import argparse
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import numpy as np

ASKERS = 10
QUOTH = [sys.executable, "-c", "from ui.cli.command import main; main()"]


def main() -> None:
    """Ask one server and then two, and print the figures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("url")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--seconds", type=float, default=40)
    arguments = parser.parse_args()
    lines = arguments.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in lines]
    half = len(questions) // 2
    print(f"{os.cpu_count()} cores, {ASKERS} askers")
    for servers, asked in ((1, questions[:half]), (2, questions[half:])):
        ports = [_free_port() for _ in range(servers)]
        running = [_server(arguments.url, port) for port in ports]
        try:
            before = sum(_cpu(one.pid) for one in running)
            taken, failed, seconds = _asked(ports, asked, arguments.seconds)
            used = sum(_cpu(one.pid) for one in running) - before
        finally:
            for one in running:
                one.send_signal(signal.SIGTERM)
                one.wait()
        p50, p95 = np.percentile(taken, [50, 95])
        noun = "servers" if servers > 1 else "server"
        print(
            f"{servers} {noun}: {len(taken) / seconds:.2f} questions/s, "
            f"{used / len(taken):.2f} s of CPU a question, p50 {p50:.2f} s, p95 {p95:.2f} s, "
            f"{failed} errors"
        )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _server(url: str, port: int) -> "subprocess.Popen[str]":
    command = [*QUOTH, "ui", "--index", url, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101 -- it is piped
    for line in process.stdout:
        if "serving" in line:
            return process
    raise SystemExit("a server did not start")


def _cpu(process: int) -> float:
    """The CPU seconds that a process has used."""
    stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _asked(
    ports: list[int], questions: list[str], seconds: float
) -> tuple[list[float], int, float]:
    """The seconds each answer took, how many failed, and how long it went on."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for question in questions:
        waiting.put(question)
    taken: list[float] = []
    failed: list[int] = []
    began = time.perf_counter()

    def ask(port: int) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            while time.perf_counter() - began < seconds and not waiting.empty():
                at = time.perf_counter()
                told = client.post("/api/v1/ask", json={"question": waiting.get()})
                if told.status_code == httpx.codes.OK:
                    taken.append(time.perf_counter() - at)
                else:
                    failed.append(told.status_code)

    askers = [threading.Thread(target=ask, args=[ports[n % len(ports)]]) for n in range(ASKERS)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    return taken, len(failed), time.perf_counter() - began


if __name__ == "__main__":
    main()

"""How long `quoth ask` takes by itself and through a server that runs on the same index.

`python benchmarks/through_server.py INDEX [--times 12]` starts `quoth ui` on the index, then asks
in turn with and without it, and prints the median seconds and seconds of CPU of the command.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

QUOTH = [sys.executable, "-c", "from ui.cli.command import main; main()"]
QUESTIONS = ("Who brokered the ceasefire?", "How many people were killed?", "When was it signed?")


def asked(question: str, index: Path, *, alone: bool) -> tuple[float, float]:
    """The seconds and the seconds of CPU that a `quoth ask` took."""
    environment = {**os.environ, "QUOTH_NO_SERVER": "1" if alone else ""}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [*QUOTH, "ask", question, "--index", str(index)],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def main() -> None:
    """Ask, and print the medians."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--port", type=int, default=7899)
    arguments = parser.parse_args()
    server = subprocess.Popen(
        [*QUOTH, "ui", "--index", str(arguments.index), "--port", str(arguments.port)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        if server.stdout is None or not server.stdout.readline():
            raise SystemExit("the server did not start")
        took: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for number in range(arguments.times):
            for alone in (True, False):
                question = QUESTIONS[number % len(QUESTIONS)]
                took[alone].append(asked(question, arguments.index, alone=alone))
    finally:
        server.terminate()
        server.wait()
    for alone, name in ((True, "by itself"), (False, "through a server")):
        wall, cpu = (statistics.median(column) for column in zip(*took[alone], strict=True))
        print(f"quoth ask {name:17} {wall:6.2f} s {cpu:6.2f} s of CPU")


if __name__ == "__main__":
    main()

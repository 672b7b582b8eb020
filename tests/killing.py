"""Kills a process that writes to an index, or the server of the index, at random moments.

As a script, `python killing.py PLACE`, it is the process that writes: it adds, updates and removes
documents, one for each line on its standard input, and says what was acknowledged.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from toy_encoder import ToyEncoder  # noqa: E402 -- found by the path above

from index import Document, Found, Index, QuothError  # noqa: E402
from index.verify import verify  # noqa: E402

_MOST_ACTS = 5
_LONGEST = 0.03
"""Seconds that a commit of one document takes, about."""


def write(place: str) -> None:
    """Add, update or remove a document for each line that is read; print what was done."""
    index = Index.open(place, ToyEncoder())
    chance = random.Random()
    for number, _ in enumerate(sys.stdin):
        names = [one.name for one in index.documents()]
        act = chance.choice(["add", "update", "remove"])
        few = len(names) < 3
        name = f"{chance.random()}" if act == "add" or few else chance.choice(names)
        try:
            if act == "remove" and not few:
                index.remove([name])
                print("-", name, sep="|", flush=True)
            else:
                text = f"Moscow said {chance.random()}. It was {number}."
                index.add_documents([Document(name, text, Found("t", "given"))])
                print("+", name, text, sep="|", flush=True)
        except QuothError as error:
            print("!", error, sep="|", flush=True)


def _writer(place: str) -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, place]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def _ask(to: IO[str], acts: int) -> None:
    to.write("\n" * acts)
    to.flush()


def _spin(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def kill_writer(place: str, times: int, seed: int) -> list[str]:
    """Kill a process that writes, `times` times, each time a new one; what went wrong."""
    chance = random.Random(seed)
    known = _contents(place)[0]
    wrong = []
    for attempt in range(times):
        with _writer(place) as writer:
            assert writer.stdin is not None
            assert writer.stdout is not None
            acts = chance.randrange(1, _MOST_ACTS + 1)
            _ask(writer.stdin, acts + 1)
            lines = [writer.stdout.readline() for _ in range(acts)]
            _spin(chance.random() * _LONGEST)
            writer.kill()
            lines += writer.stdout.read().splitlines()
        _acknowledge(known, lines)
        found, faults = _contents(place)
        differs = _differing(known, found)
        if len(differs) > 1 or faults:
            wrong.append(f"kill {attempt}: {differs} {faults}")
        known = found
    return wrong


def kill_server(place: str, times: int, seed: int, kill_and_start: Callable[[], None]) -> list[str]:
    """Kill the server under a process that writes, which goes on; what went wrong."""
    chance = random.Random(seed)
    known = _contents(place)[0]
    wrong = []
    with _writer(place) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        for attempt in range(times):
            acts = chance.randrange(1, _MOST_ACTS + 1)
            _ask(writer.stdin, acts + 1)
            lines = [writer.stdout.readline() for _ in range(acts)]
            _spin(chance.random() * _LONGEST)
            kill_and_start()
            lines.append(writer.stdout.readline())
            _acknowledge(known, lines)
            refused = sum(line.startswith("!") for line in lines)
            found, faults = _contents(place)
            differs = _differing(known, found)
            if len(differs) > refused or faults or any(not line for line in lines):
                wrong.append(f"kill {attempt}: {differs} {faults} {lines}")
            known = found
        writer.stdin.close()
    return wrong


def _acknowledge(known: dict[str, str], lines: list[str]) -> None:
    for line in lines:
        act, _, rest = line.rstrip("\n").partition("|")
        name, _, text = rest.partition("|")
        if act == "-":
            known.pop(name, None)
        elif act == "+" and text.endswith("."):
            known[name] = text


def _contents(place: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The texts of an index by name, and its faults."""
    with Index.open(place, ToyEncoder()) as index:
        texts = {one.name: index.document(one.key).text for one in index.documents()}
        return texts, tuple(verify(index).faults)


def _differing(known: dict[str, str], found: dict[str, str]) -> list[str]:
    return sorted(n for n in found.keys() | known.keys() if found.get(n) != known.get(n))


if __name__ == "__main__":
    write(sys.argv[1])

"""Kills a process that writes to an index, or the server of the index, at random moments.

As a script, `python killing.py PLACE`, it is the process that writes: it adds, updates and removes
documents, one for each line on its standard input, and says what was acknowledged.
"""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

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


class Writing:
    """A process that writes to an index, and what it says that it has done."""

    def __init__(self, place: str) -> None:
        """Start it; it does nothing until it is asked to."""
        command = [sys.executable, __file__, place]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.known = contents(place)[0]
        self.refused: list[str] = []

    def __enter__(self) -> Self:
        """Itself; it is ended after the `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()

    def ask(self, acts: int) -> None:
        """Let it add, update or remove a document so many times."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n" * acts)
        self.process.stdin.flush()

    def acknowledged(self, acts: int) -> dict[str, str]:
        """Wait until it has answered so many times more; the texts by name that it has left."""
        assert self.process.stdout is not None
        for _ in range(acts):
            line = self.process.stdout.readline()
            if not line:
                self.refused.append("it ended")
            self._take(line)
        return self.known

    def end(self) -> dict[str, str]:
        """Kill it; the texts by name of all that it had acknowledged."""
        assert self.process.stdout is not None
        self.process.kill()
        for line in self.process.stdout.read().splitlines(keepends=True):
            self._take(line)
        return self.known

    def _take(self, line: str) -> None:
        act, _, rest = line.rstrip("\n").partition("|")
        name, _, text = rest.partition("|")
        if act == "-":
            self.known.pop(name, None)
        elif act == "+" and line.endswith(".\n"):
            self.known[name] = text
        elif act == "!":
            self.refused.append(rest)


class Asking:
    """Threads that ask an index again and again, each from an index of its own."""

    def __init__(self, place: str, askers: int) -> None:
        """Start them."""
        self.errors: list[str] = []
        self._place = place
        self._ended = threading.Event()
        self._answered = [threading.Event() for _ in range(askers)]
        self._threads = [
            threading.Thread(target=self._ask, args=[answered]) for answered in self._answered
        ]
        for one in self._threads:
            one.start()

    def __enter__(self) -> Self:
        """Themselves; they stop after the `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop them."""
        self._ended.set()
        for one in self._threads:
            one.join()

    def wait_for_each(self) -> None:
        """Wait until each has begun and finished a question from now on."""
        for _ in range(2):  # the first one may have begun before
            for one in self._answered:
                one.clear()
            for one in self._answered:
                if not one.wait(60):
                    self.errors.append("no answer in a minute")

    def _ask(self, answered: threading.Event) -> None:
        with Index.open(self._place, ToyEncoder()) as index:
            while not self._ended.is_set():
                try:
                    index.refresh()
                    index.search_text(["Moscow said"], 5)
                except QuothError as error:
                    self.errors.append(str(error))
                answered.set()


def _spin(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def kill_writer(place: str, times: int, seed: int) -> list[str]:
    """Kill a process that writes, `times` times, each time a new one; what went wrong."""
    chance = random.Random(seed)
    wrong = []
    for attempt in range(times):
        with Writing(place) as writer:
            acts = chance.randrange(1, _MOST_ACTS + 1)
            writer.ask(acts + 1)
            writer.acknowledged(acts)
            _spin(chance.random() * _LONGEST)
            known = writer.end()
        found, faults = contents(place)
        differs = _differing(known, found)
        if len(differs) > 1 or faults or writer.refused:
            wrong.append(f"kill {attempt}: {differs} {faults} {writer.refused}")
    return wrong


def kill_server(place: str, times: int, seed: int, kill_and_start: Callable[[], None]) -> list[str]:
    """Kill the server under a process that writes, which goes on; what went wrong."""
    chance = random.Random(seed)
    wrong = []
    with Writing(place) as writer:
        for attempt in range(times):
            acts = chance.randrange(1, _MOST_ACTS + 1)
            writer.ask(acts + 1)
            writer.acknowledged(acts)
            _spin(chance.random() * _LONGEST)
            kill_and_start()
            known = writer.acknowledged(1)
            found, faults = contents(place)
            differs = _differing(known, found)
            if differs or faults or writer.refused:
                wrong.append(f"kill {attempt}: {differs} {faults} {writer.refused}")
                writer.known, writer.refused = found, []
    return wrong


def contents(place: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The texts of an index by name, and its faults."""
    with Index.open(place, ToyEncoder()) as index:
        texts = {one.name: index.document(one.key).text for one in index.documents()}
        return texts, tuple(verify(index).faults)


def _differing(known: dict[str, str], found: dict[str, str]) -> list[str]:
    return sorted(n for n in found.keys() | known.keys() if found.get(n) != known.get(n))


if __name__ == "__main__":
    write(sys.argv[1])

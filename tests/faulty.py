"""Run by the tests with the fault layer loaded: fail every call of one commit, one at a time.

    LD_PRELOAD=faults.so python faulty.py FOLDER OPERATION MODE [STEP]

Prints one JSON object: how many calls were failed, and what went wrong after any of them.
"""

import ctypes
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toy_encoder import ToyEncoder

from index import Index, QuothError
from index.ingest import add as adding
from index.verify import verify

MODES = {"error": 1, "full": 2, "die": 3}
OLD = {"a.txt": "Moscow brokered a ceasefire. It held.", "b.txt": "The cat sat. It slept."}
NEW = {
    "add": {**OLD, "c.txt": "A third thing. It was new."},
    "update": {**OLD, "a.txt": "Paris brokered a ceasefire. It broke."},
    "remove": {"b.txt": OLD["b.txt"]},
    "words": {**OLD, "c.txt": "A third thing. It was new."},
}
"""What is there after each operation; "words" adds, first without vectors and then with them."""


def write(folder: Path, texts: dict[str, str]) -> None:
    """Make the folder hold exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text)


def in_child(job: Callable[[], str]) -> tuple[int, str]:
    """Run `job` in a process of its own; its exit status and what it said."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        status = 0
        try:
            said = job()
        except BaseException:  # noqa: BLE001 -- whatever it is, the parent is told
            said, status = traceback.format_exc(), 9
        os.write(into, said.encode())
        os._exit(status)
    os.close(into)
    with os.fdopen(out, "rb") as reader:
        said = reader.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


@dataclass(frozen=True, slots=True)
class Trial:
    """One operation, failed in one way, on a copy of one index."""

    work: Path
    operation: str
    mode: str

    @property
    def here(self) -> Path:
        """The copy of the index."""
        return self.work / "index"

    def prepare(self) -> None:
        """Make the index as it is before the operation, and the files as they are after."""
        docs = self.work / "docs"
        write(docs, OLD)
        in_child(lambda: Index.create(self.work / "base", ToyEncoder()).add([str(docs)]) and "")
        write(docs, OLD if self.operation == "remove" else NEW[self.operation])

    def operate(self) -> Index:
        """The commit under test."""
        index = Index.open(self.here, ToyEncoder())
        if self.operation == "words":
            adding._EMBEDDED_AT_ONCE = 1
        if self.operation != "remove":
            index.add([str(self.work / "docs")])
        elif len(index.documents()) > 1:
            index.remove(["a.txt"])
        return index

    def commit(self, at: int) -> str:
        """Operate with call `at` failing: whether it was done, and whether call `at` came."""
        faults = ctypes.CDLL(None)
        faults.faults_arm(str(self.here).encode(), ctypes.c_long(at), MODES[self.mode])
        try:
            self.operate()
            done = True
        except QuothError:
            done = False
        reached = faults.faults_count() >= at
        faults.faults_arm(b"", ctypes.c_long(0), 0)
        return json.dumps([done, reached])

    def look(self, *, again: bool = False) -> str:
        """What the index holds and what is wrong with it, as it is or after another try."""
        index = self.operate() if again else Index.open(self.here, ToyEncoder())
        found = {Path(one.name).name: index.document(one.key).text for one in index.documents()}
        index.search_text(["ceasefire"], 3)
        faults = list(verify(index).faults)
        if again and index.count_unembedded():
            faults.append(f"{index.count_unembedded()} passages without vectors")
        return json.dumps([found, faults])

    def fail(self, at: int) -> tuple[list[str], str, bool]:
        """Fail call `at`: what went wrong, whether old or new is there, whether it came so far."""
        shutil.rmtree(self.here, ignore_errors=True)
        shutil.copytree(self.work / "base", self.here)
        wrong = []
        status, said = in_child(lambda: self.commit(at))
        if status not in (0, 77):
            wrong.append(f"call {at}: {said[-1500:]}")
        done, reached = json.loads(said) if status == 0 else (False, True)
        status, said = in_child(self.look)
        found, broken = json.loads(said) if status == 0 else (None, said[-1500:])
        if broken or found not in (OLD, NEW[self.operation]):
            wrong.append(f"call {at}: torn: {found} {broken}")
        if done and found != NEW[self.operation]:
            wrong.append(f"call {at}: acknowledged but lost")
        status, said = in_child(lambda: self.look(again=True))
        if status or json.loads(said) != [NEW[self.operation], []]:
            wrong.append(f"call {at}, the next try: {said[-1500:]}")
        return wrong, "new" if found == NEW[self.operation] else "old", reached


def main() -> None:
    """Fail call 1, 2, 3 … until the commit gets through without reaching it."""
    trial = Trial(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    step = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    trial.prepare()
    wrong: list[str] = []
    outcomes = {"old": 0, "new": 0}
    at, reached = 0, True
    while reached and not wrong:
        at += step
        wrong, outcome, reached = trial.fail(at)
        outcomes[outcome] += 1
    found = {"calls": sum(outcomes.values()) - 1, "outcomes": outcomes, "wrong": wrong}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()

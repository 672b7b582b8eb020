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
from pathlib import Path

from index import Index, QuothError
from index.check import verify
from toy_encoder import ToyEncoder

MODES = {"error": 1, "full": 2, "die": 3}
OLD = {"a.txt": "Moscow brokered a ceasefire. It held.", "b.txt": "The cat sat. It slept."}
NEW = {
    "add": {**OLD, "c.txt": "A third thing. It was new."},
    "update": {**OLD, "a.txt": "Paris brokered a ceasefire. It broke."},
    "remove": {"b.txt": OLD["b.txt"]},
}


def write(folder: Path, texts: dict[str, str]) -> None:
    """Make the folder hold exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text)


def operate(index: Index, operation: str, docs: Path) -> None:
    """The commit under test."""
    if operation == "remove":
        index.remove(["a.txt"])
    else:
        index.add([str(docs)])


def held(index: Index) -> dict[str, str]:
    """What the index holds, by file name."""
    return {
        Path(one.name).name: index.document(one.key).text
        for one in index.documents()
    }


def in_child(job) -> tuple[int, str]:  # noqa: ANN001 -- any function of no arguments
    """Run `job` in a process of its own; its exit status and what it said."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        status = 0
        try:
            said = job() or ""
        except BaseException:  # noqa: BLE001 -- whatever it is, the parent is told
            said, status = traceback.format_exc(), 9
        os.write(into, said.encode())
        os._exit(status)
    os.close(into)
    with os.fdopen(out, "rb") as reader:
        said = reader.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def main() -> None:
    """Fail call 1, 2, 3 … until the commit gets through without reaching it."""
    work, operation, mode = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    step = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    faults = ctypes.CDLL(None)
    base, here, docs = work / "base", work / "index", work / "docs"

    def make() -> None:
        write(docs, OLD)
        Index.create(base, ToyEncoder()).add([str(docs)])

    in_child(make)
    new = NEW[operation]
    write(docs, new if operation != "remove" else OLD)
    wrong: list[str] = []
    calls = 0
    outcomes = {"old": 0, "new": 0}
    while True:
        calls += step
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(base, here)

        def commit(at: int = calls) -> str:
            index = Index.open(here, ToyEncoder())
            faults.faults_arm(str(here).encode(), ctypes.c_long(at), MODES[mode])
            try:
                operate(index, operation, docs)
                said = "done"
            except QuothError as error:
                said = f"refused: {error}"
            reached = faults.faults_count() >= at
            faults.faults_arm(b"", ctypes.c_long(0), 0)
            return json.dumps([said, reached])

        status, said = in_child(commit)
        if status not in (0, 77):
            wrong.append(f"call {calls}: {said[-1500:]}")
            break
        acknowledged, reached = json.loads(said) if status == 0 else ("died", True)

        def look() -> str:
            index = Index.open(here, ToyEncoder())
            found = held(index)
            checked = verify(index)
            index.search_text(["ceasefire"], 3)
            return json.dumps([found, list(checked.faults)])

        def again() -> str:
            index = Index.open(here, ToyEncoder())
            if operation != "remove" or len(index.documents()) > 1:
                operate(index, operation, docs)
            return json.dumps([held(index), list(verify(index).faults)])

        status, said = in_child(look)
        if status:
            wrong.append(f"call {calls}, opening: {said[-1500:]}")
            break
        found, broken = json.loads(said)
        if broken or found not in (OLD, new):
            wrong.append(f"call {calls}: torn: {found} {broken}")
        if acknowledged == "done" and found != new:
            wrong.append(f"call {calls}: acknowledged but lost")
        outcomes["new" if found == new else "old"] += 1
        status, said = in_child(again)
        if status or json.loads(said) != [new, []]:
            wrong.append(f"call {calls}, the next try: {said[-1500:]}")
        if not reached or calls > 5000:
            break
    print(json.dumps({"calls": calls - 1, "outcomes": outcomes, "wrong": wrong}))


if __name__ == "__main__":
    main()

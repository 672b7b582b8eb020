"""The job that every tool is given. Runs in the tool's own environment: standard library and numpy.

    python TOOL.py add FOLDER DATA      embed and index a few passages with its own model
    python TOOL.py make FOLDER DATA     index all passages, their vectors given
    python TOOL.py first FOLDER DATA    open that index and answer one question
    python TOOL.py ask FOLDER DATA      open it, warm up, and answer question after question

Prints one JSON object. DATA holds passages.json, vectors.npy, few.json and questions.json; the
environment variable MODEL names the folder of the sentence-transformers model.
"""

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MODEL = os.environ.get("MODEL", "")
FOUND = 10

Ask = Callable[[str], list[str]]
"""A question in, the texts of the best `FOUND` passages out, best first."""


def run(
    add: Callable[[Path, list[str]], object],
    make: Callable[[Path, list[str], Any], object],
    open_: Callable[[Path], Ask],
) -> None:
    """Do what the command line says with a tool's three functions."""
    what, folder, data = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    told: dict[str, object] = {}
    if what == "add":
        few = _read(data / "few.json")
        add(folder / "warm", few[:16])  # loads the model
        began, cpu = time.perf_counter(), time.process_time()
        add(folder / "few", few)
        told["passages/s"] = len(few) / (time.perf_counter() - began)
        told["passages per CPU s"] = len(few) / (time.process_time() - cpu)
    elif what == "make":
        began = time.perf_counter()
        make(folder, _read(data / "passages.json"), np.load(data / "vectors.npy"))
        told["seconds"] = time.perf_counter() - began
    else:
        ask = open_(folder)
        questions = _read(data / "questions.json")
        told["found"] = ask(questions[0])
        if what == "ask":
            told |= _asked(ask, questions)
        told["memory, MB"] = _resident()
    print(json.dumps(told))


def _asked(ask: Ask, questions: list[str]) -> dict[str, object]:
    for question in questions[:5]:
        ask(question + " ")
    walls, cpus = [], []
    for question in questions[5:]:
        wall, cpu = time.perf_counter(), time.process_time()
        ask(question)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return {
        "p50 ms": statistics.median(walls),
        "p95 ms": float(np.percentile(walls, 95)),
        "p50 CPU ms": statistics.median(cpus),
    }


def _resident() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _read(path: Path) -> list[str]:
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return found

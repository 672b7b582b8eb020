"""A million passages: adding, memory, opening, asking, recall and disk, at 10,000, 100,000 and 1M.

`python benchmarks/million.py [FOLDER] [--sizes N …] [--json FILE]`. The passages are recombined
from real sentences; the vectors of the first 100,000 are computed, those of the others are copies
of these, perturbed. Each stage runs in a process of its own.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np
from recombined import REAL, Recombined, articles, compute

from eval.environment import machine, versions
from eval.sets import load
from index import Index, Vectors, load_encoder
from index.cache_folder import cache_folder
from index.search.vector_segment import read_blocks, read_ids
from qa import retrieve

SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS = 105
_A_CALL = 1_000
_AMONG = 20


def main() -> None:
    """Grow an index to each size, and print what each cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where the index is made")
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--stage", nargs=2, metavar=("WHAT", "SIZE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder: Path = arguments.folder or Path(tempfile.mkdtemp()) / "index"
    if arguments.stage:
        what, size = arguments.stage
        stage = adding(folder, int(size)) if what == "add" else asking(folder)
        print(json.dumps(stage))
        return
    vectors = cache_folder() / "recombined.npy"
    compute(vectors, min(REAL, max(arguments.sizes)))
    figures = []
    for size in arguments.sizes:
        told = {"passages": size} | _stage(folder, "add", size) | _stage(folder, "ask", size)
        figures.append(told)
        print(json.dumps(told, indent=1), flush=True)
    if arguments.json:
        kept = {"machine": machine(), "versions": versions(), "figures": figures}
        arguments.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if arguments.folder is None:
        shutil.rmtree(folder.parent)


def _stage(folder: Path, what: str, size: int) -> dict[str, float]:
    command = [sys.executable, __file__, str(folder), "--stage", what, str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def adding(folder: Path, size: int) -> dict[str, float]:
    """Add articles until there are `size` passages; the vectors are given, not computed."""
    kept = np.load(cache_folder() / "recombined.npy", mmap_mode="r")
    encoder = Recombined(load_encoder(), kept)
    began, before = time.perf_counter(), time.process_time()
    index = Index.open(folder, encoder) if folder.exists() else Index.create(folder, encoder)
    first = index.count_passages()
    encoder.skip(first)
    made = islice(articles(), index.count_documents(), None)
    while index.count_passages() < size:
        missing = 1 + (size - index.count_passages()) // 40
        index.add_documents(list(islice(made, min(_A_CALL, missing))))
    seconds = time.perf_counter() - began
    added = index.count_passages() - first
    return {
        "documents": index.count_documents(),
        "passages exactly": index.count_passages(),
        "added without embedding, passages/s": added / seconds,
        "CPU ms a passage, without embedding": 1000 * (time.process_time() - before) / added,
        "most memory while adding, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _disk(folder: Path) -> dict[str, int]:
    sizes = {"truth": 0, "vectors": 0, "text index": 0}
    for file in folder.rglob("*"):
        if file.is_file():
            kind = "truth"
            if "derived" in file.parts:
                kind = "vectors" if file.parent.name.startswith("vectors") else "text index"
            sizes[kind] += file.stat().st_size
    return sizes


def asking(folder: Path) -> dict[str, float]:
    """Open in a new process, ask real questions, and compare with an exact search."""
    encoder = load_encoder()
    questions = [one.text for one in load("newsqa").questions[: QUESTIONS * 9 : 9]]
    vectors = encoder.encode(questions)
    began = time.perf_counter()
    with Index.open(folder, encoder) as index:
        index.search_vectors(vectors[:1], 1)  # which opens its files, each checked
        opened = time.perf_counter() - began
        # The first time much comes from the disk; the second time it is in memory.
        first, _ = _asked(index, questions)
        walls, cpus = _asked(index, questions)
        meanings = []
        for vector in vectors:
            wall = time.perf_counter()
            index.search_vectors(vector[np.newaxis], 100)
            meanings.append(1000 * (time.perf_counter() - wall))
        memory = _memory()
        found = index.search_vectors(vectors, _AMONG)
        shares = [
            len({hit.id for hit in hits} & wanted) / _AMONG
            for hits, wanted in zip(found, _exactly(index, vectors), strict=True)
        ]
        passages = index.count_passages()
        figures = {
            "opened, s": opened,
            "question without the reader, from the disk, p50 ms": statistics.median(first),
            "question without the reader, p50 ms": statistics.median(walls),
            "question without the reader, p95 ms": float(np.percentile(walls, 95)),
            "question without the reader, p50 CPU ms": statistics.median(cpus),
            "of which by meaning, p50 ms": statistics.median(meanings),
            "memory while asking, MB": memory["VmRSS"],
            "of which not files, MB": memory["RssAnon"],
            "recall@20 of real questions": float(np.mean(shares)),
            "recall@20 as measured when made": index.status().recall,
        }
    disk = {f"{name}, bytes a passage": used / passages for name, used in _disk(folder).items()}
    return figures | disk


def _asked(index: Index, questions: list[str]) -> tuple[list[float], list[float]]:
    """Wall and CPU milliseconds of each question, after five to warm up."""
    walls, cpus = [], []
    for text in [*questions[:5], *questions]:
        wall, cpu = time.perf_counter(), time.process_time()
        retrieve(index, text, index.encoder.encode([text]))
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return walls[5:], cpus[5:]


def _memory() -> dict[str, float]:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    pairs = [line.split(":", 1) for line in lines if line.startswith(("VmRSS", "RssAnon"))]
    return {name: int(value.split()[0]) / 1024 for name, value in pairs}


def _exactly(index: Index, questions: Vectors) -> list[set[int]]:
    """The nearest ids to each question, every vector compared."""
    best = np.empty((len(questions), 0), np.float32)
    ids = np.empty((len(questions), 0), np.int64)
    folders = {one.path(index.folder).parent for one in index.store.derived("vectors")}
    for folder in folders:
        known = read_ids(folder)
        for first, block in read_blocks(folder, questions.shape[1]):
            here = known[first : first + len(block)]
            best = np.concatenate([best, questions @ block.astype(np.float32).T], axis=1)
            ids = np.concatenate([ids, np.broadcast_to(here, (len(questions), len(here)))], axis=1)
            top = np.argsort(-best, axis=1)[:, :_AMONG]
            best, ids = np.take_along_axis(best, top, 1), np.take_along_axis(ids, top, 1)
    return [set(row.tolist()) for row in ids]


if __name__ == "__main__":
    main()

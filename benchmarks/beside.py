"""Compare Quoth with similar tools: the same job, in turns, each in its own environment.

`python benchmarks/beside.py [--only TOOL …] [--passages N] [--rounds N] [--json FILE]`, after
`benchmarks/recombined.py` has computed the vectors. `make bench-peers` does both.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from recombined import articles, compute

from eval.environment import machine, versions
from eval.sets import load
from index import load_encoder
from index.cache_folder import cache_folder
from index.embedding.model_files import model_folder
from index.text.chunking import Chunker, ChunkSettings

HERE = Path(__file__).parent
JOBS = HERE / "peers"
ROOT = HERE.parent
FEW = 128
QUESTIONS = 45
_PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that is timed: its job's file, and the Python that runs it."""

    name: str
    job: Path
    hybrid: bool
    packages: list[str]

    @property
    def environment(self) -> Path:
        """The tool's own virtual environment."""
        return cache_folder() / "peers" / self.name

    @property
    def python(self) -> Path:
        """What runs the job."""
        return self.environment / "bin" / "python" if self.packages else Path(sys.executable)


def main() -> None:
    """Install what is missing, make each tool's index, and time everything in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="TOOL", help="these tools, and Quoth")
    parser.add_argument("--passages", type=int, default=15_000)
    parser.add_argument("--what", nargs="+", default=["first", "ask", "add"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="keep every figure in this file")
    arguments = parser.parse_args()
    declared = tomllib.loads((JOBS / "peers.toml").read_text(encoding="utf-8"))
    tools = [
        Tool(name, JOBS / one["job"], one["hybrid"], one["packages"])
        for name, one in declared.items()
        if not arguments.only or name in arguments.only or not one["packages"]
    ]
    kept: dict[str, dict[str, object]] = {tool.name: {"hybrid": tool.hybrid} for tool in tools}
    for tool in tools:
        kept[tool.name] |= installed(tool)
    with tempfile.TemporaryDirectory() as work:
        data = Path(work) / "data"
        prepare(data, arguments.passages)
        for tool in tools if arguments.what != ["add"] else []:
            told = _job(tool, "make", Path(work) / tool.name, data)
            size = sum(f.stat().st_size for f in (Path(work) / tool.name).rglob("*") if f.is_file())
            kept[tool.name] |= {"make": told, "disk, MB": size / 1e6}
            print(tool.name, told, flush=True)
        for what in arguments.what:
            for number in range(arguments.rounds):
                for tool in tools:
                    if what == "add" and tool.name == "quoth-reader":
                        continue
                    folder = Path(work) / (
                        f"add-{tool.name}-{number}" if what == "add" else tool.name
                    )
                    folder.parent.mkdir(exist_ok=True)
                    runs = kept[tool.name].setdefault(what, [])
                    runs.append(_job(tool, what, folder, data))  # type: ignore[attr-defined]
                    print(
                        what,
                        tool.name,
                        {k: v for k, v in runs[-1].items() if k != "found"},
                        flush=True,
                    )  # type: ignore[index]
    print(table(kept))
    if arguments.json:
        arguments.json.parent.mkdir(exist_ok=True)
        whole = {
            "machine": machine(),
            "versions": versions(),
            "passages": arguments.passages,
            "tools": kept,
        }
        arguments.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def installed(tool: Tool) -> dict[str, object]:
    """Create the tool's environment if needed; return its cost and its versions."""
    if not tool.packages:
        return {}
    note = tool.environment / "installed.json"
    if not note.exists():
        shutil.rmtree(tool.environment, ignore_errors=True)
        pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        torch = next(line for line in pins if line.startswith("torch=="))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "venv", str(tool.environment)], check=True)
        pip = [str(tool.python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, torch], check=True)
        subprocess.run([*pip, torch, *tool.packages], check=True)
        seconds = time.perf_counter() - began
        used = sum(f.lstat().st_size for f in tool.environment.rglob("*") if f.is_file())
        listed = subprocess.run(
            [str(tool.python), "-m", "pip", "freeze"], check=True, stdout=subprocess.PIPE, text=True
        )
        wanted = {package.partition("[")[0] for package in tool.packages}
        versions_ = [x for x in listed.stdout.split() if x.partition("==")[0] in wanted]
        told = {"seconds": round(seconds, 1), "MB": round(used / 1e6), "versions": versions_}
        note.write_text(json.dumps(told), encoding="utf-8")
    return {"install": json.loads(note.read_text(encoding="utf-8"))}


def prepare(data: Path, passages: int) -> None:
    """Write the passages with their vectors, a few to embed, and the questions."""
    data.mkdir()
    vectors = compute(cache_folder() / "recombined.npy", passages)[:passages].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chunker = Chunker(ChunkSettings(), load_encoder())
    texts: list[str] = []
    for document in articles():
        texts += [one.span.of(document.text) for one in chunker.chunk(document).passages]
        if len(texts) >= passages:
            break
    # These texts are in no index, and are too short to be cut into several passages.
    few = [document.text[:800] for document in islice(articles(), 10_000, 10_000 + FEW)]
    questions = [one.text for one in load("newsqa").questions[: QUESTIONS * 9 : 9]]
    np.save(data / "vectors.npy", vectors)
    for name, content in (("passages", texts[:passages]), ("few", few), ("questions", questions)):
        (data / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def _job(tool: Tool, what: str, folder: Path, data: Path) -> dict[str, object]:
    """Run one job; what it prints, and the CPU and wall seconds of its whole process."""
    environment = {
        **os.environ,
        "MODEL": str(model_folder()),
        "PYTHONPATH": str(ROOT) if not tool.packages else "",
        "HF_HUB_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "TOKENIZERS_PARALLELISM": "true",
    }
    command = [str(tool.python), str(tool.job), what, str(folder), str(data)]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
        out, _ = process.communicate(timeout=_PATIENCE)
        if process.returncode:
            errors.seek(0)
            return {"failed": errors.read()[-600:]}
    told: dict[str, object] = json.loads(out.splitlines()[-1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return told | {"wall s": time.perf_counter() - began, "CPU s": used}


def table(kept: dict[str, dict[str, object]]) -> str:
    """The medians of every tool's rounds, as a table in Markdown."""
    columns = {
        "first answer, CPU s": ("first", "CPU s"),
        "first answer, wall s": ("first", "wall s"),
        "question p50, wall ms": ("ask", "p50 ms"),
        "question p50, CPU ms": ("ask", "p50 CPU ms"),
        "memory while asking, MB": ("ask", "memory, MB"),
        "added, passages/s": ("add", "passages/s"),
    }
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    for name, told in kept.items():
        cells = []
        for what, figure in columns.values():
            runs = [one for one in told.get(what, []) if figure in one]  # type: ignore[attr-defined]
            values = [float(one[figure]) for one in runs]
            cells.append(f"{statistics.median(values):.4g}" if values else "–")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

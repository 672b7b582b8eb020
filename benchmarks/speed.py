"""How fast: starting, adding, asking; the compiled runtime beside sentence-transformers.

`python benchmarks/speed.py [DATA] [--json FILE]`; CPU seconds are of the whole process.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from eval.cached_index import index_of
from eval.environment import machine, versions
from eval.sets import load
from index import load_encoder
from index.cache_folder import cache_folder
from index.embedding.load import ORIGINAL
from index.embedding.torch_encoder import SentenceTransformersEncoder
from qa import Assistant, Settings, retrieve

ROOT = Path(__file__).parent.parent
QUESTION = "who brokered the September 13 ceasefire?"
PASSAGES = 240
QUESTIONS = 60
ROUNDS = 2


def main() -> None:
    """Time each, print a table, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default=str(ROOT.parent / "shared" / "data"))
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    arguments = parser.parse_args()
    os.environ["QUOTH_DATA"] = arguments.data
    figures: dict[str, float] = {}
    figures |= starting()
    if Path(arguments.data).is_dir():
        figures |= encoding() | asking()
    else:
        print(f"{arguments.data} is not there: only the start is timed")
    for name, value in figures.items():
        print(f"{name:58} {value:10.3f}")
    if arguments.json:
        kept = {"machine": machine(), "versions": versions(), "figures": figures}
        arguments.json.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def starting() -> dict[str, float]:
    """CPU seconds of whole processes: the help, an add, a first answer."""
    with tempfile.TemporaryDirectory() as folder:
        index = str(Path(folder) / "index")
        return {
            "quoth --help, CPU s": _process("--help"),
            "quoth add seeds (31 passages), CPU s": _process("add", "seeds", "--index", index),
            "quoth ask, fresh process, CPU s": _process("ask", QUESTION, "--index", index),
            "quoth ask --no-reader, fresh process, CPU s": _process(
                "ask", QUESTION, "--no-reader", "--index", index
            ),
            "memory of quoth ask, MB": _memory("ask", QUESTION, "--index", index),
        }


def _process(*arguments: str) -> float:
    """The least CPU seconds of a few runs of the command."""
    return min(_run(arguments)[0] for _ in range(ROUNDS))


def _memory(*arguments: str) -> float:
    return _run(arguments)[1]


def _run(arguments: tuple[str, ...]) -> tuple[float, float]:
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)\n"
    )
    command = [sys.executable, "-c", script, sys.executable, "-m", "ui.cli.command", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def encoding() -> dict[str, float]:
    """Passages a second, the compiled encoder and the original in turns."""
    with index_of("newsqa", load("newsqa").documents, Settings(), cache_folder()) as index:
        texts = [
            passage.span.of(index.document(passage.document).text)
            for passage in index.passages(index.store.passage_ids()[:PASSAGES])
        ]
    compiled = load_encoder()
    original = load_encoder(engine=ORIGINAL)
    if not isinstance(original, SentenceTransformersEncoder):
        raise TypeError("the original encoder is not the original")
    model = original.model
    compiled.encode(texts[:32])
    model.encode(texts[:32])
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_timed(lambda: compiled.encode(texts)))
        theirs.append(_timed(lambda: model.encode(texts, normalize_embeddings=True)))
    return {
        "passages a second, compiled": PASSAGES / min(ours),
        "passages a second, sentence-transformers fp32": PASSAGES / min(theirs),
        "times as many": min(theirs) / min(ours),
    }


def asking() -> dict[str, float]:
    """Milliseconds a warm question takes over newsqa's articles."""
    data = load("newsqa")
    questions = [question.text for question in data.questions[:QUESTIONS]]
    with index_of(data.name, data.documents, Settings(), cache_folder()) as index:
        plain = _each(lambda text: retrieve(index, text, index.encoder.encode([text])), questions)
        assistant = Assistant(index)
        read = _each(assistant.ask, questions)
        again = _each(assistant.ask, questions)
        return {
            "passages in the index": float(index.count_passages()),
            "question without the reader, p50 ms": plain[0],
            "question without the reader, p50 CPU ms": plain[1],
            "question with the reader, p50 ms": read[0],
            "question with the reader, p50 CPU ms": read[1],
            "the same question again, p50 ms": again[0],
            "memory while asking, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def _each(ask: Callable[[str], object], questions: list[str]) -> tuple[float, float]:
    """Medians of wall and CPU time over the questions, in ms, after five to warm up."""
    for text in questions[:5]:
        ask(f"{text} ")
    walls, cpus = [], []
    for text in questions[5:]:
        wall, cpu = time.perf_counter(), time.process_time()
        ask(text)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return statistics.median(walls), statistics.median(cpus)


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

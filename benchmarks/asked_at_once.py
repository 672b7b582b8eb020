"""How long a new archive takes until it can be asked.

`python benchmarks/asked_at_once.py [--articles 5000]` adds articles of `../shared/data/news` to a
new index with `quoth add`, and asks while that runs. It prints the seconds until a first question
is answered by words, until all documents are found by words, and how long a question takes
meanwhile. Embedding is not waited for.
"""

import argparse
import json
import lzma
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from index import Index, QuothError

NEWS = Path(__file__).parents[2] / "shared" / "data" / "news"
QUOTH = [sys.executable, "-c", "from ui.cli.command import main; main()"]
QUESTION = "Who brokered the ceasefire?"


def articles() -> Iterator[str]:
    """The texts of the news set, each with its title and date."""
    for file in sorted(NEWS.glob("*.jsonl.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                yield f"{one['title']}\n{one.get('published') or ''}\n\n{one['text']}\n"


def counted(folder: Path) -> tuple[int, int]:
    """How many documents and passages the index has; none where there is no index yet."""
    try:
        with Index.open(folder) as index:
            return index.count_documents(), index.count_passages()
    except QuothError:
        return 0, 0


def main() -> None:
    """Add, ask meanwhile, and print the seconds."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--articles", type=int, default=5_000)
    wanted = parser.parse_args().articles
    if not NEWS.exists():
        raise SystemExit(f"skipped: {NEWS} is not on this machine")
    with tempfile.TemporaryDirectory() as work:
        folder, index = Path(work) / "news", Path(work) / "index"
        folder.mkdir()
        for number, text in enumerate(islice(articles(), wanted)):
            (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
        began = time.monotonic()
        adding = subprocess.Popen([*QUOTH, "add", str(folder), "--index", str(index)])
        first, asked = 0.0, []
        while counted(index)[0] < wanted and adding.poll() is None:
            if counted(index)[0]:
                first = first or time.monotonic() - began
                at = time.monotonic()
                subprocess.run([*QUOTH, "find", QUESTION, "--index", str(index)], check=False,
                               capture_output=True)  # fmt: skip
                asked.append(time.monotonic() - at)
            time.sleep(0.5)
        documents, passages = counted(index)
        every = time.monotonic() - began
        adding.send_signal(signal.SIGINT)
        adding.wait()
    print(f"first question possible after   {first:6.1f} s")
    print(f"all documents by words after    {every:6.1f} s ({documents} with {passages} passages)")
    if asked:
        print(f"a new `quoth find` meanwhile    {statistics.median(asked):6.2f} s (median)")


if __name__ == "__main__":
    main()

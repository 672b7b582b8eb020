"""The memory that joining vector segments takes.

`python benchmarks/joining.py [--rows 1000000]` writes four segments of random vectors, joins them
into one with its codes, and prints the most memory of its own (anonymous) meanwhile. Linux only.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.search.vector_segment import Rows, read_blocks, read_ids, write_segment

DIMENSION = 384
_BLOCK = 16_384
_PARTS = 4


def vectors(count: int, seed: int) -> Iterator[tuple[int, NDArray[np.float16]]]:
    """Random unit vectors in blocks, each with the number of its first row."""
    draw = np.random.default_rng(seed)
    for first in range(0, count, _BLOCK):
        rows = draw.standard_normal((min(_BLOCK, count - first), DIMENSION), np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        yield first, rows.astype(np.float16)


def own_megabytes() -> float:
    """The anonymous memory of this process: that which is not a mapped file."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Write, join, and print the most memory."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    each = parser.parse_args().rows // _PARTS
    with tempfile.TemporaryDirectory() as work:
        folders = [Path(work) / f"part{n}" for n in range(_PARTS)]
        for n, folder in enumerate(folders):
            ids = np.arange(n * each, (n + 1) * each)
            write_segment(folder, [Rows(ids, vectors(each, n))], DIMENSION)
        most, done = own_megabytes(), threading.Event()

        def watch() -> None:
            nonlocal most
            while not done.wait(0.02):
                most = max(most, own_megabytes())

        watching = threading.Thread(target=watch)
        watching.start()
        began = time.monotonic()
        parts = [Rows(read_ids(one), read_blocks(one, DIMENSION)) for one in folders]
        write_segment(Path(work) / "joined", parts, DIMENSION)
        seconds = time.monotonic() - began
        done.set()
        watching.join()
    print(f"{_PARTS * each:,} rows joined in {seconds:.0f} s, at most {most:.0f} MB of own memory")


if __name__ == "__main__":
    main()

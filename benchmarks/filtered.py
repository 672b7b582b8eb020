"""What a filter costs: `find` over 2,000 documents, unfiltered and filtered, in turns.

python benchmarks/filtered.py
"""

import statistics
import tempfile
import time
from pathlib import Path

from index import Document, Found, Index, NameMatches, load_encoder
from qa.retrieval.find import find

DOCUMENTS, ROUNDS = 2_000, 40


def main() -> None:
    """Make the index, ask in turns, and print the medians in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index.create(Path(folder) / "index", load_encoder())
        index.add_documents(
            [
                Document(
                    f"{n % 20:02}/{n}.txt",
                    f"The bridge number {n} over the river Foo opened in town {n % 97}.",
                    Found(f"Bridge {n}", "given"),
                )
                for n in range(DOCUMENTS)
            ]
        )
        times: dict[str, list[float]] = {"unfiltered": [], "filtered": [], "new filter": []}
        for n in range(ROUNDS):
            question = f"when did bridge {n} open?"
            for name, where in (
                ("unfiltered", None),
                ("filtered", NameMatches("1*")),
                ("new filter", NameMatches(f"1*{n}*")),
            ):
                began = time.perf_counter()
                find(index.restricted_to(where), question, 5)
                times[name].append(time.perf_counter() - began)
        for name, taken in times.items():
            print(f"{name:12} {statistics.median(taken) * 1000:6.1f} ms")


if __name__ == "__main__":
    main()

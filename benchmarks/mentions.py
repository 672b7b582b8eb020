"""Compare the search for mentions with a plain scan: completeness and time.

`python benchmarks/mentions.py INDEX`. 200 names and phrases are drawn from the texts of the index;
for each the mentions found are compared with those that a scan of every text finds.
"""

import argparse
import random
import re
import statistics
import time
from pathlib import Path

from index import Index
from qa.archive.mentions import mentions
from qa.archive.phrase import Phrase

DRAWN = 200
_NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}\b")
_WORDS = re.compile(r"\b[a-z]{3,}(?: [a-z]{2,}){1,3}\b")


def drawn(texts: list[str], seed: int = 7) -> list[str]:
    """Half names and half phrases in quotation marks, from texts drawn by chance."""
    chance = random.Random(seed)  # noqa: S311 -- a sample, no secret
    found: list[str] = []
    while len(found) < DRAWN:
        text = chance.choice(texts)
        pattern = _NAME if len(found) % 2 else _WORDS
        words = pattern.findall(text)
        if words:
            one = chance.choice(words)
            found.append(one if pattern is _NAME else f'"{one}"')
    return found


def main() -> None:
    """Print recall, equal counts and times."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    arguments = parser.parse_args()
    with Index.open(arguments.index) as index:
        texts = [index.document(key).text for key in sorted({one.key for one in index.documents()})]
        phrases = drawn(texts)
        mentions(index, "warm")
        found_all = scanned_all = equal = 0
        took: list[float] = []
        scans: list[float] = []
        for phrase in phrases:
            began = time.perf_counter()
            found = mentions(index, phrase)
            took.append(time.perf_counter() - began)
            began = time.perf_counter()
            parsed = Phrase.parse(phrase)
            scanned = sum(1 for text in texts for _ in parsed.found_in(text))
            scans.append(time.perf_counter() - began)
            # Only one of several copies is counted, but the scan reads all of them.
            named = {name for one in found.found for name in (one.document.name, *one.copies)}
            spans = _all_spans(index, parsed, named)
            found_all += spans
            scanned_all += scanned
            equal += spans == scanned
    print(f"documents              {len(texts):,}")
    print(f"recall                 {found_all / scanned_all:.4f} of {scanned_all:,} mentions")
    print(f"counts equal           {equal} of {len(phrases)} names and phrases")
    print(f"mentions p50 / p95     {_ms(took, 50):.0f} / {_ms(took, 95):.0f} ms")
    print(f"scan of all p50 / p95  {_ms(scans, 50):.0f} / {_ms(scans, 95):.0f} ms")


def _all_spans(index: Index, phrase: Phrase, names: set[str]) -> int:
    keys = {one.key for one in index.documents() if one.name in names}
    return sum(1 for key in keys for _ in phrase.found_in(index.document(key).text))


def _ms(seconds: list[float], percentile: int) -> float:
    return 1000 * statistics.quantiles(seconds, n=100)[percentile - 1]


if __name__ == "__main__":
    main()

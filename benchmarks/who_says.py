"""How often "who says what" has an accepted answer among its answers, over an archive of news.

`python benchmarks/who_says.py INDEX`, with the index that `benchmarks/journalist.py` takes. The set
names one answer a question, so that this is no measure of whether all answers are found.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from journalist import QUESTIONS, holds

from qa import Assistant, who_says


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    arguments = parser.parse_args()
    if not QUESTIONS.exists():
        raise SystemExit(f"skipped: {QUESTIONS} is not on this machine")
    asked = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    found, first, rows, absent = 0, 0, [], []
    took = []
    with Assistant.open(arguments.index) as assistant:
        for one in asked:
            began = time.perf_counter()
            claims = who_says(assistant, one["question"]).claims
            took.append(time.perf_counter() - began)
            if not one["answers"]:
                absent.append(len(claims))
                continue
            right = [holds(claim.answer, one["answers"]) for claim in claims]
            found += any(right)
            first += right[:1] == [True]
            rows.append(len(claims))
    print(f"an accepted answer is among them {found} of {len(rows)}, the first {first}")
    print(f"answers to a question            {statistics.median(rows):.0f} (median)")
    print(f"answers where there is none      {statistics.median(absent):.0f} (median)")
    print(f"seconds a question               {statistics.median(took):.2f} (median)")


if __name__ == "__main__":
    main()

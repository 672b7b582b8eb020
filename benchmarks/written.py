"""A written answer to each of the journalist's questions, to be judged by hand.

`python benchmarks/written.py INDEX [--most N]`, where INDEX was made of the archive that
`../shared/data/journalist/make_archive.py` writes and a writer is set (`quoth config writer`). Each
sentence is printed; below one that is shown as supported, the words that support it.
"""

import argparse
import datetime as dt
import json
from pathlib import Path

from qa import Assistant, configured_writer, written
from qa.writing.quotations import MOST

QUESTIONS = Path(__file__).parents[2] / "shared" / "data" / "journalist" / "questions.dev.jsonl"


def main() -> None:
    """Ask, let write, print, and count what is supported."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--most", type=int, default=60, help="how many questions")
    arguments = parser.parse_args()
    writer = configured_writer()
    if writer is None or not QUESTIONS.exists():
        raise SystemExit("a writer must be set, and ../shared/data/journalist be there")
    lines = QUESTIONS.read_text("utf-8").splitlines()[: arguments.most]
    supported = every = enough = 0
    with Assistant.open(arguments.index) as assistant:
        for line in lines:
            question = json.loads(line)["question"]
            answer = assistant.ask(question, MOST, today=dt.date.today())  # noqa: DTZ011
            given = written(assistant, answer, writer)
            every += len(given.sentences)
            enough += given.enough
            print(f"\n{question}")
            for one in given.sentences:
                if not one.supported or one.evidence is None:
                    print(f"   x {one.text}  <{one.why_not}>")
                    continue
                supported += 1
                cited = next(it for it in given.quotations if it.number == one.rests_on).citation
                start = one.evidence.start - cited.start
                told = cited.quote[start : start + one.evidence.end - one.evidence.start]
                print(f"  [{one.rests_on}] {one.text}\n        = {' '.join(told.split())}")
    print(f"\n{supported} of {every} sentences supported, enough for {enough} of {len(lines)}")


if __name__ == "__main__":
    main()

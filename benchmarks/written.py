"""A written answer to each question of a set, to be judged by hand.

`python benchmarks/written.py INDEX [--questions FILE] [--most N]` after `quoth config writer`. By
default the questions are the journalist's, and INDEX is made of the archive that
`../shared/data/journalist/make_archive.py` writes. FILE holds JSON lines with a "question" or a
"text" each, and may be compressed with xz. The benchmark prints each sentence, and below a
supported one the words that support it.
"""

import argparse
import datetime as dt
import json
import lzma
from pathlib import Path

from qa import Assistant, configured_writer, written
from qa.writing.quotations import MOST

QUESTIONS = Path(__file__).parents[2] / "shared" / "data" / "journalist" / "questions.dev.jsonl"


def main() -> None:
    """Ask, let write, print, and count what is supported."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="JSON lines, also .xz")
    parser.add_argument("--most", type=int, default=60, help="how many questions")
    arguments = parser.parse_args()
    writer = configured_writer()
    file: Path = arguments.questions
    if writer is None or not file.exists():
        raise SystemExit(f"set a writer (quoth config writer); {file} must exist")
    kept_bytes = file.read_bytes()
    text = lzma.decompress(kept_bytes) if file.suffix == ".xz" else kept_bytes
    lines = text.decode().splitlines()[: arguments.most]
    supported = every = enough = 0
    with Assistant.open(arguments.index) as assistant:
        for line in lines:
            kept = json.loads(line)
            question = kept.get("question") or kept["text"]
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

"""Measure the dates of events against 150 sentences whose dates were marked by hand.

`python benchmarks/events.py [--show]`. The sentences are of `../shared/data/news`: events that
`quoth timeline` gave for names drawn by chance. Whoever marked them saw the sentence, its
surroundings and the article's date, but not Quoth's date. Sentences marked as without a date are
counted only while Quoth gives them one. A date is right if it is a marked one,
and nearly right if it lies within three days of one at each end ("late February").
`events_marked.jsonl` holds the beginning of each sentence, so that it can be found.
"""

import argparse
import datetime as dt
import json
from pathlib import Path

from names import NEWS, articles

from index import Document, Found
from qa.archive.timeline import date_of
from qa.language.sentence_span import body_sentences

MARKED = Path(__file__).with_name("events_marked.jsonl")
_NEAR = dt.timedelta(days=3)


def is_near(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two periods begin and end within three days of one another."""
    days = zip(one, other, strict=True)
    return all(abs(dt.date.fromisoformat(a) - dt.date.fromisoformat(b)) <= _NEAR for a, b in days)


def main() -> None:
    """Print how many dates are right."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--show", action="store_true", help="print the sentences that are wrong")
    show = parser.parse_args().show
    if not NEWS.exists():
        raise SystemExit(f"skipped: {NEWS} is not on this machine")
    marked = [json.loads(line) for line in MARKED.read_text("utf-8").splitlines()]
    texts = articles({one["article"] for one in marked})
    right = near = missing = no_event = 0
    for one in marked:
        document = Document(
            "a", texts[one["article"]], Found("a", "given"),
            published=Found(one["published"], "given"),
        )  # fmt: skip
        told = [span.of(document.text) for span in body_sentences(document)]
        sentence = next((s for s in told if " ".join(s.split()).startswith(one["begins"])), None)
        date = date_of(sentence, document) if sentence else None
        if sentence is not None and date is None and not one["dates"]:
            no_event += 1
            continue
        if sentence is None or date is None:
            missing += 1
            continue
        period = str(date.first), str(date.last)
        wanted = [tuple(dates) for dates in one["dates"]]
        right += period in wanted
        near += period not in wanted and any(is_near(period, dates) for dates in wanted)
        if show and period not in wanted:
            print(period, wanted[:2], " ".join(sentence.split())[:120])
    events = len(marked) - no_event
    print(f"right {right} of {events}, nearly right {near} more; not found {missing}")
    print(f"no event any more, and marked as without a date: {no_event}")


if __name__ == "__main__":
    main()

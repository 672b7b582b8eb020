"""Dates worked out from the day of writing: python benchmarks/dates.py [--show].

283 sentences of ../shared/data/news, marked by hand in dates_marked.jsonl: the words of each date
and the first and last day that they mean. The rules were written on the first 205. The other 78
were marked afterwards; three errors found on them were fixed (before that, .92 of their dates were
right). dateparser reads the same sentences; for a period, any of its days counts as right.
"""

import argparse
import datetime as dt
import json
import lzma
import re
from collections.abc import Callable
from pathlib import Path

import dateparser.search

from index.text.dates import dates_in

HERE = Path(__file__).parent
NEWS = HERE.parent.parent / "shared" / "data" / "news"
Told = tuple[str, str, str]
Reads = Callable[[str, dt.date], list[Told]]


def quoth(sentence: str, written: dt.date) -> list[Told]:
    """The words, the first and the last day of each date, by Quoth."""
    return [
        (one.span.of(sentence), str(one.first), str(one.last))
        for one in dates_in(sentence, written)
    ]


def library(sentence: str, written: dt.date) -> list[Told]:
    """The same by dateparser, which gives days only."""
    settings = {
        "RELATIVE_BASE": dt.datetime.combine(written, dt.time()),
        "PREFER_DATES_FROM": "past",
    }
    found = dateparser.search.search_dates(sentence, languages=["en"], settings=settings)
    return [(words, str(day.date()), str(day.date())) for words, day in found or []]


def sentences() -> list[tuple[dict[str, object], str]]:
    """The marked sentences with their texts."""
    marked = [json.loads(line) for line in (HERE / "dates_marked.jsonl").open(encoding="utf-8")]
    wanted = {one["article"] for one in marked}
    texts: dict[str, str] = {}
    for file in sorted(NEWS.glob("*.jsonl.xz")):
        with lzma.open(file, "rt") as lines:
            for line in lines:
                one = json.loads(line)
                if one["url"] in wanted:
                    texts.setdefault(one["url"], re.sub(r"\s+", " ", one["text"]))
    return [(one, texts[one["article"]][one["start"] : one["end"]]) for one in marked]


def main() -> None:
    """Print, for each part of the sentences, what each gets right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print each that is wrong")
    show = parser.parse_args().show
    if not NEWS.exists():
        print("skipped: ../shared/data/news is not on this machine")
        return
    told = sentences()
    for name, reads, days_count in (("Quoth", quoth, False), ("dateparser", library, True)):
        for part in ("rules written on", "held out"):
            count = {"right": 0, "wrong": 0, "missed": 0, "not a date": 0}
            for one, text in told:
                if one["part"] == part:
                    judge(
                        one, text, reads, count, days_count=days_count, show=show and not days_count
                    )
            total = sum(count.values()) - count["not a date"]
            share = count["right"] / total
            print(f"{name:12}{part:18}{total:5} dates, right {share:.3f} {count}")


def judge(
    one: dict[str, object],
    text: str,
    reads: Reads,
    count: dict[str, int],
    *,
    days_count: bool,
    show: bool,
) -> None:
    """Add to `count` how the dates of one sentence were read."""
    marked = [tuple(date) for date in one["dates"]]  # type: ignore[attr-defined]
    got = reads(text, dt.date.fromisoformat(str(one["written"])))
    for words, first, last in marked:
        there = [its for its in got if words in its[0] or its[0] in words]
        right = any(
            first <= its[1] <= last if days_count else its[1:] == (first, last) for its in there
        )
        kind = "right" if right else "wrong" if there else "missed"
        count[kind] += 1
        if show and not right:
            print(f"  {kind}: {words!r} is {first} to {last}, read {there}: {text[:150]}")
    count["not a date"] += sum(
        not any(words in its[0] or its[0] in words for words, *_ in marked) for its in got
    )


if __name__ == "__main__":
    main()

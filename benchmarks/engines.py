"""Compare an index in a folder with its copy on a PostgreSQL server: the same answers, the time.

`python benchmarks/engines.py INDEX URL QUESTIONS.jsonl`. The index is copied to the server unless
it is there. The file has a question a line, under "text" or "question". A question is found in both
places in turns; the times of both are therefore of the same minutes.
"""

import argparse
import datetime as dt
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import (
    AllOf,
    Index,
    InFolder,
    NameMatches,
    Not,
    PublishedFrom,
    PublishedTo,
    Undated,
    Where,
)
from index.copying import copy_index
from index.engines.at import engine_at
from qa import Assistant
from qa.retrieval.find import find

Place = tuple[str, int, int]
"""A passage: its document, and its first and last character."""

K = 20
TIMED = 60
RECALL_QUESTIONS = 60


def main() -> None:
    """Print how often both agree, for finding, answers and filters, and the times of each."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("url")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--most", type=int, default=300, help="questions that are asked")
    parser.add_argument("--answers", type=int, default=300, help="questions that are answered")
    arguments = parser.parse_args()
    read = arguments.questions.read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in read]
    questions = [one.get("text") or one["question"] for one in told][: arguments.most]
    with Index.open(arguments.index) as local:
        if not engine_at(arguments.url).exists():
            began = time.perf_counter()
            copied = copy_index(local, arguments.url)
            print(f"copied {copied.passages:,} passages in {time.perf_counter() - began:.0f} s")
        with Index.open(arguments.url) as server:
            same_passages(local, server, questions)
            same_answers(local, server, questions[: arguments.answers])
            same_when_filtered(local, server, questions)
            recall(local, server, questions[:RECALL_QUESTIONS])
            times(local, server, questions)


def same_passages(local: Index, server: Index, questions: Sequence[str]) -> None:
    """How often the first passage, and all of the first 20, are the same in the same order."""
    first = twenty = 0
    shared: list[float] = []
    for question in questions:
        here, there = _found(local, question), _found(server, question)
        first += here[:1] == there[:1]
        twenty += here == there
        shared.append(_shared(here, there))
    total = len(questions)
    print(f"the same first passage       {first:4} of {total}")
    print(f"the same 20 in one order     {twenty:4} of {total}")
    print(f"share of the 20 in its place {statistics.fmean(shared):.4f}")


def same_answers(local: Index, server: Index, questions: Sequence[str]) -> None:
    """How often the answer, or that there is none, is the same."""
    here, there = Assistant(local), Assistant(server)
    differing = []
    for question in questions:
        one, other = _said(here, question), _said(there, question)
        if one != other:
            differing.append((question, one, other))
    print(f"the same answer or refusal   {len(questions) - len(differing):4} of {len(questions)}")
    for question, one, other in differing[:5]:
        print(f"  {question}\n    folder: {one}\n    server: {other}")


def same_when_filtered(local: Index, server: Index, questions: Sequence[str]) -> None:
    """Whether each filter passes the same documents, and finds the same passages."""
    for where in _filters(local):
        documents = (
            local.restricted_to(where).documents() == server.restricted_to(where).documents()
        )
        equal = 0
        asked = questions[:20]
        for question in asked:
            equal += _found(local, question, where) == _found(server, question, where)
        said = "the same documents" if documents else "OTHER DOCUMENTS"
        print(f"filter {str(where)[:60]:60} {said}, {equal} of {len(asked)} found alike")


def recall(local: Index, server: Index, questions: Sequence[str]) -> None:
    """The share of the 20 nearest passages, by exact comparison, that each finds."""
    ids = [one.id for one in local.store.passages_of()]
    rows = np.concatenate(
        [local.vectors(ids[at : at + 20_000]) for at in range(0, len(ids), 20_000)]
    )
    rows = np.nan_to_num(rows, nan=-1.0)
    encoded = local.encoder.encode(questions)
    for name, index in (("folder", local), ("server", server)):
        found = index.search_vectors(encoded, K)
        shares = []
        for query, hits in zip(encoded, found, strict=True):
            scores = rows @ query
            bar = np.partition(scores, -K)[-K]
            nearest = {ids[at] for at in np.flatnonzero(scores >= bar)}
            shares.append(len({hit.id for hit in hits} & nearest) / K)
        print(f"recall@20 by vectors, {name}   {statistics.fmean(shares):.4f}")


def times(local: Index, server: Index, questions: Sequence[str]) -> None:
    """The median and the 95th percentile of `find`, without a filter and with a month."""
    month = _month(local)
    for name, where in (("find", None), ("find in a month", month)):
        taken: dict[str, list[float]] = {"folder": [], "server": []}
        for question in questions[:TIMED]:
            for at, index in (("folder", local), ("server", server)):
                searched = index.restricted_to(where)
                began = time.perf_counter()
                find(searched, question, K)
                taken[at].append(time.perf_counter() - began)
        for at, all_taken in taken.items():
            p50, p95 = np.percentile(all_taken, [50, 95]) * 1000
            print(f"{name:16} {at:7} p50 {p50:6.0f} ms   p95 {p95:6.0f} ms")


def _said(assistant: Assistant, question: str) -> object:
    answer = assistant.ask(question)
    return answer.answer.as_json() if answer.answer else f"no answer: {answer.reasons}"


def _found(index: Index, question: str, where: Where | None = None) -> list[Place]:
    found = find(index.restricted_to(where), question, K)
    return [(one.citation.document, one.citation.start, one.citation.end) for one in found]


def _shared(here: Sequence[Place], there: Sequence[Place]) -> float:
    return sum(a == b for a, b in zip(here, there, strict=False)) / max(1, len(here))


def _month(index: Index) -> AllOf:
    dated = sorted(one.published.value for one in index.documents() if one.published)
    day = dt.date.fromisoformat(dated[len(dated) // 2][:10]).replace(day=1)
    return AllOf((PublishedFrom(day), PublishedTo(day + dt.timedelta(days=30))))


def _filters(index: Index) -> list[Any]:
    names = sorted(one.name for one in index.documents())
    middle = names[len(names) // 2]
    return [
        _month(index),
        Undated(),
        Not(Undated()),
        InFolder(middle.rpartition("/")[0] or "."),
        NameMatches("*1*"),
        Not(NameMatches("*[0-4]?*")),
    ]


if __name__ == "__main__":
    main()

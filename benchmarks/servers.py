"""An index in a folder and the same index on a PostgreSQL server as they grow, measured in turns.

`python benchmarks/servers.py INDEX URL QUESTIONS.jsonl [--sizes N …] [--json FILE]`. INDEX is an
index of a large archive, such as ../shared/data/news; its documents are copied to a new folder and
to new tables until there are N passages. A passage that INDEX has no vector of gets the vector of
another one with a little noise: that is enough for times and for recall, and is counted.
"""

import argparse
import datetime as dt
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from eval.environment import machine, versions
from index import AllOf, Document, Encoder, Found, Index, PublishedFrom, PublishedTo, Vectors, Where
from index.copying import entries_of
from index.engines.at import engine_at
from index.ingest.embed import Block
from index.storage.schema import Change, Entry
from index.text.chunking import Chunker
from qa import Assistant
from qa.retrieval.find import find

K = 20
NEAR = 100
QUESTIONS = 60
ANSWERS = 12
COMMITS = 5
WARMING = 5
_TEXTS_A_COMMIT = 500
_NOISE = 0.02
_BOTH = ("folder", "server")


def main() -> None:
    """Grow both to each size, and print and keep what each cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("url")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[25_000, 100_000, 300_000])
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    arguments = parser.parse_args()
    lines = arguments.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in lines]
    figures = []
    with Index.open(arguments.index) as archive, tempfile.TemporaryDirectory() as folder:
        grown = Grown(archive, {"folder": f"{folder}/index", "server": arguments.url})
        for size in arguments.sizes:
            loading = grown.to(size)
            figures.append(measured(grown, questions) | loading)
            print(json.dumps(figures[-1], indent=1), flush=True)
    if arguments.json:
        kept = {"machine": machine(), "versions": versions(), "figures": figures}
        arguments.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


class Grown:
    """The same part of an archive in both places."""

    def __init__(self, archive: Index, places: dict[str, str]) -> None:
        """Make both, empty."""
        self.places = places
        self._archive = archive
        self._keys = iter(sorted(archive.store.keys()))
        self._chance = np.random.default_rng(1)
        self._some = _some_vectors(archive)
        self.made_up = 0
        for place in places.values():
            Index.create(place, archive.encoder, archive.settings).close()

    def to(self, size: int) -> dict[str, object]:
        """Add documents to both until there are so many passages; how long each took, s."""
        changes = list(self._changes(size))
        took = {}
        for name, place in self.places.items():
            began = time.perf_counter()
            engine = engine_at(place)
            with engine.loading(), engine.writing(self._encoder, self._chunker) as (_, writer):
                for change, block in changes:
                    writer.commit(change, embed=False)
                    writer.add_vectors(block)
            took[name] = round(time.perf_counter() - began, 1)
        return {"load, s": took, "vectors made up": self.made_up}

    def _encoder(self) -> Encoder:
        return self._archive.encoder

    def _chunker(self) -> Chunker:
        return Chunker(self._archive.settings, self._archive.encoder)

    def _changes(self, size: int) -> Iterator[tuple[Change, Block]]:
        with Index.open(self.places["folder"]) as index:
            have = index.count_passages()
        store = self._archive.store
        while have < size:
            added: list[Entry] = []
            while have < size and len(added) < _TEXTS_A_COMMIT:
                entries = list(entries_of(store, next(self._keys)))
                added += entries
                have += len(entries[0].passages)
            ids = list({p.id for entry in added for p in entry.passages})
            yield Change(added=added), Block(np.array(ids, np.int64), self._rows(ids), "")

    def _rows(self, ids: Sequence[int]) -> Vectors:
        rows = self._archive.vectors(ids)
        lacking = np.isnan(rows[:, 0])
        self.made_up += int(lacking.sum())
        chosen = self._some[self._chance.integers(len(self._some), size=int(lacking.sum()))]
        noisy = chosen + self._chance.normal(scale=_NOISE, size=chosen.shape).astype(np.float32)
        rows[lacking] = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        return np.asarray(rows, np.float32)


def _some_vectors(archive: Index) -> Vectors:
    """Vectors that the archive has, at most 50,000."""
    ids = archive.store.passage_ids().tolist()
    rows = np.concatenate(
        [archive.vectors(ids[at : at + 20_000]) for at in range(0, len(ids), 20_000)]
    )
    return np.asarray(rows[~np.isnan(rows[:, 0])][:50_000], np.float32)


def measured(grown: Grown, questions: Sequence[str]) -> dict[str, object]:
    """What finding, answering, recall and a commit of 50 documents cost in both places."""
    opened = {name: Index.open(place) for name, place in grown.places.items()}
    index = opened["folder"]
    month = _month(index)
    told: dict[str, object] = {
        "passages": index.count_passages(),
        "documents": index.count_documents(),
        "MB": {name: round(one.status().bytes_on_disk / 1e6) for name, one in opened.items()},
        "find, ms": _find(opened, questions, None),
        "find in a month, ms": _find(opened, questions, month),
        "passages of the month": len(index.store.passage_ids(month)),
        "recall@20 by vectors": _recall(opened, questions, None),
        "recall@20 by vectors in the month": _recall(opened, questions, month),
        "the same first, and the same 20": _same(opened, questions),
        "answer, ms": _answer(opened, questions),
    }
    for one in opened.values():
        one.close()
    return told | {"commit of 50 documents, s": _commits(grown.places)}


def _percentiles(taken: Sequence[float]) -> list[float]:
    return [round(float(one), 1) for one in np.percentile(np.array(taken) * 1000, [50, 95])]


def _find(
    opened: dict[str, Index], questions: Sequence[str], where: Where | None
) -> dict[str, list[float]]:
    """p50 and p95 of `find`, each question in both places in turns."""
    taken: dict[str, list[float]] = {name: [] for name in opened}
    for at, question in enumerate(questions[: QUESTIONS + WARMING]):
        for name, index in opened.items():
            searched = index.restricted_to(where)
            began = time.perf_counter()
            find(searched, question, K)
            if at >= WARMING:  # the first ones load what is loaded once
                taken[name].append(time.perf_counter() - began)
    return {name: _percentiles(times) for name, times in taken.items()}


def _recall(
    opened: dict[str, Index], questions: Sequence[str], where: Where | None
) -> dict[str, float]:
    """The share of the 20 nearest, by comparing with all, that each finds."""
    index = opened["folder"]
    ids = index.store.passage_ids(where)
    rows = np.concatenate(
        [index.vectors(ids[at : at + 20_000].tolist()) for at in range(0, len(ids), 20_000)]
    )
    queries = index.encoder.encode(questions[:QUESTIONS])
    bars = [np.partition(rows @ query, -K)[-K] for query in queries]
    shares = {}
    for name, one in opened.items():
        found = one.restricted_to(where).search_vectors(queries, NEAR)
        shares[name] = round(
            float(
                np.mean(
                    [
                        sum(hit.score >= bar - 1e-6 for hit in hits[:K]) / K
                        for hits, bar in zip(found, bars, strict=True)
                    ]
                )
            ),
            4,
        )
    return shares


def _same(opened: dict[str, Index], questions: Sequence[str]) -> list[int]:
    """For how many questions both find the same first passage, and the same 20 in one order."""
    first = twenty = 0
    for question in questions:
        here, there = (
            [(c.citation.document, c.citation.start) for c in find(opened[name], question, K)]
            for name in _BOTH
        )
        first += here[:1] == there[:1]
        twenty += here == there
    return [first, twenty, len(questions)]


def _answer(opened: dict[str, Index], questions: Sequence[str]) -> dict[str, list[float]]:
    """p50 and p95 of an answer, and the CPU of this process for one, ms."""
    told = {}
    for name, index in opened.items():
        assistant = Assistant(index)
        assistant.ask(questions[-1])
        taken, before = [], resource.getrusage(resource.RUSAGE_SELF)
        for question in questions[:ANSWERS]:
            began = time.perf_counter()
            assistant.ask(question)
            taken.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_SELF)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        told[name] = [*_percentiles(taken), round(used / ANSWERS * 1000, 1)]
    return told


def _commits(places: dict[str, str]) -> dict[str, list[float]]:
    """How long a commit of 50 short documents takes, vectors included: the median and the most."""
    told = {}
    for name, place in places.items():
        taken = []
        with Index.open(place) as index:
            for number in range(COMMITS):
                documents = [_note(number, at) for at in range(50)]
                began = time.perf_counter()
                index.add_documents(documents)
                taken.append(time.perf_counter() - began)
            index.remove([_note(number, at).name for number in range(COMMITS) for at in range(50)])
        told[name] = [round(float(np.median(taken)), 2), round(max(taken), 2)]
    return told


def _note(number: int, at: int) -> Document:
    text = f"Envoy {at} met delegation {number} in the capital and spoke of round {at * number}."
    name = f"note-{number}-{at}"
    return Document(name, text, Found(name, "given"))


def _month(index: Index) -> AllOf:
    dated = sorted(one.published.value for one in index.documents() if one.published)
    day = dt.date.fromisoformat(dated[len(dated) // 2][:10]).replace(day=1)
    return AllOf((PublishedFrom(day), PublishedTo(day + dt.timedelta(days=30))))


if __name__ == "__main__":
    main()

"""Retrieval on the four sets of the README's table, against the best published row.

    python benchmarks/retrieval.py ../shared/data [--keep DIR] [--sets squad2 newsqa …]

Each set is indexed as a user would index it and every answerable question is asked of all of it.
A document ranks by its best passage. Measures are ir_measures', a question without results
scores 0. With --keep the indexes stay in DIR and are used again.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ir_measures
from ir_measures import RR, Success, nDCG

from eval.datasets import DataSet, load_beir, load_squad
from index import Encoder, Index, load_encoder
from qa.retrieve import retrieve

MEASURES = {
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@20": Success @ 20,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}
SETS: dict[str, Callable[[Path], DataSet]] = {
    "squad2": lambda data: load_squad(data / "squad2" / "dev.json.xz"),
    "newsqa": lambda data: load_squad(data / "newsqa" / "dev.json.xz"),
    "time": lambda data: load_beir(data / "time"),
    "realtimeqa": lambda data: load_beir(data / "realtimeqa"),
}
TO_BEAT = {
    "squad2": {"hit@1": 0.819, "hit@5": 0.952, "hit@20": 0.992, "ndcg@10": 0.901},
    "newsqa": {"hit@1": 0.681, "hit@5": 0.846, "hit@20": 0.939, "ndcg@10": 0.787},
    "realtimeqa": {"hit@1": 0.810, "hit@5": 0.975, "hit@20": 0.993, "ndcg@10": 0.893},
    "time": {"hit@1": 0.695, "hit@5": 0.854, "hit@20": 0.902, "ndcg@10": 0.705},
}


def indexed(data: DataSet, folder: Path, encoder: Encoder) -> Index:
    """An index of the set, made now or used again."""
    made = Index.open(folder, encoder) if folder.exists() else Index.create(folder, encoder)
    made.add_documents(data.documents)
    return made


def measure(data: DataSet, index: Index) -> dict[str, float]:
    """The measures over the answerable questions, each document ranked by its best passage."""
    names = {one.key: one.name for one in index.documents()}
    run, qrels = [], []
    answerable = [question for question in data.questions if question.answerable]
    vectors = index.encoder.encode([question.text for question in answerable])
    for question, vector in zip(answerable, vectors, strict=True):
        best: dict[str, float] = {}
        for found in retrieve(index, question.text, vector[None]):
            best.setdefault(names[found.passage.document], found.score)
        run += [ir_measures.ScoredDoc(question.id, name, score) for name, score in best.items()]
        qrels += [ir_measures.Qrel(question.id, j.document, 1) for j in question.judgements]
    found = ir_measures.calc_aggregate(list(MEASURES.values()), qrels, run)
    return {name: found[measure] for name, measure in MEASURES.items()}


def main() -> None:
    """Measure and compare; the exit status is 1 when a figure is below the row to beat."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"{arguments.data} is not there; these sets do not ship with Quoth")
    encoder = load_encoder()
    below = 0
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments.sets:
            data = SETS[name](arguments.data)
            started = time.perf_counter()
            index = indexed(data, (arguments.keep or Path(temporary)) / name, encoder)
            added = time.perf_counter() - started
            figures = measure(data, index)
            asked = time.perf_counter() - started - added
            print(f"{name}: {index.count_passages()} passages, {added:.0f} s + {asked:.0f} s")
            for figure, value in figures.items():
                least = TO_BEAT[name].get(figure)
                missed = least is not None and round(value, 3) < least
                below += missed
                told = f"to beat {least:.3f}{'  MISSED' if missed else ''}" if least else ""
                print(f"  {figure:8} {value:.3f}  {told}", flush=True)
            index.close()
    print(json.dumps({"below": below}))
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()

"""Asking every question of a set and measuring what comes back."""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from eval.ask_questions import PART, Asking, Found, Options, all_asked
from eval.cached_index import Tell, index_of
from eval.datasets import DataSet, Question
from eval.environment import machine, versions
from eval.judge import Judge
from eval.measures import exact_match, f1, ranking_values, scored
from eval.report import write_report
from eval.result import Result, Row, measured
from eval.sets import load
from eval.trec_files import write_qrels, write_run
from index import Index
from index.cache_folder import cache_folder
from index.durable_files import plain_faults
from qa import Settings
from qa.ranking.weights import UNCALIBRATED

_SHOWN_DOCUMENTS = 20


def run(
    data: DataSet | str | Path,
    out: Path | None = None,
    settings: Settings | None = None,
    options: Options | None = None,
    *,
    index: Index | None = None,
    cache: Path | None = None,
    tell: Tell | None = None,
) -> Result:
    """Ask every question of `data`, a set or the name or path of one, and measure.

    The set's documents are indexed as `settings` say, in the folder `cache`, unless `index` holds
    them already. With `out`, that folder gets result.json, report.html, and the rankings and
    judgements as TREC files. During the run it also holds the results so far, so that the same
    call resumes an interrupted run. Raises QuothError for a malformed set.
    """
    data = data if isinstance(data, DataSet) else load(data)
    settings, options = settings or Settings(), options or Options()
    if not isinstance(out, Path | None):
        out = Path(out)
    watch = _Watch()
    own = index is None
    if index is None:
        index = index_of(data.name, data.documents, settings, cache or cache_folder(), tell)
    else:
        settings = replace(settings, model=index.encoder.name, chunks=index.settings)
    watch.lap("index")
    try:
        judge = Judge(index)
        asking = Asking(index, settings, options, judge)
        found = all_asked(data, asking, out, tell)
        watch.lap("ask")
        result = _result(data, settings, options, index, judge, found, watch)
        if options.answers and not asking.calibrated:
            result = replace(result, notices=[*result.notices, UNCALIBRATED])
        if out is not None:
            _write(result, found, judge, data, out)
    finally:
        if own:
            index.close()
    return result


def _result(
    data: DataSet,
    settings: Settings,
    options: Options,
    index: Index,
    judge: Judge,
    found: Sequence[Found],
    watch: "_Watch",
) -> Result:
    rows = _rows(data, judge, found)
    measures = measured(rows)
    watch.lap("measure")
    stages: dict[str, float] = {}
    for one in found:
        for stage, seconds in one.seconds.items():
            stages[f"ask: {stage}"] = stages.get(f"ask: {stage}", 0.0) + seconds
    return Result(
        set=data.name,
        data=data.fingerprint(),
        settings=settings.flat(),
        options=asdict(options),
        versions=versions(),
        machine=machine(),
        made=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        documents=index.count_documents(),
        passages=index.count_passages(),
        notices=list(data.notices),
        seconds={name: round(s, 3) for name, s in {**watch.seconds, **stages}.items()},
        measures=measures,
        rows=rows,
    )


def _rows(data: DataSet, judge: Judge, found: Sequence[Found]) -> list[Row]:
    rights = {question.id: judge.right(question) for question in data.questions}
    answerable = [q.id for q in data.questions if q.answerable]
    by_document = ranking_values(
        {q: rights[q].documents for q in answerable},
        {one.question: one.keys for one in found},
    )
    by_passage = ranking_values(
        {q: rights[q].passages or () for q in answerable if rights[q].passages is not None},
        {one.question: one.passages for one in found},
    )
    rows = []
    for question, one in zip(data.questions, found, strict=True):
        right = rights[question.id]
        values = dict(by_document.get(question.id, {}))
        passage_values = by_passage.get(question.id, {})
        values.update({f"passage_{name}": value for name, value in passage_values.items()})
        values.update(_answer_values(question, one))
        rows.append(
            Row(
                id=question.id,
                question=question.text,
                answers=list(question.answers),
                judged=[judgement.document for judgement in question.judgements],
                rank=_first(one.keys, right.documents),
                passage_rank=_first(one.passages, right.passages or frozenset()),
                documents=[judge.name(key) for key in one.keys[:_SHOWN_DOCUMENTS]],
                passages=one.shown,
                best=one.best,
                best_document=one.best_document,
                answered=one.answered,
                confidence=one.confidence,
                right=one.right,
                without=one.without,
                values=values,
                seconds=one.seconds,
                answerability=one.answerability,
            )
        )
    return rows


def _answer_values(question: Question, found: Found) -> dict[str, float]:
    if found.confidence is None:
        return {}
    values = {}
    if found.answered and found.right is not None:
        values["citation_precision"] = float(found.right)
    if question.answerable and not question.answers:
        return values
    given = found.best if found.answered else None
    values |= {"em": exact_match(given, question.answers), "f1": f1(given, question.answers)}
    if question.answerable:
        values |= {"em_answerable": values["em"], "f1_answerable": values["f1"]}
    return values


def _first(ranked: Sequence[str], right: frozenset[str]) -> int | None:
    return next((rank for rank, one in enumerate(ranked, 1) if one in right), None)


def _write(result: Result, found: Sequence[Found], judge: Judge, data: DataSet, out: Path) -> None:
    with plain_faults(out):
        rights = {q.id: judge.right(q) for q in data.questions if q.answerable}
        write_qrels(out / "documents.qrels", {q: r.documents for q, r in rights.items()})
        write_run(out / "documents.run", {one.question: scored(one.keys) for one in found})
        spans = {q: r.passages for q, r in rights.items() if r.passages is not None}
        if spans:
            write_qrels(out / "passages.qrels", spans)
            write_run(out / "passages.run", {one.question: scored(one.passages) for one in found})
        write_report(result, out / "report.html")
        result.write(out / "result.json")
        (out / PART).unlink(missing_ok=True)


class _Watch:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name], self._at = now - self._at, now

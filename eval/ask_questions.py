"""Asking the questions of a set, and keeping what comes back as it comes."""

import glob
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.cached_index import Tell
from eval.datasets import DataSet, Question
from eval.environment import code_hash, versions
from eval.judge import Judge, Right
from eval.result import Shown
from index import AnyOf, Index, NameMatches, Not, Span
from index.durable_files import plain_faults, sha256_of
from index.embedding.model_files import fingerprint
from qa import Assistant, Quotation, Retrieved, Settings, retrieve
from qa.ranking.weights import shipped_weighting
from qa.reader.base import NONE, SHIPPED

_SHOWN_PASSAGES = 5
PART = "rows.part.jsonl"
"""Where a run keeps the questions it has asked until it is done."""


_OWN_NAMES = (SHIPPED, NONE)
"""Built-in reader names. They never mean a folder, even if a folder has that name."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a run.

    Without `answers` only passages are found, which is faster. With `left_out` each answerable
    question is asked again without the documents that answer it, to measure whether it is refused.
    """

    answers: bool = True
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The result of one question. `keys` and `passages` are ids of the index, best first."""

    question: str
    keys: list[str]
    passages: list[str]
    shown: list[Shown]
    best: str | None
    best_document: str | None
    answered: bool
    confidence: float | None
    answerability: float | None
    right: bool | None
    without: float | None
    seconds: dict[str, float]

    @classmethod
    def of(cls, kept: dict[str, object]) -> "Found":
        """What `asdict` made."""
        shown = [Shown(**one) for one in kept["shown"]]  # type: ignore[attr-defined]
        return cls(**{**kept, "shown": shown})  # type: ignore[arg-type]


def what_reads(settings: Settings) -> str:
    """A text that identifies the settings and the contents of the files that they name."""
    named = [Path(name) for name in (settings.reader, settings.reranker) if name not in _OWN_NAMES]
    models = [fingerprint(folder) for folder in named if folder.is_dir()]
    weighting = Path(settings.weighting)
    fitted = sha256_of(weighting) if weighting.is_file() else ""
    return f"{settings} {models} {fitted} {shipped_weighting()}"


class Asking:
    """Asks one question at a time of one index."""

    def __init__(self, index: Index, settings: Settings, options: Options, judge: Judge) -> None:
        """Ask `index` as `settings` and `options` say; `judge` knows what is right in it."""
        self._index = index
        self._assistant = Assistant.as_set(index, settings)
        self._settings = settings
        self._options = options
        self._judge = judge

    @property
    def kept_by(self) -> str:
        """What the answers depend on besides the set."""
        return f"{what_reads(self._settings)} {self._options} {versions()} {code_hash()}"

    @property
    def calibrated(self) -> bool:
        """Whether ranking and confidence were fitted for this reader and reranker."""
        return self._assistant.calibrated

    def ask(self, question: Question) -> Found:
        """Ask one question."""
        if not self._options.answers:
            ranked, seconds = self._ranked(question.text)
            return self._found(question, ranked, seconds)
        considered = self._assistant.consider(question.text)
        said = considered.said
        found = self._found(question, said.ranked, considered.seconds)
        best = said.best
        return replace(
            found,
            best=best.text if best else None,
            best_document=best.citation.document if best else None,
            answered=said.answered,
            confidence=said.confidence,
            answerability=said.answerability,
            right=self._right(question, best),
            without=self._without(question),
        )

    def _right(self, question: Question, best: Quotation | None) -> bool | None:
        """Whether the likeliest answer is right; None if no judgement can decide it."""
        if best is None:
            known = not question.answerable or self._judge.can_tell(question)
            return False if known else None
        where = best.sentence
        return self._judge.is_right(
            question, where.document, Span(where.start, where.end), where.quote
        )

    def _ranked(self, question: str) -> tuple[list[Retrieved], dict[str, float]]:
        started = time.perf_counter()
        vector = self._index.encoder.encode([question])
        encoded = time.perf_counter()
        ranked = retrieve(self._index, question, vector, fusion=self._settings.fusion)
        seconds = {"encode": encoded - started, "retrieve": time.perf_counter() - encoded}
        return ranked, seconds

    def _without(self, question: Question) -> float | None:
        if not self._options.left_out or not question.answerable:
            return None
        names = self._judge.names([judgement.document for judgement in question.judgements])
        leaving = AnyOf(tuple(NameMatches(glob.escape(name)) for name in names))
        said = self._assistant.consider(question.text, Not(leaving)).said
        return said.answerability if said.best else 0.0

    def _found(
        self,
        question: Question,
        ranked: Sequence[Retrieved],
        seconds: dict[str, float],
    ) -> Found:
        right = self._judge.right(question)
        shown = []
        for one in ranked[:_SHOWN_PASSAGES]:
            document = self._index.document(one.passage.document)
            span = one.passage.span
            shown.append(
                Shown(
                    document.name,
                    span.start,
                    span.end,
                    round(one.score, 4),
                    _is_right(one, right),
                    span.of(document.text),
                )
            )
        return Found(
            question=question.id,
            keys=list(dict.fromkeys(one.passage.document for one in ranked)),
            passages=[str(one.passage.id) for one in ranked],
            shown=shown,
            best=None,
            best_document=None,
            answered=False,
            confidence=None,
            answerability=None,
            right=None,
            without=None,
            seconds=seconds,
        )


def _is_right(one: Retrieved, right: Right) -> bool:
    if right.passages is not None:
        return str(one.passage.id) in right.passages
    return one.passage.document in right.documents


def all_asked(data: DataSet, asking: Asking, out: Path | None, tell: Tell | None) -> list[Found]:
    """The results of all questions, in order; results that this run has in `out` are reused."""
    key = hashlib.sha256(f"{data.fingerprint()} {asking.kept_by}".encode()).hexdigest()
    asked: dict[str, Found] = {}
    with _kept(out, key) as (known, keep):
        for place, question in enumerate(data.questions):
            if tell:
                tell("asking", place, len(data.questions))
            found = known.get(question.id) or asking.ask(question)
            if question.id not in known:
                keep(found)
            asked[question.id] = found
    if tell:
        tell("asking", len(data.questions), len(data.questions))
    return [asked[question.id] for question in data.questions]


@contextmanager
def _kept(out: Path | None, key: str) -> Iterator[tuple[dict[str, Found], Callable[[Found], None]]]:
    """The questions an interrupted run has asked already, and how to keep more of them."""
    if out is None:
        yield {}, lambda _: None
        return
    with plain_faults(out):
        out.mkdir(parents=True, exist_ok=True)
        path = out / PART
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        known = {}
        if lines and lines[0] == key:
            known = {found.question: found for found in _whole(lines[1:])}
        with path.open("w", encoding="utf-8") as file:
            file.write("".join([key + "\n", *(_line(found) for found in known.values())]))

            def keep(found: Found) -> None:
                file.write(_line(found))
                file.flush()

            yield known, keep


def _line(found: Found) -> str:
    return json.dumps(asdict(found), ensure_ascii=True) + "\n"


def _whole(lines: Iterable[str]) -> Iterator[Found]:
    """The rows of an interrupted run, up to the first incomplete line."""
    for line in lines:
        try:
            yield Found.of(json.loads(line))
        except (ValueError, TypeError, KeyError):
            return

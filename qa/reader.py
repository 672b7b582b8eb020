"""The reader: a question and a passage in, where the passage answers it and whether it does."""

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
from tokenizers import Tokenizer

from index import QuothError
from index.cache import cache_folder
from index.models import model_folder
from index.runtime import best_precision, load_packed, runtime_version
from qa.pointing import SPANS, FoundSpan, Scores, likeliest_spans

SHIPPED, NONE = "quoth", "none"
"""Names of readers: the one that ships, and none at all. There may be no reranker too."""

LONGEST = 320
LONGEST_QUESTION = 64
_STRIDE = 96
_BATCH = 8
_FIRST, _LAST = 101, 102
_FILE = "reader.xml"


@dataclass(frozen=True, slots=True)
class Text:
    """What is read beside a question: a passage and the title it stands under, or ""."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a passage beside a question gave; for each score higher is better.

    `relevance` compares passages read for one question. `answering` is the log-odds that this
    passage answers at all. `spans` are the likeliest answers, best first, none overlapping
    another; a span's score is its log-odds against there being no answer.
    """

    relevance: float
    answering: float
    spans: tuple[FoundSpan, ...]


class Reader(Protocol):
    """What asking needs of a reader."""

    @property
    def name(self) -> str:
        """What it is called in settings and reports."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its weights: a weighting is fitted for one reader."""
        ...

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """Read each text beside the question; the readings, in order."""
        ...


class Reranker(Protocol):
    """What asking needs of a model that only says how well a passage bears on a question."""

    @property
    def name(self) -> str:
        """What it is called in settings and reports."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its weights."""
        ...

    def scores(self, question: str, texts: Sequence[Text]) -> list[float]:
        """How well each text bears on the question, in order; higher is better."""
        ...


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a text's tokens, `shift` tokens in; `title` is how long the title is."""

    place: int
    ids: list[int]
    offsets: list[tuple[int, int]]
    title: int


class CompiledReader:
    """A reader in compiled form, such as the one that ships. It may be used by several threads."""

    def __init__(self, folder: Path, name: str) -> None:
        """Load the reader in `folder`.

        Raises QuothError if its weights are not the ones that its card names.
        """
        self.name = name
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        weights = (folder / _FILE).with_suffix(".bin")
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
        if found != card["sha256"]:
            raise QuothError(
                f"the reader's weights in {weights} are damaged (SHA-256 {found[:12]}…, expected "
                f"{card['sha256'][:12]}…); install quoth again, or ask with --no-reader"
            )
        self.fingerprint = found
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        kept = cache_folder() / "models" / f"reader-{found[:16]}-{runtime_version()}"
        self._model = load_packed(folder / _FILE, best_precision(), kept)
        self._lock = threading.Lock()

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """See `Reader.read`. A text too long is read in windows; each score is its best one's."""
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids[:LONGEST_QUESTION]
        windows = self._windows(texts, LONGEST - len(asked) - 3)
        windows.sort(key=lambda window: len(window.ids))
        parts: list[list[Reading]] = [[] for _ in texts]
        for at in range(0, len(windows), _BATCH):
            batch = windows[at : at + _BATCH]
            spans, judged = self._run(asked, batch)
            for window, scores, said in zip(batch, spans, judged, strict=True):
                relevance, answering = said[:2]
                before = len(asked) + 2
                inside = scores[:, before : before + len(window.ids)]
                none = float(scores[:, 0].sum())
                offsets = np.array(window.offsets, np.int64).reshape(-1, 2)
                found = likeliest_spans(inside, none, offsets, window.title)
                parts[window.place].append(Reading(float(relevance), float(answering), found))
        return [together(readings) for readings in parts]

    def _windows(self, texts: Sequence[Text], room: int) -> list[_Window]:
        whole = [f"{one.title}\n{one.text}" if one.title else one.text for one in texts]
        windows = []
        tokens = self._tokenizer.encode_batch(whole, add_special_tokens=False)
        for place, (one, read) in enumerate(zip(texts, tokens, strict=True)):
            title = len(one.title) + 1 if one.title else 0
            first = 0
            while True:
                part = slice(first, first + room)
                windows.append(_Window(place, read.ids[part], read.offsets[part], title))
                if first + room >= len(read.ids):
                    break
                first += max(1, room - _STRIDE)
        return windows

    def _run(self, asked: list[int], windows: Sequence[_Window]) -> tuple[Scores, Scores]:
        before = len(asked) + 2
        longest = before + max(len(window.ids) for window in windows) + 1
        ids = np.zeros((len(windows), longest), np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for row, window in enumerate(windows):
            tokens = [_FIRST, *asked, _LAST, *window.ids, _LAST]
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
            types[row, before : len(tokens)] = 1
        with self._lock:
            out = self._model([ids, mask, types])
            return out[0].astype(np.float32), out[1].astype(np.float32)


class Reranked:
    """A reader whose relevance is a reranker's; without a reader it finds no spans."""

    def __init__(self, reader: Reader | None, reranker: Reranker) -> None:
        """Rank by `reranker` what `reader` reads."""
        self._reader, self._reranker = reader, reranker
        self.name = f"{reader.name if reader else NONE} and {reranker.name}"
        self.fingerprint = f"{reader.fingerprint if reader else NONE} {reranker.fingerprint}"

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """See `Reader.read`."""
        scores = self._reranker.scores(question, texts)
        if self._reader is None:
            return [Reading(score, 0.0, ()) for score in scores]
        readings = self._reader.read(question, texts)
        return [replace(one, relevance=score) for one, score in zip(readings, scores, strict=True)]


def load_reader(name: str = SHIPPED) -> Reader | None:
    """The reader called `name`; None for "none".

    Any other name or folder is a question-answering model of Hugging Face transformers.
    Raises QuothError when there is no such one.
    """
    if name == NONE:
        return None
    if name == SHIPPED:
        return _shipped()
    from qa.pretrained import QuestionAnsweringReader  # noqa: PLC0415 -- loads torch

    return QuestionAnsweringReader(name)


def load_reranker(name: str) -> Reranker | None:
    """The reranker called `name`, a CrossEncoder of sentence-transformers; None for "none".

    Raises QuothError when there is no such one.
    """
    if name == NONE:
        return None
    from qa.pretrained import CrossEncoderReranker  # noqa: PLC0415 -- loads torch

    return CrossEncoderReranker(name)


@cache
def _shipped() -> CompiledReader:
    return CompiledReader(Path(str(files("qa"))) / "data" / "reader", SHIPPED)


def together(readings: Sequence[Reading]) -> Reading:
    """What the windows of one text say together; there is one at least."""
    if len(readings) == 1:
        return readings[0]
    spans = sorted((one for part in readings for one in part.spans), key=lambda one: -one.score)
    kept: list[FoundSpan] = []
    for one in spans:
        if all(one.span.overlap(other.span) == 0 for other in kept):
            kept.append(one)
    return Reading(
        max(one.relevance for one in readings),
        max(one.answering for one in readings),
        tuple(kept[:SPANS]),
    )

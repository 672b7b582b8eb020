"""A reader in compiled form, such as the one that ships, run by OpenVINO."""

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index import QuothError
from index.cache_folder import cache_folder
from index.embedding.model_files import model_folder
from index.embedding.openvino_runtime import best_precision, load_packed, runtime_version
from qa.progress import read_so_far
from qa.reader.base import Reading, Text, together
from qa.reader.span_decoding import Scores, likeliest_spans

LONGEST = 320
LONGEST_QUESTION = 64
_STRIDE = 96
_BATCH = 8
_FIRST, _LAST = 101, 102
_FILE = "reader.xml"
_ASKED = "Who brokered the ceasefire of September 13?"
_TOLD = (
    "The ceasefire was brokered by the foreign ministers of two neighbouring countries, officials "
    "said on Tuesday, after three days of shelling along the border. "
)
"""A sample to time a reader with when it is first loaded."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A window over the tokens of the text at `place`; `title` is its title's length."""

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
        kept = cache_folder() / "models" / f"reader-{found[:16]}-{runtime_version()}-checked"
        self._model = load_packed(folder / _FILE, best_precision(), kept, self._sample)
        self._lock = threading.Lock()

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """See `Reader.read`. A long text is read in windows; each score is that of the best one."""
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids[:LONGEST_QUESTION]
        windows = self._windows(texts, LONGEST - len(asked) - 3)
        windows.sort(key=lambda window: len(window.ids))
        parts: list[list[Reading]] = [[] for _ in texts]
        for at in range(0, len(windows), _BATCH):
            read_so_far(at * len(texts) // len(windows), len(texts))
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

    def _sample(self) -> list[NDArray[np.int64]]:
        """A batch such as is read for a question."""
        asked = self._tokenizer.encode(_ASKED, add_special_tokens=False).ids
        windows = self._windows([Text("", _TOLD * 8)] * _BATCH, LONGEST - len(asked) - 3)
        return self._rows(asked, windows[:_BATCH])

    def _rows(self, asked: list[int], windows: Sequence[_Window]) -> list[NDArray[np.int64]]:
        """Token numbers, mask and types, each of shape (windows, tokens)."""
        before = len(asked) + 2
        longest = before + max(len(window.ids) for window in windows) + 1
        ids = np.zeros((len(windows), longest), np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for row, window in enumerate(windows):
            tokens = [_FIRST, *asked, _LAST, *window.ids, _LAST]
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
            types[row, before : len(tokens)] = 1
        return [ids, mask, types]

    def _run(self, asked: list[int], windows: Sequence[_Window]) -> tuple[Scores, Scores]:
        rows = self._rows(asked, windows)
        with self._lock:
            out = self._model(rows)
            return out[0].astype(np.float32), out[1].astype(np.float32)

"""An encoder that needs no torch: the model converted once, then run by the compiled runtime."""

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.cache_folder import cache_folder
from index.embedding.base import Vectors
from index.embedding.openvino_runtime import best_precision, load_model, runtime_version
from index.embedding.word_counts import WordCounts

_BATCH = 16
_AHEAD = 64 * _BATCH
_LAYOUT = 1
"""Part of a compiled model's cache key; increase it when the cached files change."""
FACTS, MODEL, TOKENIZER = "facts.json", "model.xml", "tokenizer.json"
_Ids = NDArray[np.int64]
_log = logging.getLogger(__name__)


class CompiledEncoder:
    """A sentence-transformers model, converted. It may be used from several threads.

    Its vectors agree with the original's to a cosine of .9999.
    """

    def __init__(self, name: str, fingerprint: str, kept: Path, precision: str) -> None:
        """Load the model that `convert` left in the folder `kept`."""
        self.kept = kept
        facts = json.loads((kept / FACTS).read_text(encoding="utf-8"))
        self.name, self.fingerprint, self.precision = name, fingerprint, precision
        self.dimension, self.window = int(facts["dimension"]), int(facts["window"])
        self._inputs: list[str] = facts["inputs"]
        self._pad, self._pad_type = int(facts["pad"]), int(facts["pad_type"])
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(kept / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.window)
        self._model = load_model(kept / MODEL, precision, kept)
        self._lock = threading.Lock()

    @cached_property
    def _counter(self) -> Tokenizer:
        """The tokenizer without truncation; only adding documents needs it."""
        counter: Tokenizer = Tokenizer.from_file(str(self.kept / TOKENIZER))
        counter.no_padding()
        counter.no_truncation()
        return counter

    @cached_property
    def _word_counts(self) -> WordCounts | None:
        return WordCounts(self._counter) if WordCounts.fits(self._counter) else None

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count`."""
        if self._word_counts is not None:
            with self._lock:
                return self._word_counts.count(texts)
        return [len(tokens.ids) for tokens in self._counter.encode_batch_fast(list(texts))]

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Encoder.encode`. A batch has texts of similar length, so padding is short."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _AHEAD):
            tokens = self._tokenizer.encode_batch_fast(list(texts[start : start + _AHEAD]))
            order = sorted(range(len(tokens)), key=lambda place: len(tokens[place].ids))
            for at in range(0, len(order), _BATCH):
                places = order[at : at + _BATCH]
                found = self._run([tokens[place] for place in places])
                vectors[[start + place for place in places]] = found
                if progress:
                    progress(len(places))
        return vectors

    def _run(self, tokens: Sequence[Encoding]) -> Vectors:
        longest = max(len(one.ids) for one in tokens)
        shape = (len(tokens), longest)
        given: dict[str, _Ids] = {
            "input_ids": np.full(shape, self._pad, np.int64),
            "attention_mask": np.zeros(shape, np.int64),
            "token_type_ids": np.full(shape, self._pad_type, np.int64),
        }
        for place, one in enumerate(tokens):
            given["input_ids"][place, : len(one.ids)] = one.ids
            given["attention_mask"][place, : len(one.ids)] = 1
            given["token_type_ids"][place, : len(one.ids)] = one.type_ids
        with self._lock:
            found: Vectors = self._model([given[name] for name in self._inputs])[0].copy()
        return found


def compiled_encoder(name: str, folder: Path, fingerprint: str) -> CompiledEncoder | None:
    """Load the compiled model, compiling it if needed; warn and return None if that fails."""
    kept = cache_folder() / "models" / f"{fingerprint[:16]}-{runtime_version()}-{_LAYOUT}"
    try:
        if (kept / FACTS).exists():
            return CompiledEncoder(name, fingerprint, kept, best_precision())
    except (RuntimeError, ValueError, KeyError, OSError):
        _log.warning("%s is damaged; %s is compiled again", kept, name)
        shutil.rmtree(kept, ignore_errors=True)
    reason = _converted_elsewhere(folder, kept)
    if reason is not None:
        _log.warning("%s cannot be compiled and runs more slowly: %s", name, reason)
        return None
    return CompiledEncoder(name, fingerprint, kept, best_precision())


def _converted_elsewhere(folder: Path, kept: Path) -> str | None:
    """Convert in a separate process, which frees torch's memory; return the error, if any."""
    done = subprocess.run(  # noqa: S603 -- this project's own module
        [sys.executable, "-P", "-m", "index.embedding.to_openvino", str(folder), str(kept)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if done.returncode == 0:
        return None
    last = done.stderr.strip().splitlines()
    return last[-1] if last else f"the converter ended with status {done.returncode}"

"""Readers of Hugging Face transformers and rerankers of sentence-transformers."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import QuothError
from index.embedding.model_files import fingerprint, model_folder
from index.embedding.torch_encoder import quiet_libraries
from qa.progress import read_so_far
from qa.reader.base import Reading, Text, together
from qa.reader.span_decoding import likeliest_spans

_LONGEST = 384
_QUESTION = 64
_BATCH = 8
_NOTHING = -20.0
"""The log-odds of an answer where there is nothing to point at."""


class QuestionAnsweringReader:
    """Any question-answering model of Hugging Face transformers: it points at a span.

    Its relevance and whether it answers are both the log-odds of its likeliest span against
    there being no answer. It may be used by several threads.
    """

    def __init__(self, name: str) -> None:
        """Load the model called `name`, or the one in a folder.

        Raises QuothError when it is not available or is not a question-answering model.
        """
        self.name = name
        folder = model_folder(name, "--reader", "a question-answering model", owner="")
        quiet_libraries()
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer  # noqa: PLC0415

        try:
            model, told = AutoModelForQuestionAnswering.from_pretrained(
                folder, output_loading_info=True
            )
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, use_fast=True)
        except Exception as error:
            raise QuothError(_unusable(name, "a question-answering model", error)) from error
        if told["missing_keys"] or told["mismatched_keys"] or not self._tokenizer.is_fast:
            raise QuothError(_unusable(name, "a question-answering model"))
        if self._tokenizer.pad_token_id is None or self._tokenizer.cls_token_id is None:
            raise QuothError(_unusable(name, "a question-answering model"))
        self._model = model.eval()
        self.fingerprint = fingerprint(folder)
        places = getattr(model.config, "max_position_embeddings", None) or 0
        limit = places - 2 if places > 0 else _LONGEST
        self._longest = min(_LONGEST, self._tokenizer.model_max_length, limit)
        self._lock = threading.Lock()

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """See `Reader.read`."""
        parts: list[list[Reading]] = [[] for _ in texts]
        shown = [f"{one.title}\n{one.text}" if one.title else one.text for one in texts]
        for at in range(0, len(texts), _BATCH):
            read_so_far(at, len(texts))
            with self._lock:
                self._read(question, texts[at : at + _BATCH], shown[at : at + _BATCH], parts[at:])
        return [together(readings) for readings in parts]

    def _read(
        self,
        question: str,
        texts: Sequence[Text],
        shown: Sequence[str],
        parts: Sequence[list[Reading]],
    ) -> None:
        """Add the readings of each text's windows to its part."""
        import torch  # noqa: PLC0415 -- already there, with the model

        question = self._cut(question)
        encoded = self._tokenizer(
            [question] * len(shown),
            list(shown),
            truncation="only_second",
            max_length=self._longest,
            stride=self._longest // 4,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").numpy().astype(np.int64)
        places = encoded.pop("overflow_to_sample_mapping").tolist()
        with torch.inference_mode():
            out = self._model(**encoded)
        starts, ends = out.start_logits.float().numpy(), out.end_logits.float().numpy()
        for row, place in enumerate(places):
            inside = np.array([one == 1 for one in encoded.sequence_ids(row)])
            first = self._nothing(encoded["input_ids"][row].tolist())
            title = len(texts[place].title) + 1 if texts[place].title else 0
            scores = np.stack([starts[row][inside], ends[row][inside]])
            none = float(starts[row][first] + ends[row][first])
            words = _without_spaces(offsets[row][inside], shown[place])
            found = likeliest_spans(scores, none, words, title)
            best = found[0].score if found else _NOTHING
            parts[place].append(Reading(best, best, found))

    def _cut(self, question: str) -> str:
        """The question, no longer than leaves room for what is read beside it."""
        most = min(_QUESTION, self._longest // 3)
        asked = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)
        offsets = asked["offset_mapping"]
        return question if len(offsets) <= most else question[: offsets[most - 1][1]]

    def _nothing(self, ids: Sequence[int]) -> int:
        """The place of the token that stands for there being no answer."""
        token = self._tokenizer.cls_token_id
        return ids.index(token) if token in ids else 0


class CrossEncoderReranker:
    """Any CrossEncoder of sentence-transformers that gives a pair one score."""

    def __init__(self, name: str) -> None:
        """Load the model called `name`, or the one in a folder.

        Raises QuothError when it is not available or gives no score.
        """
        self.name = name
        folder = model_folder(name, "--reranker", "a CrossEncoder", owner="cross-encoder")
        _check_scores(name, folder)
        quiet_libraries()
        from sentence_transformers import CrossEncoder  # noqa: PLC0415 -- five seconds

        try:
            self._model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        except Exception as error:
            raise QuothError(_unusable(name, "a CrossEncoder", error)) from error
        self.fingerprint = fingerprint(folder)
        self._lock = threading.Lock()

    def scores(self, question: str, texts: Sequence[Text]) -> list[float]:
        """See `Reranker.scores`. They are the model's own, before any activation."""
        from torch import nn  # noqa: PLC0415 -- already there, with the model

        pairs = [(question, f"{one.title}\n{one.text}" if one.title else one.text) for one in texts]
        with self._lock:
            given = self._model.predict(
                pairs, batch_size=_BATCH, show_progress_bar=False, activation_fn=nn.Identity()
            )
        return [float(one) for one in np.asarray(given).reshape(len(texts))]


def _without_spaces(offsets: NDArray[np.int64], text: str) -> NDArray[np.int64]:
    """The tokens' offsets without the space before a word, which some tokenizers count to it."""
    for token in offsets:
        while token[0] < token[1] and text[token[0]].isspace():
            token[0] += 1
    return offsets


def _check_scores(name: str, folder: Path) -> None:
    """Raise QuothError unless the configuration of the model in `folder` says it scores pairs.

    sentence-transformers would load any model as a CrossEncoder, with an untrained head.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        modules = folder / "modules.json"
        parts = json.loads(modules.read_text(encoding="utf-8")) if modules.exists() else []
    except (OSError, ValueError) as error:
        raise QuothError(_unusable(name, "a CrossEncoder", error)) from error
    classifies = any("SequenceClassification" in kind for kind in config.get("architectures") or [])
    scores = classifies and len(config.get("id2label", {"0": "", "1": ""})) == 1
    if not scores and not any("cross_encoder" in str(part.get("type")) for part in parts):
        raise QuothError(_unusable(name, "a CrossEncoder that gives a pair one score"))


def _unusable(name: str, what: str, error: Exception | None = None) -> str:
    told = next(iter(str(error).splitlines()), "")[:200]
    reason = f" ({type(error).__name__}: {told})" if error else ""
    return f"{name!r} is not {what}{reason}; check the name or folder, or leave the option out"

"""The encoder as sentence-transformers runs it."""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from index.embedding.base import Vectors
from index.errors import QuothError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 16


class SentenceTransformersEncoder:
    """Any sentence-transformers model, from the machine itself or named and fetched."""

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        """Load the model in `folder`; nothing is fetched."""
        self.name = name
        self.fingerprint = fingerprint
        self._model = _load(folder)
        self._tokenizer = _unlimited(self._model)
        self.window = self._model.get_max_seq_length() or 512
        self.dimension = self._model.get_embedding_dimension() or 0
        self.precision = "bf16" if _has_bfloat16() else "fp32"

    @property
    def model(self) -> "SentenceTransformer":
        """The model itself."""
        return self._model

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count`."""
        return [len(tokens.ids) for tokens in self._tokenizer.encode_batch_fast(list(texts))]

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Encoder.encode`. Passages are read shortest first, so that little is padding."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        with _fastest_exact_enough():
            for at in range(0, len(order), _BATCH * 4):
                places = order[at : at + _BATCH * 4]
                vectors[places] = self._model.encode(
                    [texts[place] for place in places],
                    batch_size=_BATCH,
                    show_progress_bar=False,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                )
                if progress:
                    progress(len(places))
        return vectors


def quiet_libraries() -> None:
    """Turn off the messages of transformers about loading a model; failures still raise."""
    from transformers.utils import logging  # noqa: PLC0415 -- seconds

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]


def _load(folder: Path) -> "SentenceTransformer":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    quiet_libraries()
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 -- five seconds

    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        message = f"{folder} does not hold a usable sentence-transformers model: {error}"
        raise QuothError(message) from error


def _unlimited(model: "SentenceTransformer") -> Tokenizer:
    """The model's tokenizer without padding or truncation, for counting."""
    tokenizer: Tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _fastest_exact_enough() -> AbstractContextManager[object]:
    """bfloat16 where the processor multiplies it natively: twice as fast, cosine .9999."""
    import torch  # noqa: PLC0415 -- loaded with the model, not before

    if _has_bfloat16():
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()


def _has_bfloat16() -> bool:
    import torch  # noqa: PLC0415

    return bool(torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001 -- torch has no public name for it

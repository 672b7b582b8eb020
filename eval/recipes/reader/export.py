"""From the trained reader to the file that ships: compiled form, in eight bits."""

import hashlib
import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from eval.recipes.reader.batches import Batch
from eval.recipes.reader.model import ReaderModel
from index.embedding.openvino_runtime import load_openvino

FILE = "reader.xml"
Row = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Token numbers, mask and types of one row as the reader takes them, each of shape (1, tokens)."""


def rows_of(batch: Batch) -> list[Row]:
    """The rows of a batch one by one, each without its padding."""
    types = batch.types().numpy()
    rows = []
    for place, length in enumerate(batch.lengths.tolist()):
        part = slice(place, place + 1), slice(0, length)
        ids = batch.ids.numpy()[part]
        rows.append((ids, np.ones_like(ids), types[part].astype(np.int64)))
    return rows


def export(model: ReaderModel, folder: Path, sample: Sequence[Row] = ()) -> None:
    """Write the model to `folder` for `qa.reader.compiled`, with its weights' SHA-256 in a card.

    Args:
        model: the trained reader.
        folder: where `reader.xml`, `reader.bin` and `card.json` are written.
        sample: rows such as the reader will read. With them weights and activations are in eight
            bits, each tensor's range taken from these rows, and outliers of activations moved
            into the weights (SmoothQuant, Xiao et al. 2023). Without them all is kept as fp16.

    """
    openvino = load_openvino(converting=True)
    model.bert.set_attn_implementation("sdpa")  # which the runtime knows as one operation
    names = ("input_ids", "attention_mask", "token_type_ids")
    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's, about branches that these inputs settle
        converted = openvino.convert_model(model.cpu().eval(), example_input=example)
    for given, name in zip(converted.inputs, names, strict=True):
        given.get_tensor().set_names({name})
    if sample:
        import nncf  # noqa: PLC0415 -- slow, and only for this

        converted = nncf.quantize(
            converted,
            nncf.Dataset(list(sample)),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(sample),
        )
    folder.mkdir(parents=True, exist_ok=True)
    openvino.save_model(converted, str(folder / FILE), compress_to_fp16=True)
    weights = (folder / FILE).with_suffix(".bin").read_bytes()
    card = {"sha256": hashlib.sha256(weights).hexdigest(), "bits": 8 if sample else 16}
    (folder / "card.json").write_text(json.dumps(card) + "\n", encoding="utf-8")

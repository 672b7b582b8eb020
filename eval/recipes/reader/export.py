"""From the trained reader to the file that ships: compiled form, weights in eight bits."""

import hashlib
import json
import warnings
from pathlib import Path

import torch

from eval.recipes.reader.model import ReaderModel
from index.embedding.openvino_runtime import load_openvino

FILE = "reader.xml"


def export(model: ReaderModel, folder: Path, *, eight_bits: bool = True) -> None:
    """Write the model to `folder` for `qa.reader.compiled`, with its weights' SHA-256 in a card.

    Each row of a weight matrix is kept as whole numbers of eight bits with a scale of its own;
    without `eight_bits` as fp16.
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
    if eight_bits:
        import nncf  # noqa: PLC0415 -- slow, and only for this

        converted = nncf.compress_weights(converted, mode=nncf.CompressWeightsMode.INT8_SYM)
    folder.mkdir(parents=True, exist_ok=True)
    openvino.save_model(converted, str(folder / FILE), compress_to_fp16=True)
    weights = (folder / FILE).with_suffix(".bin").read_bytes()
    card = {"sha256": hashlib.sha256(weights).hexdigest(), "bits": 8 if eight_bits else 16}
    (folder / "card.json").write_text(json.dumps(card) + "\n", encoding="utf-8")

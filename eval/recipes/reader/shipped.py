"""The weights of the reader that ships, as a training can go on from them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from eval.recipes.reader.export import FILE
from eval.recipes.reader.model import ReaderModel
from index.embedding.openvino_runtime import load_openvino

Floats = NDArray[np.float32]
_ELEMENTWISE = {"Multiply": np.multiply, "Subtract": np.subtract}


def shipped_weights(folder: Path, model: ReaderModel) -> None:
    """Give a model the weights of an exported reader.

    The trained weights are not kept, since they are four times the size of what ships. In eight
    bits each weight of a linear layer is stored as a whole number with a scale, and the factors
    that SmoothQuant moved from the activations into the weights are still in the file. Undoing both
    gives the trained weights but for the rounding: the outputs differ by about .05.

    Args:
        folder: where `export` wrote `reader.xml` and `reader.bin`.
        model: a reader of the same form, changed in place.

    Raises:
        ValueError: if the file lacks one of the model's weights.

    """
    openvino = load_openvino(converting=True)
    graph = openvino.Core().read_model(str(folder / FILE))
    found: dict[str, Floats] = {}
    for node in graph.get_ordered_ops():
        found.update(_weights_of(node))
    own = model.state_dict()
    missing = [
        name
        for name, kept in own.items()
        if not name.endswith("position_ids") and found.get(name, _NOTHING).shape != kept.shape
    ]
    if missing:
        raise ValueError(f"{folder / FILE} has no weights {missing[0]}")
    model.load_state_dict(
        {name: torch.tensor(found[name]) if name in found else kept for name, kept in own.items()}
    )


_NOTHING: Floats = np.zeros((0, 0, 0), np.float32)


def _weights_of(node: Any) -> Iterator[tuple[str, Floats]]:  # noqa: ANN401 -- the runtime's own
    """The weights of one node, each with its name in the model."""
    kind, name = node.get_type_name(), node.get_friendly_name().replace("__module.", "")
    if kind == "MatMul":
        weight = _constant(node.input_value(1).get_node())
        if weight is not None:
            layer = name.split("/aten::linear")[0]
            weight = weight if node.get_transpose_b() else weight.T
            yield f"{layer}.weight", np.ascontiguousarray(weight * _smoothed(node))
            yield from _next(node, "Add", f"{layer}.bias")
    elif kind == "Gather":
        table = _constant(node.input_value(0).get_node())
        if table is not None and table.ndim == 2:  # noqa: PLR2004 -- rows and columns
            yield f"{name.split('/')[0]}.weight", table
    elif kind == "MVN":
        layer = name.split("/")[0]
        for scaled in _followers(node, "Multiply"):
            yield from _side(scaled, f"{layer}.weight")
            yield from _next(scaled, "Add", f"{layer}.bias")


def _smoothed(node: Any) -> Floats | float:  # noqa: ANN401
    """By what the activations before a linear layer are multiplied, and its weights divided."""
    before = node.input_value(0).get_node()
    if before.get_type_name() == "FakeQuantize":
        before = before.input_value(0).get_node()
    if before.get_type_name() != "Multiply":
        return 1.0
    factors = [value for _, value in _side(before, "")]
    return factors[0] if factors else 1.0


def _next(node: Any, kind: str, name: str) -> Iterator[tuple[str, Floats]]:  # noqa: ANN401
    for one in _followers(node, kind):
        yield from _side(one, name)


def _followers(node: Any, kind: str) -> list[Any]:  # noqa: ANN401
    after = [one.get_node() for one in node.output(0).get_target_inputs()]
    return [one for one in after if one.get_type_name() == kind]


def _side(node: Any, name: str) -> Iterator[tuple[str, Floats]]:  # noqa: ANN401
    """The constant operand of a node, as one row."""
    for value in (_constant(one.get_node()) for one in node.input_values()):
        if value is not None:
            yield name, value.reshape(-1)


def _constant(node: Any) -> Floats | None:  # noqa: ANN401
    """The value of a node that depends on no input; None if it depends on one."""
    kind = node.get_type_name()
    if kind == "Constant":
        return np.asarray(node.get_data(), np.float32)
    if kind not in ("Convert", "Reshape", *_ELEMENTWISE):
        return None
    first = _constant(node.input_value(0).get_node())
    if first is None:
        return None
    if kind not in _ELEMENTWISE:
        return first.reshape(node.get_output_shape(0))
    second = _constant(node.input_value(1).get_node())
    return None if second is None else np.asarray(_ELEMENTWISE[kind](first, second), np.float32)

"""The runtime that executes compiled models: OpenVINO, on the processor, without telemetry."""

import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import openvino

BF16, FP32 = "bf16", "fp32"
_HINTS = {BF16: "bf16", FP32: "f32"}


def load_openvino() -> "openvino":
    """The runtime's package. Its telemetry, which would report each import, stays out."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino  # noqa: PLC0415 -- after the line above

    return openvino


@cache
def _core() -> "openvino.Core":
    return load_openvino().Core()


def runtime_version() -> str:
    """The runtime's version: a model compiled for another is compiled again."""
    return version("openvino")


def best_precision() -> str:
    """bf16 where the processor multiplies it natively, else fp32."""
    able = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return BF16 if "BF16" in able else FP32


def load_model(
    path: Path, precision: str, kept: Path | None = None, *, packed: bool = False
) -> "openvino.CompiledModel":
    """The model in `path`, an .xml file with its .bin beside it, ready to run.

    It answers one call as fast as it can with all of the processor's cores. What the runtime
    makes of it for this processor is kept in the folder `kept`, so that the next start is faster.
    A model's weights are `packed` when they are kept in eight bits.
    """
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": _HINTS[precision]}
    if kept is not None:
        with suppress(OSError):  # without it the start is slower, and that is all
            kept.mkdir(parents=True, exist_ok=True)
            settings["CACHE_DIR"] = str(kept)
    if not packed:
        return _core().compile_model(str(path), "CPU", settings)
    model = _core().read_model(str(path))
    _unpack(model)
    return _core().compile_model(model, "CPU", settings)


def _unpack(model: "openvino.Model") -> None:
    """Turn weights kept in eight bits into the halves that they stand for, once.

    The runtime would do it again for each batch, which takes a third longer.
    """
    openvino = load_openvino()
    for packed in model.get_ops():
        if packed.get_type_name() != "Constant" or packed.get_element_type().size != 1:
            continue
        (converted,) = packed.output(0).get_target_inputs()
        (scaled,) = converted.get_node().output(0).get_target_inputs()
        multiply = scaled.get_node()
        if multiply.get_type_name() != "Multiply":
            continue
        scale = multiply.input_value(1 - scaled.get_index()).get_node()
        weights = packed.data.astype(np.float32) * scale.data.astype(np.float32)
        kind = multiply.get_element_type().to_dtype()
        multiply.output(0).replace(openvino.op.Constant(weights.astype(kind)).output(0))

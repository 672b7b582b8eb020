"""The runtime that executes compiled models: OpenVINO, on the processor, without telemetry."""

import os
import shutil
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import openvino

_CONVERTER = "openvino.tools.ovc"
BF16, FP32 = "bf16", "fp32"
_HINTS = {BF16: "bf16", FP32: "f32"}


def load_openvino(*, converting: bool = False) -> "openvino":
    """The runtime's package, with what converts models only if that is what it is loaded for.

    Its telemetry, which would report each import, stays out.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    if not converting:
        sys.modules.setdefault(_CONVERTER, None)  # type: ignore[arg-type]
    import openvino  # noqa: PLC0415 -- after the lines above

    if sys.modules.get(_CONVERTER, openvino) is None:
        del sys.modules[_CONVERTER]
    if converting and not hasattr(openvino, "convert_model"):
        from openvino.tools.ovc import convert_model  # noqa: PLC0415

        openvino.convert_model = convert_model

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


def load_model(path: Path, precision: str, kept: Path | None = None) -> "openvino.CompiledModel":
    """The model in `path`, an .xml file with its .bin beside it, ready to run.

    It answers one call as fast as it can with all of the processor's cores. What the runtime
    makes of it for this processor is kept in the folder `kept`, so that the next start is faster.
    """
    return _core().compile_model(str(path), "CPU", _settings(precision, kept))


def load_packed(path: Path, precision: str, kept: Path) -> "openvino.CompiledModel":
    """A model whose weights are kept in eight bits, ready to run.

    It is unpacked once, into the folder `kept`, and again if what is there is damaged.
    """
    unpacked = kept / "model.xml"
    if unpacked.exists():
        try:
            return load_model(unpacked, precision, kept)
        except RuntimeError:
            shutil.rmtree(kept, ignore_errors=True)
    model = _core().read_model(str(path))
    _unpack(model)
    aside = kept.with_name(f".{kept.name}-{os.getpid()}")
    try:
        aside.mkdir(parents=True)
        load_openvino().save_model(model, str(aside / unpacked.name), compress_to_fp16=False)
        aside.rename(kept)
    except (OSError, RuntimeError):  # without it the start is slower, and that is all
        shutil.rmtree(aside, ignore_errors=True)
    return _core().compile_model(model, "CPU", _settings(precision, None))


def _settings(precision: str, kept: Path | None) -> dict[str, str]:
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": _HINTS[precision]}
    if kept is not None:
        with suppress(OSError):  # without it the start is slower, and that is all
            kept.mkdir(parents=True, exist_ok=True)
            settings["CACHE_DIR"] = str(kept)
    return settings


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

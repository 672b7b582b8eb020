"""The runtime that executes compiled models: OpenVINO, on the processor, without telemetry."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import QuothError

if TYPE_CHECKING:
    import openvino

_CONVERTER = "openvino.tools.ovc"
BF16, FP32 = "bf16", "fp32"
_HINTS = {BF16: "bf16", FP32: "f32"}
_TRIES = 5
THREADS = "QUOTH_THREADS"
"""The environment variable that limits the threads of a model; all cores are used without it."""
_FAR = 0.05
"""The largest difference allowed for 8-bit outputs, relative to the others' norm."""
_GAIN = 1.25
"""How many times faster the other form must be: answers differ a little between the forms, so
machines on which they are about as fast use the same one."""


def load_openvino(*, converting: bool = False) -> "openvino":
    """Import OpenVINO, with its model converter only if `converting`.

    Its telemetry, which would report each import, is not imported.
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

    It is set up for low latency: one call uses all cores. The runtime caches the model compiled for
    this processor in the folder `kept`, which makes the next start faster. Where that fails, as
    when another process writes the same file there at the same moment, it runs without.
    """
    if kept is not None:
        with suppress(RuntimeError):
            return _core().compile_model(str(path), "CPU", _settings(precision, kept))
    return _core().compile_model(str(path), "CPU", _settings(precision, None))


_EIGHT_BITS, _FRACTIONS = "eight-bits.xml", "fractions.xml"

Sample = Sequence[NDArray[np.int64]]
"""Typical inputs of a model, to time it with."""


def load_packed(
    path: Path, precision: str, kept: Path, sample: Callable[[], Sample]
) -> "openvino.CompiledModel":
    """A model whose weights and activations are in eight bits, ready to run.

    Not every processor multiplies 8-bit integers faster than floating-point numbers. The first load
    times both forms of the model on `sample`. It saves the eight-bit one in the folder `kept`, or
    the other if that is clearly faster. Later loads use the saved model. If it is damaged, the
    choice is made again.

    Args:
        path: an .xml file with its .bin beside it.
        precision: the floating-point type, `BF16` or `FP32`.
        kept: the folder for the chosen model.
        sample: returns the inputs to time it with; called only if no saved model can be used.

    """
    try:
        if saved := _saved(kept, precision):
            return saved
    except RuntimeError:
        shutil.rmtree(kept, ignore_errors=True)
    core = _core()
    chosen, fractions = core.read_model(str(path)), core.read_model(str(path))
    _unpack(fractions)
    name, compiled = _EIGHT_BITS, core.compile_model(chosen, "CPU", _settings(FP32, None))
    other = core.compile_model(fractions, "CPU", _settings(precision, None))
    if not _pays(compiled, other, sample()):
        name, chosen, compiled = _FRACTIONS, fractions, other
    aside = kept.with_name(f".{kept.name}-{os.getpid()}")
    try:
        aside.mkdir(parents=True)
        load_openvino().save_model(chosen, str(aside / name), compress_to_fp16=False)
        aside.rename(kept)
    except (OSError, RuntimeError):
        shutil.rmtree(aside, ignore_errors=True)
        # Another process may have chosen first: all must give the same numbers.
        return _saved(kept, precision) or compiled
    return compiled


def _saved(kept: Path, precision: str) -> "openvino.CompiledModel | None":
    """The model that was chosen before; None if there is none.

    In the eight-bit form the rest is computed in fp32. With bf16 the runtime (seen in 2026.4, on
    a processor with AMX) gives wrong numbers for rows of exactly 32 tokens.
    """
    for name, its in ((_EIGHT_BITS, FP32), (_FRACTIONS, precision)):
        if (kept / name).exists():
            return load_model(kept / name, its, kept)
    return None


def _pays(
    eight_bits: "openvino.CompiledModel", fractions: "openvino.CompiledModel", sample: Sample
) -> bool:
    """Whether the 8-bit model is about as fast and its outputs are close to the other's."""
    given = [one.copy() for one in eight_bits(sample).values()]
    wanted = [one.copy() for one in fractions(sample).values()]
    for one, other in zip(given, wanted, strict=True):
        if np.linalg.norm(one - other) > _FAR * np.linalg.norm(other):
            return False
    took = [(_seconds(eight_bits, sample), _seconds(fractions, sample)) for _ in range(_TRIES)]
    return min(one for one, _ in took) < _GAIN * min(other for _, other in took)


def _seconds(model: "openvino.CompiledModel", sample: Sample) -> float:
    """The time of a run."""
    began = time.perf_counter()
    model(sample)
    return time.perf_counter() - began


def _settings(precision: str, kept: Path | None) -> dict[str, str]:
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _HINTS[precision],
        "ENABLE_CPU_PINNING": "NO",  # else all processes with fewer threads share the first cores
    }
    if threads := os.environ.get(THREADS):
        if not threads.isdecimal() or int(threads) < 1:
            raise QuothError(f"{THREADS} is {threads!r}; set it to a number of threads, 1 or more")
        settings["INFERENCE_NUM_THREADS"] = threads
    if kept is not None:
        with suppress(OSError):  # without a cache only the start is slower
            kept.mkdir(parents=True, exist_ok=True)
            settings["CACHE_DIR"] = str(kept)
    return settings


def _unpack(model: "openvino.Model") -> None:
    """Convert the 8-bit weights of a model to floating-point numbers.

    They are converted once; the runtime would convert them for each batch, which takes a third
    longer. Activations are no longer quantized.
    """
    openvino = load_openvino()
    for rounded in model.get_ops():
        if rounded.get_type_name() == "FakeQuantize":
            rounded.output(0).replace(rounded.input_value(0))
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
    model.validate_nodes_and_infer_types()

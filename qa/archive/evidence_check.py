"""Checking an evidence pack, without the index that it was made from."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from index import QuothError
from qa.archive.evidence import MANIFEST, MANIFEST_HASH, VERSION

_MOST_UNPACKED = 4 * 1024**3


def verify_pack(path: Path) -> tuple[int, list[str]]:
    """Check an evidence pack: every file's hash, and that every quotation stands in its text.

    Args:
        path: the .zip file.

    Returns:
        How many quotations it holds, and what is wrong, a line for each fault; none if it is whole.

    Raises:
        QuothError: if the file is missing, or is no evidence pack at all.

    Example:
        >>> index = Index.open(".quoth")
        >>> answer = Assistant(index).ask("who brokered the September 13 ceasefire?")
        >>> _ = Path("answer.json").write_text(json.dumps(answer.as_json()))
        >>> _ = pack(index, [Path("answer.json")], Path("evidence.zip"))
        >>> verify_pack(Path("evidence.zip"))
        (1, [])
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _verified(path, archive)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror or error}); check the path"
        raise QuothError(message) from error
    except zipfile.BadZipFile as error:
        message = f"{path} is not an evidence pack, or is damaged ({error})"
        raise QuothError(message) from error


def _verified(path: Path, archive: zipfile.ZipFile) -> tuple[int, list[str]]:
    names = archive.namelist()
    if MANIFEST not in names:
        raise QuothError(f"{path} is not an evidence pack: it has no {MANIFEST}")
    if sum(one.file_size for one in archive.infolist()) > _MOST_UNPACKED:
        raise QuothError(f"{path} unpacks to over 4 GB and is not read")
    content = _content(archive, MANIFEST)
    told = (_content(archive, MANIFEST_HASH) or b"").split()
    if content is None or not told or hashlib.sha256(content).hexdigest().encode() != told[0]:
        return 0, [f"{MANIFEST} is damaged: it is not what {MANIFEST_HASH} says"]
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise QuothError(f"{path} is not an evidence pack: {MANIFEST} is not JSON") from error
    if not isinstance(manifest, dict) or manifest.get("quoth_evidence") != VERSION:
        raise QuothError(f"{path} was made by another version of Quoth; check it with that one")
    faults = list(_faults(archive, manifest))
    return len(manifest["exhibits"]), faults


def _faults(archive: zipfile.ZipFile, manifest: dict[str, object]) -> Iterator[str]:
    stated, exhibits = manifest["files"], manifest["exhibits"]
    assert isinstance(stated, dict)  # noqa: S101 -- the manifest is as it was written
    assert isinstance(exhibits, list)  # noqa: S101
    held = set(archive.namelist()) - {MANIFEST, MANIFEST_HASH}
    yield from (f"{name} is missing" for name in sorted(stated.keys() - held))
    yield from (f"{name} was added afterwards" for name in sorted(held - stated.keys()))
    damaged = set()
    for name in sorted(held & stated.keys()):
        content = _content(archive, name)
        if content is None or hashlib.sha256(content).hexdigest() != stated[name]:
            damaged.add(name)
            yield f"{name} has been changed or damaged"
    for one in exhibits:
        name = one["text_file"]
        if name in damaged or name not in held:
            continue
        raw = _content(archive, name) or b""
        text = raw.decode("utf-8", "surrogatepass")
        if text[one["start"] : one["end"]] != one["text"]:
            yield f"quotation {one['number']} is not at its place in the text of {one['document']}"


def _content(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A file of the pack; None if it is missing or damaged."""
    try:
        return archive.read(name)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        return None

"""Which documents a user means by a name or path."""

import os
from collections.abc import Sequence
from pathlib import Path

from index.errors import QuothError
from index.parsing.paths import is_gone
from index.parsing.remote_files import is_remote, remote_files
from index.parsing.skip_reasons import Reason, SkipFileError
from index.storage.schema import Listed
from index.text.visible import storable


def named(listed: Sequence[Listed], name: str) -> list[str]:
    """The names of the documents that a user means by `name`.

    It may be a document's name, a folder's name, or a file name without its folder if that is
    unique. Raises QuothError if it matches no document or is ambiguous.
    """
    wanted = storable(name).rstrip("/")
    exact = [one.name for one in listed if one.name == wanted]
    inside = [one.name for one in listed if one.name.startswith(wanted + "/")]
    by_file = [one.name for one in listed if one.name.rpartition("/")[2] == wanted]
    for found in (exact, inside):
        if found:
            return found
    if len(by_file) == 1:
        return by_file
    if by_file:
        message = (
            f"{name!r} is the name of {len(by_file)} documents: {', '.join(by_file[:3])}; say which"
        )
        raise QuothError(message)
    message = f"no document is called {name!r}; `quoth list` shows their names"
    raise QuothError(message)


def missing(listed: Sequence[Listed], paths: Sequence[str]) -> list[str]:
    """The names of the documents at and under `paths` whose files are gone.

    Documents under a missing folder, as when its disk is not mounted, are not included; nor are
    those of an object storage that cannot be read.
    """
    gone = _missing_remotely(listed, [path for path in paths if is_remote(path)])
    paths = [path for path in paths if not is_remote(path)]
    roots = [Path(os.path.realpath(path)) for path in paths if "\0" not in path]
    return gone + [
        one.name
        for one in listed
        if is_gone(one.file)
        and any(
            Path(one.file) == root or (root.is_dir() and Path(one.file).is_relative_to(root))
            for root in roots
        )
    ]


def _missing_remotely(listed: Sequence[Listed], urls: Sequence[str]) -> list[str]:
    gone = []
    for url in urls:
        root = url.rstrip("/")
        try:
            there = {one.url for one in remote_files(url)}
        except SkipFileError as skip:
            if skip.reason is Reason.MISSING:
                gone += [one.name for one in listed if one.file == root]
            continue
        gone += [
            one.name for one in listed if one.file.startswith(f"{root}/") and one.file not in there
        ]
    return gone

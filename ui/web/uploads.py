"""Files that were uploaded to the server, kept in a folder beside the index."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from index import QuothError
from index.durable_files import plain_faults
from index.parsing.formats.registry import suffixes
from index.parsing.paths import is_there
from ui.web.permissions import is_below

UPLOADED = "GRADIO_TEMP_DIR"
"""The environment variable that names Gradio's folder of uploaded files."""


def keep_uploads(files: Sequence[str], folder: Path) -> list[str]:
    """Move uploaded files to `folder`, under their own names; their paths there.

    Raises QuothError for a path that is not an upload, and for an unsupported kind of file.
    """
    received = [Path(one).resolve() for one in [os.environ.get(UPLOADED, "")] if one]
    paths = [Path(file) for file in files]
    for path in paths:
        if not is_below(path, received) or not is_there(str(path)):
            raise QuothError(f"{path.name} was not uploaded to this server; choose it again")
        if path.suffix.lower() not in suffixes():
            raise QuothError(
                f"{path.name} is not of a supported file type; choose {', '.join(suffixes())}"
            )
    kept = []
    with plain_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            target = folder / path.name
            shutil.move(path, target)
            kept.append(str(target))
    return kept

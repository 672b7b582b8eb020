"""Where things are kept that can be made again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Compiled models and indexes of question sets: $QUOTH_CACHE, or quoth/ in the user's cache."""
    stated = os.environ.get("QUOTH_CACHE")
    if stated:
        return Path(stated)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "quoth"

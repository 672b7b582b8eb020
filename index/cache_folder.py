"""The folder for cached files, which Quoth can compute again."""

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    """The folder for cached files: $QUOTH_CACHE, or quoth/ in the user's cache folder."""
    stated = os.environ.get("QUOTH_CACHE")
    return Path(stated) if stated else user_cache_path("quoth")

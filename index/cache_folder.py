"""Where things are kept that can be made again."""

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    """Compiled models and indexes of question sets: $QUOTH_CACHE, or quoth/ in the user's cache."""
    stated = os.environ.get("QUOTH_CACHE")
    return Path(stated) if stated else user_cache_path("quoth")

"""The notebook that the page pins to: a file beside the index, as `quoth notebook` reads it."""

import threading
from collections.abc import Callable
from pathlib import Path

from qa import Notebook

_TITLE = "Notebook"


class PageNotebook:
    """One notebook, read and changed from many threads."""

    def __init__(self, index: Path) -> None:
        """The notebook beside the index in the folder `index`."""
        self.path = index.with_name(f"{index.name.lstrip('.')}-notebook.quoth.json")
        self._lock = threading.Lock()

    def read(self) -> Notebook:
        """The notebook as it is now. Raises QuothError if its file is damaged."""
        return Notebook.read(self.path) if self.path.exists() else Notebook(_TITLE)

    def change(self, changed: Callable[[Notebook], Notebook]) -> Notebook:
        """Change it and write it. Raises QuothError if that cannot be done."""
        with self._lock:
            after = changed(self.read())
            after.write(self.path)
        return after

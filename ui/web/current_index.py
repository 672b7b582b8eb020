"""The index of a server: its newest generation, kept open while requests use it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index import Index
from index.storage.open_store import newest
from index.storage.store import DATABASE
from qa import Assistant, Settings


@dataclass(slots=True)
class Held:
    """An assistant over one opening of the index, and how many are using it."""

    assistant: Assistant
    index: Index
    users: int = 0
    retired: bool = False


class CurrentIndex:
    """An index asked from many threads, always in its newest generation."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Open the index in `folder`, asked as `settings` say."""
        self.folder = folder
        self._lock = threading.Lock()
        index = Index.open(folder)
        try:
            self._now = Held(Assistant.as_set(index, settings), index)
        except BaseException:
            index.close()
            raise
        self._seen = self._changed_at()

    @property
    def calibrated(self) -> bool:
        """Whether ranking and confidence were fitted for the reader in use."""
        return self._now.assistant.calibrated

    @contextmanager
    def held(self) -> Iterator[Held]:
        """The current index; it stays open until the `with` ends, even after a refresh."""
        self._follow()
        with self._lock:
            held = self._now
            held.users += 1
        try:
            yield held
        finally:
            with self._lock:
                held.users -= 1
            self._let_go(held)

    def _follow(self) -> None:
        """Switch to the newest generation if another process has changed the index."""
        with self._lock:
            now = self._changed_at()
            if now == self._seen:
                return
            self._seen = now
            held = self._now
            held.users += 1
        try:
            if newest(self.folder) != held.index.generation:
                self._replace(held)
        except BaseException:
            self._seen = ()  # so that the next question tries again
            raise
        finally:
            with self._lock:
                held.users -= 1
            self._let_go(held)

    def _changed_at(self) -> tuple[int, ...]:
        """When the database's files were last changed."""
        found = []
        for suffix in ("", "-wal"):
            try:
                found.append((self.folder / f"{DATABASE}{suffix}").stat().st_mtime_ns)
            except OSError:
                found.append(0)
        return tuple(found)

    def _replace(self, held: Held) -> None:
        index = Index.open(self.folder, held.index.encoder)
        following = Held(held.assistant.over(index), index)
        with self._lock:
            before, self._now = self._now, following
            before.retired = True
        self._let_go(before)

    def _let_go(self, held: Held) -> None:
        with self._lock:
            done = held.retired and not held.users
        if done:
            held.assistant.close()

    def refresh(self) -> None:
        """Switch to the newest generation; running questions finish with the old one."""
        with self.held() as held:
            self._replace(held)

    def close(self) -> None:
        """Let go of the index."""
        self._now.assistant.close()

"""The index of a server: its newest generation, kept open while requests use it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index import Index
from index.engines.at import Place, engine_at
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

    def __init__(self, place: Place, settings: Settings) -> None:
        """Open the index at `place`, asked as `settings` say."""
        self._place = place
        self._engine = engine_at(place)
        self._lock = threading.Lock()
        index = Index.open(place)
        try:
            self._now = Held(Assistant.as_set(index, settings), index)
        except BaseException:
            index.close()
            raise
        self._seen = self._engine.changed_at()

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
            now = self._engine.changed_at()
            if now == self._seen:
                return
            self._seen = now
            held = self._now
            held.users += 1
        try:
            if self._engine.newest() != held.index.generation:
                self._replace(held)
        except BaseException:
            self._seen = ()  # so that the next question tries again
            raise
        finally:
            with self._lock:
                held.users -= 1
            self._let_go(held)

    def _replace(self, held: Held) -> None:
        index = Index.open(self._place, held.index.encoder)
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

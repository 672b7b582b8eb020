"""The assistant: the one path from a question to an answer."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from index import Encoder, Index, Where
from index.filters import uses_date, without_dates
from qa.about import about
from qa.answer import Answer, CitedPassage
from qa.answering import Answering, ByReading, BySentence, Said
from qa.finding import check_count, checked, cited, find, retrieved
from qa.reader import SHIPPED, Reader, load_reader
from qa.retrieval import Fusion, Searchable
from qa.settings import Settings

_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Considered:
    """What was found for a question, and the time of each stage in seconds."""

    question: str
    seconds: dict[str, float]
    said: Said


class _Watch:
    """Seconds from lap to lap."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name], self._at = now - self._at, now


class Assistant:
    """Answers questions about the documents of one index, in their own words.

    >>> with Assistant.open(".quoth") as assistant:                     # doctest: +SKIP
    ...     answer = assistant.ask("who brokered the September 13 ceasefire?")
    ...     print(answer.answer.text)
    Clashes continued yesterday … a ceasefire brokered by Moscow on September 13.
    """

    def __init__(
        self,
        index: Searchable,
        fusion: Fusion | None = None,
        threshold: float | None = None,
        reader: Reader | str = SHIPPED,
    ) -> None:
        """Answer from `index`, when at least `threshold` sure (0 to 1; None: as it was fitted).

        `reader` is one, or the name of one: the shipped one, or "none" to answer with sentences.
        """
        self.index = index
        self._fusion = fusion or Fusion()
        reading = load_reader(reader) if isinstance(reader, str) else reader
        self._answering: Answering = ByReading(index, reading) if reading else BySentence(index)
        self.threshold = self._answering.threshold if threshold is None else threshold
        self._known: OrderedDict[object, Considered] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        path: str | Path,
        encoder: Encoder | None = None,
        settings: Settings | None = None,
    ) -> Self:
        """Answer from the index in the folder `path`.

        Of `settings` those of asking count; an index remembers how it was made.
        Raises QuothError if there is no index there.
        """
        settings = settings or Settings()
        opened = Index.open(path, encoder)
        return cls(opened, settings.fusion, settings.threshold, settings.reader)

    def close(self) -> None:
        """Let go of the index, if it is one on disk."""
        if isinstance(self.index, Index):
            self.index.close()

    def __enter__(self) -> Self:
        """The assistant itself, closed at the end of the `with`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def ask(self, question: str, k: int = 5, where: Where | None = None) -> Answer:
        """Answer `question` from the documents that pass `where`, citing up to `k` passages.

        The passages are best first, but the one that holds the answer is always the first.
        Raises QuothError for a question that is empty or over 2,000 characters, or k below 1.
        """
        check_count(k)
        considered = self.consider(question, where)
        said = considered.said
        return Answer(
            question=considered.question,
            answer=said.best if said.answered else None,
            confidence=said.confidence,
            passages=tuple(
                cited(
                    self.index,
                    rank,
                    one,
                    where,
                    said.marked.get(one.passage.id),
                    said.chances.get(one.passage.id),
                )
                for rank, one in enumerate(said.ranked[:k], 1)
            ),
            undated=self._undated(where),
            others=said.others if said.answered else (),
        )

    def find(
        self, question: str, k: int = 5, where: Where | None = None
    ) -> tuple[CitedPassage, ...]:
        """The `k` passages that bear most on `question`, best first, without answering it.

        In milliseconds: nothing is read beside the question. Raises QuothError as `ask` does.
        """
        return find(self.index, question, k, where, self._fusion)

    def consider(self, question: str, where: Where | None = None) -> Considered:
        """Everything found for `question`, before it is decided how much of it to show.

        The last few hundred questions are remembered, until the index changes.
        Raises QuothError for a question that is empty or over 2,000 characters.
        """
        asked = checked(question)
        key = (self.index.generation, asked, where)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        watch = _Watch()
        vector = self.index.encoder.encode([asked])
        watch.lap("encode")
        found = retrieved(self.index, asked, vector, where, self._fusion)
        watch.lap("retrieve")
        said = self._answering.say(asked, vector, found, where, self.threshold)
        if fact := about(self.index, asked, where):
            said = said.stating(fact, max(said.confidence, fact.share))
        watch.lap("answer")
        considered = Considered(asked, watch.seconds, said)
        with self._lock:
            self._known[key] = considered
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return considered

    def _undated(self, where: Where | None) -> int:
        if where is None or not uses_date(where):
            return 0
        considered = self.index.documents(without_dates(where))
        return sum(one.published is None for one in considered)

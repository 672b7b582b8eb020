"""The assistant: the one path from a question to an answer."""

import datetime as dt
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from cachetools import LRUCache

from index import Encoder, Index, QuothError, Where
from qa.answer import Answer, CitedPassage
from qa.answering.document_facts import about
from qa.answering.strategies import Least, Said, way_of_answering
from qa.language.question import Question
from qa.ranking.weights import UNFITTED, Weighting, weighting_of
from qa.reader.base import NONE, SHIPPED, Reader, Reranker
from qa.reader.load import load_reader, load_reranker
from qa.retrieval.find import check_count, cited, find, retrieved
from qa.retrieval.fusion import Fusion
from qa.retrieval.searchable import Searchable
from qa.settings import Settings

_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Considered:
    """What was found for a question.

    Attributes:
        question: the question.
        seconds: the time of each stage.
        said: what is said to it.
    """

    question: Question
    seconds: dict[str, float]
    said: Said


class _Stages:
    """Measure the seconds spent in each stage of a question."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.perf_counter()

    def done(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name], self._at = now - self._at, now


class Assistant:
    """Answers questions about the documents of one index, in their own words.

    Example:
        >>> with Assistant.open(".quoth") as assistant:
        ...     answer = assistant.ask("who brokered the September 13 ceasefire?")
        >>> answer.answer.text
        'Moscow'
    """

    def __init__(
        self,
        index: Searchable,
        fusion: Fusion | None = None,
        threshold: float | None = None,
        reader: Reader | str = SHIPPED,
        reranker: Reranker | str = NONE,
        weighting: Weighting | Path | None = None,
        precision: float | None = None,
    ) -> None:
        """Answer from `index`.

        Args:
            index: the index to search.
            fusion: how the scores of words and of meaning are combined; None is the default.
            threshold: the least probability, 0 to 1, that the documents answer the question, at
                which an answer is given; None is the one that was fitted.
            reader: a reader or its name: "quoth" for the one that ships, "none" to answer with
                whole sentences, or any question-answering model of Hugging Face transformers.
            reranker: a reranker or its name: "none", or any CrossEncoder of sentence-transformers,
                whose scores then rank the passages that are read.
            weighting: what `quoth eval calibrate` fitted for reader and reranker, or its file.
            precision: the share of given answers that are to be right, 0 to 1; it sets the least
                confidence of an answer that is given.

        Raises:
            QuothError: for a model that is not available or of another kind, for a weighting that
                was fitted for other models, and for a precision without a reader.
        """
        self.index = index
        self.fusion = fusion or Fusion()
        """How the scores of words and meaning are combined."""
        reading = load_reader(reader) if isinstance(reader, str) else reader
        ranking = load_reranker(reranker) if isinstance(reranker, str) else reranker
        self.weighting = weighting_of(reading, ranking, weighting)
        given = None if weighting is None else self.weighting
        self._given = (fusion, threshold, reading or NONE, ranking or NONE, given, precision)
        self._answering = way_of_answering(reading, ranking, self.weighting)
        confidence = 0.0
        if precision is not None:
            if reading is None:
                raise QuothError("a precision needs a reader; leave one of the two out")
            confidence = self.weighting.confidence_for(precision)
        self.least = Least(
            self._answering.threshold if threshold is None else threshold, confidence
        )
        """What an answer must reach to be given."""
        self.reader = reading
        """The reader; None if there is none."""
        models = [one.fingerprint if one else NONE for one in (reading, ranking)]
        self.fingerprint = repr((self.fusion, self.least, *models, self.weighting))
        """What its answers depend on beside the documents: the settings and the models."""
        self._lock = threading.Lock()
        self._considered: LRUCache[object, Considered] = LRUCache(_REMEMBERED)
        self._answers: LRUCache[object, Answer] = LRUCache(_REMEMBERED)

    @classmethod
    def open(
        cls,
        path: str | Path,
        encoder: Encoder | None = None,
        settings: Settings | None = None,
    ) -> Self:
        """Answer from the index in the folder `path`.

        Of `settings` only those for asking are used; the index keeps its own for indexing.
        Raises QuothError if there is no index there.
        """
        settings = settings or Settings()
        opened = Index.open(path, encoder)
        try:
            return cls.as_set(opened, settings)
        except BaseException:
            opened.close()
            raise

    @classmethod
    def as_set(cls, index: Searchable, settings: Settings) -> Self:
        """Answer from `index` as `settings` say."""
        return cls(
            index,
            settings.fusion,
            settings.threshold,
            settings.reader,
            settings.reranker,
            Path(settings.weighting) if settings.weighting != NONE else None,
            settings.precision,
        )

    def over(self, index: Searchable) -> Self:
        """The same assistant over another index; the models are not loaded again."""
        return type(self)(index, *self._given)

    @property
    def calibrated(self) -> bool:
        """Whether ranking and confidence were fitted for this reader and reranker."""
        return self.weighting != UNFITTED

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

    def ask(
        self,
        question: str,
        k: int = 5,
        where: Where | None = None,
        today: dt.date | None = None,
    ) -> Answer:
        """Answer `question` from the documents that pass `where`, citing up to `k` passages.

        Relative dates such as "last September" are resolved from `today`, and ignored without it.
        The passage that holds the answer comes first; the others follow, best first.
        Raises QuothError for a question that is empty or over 2,000 characters, or k below 1.
        """
        check_count(k)
        key = (self.index.generation, question, k, where, today)
        with self._lock:
            found = self._answers.get(key)
        if found is None:
            found = self._answer(self.consider(question, where, today), k, where)
            with self._lock:
                self._answers[key] = found
        return found

    def _answer(self, considered: Considered, k: int, where: Where | None) -> Answer:
        said, index = considered.said, self.index.restricted_to(where)
        return Answer(
            question=considered.question.text,
            answer=said.best if said.answered else None,
            confidence=said.confidence,
            answerability=said.answerability,
            passages=tuple(
                cited(
                    index,
                    rank,
                    one,
                    said.marked.get(one.passage.id),
                    said.chances.get(one.passage.id),
                )
                for rank, one in enumerate(said.ranked[:k], 1)
            ),
            undated=index.undated(),
            unembedded=index.count_unembedded(),
            others=said.others if said.answered else (),
            possible=said.possible,
            reasons=() if said.answered else self._reasons(said.reasons, where),
            verdict=said.verdict.value if said.verdict else None,
            agreeing=said.agreeing if said.answered else (),
            members=said.members if said.answered else (),
            withheld=said.withheld,
        )

    def _reasons(self, found: tuple[str, ...], where: Where | None) -> tuple[str, ...]:
        if not self.index.count_passages():
            return ("The index has no documents yet. Add some with quoth add, or under Sources.",)
        if where is not None and not self.index.restricted_to(where).count_documents():
            return ("No document passes the filter.",)
        return found

    def find(
        self, question: str, k: int = 5, where: Where | None = None
    ) -> tuple[CitedPassage, ...]:
        """The `k` passages most relevant to `question`, best first, without an answer.

        This takes milliseconds, because the reader does not run. Raises QuothError as `ask` does.
        """
        return find(self.index.restricted_to(where), question, k, self.fusion)

    def consider(
        self, question: str, where: Where | None = None, today: dt.date | None = None
    ) -> Considered:
        """Everything found for `question`, from which `ask` selects what to show.

        The last few hundred questions are remembered, until the index changes.
        Raises QuothError for a question that is empty or over 2,000 characters.
        """
        asked = Question.parse(question, today)
        key = (self.index.generation, asked.text, where, today)
        with self._lock:
            known = self._considered.get(key)
        if known is not None:
            return known
        index = self.index.restricted_to(where)
        stages = _Stages()
        vector = index.encoder.encode([asked.asked])
        stages.done("encode")
        found = retrieved(index, asked, vector, self.fusion)
        stages.done("retrieve")
        said = self._answering.say(index, asked, vector, found, self.least)
        if fact := about(index, asked):
            said = said.competing_with(fact)
        stages.done("answer")
        considered = Considered(asked, stages.seconds, said)
        with self._lock:
            self._considered[key] = considered
        return considered

"""A reader whose passages are ranked by another model."""

from collections.abc import Sequence
from dataclasses import replace

from qa.reader.base import NONE, Reader, Reading, Reranker, Text


class Reranked:
    """A reader whose relevance is a reranker's; without a reader it finds no spans."""

    def __init__(self, reader: Reader | None, reranker: Reranker) -> None:
        """Rank by `reranker` what `reader` reads."""
        self._reader, self._reranker = reader, reranker
        self.name = f"{reader.name if reader else NONE} and {reranker.name}"
        self.fingerprint = f"{reader.fingerprint if reader else NONE} {reranker.fingerprint}"

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """See `Reader.read`."""
        scores = self._reranker.scores(question, texts)
        if self._reader is None:
            return [Reading(score, 0.0, ()) for score in scores]
        readings = self._reader.read(question, texts)
        return [replace(one, relevance=score) for one, score in zip(readings, scores, strict=True)]

"""Words of a question that an answer's surroundings lack, and how much they change its meaning.

"How many helicopters were sent to the border?" is near to a sentence about soldiers sent there, and
nearer without "helicopters". For "troops" the sentence is nearer with the word than without it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from index import Encoder, Span, Vectors
from index.search.bm25 import terms
from qa.answering.candidates import sentences_around
from qa.language.question import Question
from qa.ranking.rerank import Read

_MOST = 8
_Place = tuple[str, Span]


@dataclass(frozen=True, slots=True)
class WordsApart:
    """Compares a question without each of its words with the surroundings of an answer.

    `vector` is the question's, shape (1, dimension); `rarity` has its terms with their rarity, 0
    to 1.
    """

    encoder: Encoder
    question: Question
    vector: Vectors
    rarity: Mapping[str, float]
    _known: dict[_Place, tuple[float, float, float]] = field(default_factory=dict)

    def of(self, read: Read) -> tuple[float, float, float]:
        """How far words that an answer's surroundings lack set the question apart from them.

        Returns:
            Three numbers of 0 or more: the rarity of the rarest word that neither the passage nor
            its title has; and by how much at most the cosine of the question to the sentences
            around the answer, and to its sentence alone, rises if a word is left out that is not
            around it. Words of dates are not looked at.

        """
        place = (read.retrieved.passage.document, read.sentence())
        if place not in self._known:
            self._known[place] = self._compare(read)
        return self._known[place]

    def _compare(self, read: Read) -> tuple[float, float, float]:
        question, text, title = self.question, read.document.text, read.document.search_title
        around = sentences_around(read).of(text)
        spelled = [one for one in question.spelled.items() if one[0] not in question.date_terms]
        passage = {*terms(read.retrieved.passage.span.of(text)), *terms(title)}
        missing = [self.rarity.get(term, 0.0) for term, _ in spelled if term not in passage]
        near = {*terms(around), *terms(title)}
        apart = [one for one in spelled if one[0] not in near]
        apart = sorted(apart, key=lambda one: -self.rarity.get(one[0], 0.0))[:_MOST]
        if not apart:
            return max(missing, default=0.0), 0.0, 0.0
        without = [_without(question.asked, word) for _, word in apart]
        vectors = self.encoder.encode([*without, f"{title}\n{around}", read.sentence().of(text)])
        texts = vectors[-2:].T
        rises = (vectors[:-2] @ texts).max(axis=0) - (self.vector @ texts)[0]
        beside, within = np.maximum(rises, 0.0).tolist()
        return max(missing, default=0.0), beside, within


def _without(asked: str, word: str) -> str:
    return " ".join(re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", asked).split())

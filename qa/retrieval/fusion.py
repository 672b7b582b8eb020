"""Question -> passages: search by words and by meaning, with the scores fused."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import Passage, Vectors
from qa.retrieval.searchable import Searchable

Scores = NDArray[np.float64]
_USUAL = (0.2, 0.6)
"""Between which the cosines of a question's candidates usually lie."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the scores of words and meaning are combined. See docs/explanation/design.md.

    Attributes:
        candidates: how many passages each of the two searches gives.
        text: the weight of words, 0 to 1; the rest is meaning.
        agreement: the weight of the geometric mean of both scores, for passages that both find.

    Example:
        >>> assistant = Assistant(Index.open(".quoth"), Fusion(text=1.0))
        >>> assistant.find("who brokered the September 13 ceasefire?")[0].text_rank
        1
    """

    candidates: int = 100
    text: float = 0.38
    agreement: float = 0.2


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage found for a question, and why.

    `score` is the fused one, 0 to 1; higher is better. A rank is 1 for the best and
    None when the passage was not among that search's candidates.
    """

    passage: Passage
    score: float
    cosine: float
    text_score: float
    text_rank: int | None
    vector_rank: int | None


def retrieve(
    index: Searchable,
    question: str,
    vector: Vectors,
    fusion: Fusion | None = None,
) -> list[Retrieved]:
    """The passages for `question`, best first; `vector` is its vector, shape (1, dimension).

    At most `fusion.candidates` are returned. Every candidate of either search gets both scores.
    For a passage found by words only, the cosine is computed. A passage found by meaning only gets
    the lowest BM25 score among the candidates; it gets 0 if the search by words returned fewer
    passages than asked for, because it then has none of the words.
    Each kind of score is scaled to 0..1 (min-max) before the weighted sum. A passage that is
    not embedded yet gets the cosine at the position of its words' score among the others.
    """
    fusion = fusion or Fusion()
    by_words = index.search_text([question], fusion.candidates)[0]
    by_meaning = index.search_vectors(vector, fusion.candidates)[0]
    ids = list(dict.fromkeys([hit.id for hit in (*by_words, *by_meaning)]))
    if not ids:
        return []
    cosines = np.einsum("ij,j->i", index.vectors(ids), vector[0]).astype(np.float64)
    words = {hit.id: hit.score for hit in by_words}
    all_found = len(words) < fusion.candidates
    least = 0.0 if all_found else min(words.values(), default=0.0)
    texts = np.array([words.get(number, least) for number in ids])
    by_text = _stretched(texts)
    cosines = _filled(cosines, by_text)
    by_cosine = _stretched(cosines)
    mixed = fusion.text * by_text + (1 - fusion.text) * by_cosine
    agreed = fusion.agreement * np.sqrt(by_text * by_cosine)
    scores = (mixed + agreed) / (1 + fusion.agreement)
    best = np.lexsort((np.array(ids), -scores))[: fusion.candidates]
    text_ranks = {hit.id: rank for rank, hit in enumerate(by_words, 1)}
    vector_ranks = {hit.id: rank for rank, hit in enumerate(by_meaning, 1)}
    passages = index.passages([ids[place] for place in best])
    return [
        Retrieved(
            passage,
            float(scores[place]),
            float(cosines[place]),
            words.get(passage.id, 0.0),
            text_ranks.get(passage.id),
            vector_ranks.get(passage.id),
        )
        for passage, place in zip(passages, best, strict=True)
    ]


def _filled(cosines: Scores, by_text: Scores) -> Scores:
    """The cosines, those that are NaN put where the words' scores, 0 to 1, would have them."""
    missing = np.isnan(cosines)
    if not missing.any():
        return cosines
    known = cosines[~missing]
    low, high = (known.min(), known.max()) if len(known) else _USUAL
    return np.where(missing, low + by_text * (high - low), cosines)


def _stretched(scores: Scores) -> Scores:
    low, high = scores.min(), scores.max()
    if high == low:
        return np.ones_like(scores)
    return np.asarray((scores - low) / (high - low))

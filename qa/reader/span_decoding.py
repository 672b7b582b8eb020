"""From the scores of where an answer starts and ends to the spans that answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import Span

Scores = NDArray[np.float32]

LONGEST_SPAN = 40
SPANS = 3
"""The most spans that are found in a text."""
_LENGTH_COST = 0.1
"""The cost in log-odds of each token of a span after its first. Starts and ends are scored
independently, so long spans look likelier than they are. Chosen on squad2: with this cost spans
are as long as the answers that people marked (2.8 words)."""
_COMPARED = 40


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """A span of the passage's text that may answer, and its score: higher is better."""

    span: Span
    score: float


def likeliest_spans(
    scores: Scores, none: float, offsets: NDArray[np.int64], title: int
) -> tuple[FoundSpan, ...]:
    """The best spans of a stretch of tokens, best first, none overlapping another.

    Each time the span with the highest expected F1 over tokens is taken, among the likeliest spans
    (minimum Bayes risk; Kumar and Byrne 2004). Its score is that of the likeliest span that
    overlaps it, relative to `none`.

    Args:
        scores: logits of starts and ends, shape (2, tokens).
        none: the score of there being no answer.
        offsets: start and end character of each token in the title and text, shape (tokens, 2).
        title: how many characters precede the text: the length of the title and its line end.
    """
    count = len(offsets)
    outside = (offsets[:, 0] < title) | (offsets[:, 0] >= offsets[:, 1])
    starts, ends = np.where(outside, -np.inf, scores[0]), np.where(outside, -np.inf, scores[1])
    # Every span up to the longest: row n has those that end n tokens after their start.
    spans = np.full((min(LONGEST_SPAN, count), count), -np.inf, np.float32)
    for length in range(len(spans)):
        spans[length, : count - length] = starts[: count - length] + ends[length:]
    more, start = np.indices(spans.shape, sparse=True)
    # Several tokens may be of one character, so spans overlap by characters.
    begins, stops = offsets[start, 0], offsets[np.minimum(start + more, count - 1), 1]
    found: list[FoundSpan] = []
    while len(found) < SPANS and np.isfinite(spans.max(initial=-np.inf)):
        first, last = _most_shared(spans - _LENGTH_COST * more)
        overlapping = (begins < offsets[last, 1]) & (stops > offsets[first, 0])
        span = Span(int(offsets[first, 0]) - title, int(offsets[last, 1]) - title)
        found.append(FoundSpan(span, float(spans[overlapping].max()) - none))
        spans[overlapping] = -np.inf
    return tuple(sorted(found, key=lambda one: -one.score))


def _most_shared(spans: Scores) -> tuple[int, int]:
    """The first and last token of the likely span with the highest expected F1 over tokens."""
    every = spans.ravel()
    likely = np.argpartition(-every, min(_COMPARED, len(every)) - 1)[:_COMPARED]
    likely = likely[np.isfinite(every[likely])]
    chances = np.exp(every[likely] - every[likely].max())
    more, first = np.divmod(likely, spans.shape[1])
    last = first + more
    both = np.minimum.outer(last, last) - np.maximum.outer(first, first) + 1
    shared = 2 * np.maximum(both, 0) / (more[:, None] + more[None, :] + 2)
    best = int(np.argmax(shared @ chances))
    return int(first[best]), int(last[best])

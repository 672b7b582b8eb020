"""The best sentence of the best passages, and how likely it is to answer the question."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from index import Document, Encoder, Part, Span, Vectors
from index.search.bm25 import terms
from index.text.sentences import sentences
from qa.language.question import Question
from qa.retrieval.fusion import Retrieved
from qa.retrieval.searchable import Searchable

READ_PASSAGES = 5
_MOST_SENTENCES = 64
_NAME = re.compile(r"(?<!^)(?<![.?!]\s)\b[A-Z][\w’'-]*|\b\d[\d.,]*")

_NUMBER = re.compile(
    r"\d[\d.,–-]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?"
    r"|hundreds?|thousands?|millions?|billions?|half|several|many|few)\b",
    re.I,
)
_DAY = re.compile(
    r"\b\d{4}s?\b|\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:yesterday|today|tomorrow|ago|last|century"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july"
    r"|august|september|october|november|december)\b",
    re.I,
)
_PROPER = re.compile(r"(?<![.?!“\"]\s)(?<=\s)[A-Z][\w’'-]+|^[A-Z][\w’'-]+\s+[A-Z][\w’'-]+")
_KINDS = (
    (
        re.compile(r"\bhow (?:many|much|old|long|far|large|big|tall|often)\b", re.I),
        _NUMBER,
    ),
    (
        re.compile(r"\b(?:what|which) (?:number|percentage|percent|share|amount)\b", re.I),
        _NUMBER,
    ),
    (
        re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century)\b", re.I),
        _DAY,
    ),
    (re.compile(r"\bwho(?:m|se)?\b|\bwhere\b", re.I), _PROPER),
)

FEATURES = (
    "sentence cosine",
    "passage cosine",
    "words in the sentence",
    "words in it or its neighbours",
    "words in the passage",
    "names in the passage",
    "kind of answer",
    "rarest word missing",
    "words not in the index",
)
"""What the confidence is computed from, in this order."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer: its place, its score (higher is better) and its features."""

    retrieved: Retrieved
    document: Document
    span: Span
    score: float
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """How sentences are scored and confidence computed; fitted by `eval.recipes.confidence`.

    The confidence is the logistic function of `bias` plus the features' weighted sum. Below
    `threshold` the documents are said not to answer.
    """

    words: float
    neighbours: float
    kind: float
    bias: float
    coefficients: tuple[float, ...]
    threshold: float


@cache
def fitted() -> Weights:
    """The weights that ship with Quoth."""
    kept = json.loads(files("qa").joinpath("data", "confidence.json").read_text("utf-8"))
    return Weights(
        words=kept["words"],
        neighbours=kept["neighbours"],
        kind=kept["kind"],
        bias=kept["bias"],
        coefficients=tuple(kept["coefficients"][name] for name in FEATURES),
        threshold=kept["threshold"],
    )


def confidence(features: Sequence[float], weights: Weights) -> float:
    """The probability, 0 to 1, that a sentence with these features answers its question."""
    total = weights.bias + sum(
        weight * value for weight, value in zip(weights.coefficients, features, strict=True)
    )
    return 1 / (1 + math.exp(-total))


def best_sentences(
    index: Searchable,
    encoder: Encoder,
    question: Question,
    vector: Vectors,
    found: Sequence[Retrieved],
    weights: Weights,
) -> list[Evidence]:
    """The sentences of the best passages that may answer `question`, best first.

    The score is the cosine of sentence and question plus three weighted features: the share of
    the question's words in the sentence, weighted by rarity; the same share for the sentence with
    its neighbours; and whether the sentence holds the kind of thing asked for (a number, a name or
    a date that the question does not state). Footers and titles are left out.
    """
    candidates = list(_candidates(index, found[:READ_PASSAGES]))[:_MOST_SENTENCES]
    if not candidates:
        return []
    rarity = rarities(index, question)
    encoded = encoder.encode([f"{c.document.search_title}\n{c.text}" for c in candidates])
    evidence = []
    for candidate, cosine in zip(candidates, encoded @ vector[0], strict=True):
        features = _features(question, rarity, candidate, float(cosine))
        evidence.append(
            Evidence(
                candidate.retrieved,
                candidate.document,
                candidate.span,
                sentence_score(features, weights),
                features,
            )
        )
    return sorted(evidence, key=lambda one: (-one.score, one.document.name, one.span))


def sentence_score(features: Sequence[float], weights: Weights) -> float:
    """Score a sentence as an answer: a weighted sum of four features; higher is better."""
    by_name = dict(zip(FEATURES, features, strict=True))
    return (
        by_name["sentence cosine"]
        + weights.words * by_name["words in the sentence"]
        + weights.neighbours * by_name["words in it or its neighbours"]
        + weights.kind * by_name["kind of answer"]
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    retrieved: Retrieved
    document: Document
    span: Span
    around: Span

    @property
    def text(self) -> str:
        return self.span.of(self.document.text)


def _candidates(index: Searchable, found: Sequence[Retrieved]) -> list[_Candidate]:
    seen: set[tuple[str, Span]] = set()
    candidates = []
    for retrieved in found:
        document = index.document(retrieved.passage.document)
        body = [span for span, part in sentences(document) if part is Part.BODY]
        for place, span in enumerate(body):
            inside = retrieved.passage.span.overlap(span) * 2 > span.end - span.start
            key = (retrieved.passage.document, span)
            if inside and key not in seen:
                seen.add(key)
                first, last = body[max(0, place - 1)], body[min(place + 1, len(body) - 1)]
                candidates.append(
                    _Candidate(retrieved, document, span, Span(first.start, last.end))
                )
    return candidates


def rarities(index: Searchable, question: Question) -> dict[str, float]:
    """Each term of the question with its inverse document frequency, 0 to 1; 1 is unknown."""
    total = max(1, index.count_passages())
    return {
        term: math.log1p(total / (1 + index.frequency(term))) / math.log1p(total)
        for term in question.terms
    }


def _features(
    question: Question, rarity: dict[str, float], candidate: _Candidate, cosine: float
) -> tuple[float, ...]:
    text = candidate.document.text
    title = terms(candidate.document.search_title)
    sentence = {*terms(candidate.text), *title}
    around = {*terms(candidate.around.of(text)), *title}
    passage = {*terms(candidate.retrieved.passage.span.of(text)), *title}
    names = question.names & rarity.keys()
    missing = [weight for term, weight in rarity.items() if term not in passage]
    unknown = [weight for weight in rarity.values() if weight >= 1.0]
    return (
        cosine,
        candidate.retrieved.cosine,
        share(rarity, sentence),
        share(rarity, around),
        share(rarity, passage),
        share({name: rarity[name] for name in names}, passage),
        holds_kind(question, candidate.text),
        max(missing, default=0.0),
        sum(unknown) / max(1.0, sum(rarity.values())),
    )


def holds_kind(question: Question, sentence: str) -> float:
    """1 if the sentence holds the kind of thing asked for, 0 if not, .5 if no kind is asked."""
    kind = next((holds for asks, holds in _KINDS if asks.search(question.asked)), None)
    if kind is None:
        return 0.5
    stated = question.lower
    return float(any(found.lower() not in stated for found in kind.findall(sentence)))


def share(rarity: dict[str, float], held: set[str]) -> float:
    """How much of a question's terms, weighed by rarity, is held: 0 to 1; 1 if it has none."""
    total = sum(rarity.values())
    if total == 0:
        return 1.0
    return sum(weight for term, weight in rarity.items() if term in held) / total

"""The best sentence of the best passages, and how likely it is to answer the question."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from index import Document, Part, Span, Vectors, Where
from index.lexical import question_terms, terms
from index.sentences import sentences
from qa.retrieve import Retrieved, Searchable

READ_PASSAGES = 5
_MOST_SENTENCES = 64
_NAME = re.compile(r"(?<!^)(?<![.?!]\s)\b[A-Z][\w’'-]*|\b\d[\d.,]*")

FEATURES = (
    "sentence cosine",
    "passage cosine",
    "words in the sentence",
    "words in the passage",
    "names in the passage",
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
    passage: float
    bias: float
    coefficients: tuple[float, ...]
    threshold: float


@cache
def fitted() -> Weights:
    """The weights that ship with Quoth."""
    kept = json.loads(files("qa").joinpath("data", "confidence.json").read_text("utf-8"))
    return Weights(
        words=kept["words"],
        passage=kept["passage"],
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
    question: str,
    vector: Vectors,
    found: Sequence[Retrieved],
    weights: Weights,
    where: Where | None = None,
) -> list[Evidence]:
    """The sentences of the best passages that may answer `question`, best first.

    A sentence's score is its cosine with the question, plus the share of the question's words
    it holds (each weighted by its rarity), plus its passage's fused score. Sentences of
    footers, and titles, are not the article's claims and are not among them.
    """
    candidates = list(_candidates(index, found[:READ_PASSAGES], where))[:_MOST_SENTENCES]
    if not candidates:
        return []
    rarity = _rarity(index, question)
    texts = [span.of(document.text) for _, document, span in candidates]
    encoded = index.encoder.encode(
        [f"{d.search_title}\n{t}" for (_, d, _), t in zip(candidates, texts, strict=True)]
    )
    cosines = encoded @ vector[0]
    evidence = []
    for (retrieved, document, span), text, cosine in zip(candidates, texts, cosines, strict=True):
        features = _features(question, rarity, retrieved, document, text, float(cosine))
        score = float(cosine) + weights.words * features[2] + weights.passage * retrieved.score
        evidence.append(Evidence(retrieved, document, span, score, features))
    return sorted(evidence, key=lambda one: (-one.score, one.document.name, one.span))


def _candidates(
    index: Searchable, found: Sequence[Retrieved], where: Where | None
) -> list[tuple[Retrieved, Document, Span]]:
    seen: set[tuple[str, Span]] = set()
    candidates = []
    for retrieved in found:
        document = index.document(retrieved.passage.document, where)
        for span, part in sentences(document):
            inside = retrieved.passage.span.overlap(span) * 2 > span.end - span.start
            key = (retrieved.passage.document, span)
            if inside and part is Part.BODY and key not in seen:
                seen.add(key)
                candidates.append((retrieved, document, span))
    return candidates


def _rarity(index: Searchable, question: str) -> dict[str, float]:
    """Each term of the question with its inverse document frequency, 0 to 1; 1 is unknown."""
    total = max(1, index.count_passages())
    return {
        term: math.log1p(total / (1 + index.frequency(term))) / math.log1p(total)
        for term in question_terms(question)
    }


def _features(
    question: str,
    rarity: dict[str, float],
    retrieved: Retrieved,
    document: Document,
    text: str,
    cosine: float,
) -> tuple[float, ...]:
    title = terms(document.search_title)
    sentence = {*terms(text), *title}
    passage = {*terms(retrieved.passage.span.of(document.text)), *title}
    names = {term for name in _NAME.findall(question) for term in terms(name)} & rarity.keys()
    missing = [weight for term, weight in rarity.items() if term not in passage]
    unknown = [weight for weight in rarity.values() if weight >= 1.0]
    return (
        cosine,
        retrieved.cosine,
        _share(rarity, sentence),
        _share(rarity, passage),
        _share({name: rarity[name] for name in names}, passage),
        max(missing, default=0.0),
        sum(unknown) / max(1.0, sum(rarity.values())),
    )


def _share(rarity: dict[str, float], held: set[str]) -> float:
    total = sum(rarity.values())
    if total == 0:
        return 1.0
    return sum(weight for term, weight in rarity.items() if term in held) / total

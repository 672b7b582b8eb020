"""Questions written for this project over passages of the training sets, each with a near miss."""

import hashlib
import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.recipes.reader.groups import Example, Group
from eval.sets import load
from index import Document

FILE = Path(__file__).with_name("near_misses.json.xz")
SET = "near_misses"
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """The questions of one paragraph.

    Attributes:
        set: the set that the paragraph is of.
        paragraph: the first digits of the SHA-256 of its text.
        pairs: each a question with its answer's characters, or with None where it has none, and
            one that the paragraph does not answer; a question is "" where there is none.
        settled: "yes" or "no" for each pair that asks for it, "" for the others.

    """

    set: str
    paragraph: str
    pairs: Sequence[tuple[str, tuple[int, int] | None, str]]
    settled: Sequence[str]


def digits_of(text: str) -> str:
    """What a paragraph is known by in the file: the first digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def near_misses() -> Iterator[Group]:
    """The groups of the file, in its order.

    The file has no text but the questions: the paragraphs are taken from the sets themselves.
    Each group has a question with the paragraph that answers it, and a near miss that the same
    paragraph does not answer ("unanswered"), or one of the two.

    """
    kept = [_Paragraph(**one) for one in json.loads(lzma.decompress(FILE.read_bytes()))]
    documents: dict[tuple[str, str], Document] = {}
    for name in sorted({one.set for one in kept}):
        for document in load(name).documents:
            documents[name, digits_of(document.text)] = document
    for one in kept:
        document = documents[one.set, one.paragraph]
        for pair, settled in zip(one.pairs, one.settled, strict=True):
            yield _group(document, *pair, settled=settled)


def _group(
    document: Document,
    asked: str,
    span: tuple[int, int] | None,
    missed: str,
    *,
    settled: str,
) -> Group:
    title, text = document.search_title, document.text
    examples = []
    if span:
        examples.append(Example("answer", asked, title, text, ((span[0], span[1]),)))
    if missed:
        examples.append(Example("unanswered", missed, title, text))
    return Group(SET, document.name.split("/")[0], asked or missed, tuple(examples), settled)

"""Checking a draft: what supports each sentence, and which facts the archive does not state."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz

from index import Document, Limits, QuothError, Skipped, Span
from index.parsing.loader import documents_in
from index.search.bm25 import content_terms, terms
from index.text.matching import matching_text
from qa.archive.opposites import opposite_in
from qa.archive.stated_facts import FactKind, StatedFact, facts_in, holds_name
from qa.citation import Citation, cite
from qa.language.question import MAX_QUESTION, Question
from qa.language.sentence_span import body_sentences
from qa.ranking.sentence_ranking import rarities
from qa.retrieval.find import retrieved
from qa.retrieval.searchable import Searchable

MOST_SENTENCES = 1_000
_LEAST_WORDS = 5
_PASSAGES = 16
_SENTENCES = 128
_BESIDE = 200
"""How many characters before and after a sentence are searched for a name it does not repeat."""
_WORDS_COUNT = 0.5
"""How much the share of a sentence's words counts beside the cosine."""
_AS_GOOD = 0.2
"""A sentence with more of the facts is preferred if it scores at most this much below the best."""
_SUPPORTS = 0.7
"""The least score of a sentence that speaks of the same thing."""
_NEAR_QUOTATION = 70
"""The least similarity, 0 to 100, of words that are shown in place of a wrong quotation."""


class Finding(StrEnum):
    """What the archive says to a sentence of a draft.

    Example:
        >>> [one.value for one in Finding]
        ['supported', 'differs', 'nothing in the archive']
    """

    SUPPORTED = "supported"
    DIFFERS = "differs"
    NOTHING = "nothing in the archive"


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact of a draft that the archive's sentence does not state.

    Attributes:
        kind: "number", "date", "name", "quotation", or "opposite" where the archive denies it.
        span: where the draft states it, in characters of the draft's text.
        draft: how the draft states it.
        archive: what the archive's sentence states in its place; empty if nothing of that kind.

    Example:
        >>> _ = Path("draft.txt").write_text("Pashinyan said that 49 Armenian servicemen died.")
        >>> (checked,) = check_draft(Index.open(".quoth"), Path("draft.txt"))
        >>> [(one.draft, one.archive) for one in checked.differences]
        [('49', ('105',))]
    """

    kind: str
    span: Span
    draft: str
    archive: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of a draft and what the archive says to it.

    Attributes:
        text: the sentence.
        span: where it stands, in characters of the draft's text.
        finding: supported, differs, or nothing in the archive.
        evidence: the most relevant sentence of the archive; None if there is none.
        differences: the facts of the draft that this sentence does not state.
        others: for a supported one, sentences of other stories that state another number.

    Example:
        >>> _ = Path("draft.txt").write_text("The Marigold sank off the coast of Peru in May.")
        >>> check_draft(Index.open(".quoth"), Path("draft.txt"))[0].finding.value
        'nothing in the archive'
    """

    text: str
    span: Span
    finding: Finding
    evidence: Citation | None
    differences: tuple[Difference, ...] = ()
    others: tuple[Citation, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The sentence as plain values, in the form `quoth check --json` prints."""
        return {
            "text": self.text,
            "start": self.span.start,
            "end": self.span.end,
            "finding": self.finding.value,
            "evidence": _placed(self.evidence) if self.evidence else None,
            "differences": [
                {
                    "kind": one.kind,
                    "start": one.span.start,
                    "end": one.span.end,
                    "draft": one.draft,
                    "archive": list(one.archive),
                }
                for one in self.differences
            ],
            "others": [_placed(one) for one in self.others],
        }


def _placed(cited: Citation) -> dict[str, object]:
    return {
        "document": cited.document,
        "title": cited.title,
        "published": cited.published,
        "paragraph": cited.paragraph,
        "start": cited.start,
        "end": cited.end,
        "text": cited.quote,
        "content_hash": cited.content_hash,
    }


def check_draft(
    index: Searchable,
    draft: Path | Document,
    written: dt.date | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> list[CheckedSentence]:
    """Check a draft against the archive, sentence by sentence.

    Each sentence is compared with the most relevant sentence of the archive: numbers by value,
    dates by day, names by their words, quotations exactly. Questions and sentences of fewer than
    five words are left out.

    Args:
        index: the archive, with its filter: `index.restricted_to(where)`.
        draft: a file of a kind that `quoth add` reads (.md, .docx, .txt and others), or a document
            in memory.
        written: the day of the draft, from which "Wednesday" is worked out; by default the date
            that the draft states.
        tell: called after each sentence with how many are done, and of how many.

    Returns:
        The sentences, in order.

    Raises:
        QuothError: if the file cannot be read, states nothing, or has over 1,000 sentences.

    Example:
        >>> _ = Path("draft.txt").write_text("Pashinyan said that 105 Armenian servicemen died.")
        >>> (checked,) = check_draft(Index.open(".quoth"), Path("draft.txt"))
        >>> checked.finding.value, checked.evidence.paragraph
        ('supported', 3)
    """
    document = _read(draft) if isinstance(draft, Path) else draft
    named = draft if isinstance(draft, Path) else draft.name
    sentences = [
        span
        for span in body_sentences(document)
        if len(span.of(document.text).split()) >= _LEAST_WORDS
        and not span.of(document.text).rstrip("”\"') ").endswith("?")
        and content_terms(span.of(document.text))
    ]
    if not sentences:
        raise QuothError(f"{named} holds no sentence that states something")
    if len(sentences) > MOST_SENTENCES:
        raise QuothError(
            f"{named} holds {len(sentences):,} sentences and at most {MOST_SENTENCES:,} are "
            "checked at once; split it"
        )
    checked = []
    for span in sentences:
        checked.append(_checked(index, document, span, written or document.date))
        if tell:
            tell(len(checked), len(sentences))
    return checked


def _read(draft: Path) -> Document:
    """The draft as a document."""
    if draft.is_dir():
        raise QuothError(f"{draft} is a folder; name one file")
    found = list(islice(documents_in([str(draft)], Limits()), 2))
    if len(found) != 1:
        raise QuothError(f"{draft} holds several documents or none; give a file with one")
    (one,) = found
    if isinstance(one, Skipped):
        raise QuothError(f"the draft cannot be read: {one.message}")
    return one


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of the archive, its facts, and its relevance to the draft's sentence.

    `around` is the text of its passage, and `beside` the document's title with the text near it.
    """

    key: str
    document: Document
    span: Span
    around: str
    beside: str
    facts: tuple[StatedFact, ...]
    score: float

    def met(self, facts: Sequence[StatedFact]) -> int:
        """How many of a draft's facts it states."""
        return sum(self.states(fact) for fact in facts)

    def states(self, fact: StatedFact) -> bool:
        """Whether it states a fact of a draft; a name may stand beside it."""
        if fact.kind is FactKind.QUOTATION:
            said = _plain(fact.words)
            forms = (said, said[:1].swapcase() + said[1:])  # lower case inside a sentence
            either = "|".join(map(re.escape, forms))
            return bool(re.search(rf"(?<!\w)(?:{either})(?!\w)", _plain(self.around)))
        if any(fact.agrees(other) for other in self.facts):
            return True
        return fact.kind is FactKind.NAME and holds_name(fact.words, self.beside)


def _checked(
    index: Searchable, draft: Document, span: Span, written: dt.date | None
) -> CheckedSentence:
    text = span.of(draft.text)
    facts = facts_in(text, written)
    candidates = sorted(_candidates(index, text), key=lambda one: -one.score)
    if not candidates or candidates[0].score < _SUPPORTS:
        return CheckedSentence(text, span, Finding.NOTHING, None)
    nearly = [one for one in candidates if one.score >= candidates[0].score - _AS_GOOD]
    best = max(nearly, key=lambda one: (one.met(facts), one.score))
    differences = tuple(
        Difference(
            fact.kind.value,
            Span(span.start + fact.span.start, span.start + fact.span.end),
            fact.words,
            _instead(fact, facts, best),
        )
        for fact in facts
        if not best.states(fact)
    )
    opposite = opposite_in(text, best.span.of(best.document.text))
    if opposite:
        at = Span(span.start + opposite[0].start, span.start + opposite[0].end)
        if not any(at.overlap(one.span) for one in differences):
            denied = Difference("opposite", at, opposite[0].of(text), (opposite[1],))
            differences = tuple(sorted((*differences, denied), key=lambda one: one.span.start))
    finding = Finding.DIFFERS if differences else Finding.SUPPORTED
    others = () if differences else tuple(_others(index, facts, best, candidates))
    return CheckedSentence(text, span, finding, cite(best.document, best.span), differences, others)


def _others(
    index: Searchable,
    facts: Sequence[StatedFact],
    best: _Candidate,
    candidates: Sequence[_Candidate],
) -> Iterator[Citation]:
    """The sentences of other stories that say the same with another number, the likest first."""
    numbers = [one for one in facts if one.kind is FactKind.NUMBER]
    names = [one for one in facts if one.kind is FactKind.NAME]
    stories = index.stories()
    stories.read_ahead([best.key, *(one.key for one in candidates)])
    seen = {stories.story(best.key)}
    for one in candidates if numbers else ():
        story = stories.story(one.key)
        stated = [fact for fact in one.facts if fact.kind is FactKind.NUMBER]
        alike = one.score >= max(_SUPPORTS, best.score - _AS_GOOD)
        if not alike or story in seen or len(stated) != len(numbers):
            continue
        if not any(one.states(fact) for fact in numbers) and all(map(one.states, names)):
            seen.add(story)
            yield cite(one.document, one.span)


def _instead(fact: StatedFact, facts: Sequence[StatedFact], best: _Candidate) -> tuple[str, ...]:
    """What an archive's sentence states in the place of a draft's fact."""
    if fact.kind is FactKind.QUOTATION:
        around = _plain(best.around)
        alike = fuzz.partial_ratio_alignment(_plain(fact.words), around)
        if alike is None or alike.score < _NEAR_QUOTATION:
            return ()
        start, end = alike.dest_start, alike.dest_end
        while start and around[start - 1].isalnum():
            start -= 1
        while end < len(around) and around[end].isalnum():
            end += 1
        return (around[start:end].strip(),)
    opening = best.span.of(best.document.text).split()[0]  # the first word may be no name
    free = [
        other.words
        for other in best.facts
        if other.kind is fact.kind and not any(one.agrees(other) for one in facts)
    ]
    return tuple(dict.fromkeys(free[1:] if len(free) > 1 and free[0] == opening else free))


def _candidates(index: Searchable, text: str) -> Iterator[_Candidate]:
    """The sentences of the best passages for a sentence of a draft."""
    question = Question.parse(text[:MAX_QUESTION])
    vector = index.encoder.encode([text])
    rarity = rarities(index, question)
    weight = sum(rarity.values()) or 1.0
    places: dict[tuple[str, Span], tuple[Document, Span]] = {}
    for one in retrieved(index, question, vector, None)[:_PASSAGES]:
        document = index.document(one.passage.document)
        for span in body_sentences(document):
            if one.passage.span.overlap(span) and span.of(document.text).strip():
                places.setdefault((one.passage.document, span), (document, one.passage.span))
    kept = list(places.items())[:_SENTENCES]
    if not kept:
        return
    texts = [" ".join(span.of(document.text).split()) for (_, span), (document, _) in kept]
    cosines = np.asarray(index.encoder.encode(texts) @ vector[0])
    for ((key, span), (document, passage)), told, cosine in zip(kept, texts, cosines, strict=True):
        held = {*terms(told), *terms(document.search_title)}
        share = sum(value for term, value in rarity.items() if term in held) / weight
        around = passage.of(document.text)
        start = max(0, span.start - _BESIDE)
        beside = f"{document.search_title}\n{document.text[start : span.end + _BESIDE]}"
        facts = tuple(facts_in(told, document.date))
        score = float(cosine) + _WORDS_COUNT * share
        yield _Candidate(key, document, span, around, beside, facts, score)


_MARKS = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "“": '"', "”": '"'})


def _plain(text: str) -> str:
    """A text as quotations are compared: marks alike, white space single, no stop at the end."""
    told = matching_text(text).text.translate(_MARKS)
    return re.sub(r"\s+", " ", told).strip(" .,;:!?")

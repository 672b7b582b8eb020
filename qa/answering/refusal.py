"""Why a question is not answered."""

from collections.abc import Sequence

from index.search.bm25 import terms
from qa.answering.candidates import sentences_around
from qa.answering.choice import CLOSE, Chosen, distinct
from qa.answering.unmet_names import listed
from qa.language.question import Question
from qa.retrieval.searchable import Searchable

_NAMED = 4
"""How many words are named, at most."""


def why_refused(
    index: Searchable, question: Question, candidates: Sequence[Chosen]
) -> tuple[str, ...]:
    """What kept an answer from being given, each as a sentence for the person who asked.

    Args:
        index: what was searched.
        question: the question.
        candidates: the answers that were thought of, likeliest first.

    Returns:
        One reason, the first that applies: a requirement of the question that the likeliest answer
        does not meet; words that are in no document, before the requirement of a year; names that
        are not near the likeliest answer; two answers that differ; no passage that states an answer
        clearly.
    """
    unknown = [word for term, word in question.spelled.items() if index.frequency(term) == 0]
    lacking = [one for one in candidates[0].unmet if one.answerability < 1] if candidates else []
    if lacking and not (unknown and lacking[0].is_year):
        return (lacking[0].why,)
    if unknown:
        noun = "word" if len(unknown) == 1 else "words"
        return (f"No document has the {noun} {listed(unknown[:_NAMED])}.",)
    against = _against(question, candidates[0], candidates) if candidates else None
    return (against or "No passage states it clearly.",)


def _against(question: Question, first: Chosen, candidates: Sequence[Chosen]) -> str | None:
    """What else speaks against the likeliest answer; None if nothing in particular does."""
    document = first.read.document
    near = {*terms(sentences_around(first.read).of(document.text)), *terms(document.search_title)}
    missing = [
        word
        for term, word in question.spelled.items()
        if term in question.names and term not in near
    ]
    if missing:
        return f"The likeliest answer is not near {listed(missing[:_NAMED])}."
    others = [one for one in distinct(candidates) if one.chance >= CLOSE * first.chance]
    if others:
        two = [" ".join(_words(one).split()) for one in (first, others[0])]
        return f"Passages differ: “{two[0]}” and “{two[1]}”."
    return None


def _words(one: Chosen) -> str:
    span = one.read.whole or one.read.sentence()
    return span.of(one.read.document.text)

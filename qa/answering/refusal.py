"""Why a question is not answered."""

from collections.abc import Sequence

from index.search.bm25 import terms
from qa.answering.candidates import sentences_around
from qa.answering.choice import CLOSE, Chosen, distinct
from qa.answering.plans_and_denials import tells_plan
from qa.answering.unmet_names import NamesAsked, is_too_old, listed
from qa.language.question import Question
from qa.ranking.sentence_ranking import rarities
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
        One reason, the first that applies: names of others; a plan where it is asked what
        happened; words that are in no document; names and numbers that are not near the likeliest
        answer; two answers that differ; no passage that states an answer clearly.
    """
    reasons = []
    if candidates:
        asked = NamesAsked.of(question, rarities(index, question))
        reasons += asked.why_about_another(candidates[0].read)
        sentence = candidates[0].read.sentence().of(candidates[0].read.document.text)
        if question.wants_yes_or_no and tells_plan(question, sentence) and not reasons:
            reasons.append("The likeliest sentence tells a plan or a possibility.")
    if reasons:
        return tuple(reasons)
    unknown = [word for term, word in question.spelled.items() if index.frequency(term) == 0]
    if unknown:
        noun = "word" if len(unknown) == 1 else "words"
        reasons.append(f"No document has the {noun} {listed(unknown[:_NAMED])}.")
    if candidates:
        first = candidates[0].read
        near = {
            *terms(sentences_around(first).of(first.document.text)),
            *terms(first.document.search_title),
        }
        missing = [
            word
            for term, word in question.spelled.items()
            if term in question.names and term not in near and word not in unknown
        ]
        if missing and not unknown:
            reasons.append(f"The likeliest answer is not near {listed(missing[:_NAMED])}.")
        if is_too_old(question, first) and not reasons:
            reasons.append(
                f"The likeliest answer is of {first.document.date}, before what is asked about."
            )
        others = [one for one in distinct(candidates) if one.chance >= CLOSE * candidates[0].chance]
        if others and not reasons:
            two = [" ".join(_words(one).split()) for one in (candidates[0], others[0])]
            reasons.append(f"Passages differ: “{two[0]}” and “{two[1]}”.")
    if not reasons:
        reasons.append("No passage states it clearly.")
    return tuple(reasons)


def _words(one: Chosen) -> str:
    span = one.read.whole or one.read.sentence()
    return span.of(one.read.document.text)

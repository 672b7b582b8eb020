"""The choice among the candidates of all passages, and how sure the answer is."""

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.search.bm25 import terms
from qa.answering.candidates import candidates, choice_features, same
from qa.answering.counted_things import Counted, counted
from qa.answering.requirements import Unmet, is_plan, unmet
from qa.answering.unmet_names import NamesAsked
from qa.language.question import Question
from qa.ranking.rerank import LEAST, MOST, Read
from qa.ranking.sentence_ranking import rarities
from qa.ranking.weights import CHOSEN_BY, SURE_BY, Weighting
from qa.retrieval.searchable import Searchable

Floats = NDArray[np.float64]

MOST_OTHERS = 3
CLOSE = 1 / 3
"""An answer competes with the likeliest if its chance is at least this share of that one's."""
_WORDS_MORE = 2
"""By how many words two forms of one answer differ, as "45" and "at least 45" do."""
_HARDER_YES_OR_NO = math.log(2)
"""By how much the log-odds of the answerability of a yes-or-no question are lower than computed.

Such a question has more words in common with a sentence that does not settle it. The sets that the
weights are fitted on have none, so this is chosen on the first half of the project's own.
"""
_ALONE = 6.0
"""The lead of an answer that no other differs from."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The spans found in all passages, as readings of their own, with their features.

    `features` has one row a candidate, `CHOSEN_BY`. `rarity` has the question's terms with their
    rarity, 0 to 1. `unknown` is the share of the question's terms, weighed by rarity, that stand
    nowhere in the index. `counted` has what each candidate counts, if "how many" is asked.
    """

    found: list[Read]
    features: Floats
    rarity: dict[str, float]
    unknown: float
    counted: list[Counted | None]

    @classmethod
    def of(cls, index: Searchable, question: Question, read: Sequence[Read]) -> "Candidates":
        """The candidates in what was read.

        Where a yes-or-no question asks what happened, sentences that tell a plan are among them
        only if there are no others.
        """
        rarity = rarities(index, question)
        found = candidates(question, read)
        if question.wants_yes_or_no:
            found = [one for one in found if not is_plan(question, one)] or found
        unknown = sum(weight for weight in rarity.values() if weight >= 1.0)
        things = counted(index.encoder, question, rarity, found)
        return cls(
            found,
            choice_features(question, rarity, found, things),
            rarity,
            unknown / max(1.0, sum(rarity.values())),
            things,
        )

    def chances(self, choice: Sequence[float]) -> Floats:
        """How likely each is the answer, shape (n,), if one of them is: they add up to 1."""
        scores = self.features @ np.array(choice)
        shares = np.exp(scores - scores.max(initial=-math.inf))
        return np.asarray(shares / shares.sum())

    def best(self, choice: Sequence[float]) -> int:
        """The place of the answer in `found`: the likeliest, from the best of its passages.

        Several documents may give the likeliest answer. Among the candidates with that answer, a
        similar chance and a similar number of words, the highest fused score decides.
        """
        chances = self.chances(choice)
        likeliest = int(np.argmax(chances))
        fused = self.features[:, CHOSEN_BY.index("fused score")]
        answer = self.found[likeliest].answer
        words = len(answer.split())
        about_as_likely = [
            at
            for at, one in enumerate(self.found)
            if at == likeliest
            or (
                same(one.answer, answer)
                and abs(len(one.answer.split()) - words) <= _WORDS_MORE
                and chances[at] >= CLOSE * chances[likeliest]
            )
        ]
        return max(about_as_likely, key=lambda at: (fused[at], chances[at]))

    def sure_features(self, choice: Sequence[float]) -> Floats:
        """The features `SURE_BY` of each as the answer, shape (n, features)."""
        if not self.found:
            return np.zeros((0, len(SURE_BY)))
        scores = self.features @ np.array(choice)
        chances = self.chances(choice)
        answers = [one.answer for one in self.found]
        alike = np.array([[same(one, other) for other in answers] for one in answers])
        against = np.where(alike, -np.inf, scores).max(axis=1)
        margin = np.clip(scores - against, -_ALONE, _ALONE)
        highest = [self.features[:, CHOSEN_BY.index(name)].max() for name in _HIGHEST]
        rest = np.tile([self.unknown, *highest], (len(answers), 1))
        pooled = np.where(alike, chances, 0.0).sum(axis=1)
        return np.column_stack([self.features, chances, pooled, margin, rest])


_HIGHEST = ("answering", "relevance", "span")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate answer.

    `confidence` is the probability, 0 to 1, that it is right. `chance` is the probability that it
    is the right one, given that one of the candidates is right. `answerability` is the probability
    that the documents answer the question at all, by what speaks for this candidate. `unmet` are
    the requirements of the question that it does not meet.
    """

    read: Read
    confidence: float
    chance: float
    answerability: float
    unmet: tuple[Unmet, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether the question is refused if this is its answer."""
        return any(one.refuses for one in self.unmet)

    def held_to(self, unmet: Sequence[Unmet]) -> "Chosen":
        """The same, no likelier than the requirements that it does not meet allow."""
        if not unmet:
            return self
        return replace(
            self,
            confidence=min(self.confidence, *(one.confidence for one in unmet)),
            answerability=min(self.answerability, *(one.answerability for one in unmet)),
            unmet=(*self.unmet, *unmet),
        )


def chosen(
    index: Searchable, question: Question, read: Sequence[Read], weighting: Weighting
) -> list[Chosen]:
    """The candidates in what was read, the answer first and then the likeliest."""
    found = Candidates.of(index, question, read)
    if not found.found:
        return []
    features = found.sure_features(weighting.choice)
    chances = found.chances(weighting.choice)
    best = found.best(weighting.choice)
    others = [int(at) for at in np.argsort(-chances, kind="stable") if at != best]
    asked = NamesAsked.of(question, found.rarity)
    harder = _HARDER_YES_OR_NO if question.wants_yes_or_no else 0.0
    return [
        Chosen(
            found.found[at],
            confidence(features[at], weighting),
            float(chances[at]),
            answerability(features[at], weighting, harder),
        ).held_to(unmet(asked, found.found[at], found.counted[at]))
        for at in (best, *others)
    ]


def confidence(features: Floats, weighting: Weighting) -> float:
    """The probability, 0 to 1, that the answer with these features `SURE_BY` is right."""
    return _logistic(weighting.bias + float(features @ np.array(weighting.sure)))


def answerability(features: Floats, weighting: Weighting, harder: float = 0.0) -> float:
    """The probability, 0 to 1, that a question whose answer has these features is answered at all.

    Answers that compete make it less likely that the first is right, but no less likely that one
    of them is; that no passage speaks of what is asked makes both less likely.

    Args:
        features: the features `SURE_BY` of the answer, shape (features,).
        weighting: the fitted weights.
        harder: by how much the log-odds are lowered.
    """
    total = weighting.answerability_bias + float(features @ np.array(weighting.answerability))
    return _logistic(total - harder)


def _logistic(total: float) -> float:
    return 1 / (1 + math.exp(-max(LEAST, min(MOST, total))))


def meeting_first(found: Sequence[Chosen]) -> list[Chosen]:
    """The candidates, the likeliest that meets what the question requires first.

    "How long was the sentence?" is answered by "nine years" in place of the slightly likelier "up
    to ten years", which tells what might be. One that is much less likely than the first stays
    where it is: the question is then refused, and the first is shown as what is possible.

    Args:
        found: the candidates, the answer first and then the likeliest.
    """
    if not found or not found[0].is_refused:
        return list(found)
    least = CLOSE * found[0].chance
    meets = next((one for one in found[1:] if not one.is_refused and one.chance >= least), None)
    return [meets, *(one for one in found if one is not meets)] if meets else list(found)


def distinct(found: Sequence[Chosen], series: AbstractSet[str] = frozenset()) -> list[Chosen]:
    """The best answer of each other story or version that differs from the first, best first.

    Two answers are one when the words of either hold the other's.

    Args:
        found: the candidates, likeliest first.
        series: the keys of the documents that are of one series with the answer's: all of their
            answers are given, of other documents at most `MOST_OTHERS`.
    """
    known = [one.read.answer for one in found[:1]]
    seen = {one.read.edition for one in found[:1]}
    others = []
    for one in found:
        told = one.read.answer
        if one.read.edition in seen or not told:
            continue
        seen.add(one.read.edition)
        if any(same(told, answer) for answer in known):
            continue
        known.append(told)
        others.append(one)
    beside = [one for one in others if one.read.retrieved.passage.document not in series]
    return [one for one in others if one not in beside[MOST_OTHERS:]]


def terms_met(question: Question, read: Read) -> int:
    """How many of a question's terms the answer's sentence and its document's title have."""
    told = {*terms(read.sentence().of(read.document.text)), *terms(read.document.search_title)}
    return len(told.intersection(question.terms))


def names_met(question: Question, read: Read) -> frozenset[str]:
    """The names of a question, dates aside, that the answer's passage or its title has."""
    told = {
        *terms(read.retrieved.passage.span.of(read.document.text)),
        *terms(read.document.search_title),
    }
    return question.names.intersection(question.own_terms, told) - question.date_terms


def agreeing(question: Question, found: Sequence[Chosen], least: float) -> list[Chosen]:
    """The best candidate of each other story that gives the same answer as the first.

    "Three" may be the dead of another storm: the question's names that stand with the answer must
    stand with the other one too.

    Args:
        question: the question.
        found: the candidates, the answer first and then the likeliest.
        least: the least confidence, 0 to 1, of those that count. Agreement raises the confidence,
            so the reader must also find the passage alone likely to answer.

    Returns:
        One candidate a story, the likeliest first. Copies of the answer's own story do not count.
    """
    if not found:
        return []
    first, *rest = found
    by_story: dict[str, Chosen] = {}
    for one in rest:
        story = one.read.story
        if (
            story != first.read.story
            and one.confidence >= least
            and one.read.reading.answering >= 0
            and same(one.read.answer, first.read.answer)
            and names_met(question, one.read) >= names_met(question, first.read)
        ):
            by_story.setdefault(story, one)
    return list(by_story.values())

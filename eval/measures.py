"""Measures of rankings, answers and confidence, over questions and in the mean."""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import AP, RR, R, Success, nDCG
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

RANKING = {
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@20": Success @ 20,
    "recall@20": R @ 20,
    "rr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
    "ap": AP,
}
"""Measures of a ranking, by the names they go by here."""

LOWER_IS_BETTER = frozenset({"ece", "aurc"})
BINS = 10
RESAMPLES = 2_000


def ranking_values(
    right: Mapping[str, Iterable[str]], ranked: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Each question's value of each of `RANKING`, for the questions in `right`.

    `right` has what is right for each question and `ranked` what was found, best first, each id
    once. A question for which nothing was found has 0 in everything.
    """
    qrels = [ir_measures.Qrel(q, one, 1) for q, ones in right.items() for one in ones]
    run = [
        ir_measures.ScoredDoc(q, one, score)
        for q in right
        for one, score in scored(ranked.get(q, ()))
    ]
    values = {question: dict.fromkeys(RANKING, 0.0) for question in right}
    names = {measure: name for name, measure in RANKING.items()}
    for found in ir_measures.iter_calc(list(RANKING.values()), qrels, run) if run else ():
        values[found.query_id][names[found.measure]] = float(found.value)
    return values


def scored(ranked: Sequence[str]) -> list[tuple[str, float]]:
    """A ranking with scores that fall by rank, as a run file has them.

    trec_eval sorts by score and breaks ties by name; with these it sees the order that was shown.
    """
    return [(one, float(len(ranked) - place)) for place, one in enumerate(ranked)]


_ARTICLE = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Lower case without punctuation, articles and extra space, as SQuAD's scorer has it."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLE.sub(" ", bare).split())


_TYPOGRAPHIC = str.maketrans({**dict.fromkeys("“”„‘’‚«»…"), **dict.fromkeys("–—", " ")})


def exact_match(given: str | None, accepted: Sequence[str]) -> float:
    """1 if the answer given is an accepted one once both are normalised, else 0.

    Giving no answer scores 1 if no answer is accepted, else 0 (SQuAD 2.0).
    """
    if not accepted or given is None:
        return float(not accepted and given is None)
    return float(any(normalised(given) == normalised(one) for one in accepted))


def f1(given: str | None, accepted: Sequence[str]) -> float:
    """The best harmonic mean of word precision and recall with an accepted answer (SQuAD).

    No answer scores as in `exact_match`.
    """
    if not accepted or given is None:
        return float(not accepted and given is None)
    return max(_f1(normalised(given).split(), normalised(one).split()) for one in accepted)


def _f1(given: list[str], accepted: list[str]) -> float:
    if not given or not accepted:
        return float(given == accepted)
    shared = sum((Counter(given) & Counter(accepted)).values())
    return 2 * shared / (len(given) + len(accepted))


def holds_answer(quote: str, accepted: Sequence[str]) -> bool:
    """Whether a quotation holds an accepted answer, word for word once both are normalised.

    Articles are set with typographic quotation marks and dashes, which SQuAD's normalisation
    leaves in place; here they count as punctuation too.
    """
    padded = f" {_set_plainly(quote)} "
    return any(f" {_set_plainly(one)} " in padded for one in accepted if _set_plainly(one))


def gives_answer(answer: str, accepted: Sequence[str]) -> bool:
    """Whether a short answer is right, by the accepted answers.

    It is right if it holds an accepted answer and has at most `_BESIDE` words more than the
    longest one, or if its F1 is at least `_ALIKE`.
    """
    longest = max((len(_set_plainly(one).split()) for one in accepted), default=0)
    beside = len(_set_plainly(answer).split()) - longest
    return (holds_answer(answer, accepted) and beside <= _BESIDE) or (
        f1(answer, accepted) >= _ALIKE
    )


_BESIDE, _ALIKE = 10, 0.6


def _set_plainly(text: str) -> str:
    return normalised(text.translate(_TYPOGRAPHIC))


def auroc(confidence: Floats, positive: Floats) -> float:
    """The chance that a positive has more confidence than a negative; ties count half.

    NaN when all are of one kind. Source: the Mann-Whitney statistic.
    """
    many = positive.sum()
    few = len(positive) - many
    if many == 0 or few == 0:
        return float("nan")
    ranks = stats.rankdata(confidence)
    return float((ranks[positive > 0].sum() - many * (many + 1) / 2) / (many * few))


def risk_coverage(confidence: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Coverage and risk when only the k most confident answers are given, for k = 1 … n.

    Risk is the share of the answers given that is wrong. Among answers of one confidence the
    wrong ones are spread evenly, so that their order does not count.
    """
    order = np.argsort(-confidence, kind="stable")
    levels, first, group, counts = np.unique(
        -confidence[order], return_index=True, return_inverse=True, return_counts=True
    )
    wrong = 1 - right[order]
    mean_wrong = np.add.reduceat(wrong, first) / counts if len(levels) else wrong
    given = np.arange(1, len(order) + 1)
    return given / max(1, len(order)), np.cumsum(mean_wrong[group]) / given


def aurc(confidence: Floats, right: Floats) -> float:
    """The mean risk over all coverages (Geifman, Uziel and El-Yaniv, 2019); lower is better."""
    return float(risk_coverage(confidence, right)[1].mean()) if len(right) else float("nan")


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: how many, their mean confidence and how many are right."""

    count: int
    confidence: float
    right: float


def reliability(confidence: Floats, right: Floats) -> list[Bin]:
    """Answers in ten bins of equal width in confidence, without the empty ones."""
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        Bin(int(here.sum()), float(confidence[here].mean()), float(right[here].mean()))
        for number in range(BINS)
        if (here := places == number).any()
    ]


def ece(confidence: Floats, right: Floats) -> float:
    """Expected calibration error: the bins' mean gap between confidence and share right.

    Source: Naeini, Cooper and Hauskrecht, 2015; ten bins of equal width. Lower is better.
    """
    if not len(right):
        return float("nan")
    bins = reliability(confidence, right)
    return sum(one.count * abs(one.confidence - one.right) for one in bins) / len(right)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure with its 95 % bootstrap interval, over `questions` questions."""

    value: float
    low: float
    high: float
    questions: int


def mean_with_interval(values: Sequence[float]) -> Measured:
    """The mean of per-question values."""
    found = np.asarray(values, float)
    if len(found) == 1 or np.ptp(found) == 0:
        return Measured(float(found[0]), float(found[0]), float(found[0]), len(found))
    interval = stats.bootstrap(
        (found,),
        np.mean,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(0),
        batch=200,
    ).confidence_interval
    return Measured(float(found.mean()), float(interval.low), float(interval.high), len(found))


def with_interval(statistic: Callable[..., float], *columns: Floats) -> Measured:
    """A measure of the whole set; the bootstrap draws questions with all their columns."""
    questions = len(columns[0])
    draw = np.random.default_rng(0)
    found = []
    for _ in range(RESAMPLES // 2):
        rows = draw.integers(0, questions, questions)
        found.append(statistic(*(column[rows] for column in columns)))
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return Measured(statistic(*columns), float(low), float(high), questions)

"""The fitted weights for ranking passages, choosing the answer and how likely it is."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Self

import numpy as np

from index import QuothError
from index.durable_files import replace_whole
from qa.reader.base import NONE, Reader, Reranker
from qa.reader.reranked import Reranked

RANKED_BY = ("fused score", "cosine", "relevance", "answering", "span")
"""What the order of the passages is computed from, in this order."""

OF_READER = ("relevance", "answering", "span")
"""Those of `RANKED_BY` that reading gives."""

CHOSEN_BY = (
    "answering",
    "span",
    "behind the best of its passage",
    "relevance",
    "fused score",
    "cosine",
    "lead",
    "agreement",
    "mentions",
    "words in the sentence",
    "words around it",
    "words in its clause",
    "names in the sentence",
    "names around it",
    "names missing",
    "kind of answer",
    "counts what is asked",
    "restates the question",
    "length",
    "not in a sentence",
    "credit",
    "date",
    "newest, if that is asked",
)
"""What the choice among the spans found is computed from, in this order."""

AGAINST = ("names missing", "restates the question", "not in a sentence", "credit")
"""The features of `CHOSEN_BY` whose weight may not be positive; that of "length" is free."""

SURE_BY = (
    *CHOSEN_BY,
    "chance",
    "chance of the same words",
    "margin",
    "words not in the index",
    "most answering",
    "most relevance",
    "most span",
)
"""What the confidence and the answerability are computed from, in this order."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """How passages are ranked and confidence computed; fitted by `eval.calibration`.

    A passage's rank score is the weighted sum of its features `RANKED_BY`, and a candidate's score
    that of its features `CHOSEN_BY`. The confidence, the probability that the answer is right, is
    the logistic function of `bias` plus the weighted sum of the answer's features `SURE_BY`. The
    answerability, the probability that the documents answer the question at all, is the same with
    the weights `answerability` and `answerability_bias`: where the documents have several answers
    to choose from the first may be low and the second high. With an answerability below
    `threshold` the documents are said not to answer. `precision` holds the least confidence by the
    share of answers given that were right, ascending. `reader` is the fingerprint of the reader and
    reranker that it was fitted for, "" for any; `figures` are its results on questions that it was
    not fitted on.
    """

    rank: tuple[float, ...]
    choice: tuple[float, ...]
    sure: tuple[float, ...]
    bias: float
    answerability: tuple[float, ...]
    answerability_bias: float
    threshold: float
    precision: tuple[tuple[float, float], ...] = ()
    reader: str = ""
    figures: dict[str, float] = field(default_factory=dict, compare=False)

    def confidence_for(self, precision: float) -> float:
        """The least confidence at which the answers given are right as often as `precision` says.

        Between the shares that were measured it is interpolated; above the highest it is 1.

        Args:
            precision: the share of answers given that are to be right, 0 to 1.

        Raises:
            QuothError: if no precision was measured for this reader.
        """
        if not self.precision:
            raise QuothError(
                "the precision of this reader's answers was not measured; leave out --precision, "
                "or fit a weighting with `quoth eval calibrate`"
            )
        rights, leasts = zip(*self.precision, strict=True)
        if precision > rights[-1]:
            return 1.0
        return float(np.interp(precision, rights, leasts))

    @classmethod
    def read(cls, path: Path) -> Self:
        """The weighting in a file that `write` made. Raises QuothError when it holds none."""
        try:
            kept = json.loads(path.read_text("utf-8"))
            return cls(
                rank=tuple(float(kept["rank"][name]) for name in RANKED_BY),
                choice=tuple(float(kept["choice"][name]) for name in CHOSEN_BY),
                sure=tuple(float(kept["sure"][name]) for name in SURE_BY),
                bias=float(kept["bias"]),
                answerability=tuple(float(kept["answerability"][name]) for name in SURE_BY),
                answerability_bias=float(kept["answerability bias"]),
                threshold=float(kept["threshold"]),
                precision=tuple((float(right), float(least)) for right, least in kept["precision"]),
                reader=str(kept["reader"]),
                figures=dict(kept["figures on questions not fitted on"]),
            )
        except OSError as error:
            raise QuothError(f"{path} cannot be read ({error.strerror}); check the path") from error
        except (ValueError, KeyError, TypeError) as error:
            if str(error) == "'answerability'":
                raise QuothError(
                    f"{path} was fitted by an earlier version of Quoth; fit it again with "
                    "`quoth eval calibrate`"
                ) from error
            raise QuothError(
                f"{path} holds no weighting; `quoth eval calibrate` writes one"
            ) from error

    def write(self, path: Path) -> None:
        """Write it to `path`, as JSON."""
        kept = {
            "reader": self.reader,
            "rank": _named(RANKED_BY, self.rank),
            "choice": _named(CHOSEN_BY, self.choice),
            "sure": _named(SURE_BY, self.sure),
            "bias": round(self.bias, 4),
            "answerability": _named(SURE_BY, self.answerability),
            "answerability bias": round(self.answerability_bias, 4),
            "threshold": round(self.threshold, 4),
            "precision": [[right, round(least, 4)] for right, least in self.precision],
            "figures on questions not fitted on": {
                name: round(value, 3) for name, value in self.figures.items()
            },
        }
        replace_whole(path, (json.dumps(kept, indent=2) + "\n").encode())


class UnfitError(QuothError):
    """A weighting was fitted for another reader or reranker than the ones in use."""


UNFITTED = Weighting(
    rank=tuple(
        {"fused score": 4.0, "cosine": 2.0, "relevance": 0.1}.get(n, 0.0) for n in RANKED_BY
    ),
    choice=tuple(
        {"span": 0.3, "relevance": 0.1, "fused score": 2.0, "cosine": 1.0}.get(n, 0.0)
        for n in CHOSEN_BY
    ),
    sure=tuple(float(name == "answering") for name in SURE_BY),
    bias=0.0,
    answerability=tuple(float(name == "answering") for name in SURE_BY),
    answerability_bias=0.0,
    threshold=0.5,
)
"""For a reader that was not calibrated: its relevance beside the fusion, and its own confidence."""


UNCALIBRATED = (
    "no weighting was fitted for this reader or reranker: the ranking, and with a reader the "
    "confidence and what is refused, are a guess; fit one with `quoth eval calibrate` and give it "
    "with --weighting"
)


@cache
def shipped_weighting() -> Weighting:
    """The weighting that ships with the reader that ships."""
    return Weighting.read(Path(str(files("qa"))) / "data" / "weighting.json")


def weighting_of(
    reader: Reader | None, reranker: Reranker | None, given: Weighting | Path | None = None
) -> Weighting:
    """The weighting given, else the shipped one if it is for this reader and reranker.

    Raises UnfitError if the one given was fitted for something else.
    """
    reads: Reader | None = Reranked(reader, reranker) if reranker else reader
    fingerprint = reads.fingerprint if reads else NONE
    if given is None:
        shipped = shipped_weighting()
        return shipped if fingerprint in (shipped.reader, NONE) else UNFITTED
    weighting = Weighting.read(given) if isinstance(given, Path) else given
    if weighting.reader not in ("", fingerprint):
        raise UnfitError(
            f"{given if isinstance(given, Path) else 'the weighting'} was fitted for another "
            f"reader or reranker, not for {reads.name if reads else 'asking without a reader'}; "
            "use those, or fit a weighting with `quoth eval calibrate`"
        )
    return weighting


def _named(names: tuple[str, ...], values: tuple[float, ...]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in zip(names, values, strict=True)}

"""The weighting that ships: fitted over several sets that the reader was not trained on.

`python -m eval.recipes.weighting READER OUT SET[:MOST] ...`, where READER is the folder of the
reader and each SET the name or the path of a set, of which MOST questions are read. Each set weighs
the same. The figures of each set are those of a fit on the others: what a new archive would see.
"""

import argparse
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eval.asked_questions import Asked, ask_all
from eval.cached_index import index_of
from eval.calibration import figures, fitted, held_back
from eval.recipes.reader.pointing import of_pointing, point
from eval.sets import load
from index.cache_folder import cache_folder
from qa import Settings
from qa.reader.base import Reading, Text
from qa.reader.compiled import CompiledReader

TRUST = 0.6
"""The factor for the reader's weights in the ranking of passages, chosen on the sets that are
fitted on: from .4 to .8 more of their first passages are right than with .2 or with 1."""


def main() -> None:
    """Read, fit, print what the fit reaches on each set, and write the file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("reader", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("sets", nargs="+", metavar="SET[:MOST]")
    parser.add_argument(
        "--only-there",
        nargs="*",
        default=[],
        metavar="SET",
        help="sets whose questions only make sense beside their document",
    )
    parser.add_argument("--keep", type=Path, help="a folder for what was read, to fit again")
    arguments = parser.parse_args()
    reader = CompiledReader(arguments.reader, "reader")
    sets = [
        _read(
            reader,
            named,
            arguments.keep,
            only_there=named.partition(":")[0] in arguments.only_there,
        )
        for named in arguments.sets
    ]
    asked = [one for each, _ in sets for one in each]
    names = [one.data for one in asked]
    held = held_back(asked, names, len(sets), TRUST)
    weighting = fitted(asked, held, reader, TRUST)
    reached: dict[str, float] = {}
    for each, given in sets:
        of_set = [at for at, one in enumerate(asked) if one.data == each[0].data]
        its = figures(each, [held[at] for at in of_set], weighting.threshold)
        reached |= {f"{each[0].data}: {name}": value for name, value in {**given, **its}.items()}
    reached |= {f"all: {name}": value for name, value in weighting.figures.items()}
    for name, value in reached.items():
        print(f"{name:64} {value:.3f}")
    replace(weighting, figures=reached).write(arguments.out)


class _Remembering:
    """A reader that keeps in a file what it read, so that a fit with other features is quick."""

    def __init__(self, reader: CompiledReader, kept: Path | None) -> None:
        self._reader, self._kept = reader, kept
        self._known: dict[tuple[str, Text], Reading] = {}
        if kept and kept.exists():
            self._known = pickle.loads(kept.read_bytes())  # noqa: S301 -- our own
        self.name, self.fingerprint = reader.name, reader.fingerprint

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """See `Reader.read`."""
        new = [text for text in texts if (question, text) not in self._known]
        for text, reading in zip(new, self._reader.read(question, new) if new else [], strict=True):
            self._known[question, text] = reading
        return [self._known[question, text] for text in texts]

    def keep(self) -> None:
        """Write the file."""
        if self._kept:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            self._kept.write_bytes(pickle.dumps(self._known))


def _read(
    reader: CompiledReader, named: str, keep: Path | None, *, only_there: bool
) -> tuple[list[Asked], dict[str, float]]:
    """Read the questions of a set; also measure the reader on the paragraph of each question."""
    name, _, most = named.partition(":")
    kept = keep / f"{Path(name).name}-{most}-{reader.fingerprint[:12]}.pickle" if keep else None
    reads = _Remembering(reader, kept)
    data = load(name)
    limit = int(most) if most else None
    with index_of(data.name, data.documents, Settings(), cache_folder()) as index:
        asked = ask_all(data, index, reads, limit=limit, tell=_tell, only_there=only_there)
    texts = {document.name: document for document in data.documents}
    own = [one for one in data.questions if one.asked_of in texts]
    own = own[:: max(1, -(-len(own) // limit)) if limit else 1]
    given = (
        of_pointing([point(reads, one, texts[one.asked_of or ""]) for one in own]) if own else {}
    )
    reads.keep()
    called = Path(name).name.partition(".")[0]
    return [replace(one, data=called) for one in asked], given


def _tell(what: str, done: float, of: float) -> None:
    if done % 100 == 0:
        print(f"{what} {done:.0f} of {of:.0f}", flush=True)


if __name__ == "__main__":
    main()

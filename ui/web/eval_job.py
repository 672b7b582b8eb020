"""Running an evaluation as a job, by `python -m ui.web.eval_job OUT SET SETTINGS`.

Standard input has the index's folder or address: an address may hold a password.
"""

import sys
import time
from pathlib import Path

from eval import known_sets, load, run
from eval.cached_index import documents_of
from index import Index, QuothError
from qa import Settings
from ui.web.job import say

_EVERY_SECONDS = 0.2
_STAGES = {"indexing": (0.0, 0.5), "asking": (0.5, 1.0)}


def main() -> None:
    """Run the set and report progress; the user's own judgements are about the index."""
    out, what, stated = sys.argv[1:]
    place = sys.stdin.read()
    told_at = 0.0

    def tell(stage: str, done: float, total: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _EVERY_SECONDS:
            told_at = time.monotonic()
            first, last = _STAGES[stage]
            share = done / total if total else 1.0
            say(share=first + share * (last - first), told=f"{stage}, {share:.0%}")

    try:
        settings = Settings.read(Path(stated))
        if what in known_sets():
            result = run(load(what), Path(out), settings, tell=tell)
        else:
            with Index.open(place) as index:
                data = load(what, documents_of(index))
                result = run(data, Path(out), settings, index=index, tell=tell)
    except QuothError as error:
        say(error=str(error))
        sys.exit(error.exit_code)
    say(done=f"{len(result.rows)} questions of {result.set}")


if __name__ == "__main__":
    main()

"""Adding to an index as a job, by `python -m ui.web.add_job`.

Standard input has, as JSON, the index's folder or address, the paths, and the folders that they
must lie in. An address may hold a password, which every user could read in a command line.
The documents are one commit: however the process ends, the index is as it was or holds all of them.
Many are committed without vectors, which are made afterwards.
"""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from index import Index, QuothError
from index.errors import BusyError
from index.ingest.report import Progress
from qa import has_names, make_names
from ui.web.job import say

_EVERY_SECONDS = 0.2
_KEPT = "The documents are in the index; those without vectors are found by words only."


def main() -> None:
    """Add the files and report progress."""
    stated = json.load(sys.stdin)
    within = [Path(root) for root in stated["within"]]
    told_at = 0.0

    def tell(done: Progress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _EVERY_SECONDS:
            told_at = time.monotonic()
            told = f"{done.files} files, {done.embedded} of {done.passages} passages embedded"
            kept = _KEPT if done.stage == "embedding" else ""
            say(share=done.done, told=told, kept=kept)

    try:
        with Index.open(stated["index"]) as index:
            report = index.add(stated["paths"], tell, whole=True, embed=False, within=within)
            if index.count_unembedded():
                say(share=0.0, told="making the vectors", kept=_KEPT)
            with suppress(BusyError):  # the other process makes these vectors too
                index.embed(tell)
            if has_names(index):
                say(share=0.0, told="recognizing names", kept=_KEPT)
                make_names(index)
    except QuothError as error:
        say(error=str(error))
        sys.exit(error.exit_code)
    told = ", ".join(f"{count} {what}" for what, count in report.counts().items())
    say(done=told or "nothing was found")


if __name__ == "__main__":
    main()

"""Long work in a separate process, which does not block questions and can be cancelled."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from markupsafe import Markup

_KNOWN_FROM = 0.02
_MINUTES = 100


@dataclass(frozen=True, slots=True)
class Progressed:
    """The progress of a job. `left` is in seconds, None while it is not known.

    `state` is "none", "running", "done", "failed" or "cancelled"; `told` says how far it is or
    how it ended.
    """

    state: str
    share: float = 0.0
    told: str = ""
    seconds: float = 0.0
    left: float | None = None

    def as_html(self, label: str) -> str:
        """A bar while it runs, then how it ended."""
        if self.state == "none":
            return ""
        if self.state != "running":
            word = {"done": "Done", "failed": "Failed", "cancelled": "Cancelled"}[self.state]
            return Markup('<div class="quoth" role="status"><p><b>{}.</b> {}</p></div>').format(
                word, self.told
            )
        left = "starting" if self.left is None else _left(self.left)
        return Markup(
            '<div class="quoth"><p>{} — {}</p><progress max="100" value="{}" aria-label="{}">'
            "</progress><p>{} %, {:.0f} s, {}</p></div>"
        ).format(label, self.told, f"{100 * self.share:.0f}", label, f"{100 * self.share:.0f}",
                 self.seconds, left)  # fmt: skip


def _left(seconds: float) -> str:
    """How long something still takes: a share of it that is done cannot tell the last second."""
    if seconds < 1:
        return "finishing"
    return (
        f"about {seconds:.0f} s left"
        if seconds < _MINUTES
        else f"about {seconds / 60:.0f} min left"
    )


class Job:
    """A module of this project that runs in another process.

    It prints a JSON object a line: `{"share": 0.4, "told": "…"}` as it goes, and at the end
    `{"done": "…"}` or `{"error": "…"}`. A `"kept"` beside the share says what stays if it is
    cancelled now; without one nothing is changed.
    """

    def __init__(self, module: str, arguments: Sequence[str], stated: str = "") -> None:
        """Start the module with these arguments, and with `stated` on its standard input."""
        self._started = time.monotonic()
        self._last = Progressed("running", told="starting")
        self._cancelled = False
        self._process = subprocess.Popen(  # noqa: S603 -- this project's own module
            [sys.executable, "-P", "-m", module, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that its own processes can be ended with it
        )
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.write(stated)
                self._process.stdin.close()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def progress(self) -> Progressed:
        """How it stands now."""
        return self._last

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self._last.state == "running"

    def cancel(self) -> None:
        """End it at once."""
        self._cancelled = True
        # Its child processes hold its pipes too: kill the whole group, or reading would not end.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._reader.join()

    def wait(self) -> Progressed:
        """How it ended, once it has."""
        self._reader.join()
        return self._last

    def _read(self) -> None:
        last: dict[str, object] = {}
        for line in self._process.stdout or ():
            try:
                last = json.loads(line)
            except ValueError:
                continue
            if "share" in last:
                self._last = self._running(float(str(last["share"])), str(last["told"]))
        said = (self._process.stderr.read() if self._process.stderr else "").strip()
        self._process.wait()
        seconds = time.monotonic() - self._started
        if "done" in last:
            self._last = Progressed("done", 1.0, str(last["done"]), seconds)
        elif self._cancelled:
            kept = str(last.get("kept") or "Nothing was changed.")
            self._last = Progressed("cancelled", told=kept, seconds=seconds)
        else:
            ended = said.splitlines()[-1] if said else "the process ended early"
            self._last = Progressed("failed", told=str(last.get("error", ended)), seconds=seconds)

    def _running(self, share: float, told: str) -> Progressed:
        seconds = time.monotonic() - self._started
        left = seconds * (1 - share) / share if share > _KNOWN_FROM else None
        return Progressed("running", share, told, seconds, left)


def say(**told: object) -> None:
    """Print one object, as a job's process does."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()

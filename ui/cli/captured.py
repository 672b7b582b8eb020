"""Printing for another process's terminal, into strings."""

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ui.cli import console
from ui.cli.console import SafeConsole

_LOCK = threading.Lock()
"""The consoles belong to the whole process, so that one thread at a time prints."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed on standard output and on standard error."""

    out: io.StringIO = field(default_factory=io.StringIO)
    err: io.StringIO = field(default_factory=io.StringIO)


@contextmanager
def captured(
    environment: Mapping[str, str],
    columns: int | None,
    *,
    out_is_terminal: bool,
    err_is_terminal: bool,
) -> Iterator[Printed]:
    """Capture what the consoles print, as they would print it in that terminal.

    Args:
        environment: the variables that decide about colours.
        columns: the terminal's width; None is no terminal.
        out_is_terminal: whether standard output is a terminal.
        err_is_terminal: whether standard error is one.
    """
    printed = Printed()
    with _LOCK:
        before = console.out, console.err
        console.out, console.err = (
            SafeConsole(
                file=file,
                force_terminal=is_terminal,
                width=columns,
                highlight=False,
                soft_wrap=not is_terminal,
                _environ=environment,
            )
            for file, is_terminal in (
                (printed.out, out_is_terminal),
                (printed.err, err_is_terminal),
            )
        )
        try:
            yield printed
        finally:
            console.out, console.err = before

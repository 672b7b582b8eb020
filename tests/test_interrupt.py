"""What an interrupt leaves behind."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import environment


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_an_interrupt_ends_an_add_in_a_line_and_its_readers_with_it(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for number in range(6):
        deep = "".join(f"<div>layer {layer} " for layer in range(100_000))
        (tmp_path / "docs" / f"{number}.html").write_text(f"<html><body>{deep}</html>")
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli.command", "add", "docs", "--seconds", "600"],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        # What runs the tests may ignore interrupts, and its children would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    readers: list[int] = []
    while not any(_children(reader) for reader in readers):
        readers = _children(process.pid)
    beneath = [child for reader in readers for child in _children(reader)]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert said.splitlines() == ["stopped; what was committed stays, add again to go on"]
    looks = 100_000  # the system may take a moment to end what it was told to
    while looks and any(_is_reading(one) for one in (*readers, *beneath)):
        looks -= 1
    assert looks


def _children(process: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(one) for one in task.read_text().split()]
        except OSError:
            continue
    return found


def _is_reading(process: int) -> bool:
    """Whether it still runs; one that has ended but was not waited for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

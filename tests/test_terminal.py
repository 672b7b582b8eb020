"""Nothing that a document or its name holds can control the terminal it is printed on."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Command, environment
from hypothesis import given
from hypothesis import strategies as st

from index.text.visible import json_text, lines, one_line

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
STYLE = re.compile("\x1b\\[[0-9;]*m")
PARAGRAPH = (
    "The harbour of Zorbanville was closed on 3 May 2021 because the dredger Marigold sank. "
    "The keeper of the lamp \x1b[8mhidden\x1b[0m \x9b31m \u202eis\u202c Otto Fennimore.\n"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of documents whose names, titles, authors and texts hold control characters."""
    folder = tmp_path_factory.mktemp("terminal")
    docs = folder / "docs"
    docs.mkdir()
    body = PARAGRAPH * 3
    for name, text in {
        "esc\x1b[31mred\x1b]0;pwned\x07.txt": f"\x1b]0;T\x07Evil\nBy Joe \x1b[5mBlink\n\n{body}",
        "rtl\u202egpj.txt": f"The \u202etitle\u202c\n\n{body.replace('Zorbanville', 'Rutland')}",
        "nl\nname\r\nX-Evil: 1.txt": f"Newline\n\n{body.replace('Zorbanville', 'Newline Bay')}",
        "table.csv": f'text,title\n"{body.strip()} {body.strip()}","T\x1b[2J\x07"\n',
        "page.html": "<html><head><title>T &#27;[31m &#155;m</title>"
        "<meta name=author content='A &#27;[2J &#x202e;x'></head><body><article><h1>T &#27;</h1>"
        "<p>The bishop of Escburg is Tomas Wren, and he has been so since the harbour closed, "
        "as everyone who lives there knows very well.&#27;]0;x&#7;</p></article></body></html>",
    }.items():
        (docs / name).write_text(text, encoding="utf-8")
    with open(os.fsencode(docs) + b"/odd\xff\xfe.txt", "wb") as file:  # noqa: PTH123 -- bytes
        file.write(body.replace("Zorbanville", "Oddville").encode())
    (docs / "nothing\x1b[31m.txt").write_bytes(b"")
    return folder


def run(home: Path, *arguments: str | bytes) -> tuple[str, int]:
    """What a command prints, both streams, and its exit code."""
    done = Command(*arguments, cwd=home, merged=True).finished()
    return done.stdout, done.returncode


COMMANDS = (
    ("add", "docs"),
    ("add", "docs", "no\x1b[31msuch"),
    ("ask", "Who is the keeper of the lamp?"),
    ("ask", "Who is the keeper of the lamp?", "--no-reader"),
    ("ask", "who is the bishop of Escburg?", "--json"),
    ("find", "lamp"),
    ("find", "lamp", "--json"),
    ("list",),
    ("list", "--json"),
    ("list", "--copies"),
    ("status",),
    ("status", "--json"),
    ("verify",),
    ("remove", "no\x1b[31msuch"),
    ("find", "x", "--index", "no\x1b[31msuch"),
    ("ask", "x", "--from", "\x1b[31m"),
    ("eval", "run", "no\x1b[31msuch"),
    ("no\x1b[31mcommand",),
)


def test_no_command_prints_control_characters(home: Path) -> None:
    for command in COMMANDS:
        said, _ = run(home, *command)
        assert said, command
        assert not UNSAFE.search(said), (command, UNSAFE.findall(said), said)
        if "--json" in command:
            json.loads(said)


def test_a_name_stays_on_its_line(home: Path) -> None:
    run(home, "add", "docs")
    said, _ = run(home, "find", "Newline Bay", "-k", "1")
    assert r"nl\x0aname\x0d\x0aX-Evil: 1.txt" in said


def test_a_terminal_gets_only_the_styles_of_the_command(home: Path) -> None:
    run(home, "add", "docs")
    command = f"{sys.executable} -m ui.cli.command find lamp"
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        cwd=home,
        env=environment(),
        capture_output=True,
        check=True,
    )
    said = STYLE.sub("", done.stdout.decode().replace("\r\n", "\n"))
    assert "[8mhidden" in said
    assert not UNSAFE.search(said), UNSAFE.findall(said)


@pytest.mark.parametrize(
    "command", ["ask --batch asked.txt --out asked.csv", "check asked.txt", "add docs"]
)
def test_progress_is_shown_on_a_terminal_and_leaves_the_outcome(home: Path, command: str) -> None:
    run(home, "add", "docs")
    (home / "asked.txt").write_text("The lamp of the harbour is lit at night.\n")
    done = subprocess.run(
        ["script", "-qec", f"{sys.executable} -m ui.cli.command {command}", "/dev/null"],
        cwd=home,
        env=environment(),
        capture_output=True,
        check=False,
    )
    said = STYLE.sub("", done.stdout.decode())
    assert "Traceback" not in said
    assert any(word in said for word in ("1 asked", "supported", "unchanged", "added")), said


def test_a_pattern_of_odd_bytes_matches_names_of_odd_bytes(home: Path) -> None:
    run(home, "add", "docs")
    said, code = run(home, "find", "Oddville", "--doc", b"*odd\xff*")
    assert code == 0
    assert r"odd\udcff\udcfe.txt" in said


@given(st.text())
def test_what_is_printed_is_safe_and_json_is_the_same_value(text: str) -> None:
    assert not UNSAFE.search(one_line(text))
    assert "\n" not in one_line(text)
    assert not UNSAFE.search(lines(text))
    assert json.loads(json_text({"a": text})) == {"a": text}
    assert not UNSAFE.search(json_text([text]))

"""The documents say what is so: their commands and code run, and their tables are complete."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from commands import command_server, environment
from conftest import ROOT

from ui.cli import reference

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"^```(?P<kind>console|python)\n(?P<body>.*?)^```$(?:\n\n```text\n(?P<out>.*?)^```$)?",
    re.M | re.S,
)
RUN = [page for page in PAGES if BLOCK.search(page.read_text())]


def test_every_file_that_the_documents_name_is_there() -> None:
    for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        for name in re.findall(
            r"`((?:index|qa|eval|ui|tests|benchmarks|docs)/[\w/]+\.\w+)`", page.read_text()
        ):
            assert (ROOT / name).exists(), f"{page.name} names {name}"
        for link in re.findall(r"\]\(((?!https?:)[^)#]+)\)", page.read_text()):
            assert (page.parent / Path(link)).exists(), f"{page.name} links to {link}"


_POINTS = 5


def test_the_reference_is_made_from_the_code() -> None:
    folder = ROOT / "docs" / "reference"
    assert (folder / "commands.md").read_text() == reference.commands()
    assert (folder / "python.md").read_text() == reference.python()
    written = ROOT / "docs" / "explanation" / "architecture.md"
    assert written.read_text() == reference.architecture()


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Path]:
    """A folder with the two seed articles, in which a reader of the documents would be."""
    (tmp_path / "seeds").mkdir()
    for seed in (ROOT / "seeds").glob("*.txt"):
        (tmp_path / "seeds" / seed.name).write_bytes(seed.read_bytes())
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


@pytest.mark.parametrize("page", RUN, ids=[page.stem for page in RUN])
def test_what_a_page_shows_is_what_happens(page: Path, workplace: Path, forked: Path) -> None:
    """Each command prints what stands below it ("…" is anything); each program its text block."""
    names: dict[str, object] = {}
    for block in BLOCK.finditer(page.read_text()):
        if block["kind"] == "python":
            printed = io.StringIO()
            with redirect_stdout(printed):
                exec(compile(block["body"], page.name, "exec"), names)  # noqa: S102 -- our own pages
            if block["out"]:
                assert printed.getvalue().rstrip() == block["out"].rstrip(), block["body"]
            continue
        for command, expected in commands_in(block["body"]):
            shown = run(command, workplace, forked)
            assert matches(shown, expected), f"{command}\n{shown}"


def commands_in(body: str) -> list[tuple[str, str]]:
    """The commands of a block, each with the lines below it."""
    parts = re.split(r"^\$ ", body, flags=re.M)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `quoth` for shells that does not start anew each time."""
    folder = tmp_path_factory.mktemp("bin")
    shim = (ROOT / "tests" / "quoth_shim.py").read_text("utf-8")
    (folder / "quoth").write_text(f"#!{sys.executable} -SEI\n{shim}", "utf-8")
    (folder / "quoth").chmod(0o755)
    return folder


def run(command: str, folder: Path, forked: Path) -> str:
    places = [str(forked), str(Path(sys.executable).parent), os.environ["PATH"]]
    path = os.pathsep.join(places)
    environment_ = environment(PATH=path, QUOTH_TEST_SERVER=command_server())
    done = subprocess.run(  # noqa: S602 -- the documents' own commands
        command,
        shell=True,
        cwd=folder,
        env=environment_,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def matches(shown: str, expected: str) -> bool:
    """Whether an output is as a page has it; "…" stands for anything.

    A confidence may differ by a few points: processors round the reader's products differently.
    """
    pattern = "".join(
        ".*?"
        if part == "…"
        else r"confidence (\d+)%"
        if part.startswith("confidence ")
        else re.escape(part)
        for part in re.split(r"(…|confidence \d+%)", expected.strip("\n"))
    )
    found = re.fullmatch(pattern, shown.strip("\n"), re.S)
    stated = re.findall(r"confidence (\d+)%", expected)
    return found is not None and all(
        abs(int(one) - int(other)) <= _POINTS
        for one, other in zip(found.groups(), stated, strict=True)
    )


def test_a_confidence_may_differ_by_points_and_nothing_else_may() -> None:
    assert matches("Moscow\n  confidence 83%, likely", "Moscow\n  confidence 82%, likely")
    assert not matches("Moscow\n  confidence 60%, likely", "Moscow\n  confidence 82%, likely")
    assert not matches("Ankara\n  confidence 82%, likely", "Moscow\n  confidence 82%, likely")
    assert matches("a\nb 12\nc", "a\n…\nc")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_nothing_large_is_committed_but_the_reader() -> None:
    """Runs of benchmarks hold texts of the sets, which must stay outside, and are large."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    large = {str(one.relative_to(ROOT)) for one in files if one.stat().st_size > 1_000_000}
    assert large == {"qa/data/reader/reader.bin"}

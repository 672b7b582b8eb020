"""The documents say what is so."""

import re
from pathlib import Path

from conftest import ROOT


def test_the_architecture_page_lists_every_module_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    listed = set(re.findall(r"^\| `([\w/]+\.py)` \|", page, re.M))
    there = {
        str(path.relative_to(ROOT))
        for package in ("index", "qa", "eval", "ui")
        for path in (ROOT / package).rglob("*.py")
    }
    assert listed == there


def test_every_file_that_the_documents_name_is_there() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for name in re.findall(
            r"`((?:index|qa|eval|ui|tests|benchmarks)/[\w/]+\.\w+)`", page.read_text()
        ):
            assert (ROOT / name).exists(), f"{page.name} names {name}"
        for link in re.findall(r"\]\(((?!https?:)[^)#]+)\)", page.read_text()):
            assert (page.parent / Path(link)).exists(), f"{page.name} links to {link}"

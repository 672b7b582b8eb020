"""How much longer it takes to add web pages and PDF files than to add their text alone.

`python benchmarks/parsing.py`. 480 web pages, the 60 real ones of ../shared/data/html_articles each
eight times with another sentence at the end of its paragraphs, and 100 PDF files made of their text
are added to a new index, and the text of the same documents to another, twice in turn; each figure
is of a whole process, `quoth add`, with the vectors.
"""

import json
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from index import Document
from index.parsing.loader import documents_in

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from marked_files import raw_pdf  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "html_articles"
QUOTH = Path(sys.executable).with_name("quoth")
ROUNDS, COPIES, PDFS = 2, 8, 100
_LINE, _LINES = 90, 55
_END = re.compile(rb"</p>", re.IGNORECASE)
_ESCAPED = str.maketrans({"(": "", ")": "", "\\": ""})


def pdf(path: Path, text: str) -> None:
    """Write a PDF file with a text layer: pages of 55 lines of at most 90 characters."""
    plain = text.encode("latin-1", "replace").decode("latin-1").translate(_ESCAPED)
    lines = [row[at : at + _LINE] for row in plain.splitlines() for at in range(0, len(row), _LINE)]
    pages = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)] or [[]]
    drawn = ["\n".join(f"({line}) Tj T*" for line in page) for page in pages]
    raw_pdf(path, [f"BT /F 8 Tf 40 750 Td 13 TL\n{one}\nET" for one in drawn])


def seconds(folder: Path, index: Path) -> tuple[float, str]:
    """The time that adding a folder takes, and what the command says."""
    began = time.perf_counter()
    done = subprocess.run(
        [QUOTH, "add", folder, "--index", index], capture_output=True, text=True, check=True
    )
    return time.perf_counter() - began, done.stdout.splitlines()[0]


def main() -> None:
    """Print the times."""
    if not DATA.exists():
        raise SystemExit(f"skipped: {DATA} is not on this machine")
    with tempfile.TemporaryDirectory() as held:
        home = Path(held)
        files, plain = home / "files", home / "plain"
        files.mkdir()
        plain.mkdir()
        with lzma.open(DATA / "pages.tar.xz") as packed, tarfile.open(fileobj=packed) as pages:
            pages.extractall(home / "pages", filter="data")
        with lzma.open(DATA / "ground-truth.json.xz") as packed:
            named = json.loads(packed.read())
        found = {path.name.split(".")[0]: path for path in (home / "pages").rglob("*.html*")}
        for copy in range(COPIES):
            for number, name in enumerate(sorted(found)):
                last = f"This is copy {copy} of the page, made to be measured."
                page = _END.sub(b" %s</p>" % last.encode(), found[name].read_bytes())
                (files / f"{name}-{copy}.html").write_bytes(page)
                if copy * len(found) + number < PDFS:
                    pdf(files / f"{name}-{copy}.pdf", f"{named[name]['articleBody']}\n{last}")
        for one in documents_in([str(files)]):
            if isinstance(one, Document):
                (plain / f"{Path(one.name).name}.txt").write_text(one.text, "utf-8")
        took: dict[str, list[float]] = {"files": [], "plain": []}
        for round_ in range(ROUNDS):
            for folder in (files, plain):
                time_, said = seconds(folder, home / f"{folder.name}-{round_}")
                took[folder.name].append(time_)
                print(f"{folder.name:6} {time_:6.1f} s  {said}")
        files_, plain_ = (min(took[name]) for name in ("files", "plain"))
        print(f"pages and PDF files beside their text alone: {files_ / plain_:.2f} times")


if __name__ == "__main__":
    main()

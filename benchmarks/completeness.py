"""Text that parsers lose: python benchmarks/completeness.py [PATH…]; without PATH ../shared/data.

Prints, for each kind of file, the number of files, the share of the words of a second, simple
extraction that their documents lack, and the files that lack over a tenth, with what was left out.
"""

import sys
import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path

from index import Document
from index.parsing.completeness import THRESHOLD, Completeness, completeness
from index.parsing.loader import documents_in

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
_WORDS = 20


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place:
        roots = [Path(one) for one in sys.argv[1:]] or unpacked(Path(place))
        found: dict[str, list[Completeness]] = defaultdict(list)
        for root in roots:
            for path in sorted(one for one in root.rglob("*") if one.is_file()):
                read = [d for d in documents_in([str(path)]) if isinstance(d, Document)]
                if read:
                    found[path.suffix.lower()].append(completeness(path, read))
        for suffix, rows in sorted(found.items()):
            words = sum(one.words for one in rows)
            share = sum(one.missing for one in rows) / max(1, words)
            bad = [one for one in rows if one.share > THRESHOLD and one.words > _WORDS]
            print(f"{suffix:8} {len(rows):5} files {words:9,} words  {share:.3%} missing", end="")
            print(f"  {len(bad)} above {THRESHOLD:.0%}")
            for one in bad:
                told = ", ".join(left.message for left in one.left_out) or "nothing said"
                named = f"{Path(one.file).name}: {one.share:.0%}, {' '.join(one.examples)}"
                print(f"    {named}; {told}")


def unpacked(place: Path) -> list[Path]:
    """The real files among the shared data, packed ones unpacked into `place`."""
    packed_sets = {"pages": "html_articles/pages.tar.xz", "bad": "bad_input/documents.tar.xz"}
    for name, archive in packed_sets.items():
        if (DATA / archive).exists():
            with tarfile.open(DATA / archive) as packed:
                packed.extractall(place / name, filter="data")
    return [place, DATA / "office", DATA / "bad_input"]


if __name__ == "__main__":
    main()

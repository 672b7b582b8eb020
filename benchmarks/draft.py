"""How well `quoth check` flags a changed fact: 60 sentences as they are and with one fact changed.

The sentences (draft_sentences.tsv) are written from the archive that
../shared/data/journalist/make_archive.py makes, in other words than its own. The first 40 were
looked at while the check was made; the other 20 were written after it.

    python benchmarks/draft.py INDEX [--show]
"""

import csv
import sys
import tempfile
from pathlib import Path

from quoth import CheckedSentence, Index, check_draft

SENTENCES = Path(__file__).with_name("draft_sentences.tsv")


def checked(index: Index, sentences: list[str]) -> list[CheckedSentence]:
    """Check each sentence as a separate draft."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "draft.txt"
        for sentence in sentences:
            draft.write_text(f"{sentence}\n")
            found += check_draft(index, draft)
    return found


def main() -> None:
    """Print recall of the changed facts and how many unchanged sentences are flagged."""
    with SENTENCES.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with Index.open(sys.argv[1]) as index:
        for part in ("first", "second"):
            chosen = [row for row in rows if row["part"] == part]
            before = checked(index, [row["unchanged"] for row in chosen])
            after = checked(index, [row["changed"] for row in chosen])
            wrong = [one for one in before if one.finding.value != "supported"]
            caught = [one for one in after if one.finding.value != "supported"]
            differs = [one for one in caught if one.differences]
            print(
                f"{part} part: {len(caught)} of {len(after)} changed sentences flagged "
                f"({len(differs)} with the fact named), {len(wrong)} of {len(before)} unchanged"
            )
            if "--show" in sys.argv:
                missed = [one for one in after if one not in caught or not one.differences]
                for one in (*wrong, *missed):
                    named = [(fact.draft, fact.archive) for fact in one.differences]
                    quote = " ".join(one.evidence.quote.split()) if one.evidence else ""
                    print(f"  {one.finding.value}: {one.text}\n    {named} {quote}")


if __name__ == "__main__":
    main()

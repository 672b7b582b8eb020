"""Reports of an add: its progress, and the result for each file."""

import json
from collections import Counter
from dataclasses import dataclass, field

from index.documents import LeftOut
from index.parsing.skip_reasons import Skipped


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage of an add is: the share done (0 to 1) and what has been counted.

    `stage` is "adding" while files are read, and "embedding" while passages that were added
    without vectors get them.
    """

    done: float
    files: int
    passages: int
    embedded: int
    stage: str = "adding"


@dataclass(slots=True)
class AddReport:
    """What one add did, document by document.

    Attributes:
        added: the names of new documents.
        replaced: the names of documents whose files have changed.
        renamed: the old and the new name of each document whose file was renamed.
        unchanged: the names of documents whose files have not changed.
        removed: the names of documents that their files no longer hold, or that `sync` removed.
        skipped: the files, and parts of files, that were not indexed, with the reason.
        left_out: what is not in a document's text, by document: struck out, hidden, not read.
        missing: the documents at and under the paths whose files are gone; they stay in the index.
        files: how many files were looked at.
        passages: how many passages were made.
        cut_to_fit: how many of them were cut shorter to fit the encoder's window.
        seconds: how long it took.

    Example:
        >>> index = Index.create("report-index", load_encoder())
        >>> report = index.add("seeds")
        >>> len(report.added), report.files, report.skipped
        (2, 2, [])
    """

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    left_out: list[tuple[str, LeftOut]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    files: int = 0
    passages: int = 0
    cut_to_fit: int = 0
    seconds: float = 0.0

    @property
    def indexed_any(self) -> bool:
        """Whether any file named is now in the index."""
        return bool(self.added or self.replaced or self.renamed or self.unchanged)

    def counts(self) -> dict[str, int]:
        """How many documents were added, replaced and so on; zero counts are left out."""
        kinds = ("added", "replaced", "renamed", "unchanged", "removed", "skipped")
        return {kind: len(getattr(self, kind)) for kind in kinds if getattr(self, kind)}

    def skipped_json(self) -> list[dict[str, str]]:
        """What was skipped: path, the reason's code, the detail, and a line with what to do."""
        return [
            {
                "path": one.path,
                "reason": one.reason.value,
                "detail": one.detail,
                "message": one.message,
            }
            for one in self.skipped
        ]

    def as_json(self) -> str:
        """The report for keeping with the index."""
        kinds = ("added", "replaced", "renamed", "unchanged", "removed")
        return json.dumps(
            {
                "files": self.files,
                **{kind: len(getattr(self, kind)) for kind in kinds},
                "skipped": self.skipped_json(),
                "left_out": len({name for name, _ in self.left_out}),
                "passages": self.passages,
                "cut_to_fit": self.cut_to_fit,
            }
        )

    def whole_json(self) -> dict[str, object]:
        """The report with every document named, as `quoth add --report` writes it."""
        return {
            "files": self.files,
            "added": self.added,
            "replaced": self.replaced,
            "renamed": [{"from": old, "to": new} for old, new in self.renamed],
            "unchanged": self.unchanged,
            "removed": self.removed,
            "skipped": self.skipped_json(),
            "left_out": [
                {"document": name, "what": one.what, "reason": one.kind.value, "count": one.count}
                for name, one in self.left_out
            ],
            "missing": self.missing,
            "reasons": dict(Counter(one.reason.value for one in self.skipped)),
            "passages": self.passages,
            "cut_to_fit": self.cut_to_fit,
            "seconds": round(self.seconds, 3),
        }

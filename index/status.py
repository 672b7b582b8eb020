"""What an index holds and how it was made."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.parsing.paths import is_gone
from index.search.vector_segment import MEASURED, read_measured
from index.storage.derived_files import VECTORS, check_sound
from index.storage.store import Store
from index.text.chunking import ChunkSettings


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and how it was made.

    Attributes:
        folder: the index's folder.
        documents: how many documents there are.
        passages: how many passages there are.
        unembedded: how many passages have no vector yet, and are found by their words alone.
        undated: how many documents state no date.
        gone: how many documents are of files that are gone.
        cut_to_fit: how many passages were cut shorter to fit the encoder's window.
        generation: how many commits there have been.
        model: the encoder's name.
        fingerprint: SHA-256 of its weights.
        precision: what the vectors were calculated in: "fp32", "bf16" or both, if documents were
            added on processors that differ. The two agree to a cosine of .9999.
        recall: the share of the nearest 100 passages that a search by meaning finds, measured when
            the index's codes were made; 1 for an index small enough to be searched exactly.
        settings: how documents are cut.
        bytes_on_disk: the size of all files of the index.
        last_add: what the last add did.

    Example:
        >>> status = Index.open(".quoth").status()
        >>> status.documents, status.undated
        (2, 1)
    """

    folder: Path
    documents: int
    passages: int
    unembedded: int
    undated: int
    gone: int
    cut_to_fit: int
    generation: int
    model: str
    fingerprint: str
    precision: str
    recall: float
    settings: ChunkSettings
    bytes_on_disk: int
    last_add: dict[str, object]

    @classmethod
    def of(cls, store: Store) -> Self:
        """The status of the index in this database."""
        fact = store.fact
        listed = store.documents()
        measured = [one for one in store.derived(VECTORS) if one.file == MEASURED]
        check_sound(store.folder, measured)
        recalls = [read_measured(one.path(store.folder).parent).recall for one in measured]
        files = [file for file in store.folder.rglob("*") if file.is_file()]
        return cls(
            folder=store.folder,
            documents=len(listed),
            passages=store.count_passages(),
            unembedded=store.count_unembedded(),
            gone=sum(is_gone(one.file) for one in listed),
            undated=sum(one.published is None for one in listed),
            cut_to_fit=int(fact("cut_to_fit", "0")),
            generation=store.generation,
            model=fact("model"),
            fingerprint=fact("fingerprint"),
            precision=fact("precision"),
            recall=min(recalls, default=1.0),
            settings=settings_of(store),
            bytes_on_disk=sum(file.stat().st_size for file in files),
            last_add=json.loads(fact("last_add", "{}")),
        )


def settings_of(store: Store) -> ChunkSettings:
    """How the index cuts documents into passages."""
    fact = store.fact
    return ChunkSettings(
        int(fact("size")), int(fact("overlap")), fact("tokens"), fact("title") == "1"
    )

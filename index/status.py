"""What an index holds and how it was made."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from index.parsing.paths import is_gone
from index.storage.tables import Tables
from index.text.chunking import ChunkSettings

if TYPE_CHECKING:
    from index.engines.base import Engine


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and how it was made.

    Attributes:
        place: the index's folder, or its address on a server.
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

    place: str
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
    def of(cls, engine: "Engine[Any]", store: Tables) -> Self:
        """The status of an index: of its engine, and of the tables that are read."""
        fact = store.fact
        listed = store.documents()
        return cls(
            place=engine.place,
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
            recall=engine.recall(store),
            settings=settings_of(store),
            bytes_on_disk=engine.bytes_kept(),
            last_add=json.loads(fact("last_add", "{}")),
        )


def settings_of(store: Tables) -> ChunkSettings:
    """How the index cuts documents into passages."""
    fact = store.fact
    return ChunkSettings(
        int(fact("size")), int(fact("overlap")), fact("tokens"), fact("title") == "1"
    )

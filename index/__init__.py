"""Documents, passages, and the index on disk that finds them. Knows nothing of questions."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from index.documents import Certainty, Document, Found, LeftOut, Omission, Part, Region, Span
    from index.duplicates.clusters import Stories, Versions
    from index.embedding.base import Encoder, Vectors
    from index.embedding.load import load_encoder
    from index.embedding.model_files import DEFAULT_MODEL
    from index.errors import DamagedIndexError, FaultError, QuothError
    from index.filters import (
        AllOf,
        AnyOf,
        InFolder,
        NameMatches,
        Not,
        OneOf,
        PublishedFrom,
        PublishedTo,
        Undated,
        Where,
        WrittenBy,
    )
    from index.index import Index
    from index.ingest.report import AddReport, Progress
    from index.parsing.limits import Limits
    from index.parsing.skip_reasons import Reason, Skipped
    from index.search.readable_index import Hit
    from index.status import Status
    from index.storage.schema import Listed
    from index.text.chunking import ChunkSettings, Passage

__all__ = [
    "DEFAULT_MODEL",
    "AddReport",
    "AllOf",
    "AnyOf",
    "Certainty",
    "ChunkSettings",
    "DamagedIndexError",
    "Document",
    "Encoder",
    "FaultError",
    "Found",
    "Hit",
    "InFolder",
    "Index",
    "LeftOut",
    "Limits",
    "Listed",
    "NameMatches",
    "Not",
    "Omission",
    "OneOf",
    "Part",
    "Passage",
    "Progress",
    "PublishedFrom",
    "PublishedTo",
    "QuothError",
    "Reason",
    "Region",
    "Skipped",
    "Span",
    "Status",
    "Stories",
    "Undated",
    "Vectors",
    "Versions",
    "Where",
    "WrittenBy",
    "load_encoder",
]

# A name is imported when it is first asked for: a command that needs little starts fast.
__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "documents": [
            "Certainty",
            "Document",
            "Found",
            "LeftOut",
            "Omission",
            "Part",
            "Region",
            "Span",
        ],
        "duplicates.clusters": ["Stories", "Versions"],
        "embedding.base": ["Encoder", "Vectors"],
        "embedding.load": ["load_encoder"],
        "embedding.model_files": ["DEFAULT_MODEL"],
        "errors": ["DamagedIndexError", "FaultError", "QuothError"],
        "filters": [
            "AllOf",
            "AnyOf",
            "InFolder",
            "NameMatches",
            "OneOf",
            "Not",
            "PublishedFrom",
            "PublishedTo",
            "Undated",
            "Where",
            "WrittenBy",
        ],
        "index": ["Index"],
        "search.readable_index": ["Hit"],
        "ingest.report": ["AddReport", "Progress"],
        "parsing.limits": ["Limits"],
        "parsing.skip_reasons": ["Reason", "Skipped"],
        "status": ["Status"],
        "storage.schema": ["Listed"],
        "text.chunking": ["ChunkSettings", "Passage"],
    },
)

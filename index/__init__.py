"""Documents, passages, and the index on disk that finds them. Knows nothing of questions."""

from index.add import AddReport, Progress
from index.chunk import ChunkSettings, Passage
from index.documents import Document, Found, Part, Region, Span
from index.encode import Encoder, Vectors, load_encoder
from index.errors import DamagedIndexError, FaultError, QuothError
from index.filters import (
    AllOf,
    AnyOf,
    InFolder,
    NameMatches,
    Not,
    PublishedFrom,
    PublishedTo,
    Where,
)
from index.index import Hit, Index, Status
from index.models import DEFAULT_MODEL
from index.rows import Listed
from index.skipped import Reason, Skipped

__all__ = [
    "DEFAULT_MODEL",
    "AddReport",
    "AllOf",
    "AnyOf",
    "ChunkSettings",
    "DamagedIndexError",
    "Document",
    "Encoder",
    "FaultError",
    "Found",
    "Hit",
    "InFolder",
    "Index",
    "Listed",
    "NameMatches",
    "Not",
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
    "Vectors",
    "Where",
    "load_encoder",
]

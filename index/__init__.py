"""Documents, passages, and the index on disk that finds them. Knows nothing of questions."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.add import AddReport, Progress
    from index.chunk import ChunkSettings, Passage
    from index.documents import Certainty, Document, Found, Part, Region, Span
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
    from index.index import Hit, Index
    from index.limits import Limits
    from index.models import DEFAULT_MODEL
    from index.rows import Listed
    from index.skipped import Reason, Skipped
    from index.status import Status
    from index.stories import Stories, Versions

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
    "Limits",
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
    "Stories",
    "Vectors",
    "Versions",
    "Where",
    "load_encoder",
]

_WHERE = {
    "index.add": "AddReport Progress",
    "index.chunk": "ChunkSettings Passage",
    "index.documents": "Certainty Document Found Part Region Span",
    "index.encode": "Encoder Vectors load_encoder",
    "index.errors": "DamagedIndexError FaultError QuothError",
    "index.filters": "AllOf AnyOf InFolder NameMatches Not PublishedFrom PublishedTo Where",
    "index.index": "Hit Index",
    "index.models": "DEFAULT_MODEL",
    "index.rows": "Listed",
    "index.limits": "Limits",
    "index.skipped": "Reason Skipped",
    "index.status": "Status",
    "index.stories": "Stories Versions",
}
_MODULES = {name: module for module, names in _WHERE.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is: a command that needs little starts fast."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_MODULES[name]), name)
    globals()[name] = found
    return found

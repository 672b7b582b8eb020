"""Quoth for Python programs: every public name, imported when it is first used.

`from quoth import Index, Assistant` is all that a program needs. The names live in the packages
`index` (documents, passages, the index on disk) and `qa` (questions and answers); measuring is in
`quoth.evaluation`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index import (
        AddReport,
        AllOf,
        AnyOf,
        Certainty,
        ChunkSettings,
        DamagedIndexError,
        Document,
        FaultError,
        Found,
        Index,
        InFolder,
        LeftOut,
        Limits,
        NameMatches,
        Not,
        Omission,
        Part,
        PublishedFrom,
        PublishedTo,
        QuothError,
        Reason,
        Skipped,
        Span,
        Status,
        load_encoder,
    )
    from qa import (
        Answer,
        Assistant,
        Batch,
        BatchRow,
        CheckedSentence,
        Citation,
        CitedPassage,
        Claimed,
        Difference,
        Event,
        Exhibit,
        Finding,
        Fusion,
        Mentions,
        NamedIn,
        News,
        Notebook,
        NotebookEntry,
        Question,
        Quotation,
        Settings,
        Timeline,
        WorkedOut,
        ask_all,
        check,
        check_draft,
        cite,
        mentions,
        news,
        pack,
        read_exported,
        read_questions,
        timeline,
        verify_pack,
    )

__all__ = [
    "AddReport",
    "AllOf",
    "Answer",
    "AnyOf",
    "Assistant",
    "Batch",
    "BatchRow",
    "Certainty",
    "CheckedSentence",
    "ChunkSettings",
    "Citation",
    "CitedPassage",
    "Claimed",
    "DamagedIndexError",
    "Difference",
    "Document",
    "Event",
    "Exhibit",
    "FaultError",
    "Finding",
    "Found",
    "Fusion",
    "InFolder",
    "Index",
    "LeftOut",
    "Limits",
    "Mentions",
    "NameMatches",
    "NamedIn",
    "News",
    "Not",
    "Notebook",
    "NotebookEntry",
    "Omission",
    "Part",
    "PublishedFrom",
    "PublishedTo",
    "Question",
    "Quotation",
    "QuothError",
    "Reason",
    "Settings",
    "Skipped",
    "Span",
    "Status",
    "Timeline",
    "WorkedOut",
    "ask_all",
    "check",
    "check_draft",
    "cite",
    "load_encoder",
    "mentions",
    "news",
    "pack",
    "read_exported",
    "read_questions",
    "timeline",
    "verify_pack",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'quoth' has no attribute {name!r}")
    package = import_module("qa")
    return getattr(package if name in package.__all__ else import_module("index"), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__

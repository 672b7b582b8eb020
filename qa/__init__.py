"""From a question to an answer in the documents' own words. Knows nothing of data sets."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.answer import Answer, CitedPassage, Quotation
    from qa.assistant import Assistant, Considered
    from qa.citation import Citation, Claimed, check, cite, read_exported
    from qa.retrieval import Fusion, Retrieved, Searchable, retrieve
    from qa.settings import Settings

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "CitedPassage",
    "Claimed",
    "Considered",
    "Fusion",
    "Quotation",
    "Retrieved",
    "Searchable",
    "Settings",
    "check",
    "cite",
    "read_exported",
    "retrieve",
]

_WHERE = {
    "qa.answer": "Answer CitedPassage Quotation",
    "qa.assistant": "Assistant Considered",
    "qa.citation": "Citation Claimed check cite read_exported",
    "qa.retrieval": "Fusion Retrieved Searchable retrieve",
    "qa.settings": "Settings",
}
_MODULES = {name: module for module, names in _WHERE.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is: a command that needs little starts fast."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_MODULES[name]), name)
    globals()[name] = found
    return found

"""From a question to an answer in the documents' own words. Knows nothing of data sets."""

from qa.assistant import Answer, Assistant, CitedPassage, Quotation
from qa.citation import Citation, Claimed, check, cite, read_exported
from qa.retrieve import Fusion, Retrieved, Searchable, retrieve

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "CitedPassage",
    "Claimed",
    "Fusion",
    "Quotation",
    "Retrieved",
    "Searchable",
    "check",
    "cite",
    "read_exported",
    "retrieve",
]

"""From a question to an answer in the documents' own words. Knows nothing of data sets."""

from qa.answer import Answer, CitedPassage, Quotation
from qa.assistant import Assistant, Considered
from qa.citation import Citation, Claimed, check, cite, read_exported
from qa.retrieve import Fusion, Retrieved, Searchable, retrieve
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

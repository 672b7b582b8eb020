"""From a question to an answer in the documents' own words. Knows nothing of data sets."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from qa.answer import Answer, CitedPassage, Quotation, WorkedOut
    from qa.archive.batch import Batch, BatchRow, ask_all
    from qa.archive.draft import CheckedSentence, Difference, Finding, check_draft
    from qa.archive.evidence import Exhibit, pack
    from qa.archive.evidence_check import verify_pack
    from qa.archive.facets import Facet, facets
    from qa.archive.follow_ups import follow_ups
    from qa.archive.mentions import Mentions, NamedIn, mentions
    from qa.archive.mentions_by_meaning import mentions_by_meaning
    from qa.archive.names.count import Name
    from qa.archive.names.make import has_names, make_names
    from qa.archive.names.names import NameDetails, Names, name_details, names, names_of
    from qa.archive.names.recognizer import Recognizer, load_recognizer
    from qa.archive.news import News, news
    from qa.archive.notebook import Notebook, NotebookEntry
    from qa.archive.overview import Overview, overview
    from qa.archive.questions import read_questions
    from qa.archive.summary import Summary, SummarySentence, summary
    from qa.archive.timeline import Event, Timeline, timeline
    from qa.archive.who_says import Claim, Figure, WhoSays, who_says
    from qa.assistant import Assistant, Considered
    from qa.citation import Citation, Claimed, check, cite, read_exported
    from qa.language.question import Question
    from qa.retrieval.fusion import Fusion, Retrieved, retrieve
    from qa.retrieval.searchable import Searchable
    from qa.settings import Settings
    from qa.writing.orders import gives_orders
    from qa.writing.quotations import NumberedQuotation, quotations_of
    from qa.writing.writer import Writer, configured_writer
    from qa.writing.written import Written, WrittenSentence, write, written

__all__ = [
    "Answer",
    "Assistant",
    "Batch",
    "BatchRow",
    "CheckedSentence",
    "Citation",
    "CitedPassage",
    "Claim",
    "Claimed",
    "Considered",
    "Difference",
    "Event",
    "Exhibit",
    "Facet",
    "Figure",
    "Finding",
    "Fusion",
    "Mentions",
    "Name",
    "NameDetails",
    "NamedIn",
    "Names",
    "News",
    "Notebook",
    "NotebookEntry",
    "NumberedQuotation",
    "Overview",
    "Question",
    "Quotation",
    "Recognizer",
    "Retrieved",
    "Searchable",
    "Settings",
    "Summary",
    "SummarySentence",
    "Timeline",
    "WhoSays",
    "WorkedOut",
    "Writer",
    "Written",
    "WrittenSentence",
    "ask_all",
    "check",
    "check_draft",
    "cite",
    "configured_writer",
    "facets",
    "follow_ups",
    "gives_orders",
    "has_names",
    "load_recognizer",
    "make_names",
    "mentions",
    "mentions_by_meaning",
    "name_details",
    "names",
    "names_of",
    "news",
    "overview",
    "pack",
    "quotations_of",
    "read_exported",
    "read_questions",
    "retrieve",
    "summary",
    "timeline",
    "verify_pack",
    "who_says",
    "write",
    "written",
]

# A name is imported when it is first asked for: a command that needs little starts fast.
__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "answer": ["Answer", "CitedPassage", "Quotation", "WorkedOut"],
        "archive.batch": ["BatchRow", "Batch", "ask_all"],
        "archive.draft": ["CheckedSentence", "Difference", "Finding", "check_draft"],
        "archive.evidence": ["Exhibit", "pack"],
        "archive.evidence_check": ["verify_pack"],
        "archive.facets": ["Facet", "facets"],
        "archive.follow_ups": ["follow_ups"],
        "archive.mentions": ["Mentions", "NamedIn", "mentions"],
        "archive.mentions_by_meaning": ["mentions_by_meaning"],
        "archive.names.count": ["Name"],
        "archive.names.make": ["has_names", "make_names"],
        "archive.names.names": ["NameDetails", "Names", "name_details", "names", "names_of"],
        "archive.names.recognizer": ["Recognizer", "load_recognizer"],
        "archive.news": ["News", "news"],
        "archive.notebook": ["NotebookEntry", "Notebook"],
        "archive.overview": ["Overview", "overview"],
        "archive.questions": ["read_questions"],
        "archive.summary": ["Summary", "SummarySentence", "summary"],
        "archive.timeline": ["Event", "Timeline", "timeline"],
        "archive.who_says": ["Claim", "Figure", "WhoSays", "who_says"],
        "assistant": ["Assistant", "Considered"],
        "citation": ["Citation", "Claimed", "check", "cite", "read_exported"],
        "language.question": ["Question"],
        "retrieval.fusion": ["Fusion", "Retrieved", "retrieve"],
        "retrieval.searchable": ["Searchable"],
        "settings": ["Settings"],
        "writing.orders": ["gives_orders"],
        "writing.quotations": ["NumberedQuotation", "quotations_of"],
        "writing.writer": ["Writer", "configured_writer"],
        "writing.written": ["Written", "WrittenSentence", "write", "written"],
    },
)

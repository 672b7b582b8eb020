"""Question -> cited passages, without an answer."""

from index import Document, QuothError, Span, Vectors
from qa.answer import CitedPassage
from qa.citation import cite
from qa.language.question import Question
from qa.language.sentence_span import sentence_of
from qa.retrieval.collapse_duplicates import once
from qa.retrieval.fusion import Fusion, Retrieved, retrieve
from qa.retrieval.searchable import Searchable


def find(
    index: Searchable, question: str, k: int = 5, fusion: Fusion | None = None
) -> tuple[CitedPassage, ...]:
    """Find the passages that bear most on a question, without answering it.

    Args:
        index: what to search, with its filter: `index.restricted_to(where)`.
        question: the question.
        k: how many passages to give.
        fusion: how words and meaning are fused.

    Returns:
        The passages, best first, cited.

    Raises:
        QuothError: for a question that cannot be asked, or k below 1.
    """
    check_count(k)
    asked = Question.parse(question)
    found = retrieved(index, asked, index.encoder.encode([asked.asked]), fusion)
    shown = found[:k]
    index.read_ahead(one.passage.document for one in shown)
    return tuple(cited(index, rank, one, None, None) for rank, one in enumerate(shown, 1))


def retrieved(
    index: Searchable, question: Question, vector: Vectors, fusion: Fusion | None
) -> list[Retrieved]:
    """The passages found for a question, without those that only repeat a copy."""
    return once(index, retrieve(index, question.asked, vector, fusion))


def cited(
    index: Searchable,
    rank: int,
    one: Retrieved,
    marked: Span | None,
    answering: float | None,
) -> CitedPassage:
    """A passage as it is shown, `marked` where it answers; `answering` is how likely it does."""
    document: Document = index.document(one.passage.document)
    if marked is not None:
        marked = _within(sentence_of(document, marked), one.passage.span)
    stories, key = index.stories(), one.passage.document
    versions = stories.versions(key)
    own = {version.document for version in (*versions.later, *versions.earlier)}
    copies = [*document.copies, *stories.names(stories.copies(key))]
    return CitedPassage(
        rank=rank,
        score=one.score,
        citation=cite(document, one.passage.span),
        highlights=(marked,) if marked else (),
        part=one.passage.part,
        copies=tuple(name for name in copies if name not in own),
        versions=versions,
        cosine=one.cosine,
        text_rank=one.text_rank,
        vector_rank=one.vector_rank,
        answering=answering,
        file_gone=index.file_is_gone(key),
    )


def _within(span: Span, passage: Span) -> Span | None:
    start, end = max(span.start, passage.start), min(span.end, passage.end)
    return Span(start, end) if start < end else None


def check_count(k: int) -> None:
    """Raise QuothError unless so many passages can be shown."""
    if k < 1:
        raise QuothError(f"{k} passages cannot be shown; ask for 1 or more")

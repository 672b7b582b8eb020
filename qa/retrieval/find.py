"""Question -> cited passages, without an answer."""

from index import Document, QuothError, Span, Vectors, Where
from index.filters import uses_date, without_dates
from qa.answer import CitedPassage
from qa.citation import cite
from qa.retrieval.collapse_duplicates import once
from qa.retrieval.fusion import Fusion, Retrieved, Searchable, retrieve
from qa.sentence_span import sentence_of

MAX_QUESTION = 2_000


def find(
    index: Searchable,
    question: str,
    k: int = 5,
    where: Where | None = None,
    fusion: Fusion | None = None,
) -> tuple[CitedPassage, ...]:
    """The `k` passages that bear most on `question`, best first.

    Raises QuothError for a question that is empty or over 2,000 characters, or k below 1.
    """
    check_count(k)
    asked = checked(question)
    found = retrieved(index, asked, index.encoder.encode([asked]), where, fusion)
    return tuple(
        cited(index, rank, one, where, None, None) for rank, one in enumerate(found[:k], 1)
    )


def undated(index: Searchable, where: Where | None) -> int:
    """How many documents a date filter leaves out because they state no date."""
    if where is None or not uses_date(where):
        return 0
    return sum(one.published is None for one in index.documents(without_dates(where)))


def retrieved(
    index: Searchable, asked: str, vector: Vectors, where: Where | None, fusion: Fusion | None
) -> list[Retrieved]:
    """What is found for a question, what copies say again left out."""
    return once(index, retrieve(index, asked, vector, where, fusion), where)


def cited(
    index: Searchable,
    rank: int,
    one: Retrieved,
    where: Where | None,
    marked: Span | None,
    answering: float | None,
) -> CitedPassage:
    """A passage as it is shown, `marked` where it answers; `answering` is how likely it does."""
    document: Document = index.document(one.passage.document, where)
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
    )


def _within(span: Span, passage: Span) -> Span | None:
    start, end = max(span.start, passage.start), min(span.end, passage.end)
    return Span(start, end) if start < end else None


def check_count(k: int) -> None:
    """Raise QuothError unless so many passages can be shown."""
    if k < 1:
        raise QuothError(f"{k} passages cannot be shown; ask for 1 or more")


def checked(question: str) -> str:
    """The question as it is asked. Raises QuothError if it is empty or too long."""
    asked = question.encode("utf-8", "replace").decode().strip()
    if not asked:
        message = "the question is empty; ask something"
        raise QuothError(message)
    if len(asked) > MAX_QUESTION:
        message = (
            f"the question has {len(asked):,} characters and at most {MAX_QUESTION:,} are read; "
            "shorten it"
        )
        raise QuothError(message)
    return asked

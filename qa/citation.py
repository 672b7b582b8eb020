"""Citations: where a quotation stands, and whether it still does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index import Certainty, Document, QuothError, Span
from index.documents import content_hash


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation and its place: `text[start:end] == quote` in the document with this hash.

    Attributes:
        document: the document's name.
        title: its title.
        author: its author, or None.
        published: its published date as 2022-09-13, or None.
        start: where the quotation begins, in characters of the document's text.
        end: where it ends.
        page: "page 3", "slide 2", "sheet Budget" or such; None for a format without.
        paragraph: the paragraph it begins in; the first is 1.
        quote: the quotation.
        content_hash: SHA-256 of the document's text as UTF-8.
        published_how: where the date was found.
        published_certainty: how far the date is trusted: stated, likely or weak.

    Example:
        >>> document = Document("note.txt", "The mill closed.", Found("note", "file name"))
        >>> cite(document, Span(4, 8)).place()
        'note — note.txt, paragraph 1, characters 4–8'
    """

    document: str
    title: str
    author: str | None
    published: str | None
    start: int
    end: int
    page: str | None
    paragraph: int
    quote: str
    content_hash: str
    published_how: str | None = None
    published_certainty: str | None = None

    @property
    def dated(self) -> str | None:
        """The published date, marked where only a file's name or properties have it."""
        if self.published and self.published_certainty == Certainty.WEAK:
            return f"{self.published} (uncertain: {self.published_how})"
        return self.published

    def reference(self) -> str:
        """The citation as a bibliography has it, without the document's path.

        Example:
            >>> document = Document("a/note.txt", "The mill closed.", Found("Mills", "heading"))
            >>> cite(document, Span(4, 8)).reference()
            '“Mills”, paragraph 1'
        """
        where = f"{self.page}, " if self.page else ""
        parts = (self.author, f"“{self.title}”", self.dated, f"{where}paragraph {self.paragraph}")
        return ", ".join(part for part in parts if part)

    def place(self) -> str:
        """The citation in one line, without the quotation."""
        where = f"{self.page}, " if self.page else ""
        told = ", ".join(
            part
            for part in (
                self.author,
                self.dated,
                f"{self.document}, {where}paragraph {self.paragraph}",
                f"characters {self.start}–{self.end}",
            )
            if part
        )
        return f"{self.title} — {told}"


def cite(document: Document, span: Span) -> Citation:
    """Cite a span of a document.

    Args:
        document: the document.
        span: the characters to quote.

    Returns:
        The citation.

    Example:
        >>> document = Document("note.txt", "The mill closed.", Found("note", "file name"))
        >>> cite(document, Span(4, 8)).quote
        'mill'
    """
    return Citation(
        document=document.name,
        title=document.title.value,
        author=document.author.value if document.author else None,
        published=document.published.value if document.published else None,
        start=span.start,
        end=span.end,
        page=document.page(span.start),
        paragraph=document.paragraph(span.start),
        quote=span.of(document.text),
        content_hash=document.content_hash,
        published_how=document.published.how if document.published else None,
        published_certainty=document.published.certainty.value if document.published else None,
    )


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an exported file says stands in a document.

    Attributes:
        document: the document's name.
        start: where the quotation begins.
        end: where it ends.
        text: the quotation.
        content_hash: the hash of the document's text when it was exported; None if it is not given.

    Example:
        >>> Claimed("note.txt", 4, 8, "mill", None).text
        'mill'
    """

    document: str
    start: int
    end: int
    text: str
    content_hash: str | None


def read_exported(path: Path) -> list[Claimed]:
    """Read the citations in a file that `quoth ask --json` or a batch wrote.

    Args:
        path: the file.

    Returns:
        Every quotation in it: of the answer and its sentence, of other answers, and the passages.

    Raises:
        QuothError: if the file is missing or is not of that form.

    Example:
        >>> answer = Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?")
        >>> Path("answer.json").write_text(json.dumps(answer.as_json())) > 0
        True
        >>> read_exported(Path("answer.json"))[0].text
        'Moscow'
    """
    content = exported_json(path)
    claims = list(_claims(content))
    if not claims:
        message = f"{path} holds no citation; give a file that `quoth ask --json` wrote"
        raise QuothError(message)
    return claims


def exported_json(path: Path) -> list[dict[str, object]]:
    """The answers in a file that `quoth ask --json` or a batch wrote, as plain values.

    Args:
        path: the file: an answer, a list of answers, or one a line (.jsonl).

    Returns:
        The answers, in order.

    Raises:
        QuothError: if the file is missing or is not of that form.
    """
    try:
        text = path.read_text(encoding="utf-8")
        by_line = path.suffix.lower() == ".jsonl"
        content = [json.loads(one) for one in text.splitlines()] if by_line else json.loads(text)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); check the path"
        raise QuothError(message) from error
    except ValueError as error:
        message = f"{path} is not JSON ({error}); give a file that `quoth ask --json` wrote"
        raise QuothError(message) from error
    answers = content if isinstance(content, list) else [content]
    return [one for one in answers if isinstance(one, dict)]


def _claims(content: object) -> Iterator[Claimed]:
    if isinstance(content, list):
        for part in content:
            yield from _claims(part)
    elif isinstance(content, dict):
        match content:
            case {"document": str(name), "start": int(start), "end": int(end), "text": str(text)}:
                stated = content.get("content_hash")
                of_text = stated if isinstance(stated, str) else None
                yield Claimed(name, start, end, text, of_text)
                for field in ("sentence", "speaker"):
                    match content.get(field):
                        case {"start": int(start), "end": int(end), "text": str(text)}:
                            yield Claimed(name, start, end, text, of_text)
            case _:
                for field in ("answer", "others", "agreeing", "members", "possible", "passages"):
                    yield from _claims(content.get(field))


def check(claim: Claimed, document: Document | None) -> str | None:
    """Check an exported citation against a document.

    Args:
        claim: the citation.
        document: the document of that name, or None if there is none.

    Returns:
        What is wrong, in a line; None if the words stand where it says.

    Example:
        >>> document = Document("note.txt", "The mill closed.", Found("note", "file name"))
        >>> check(Claimed("note.txt", 4, 8, "mill", None), document) is None
        True
        >>> check(Claimed("note.txt", 4, 8, "wall", None), document)
        "note.txt [4:8]: the document does not say 'wall' there"
    """
    place = f"{claim.document} [{claim.start}:{claim.end}]"
    if document is None:
        return f"{place}: no such document in this index"
    if claim.content_hash is not None and claim.content_hash != content_hash(document.text):
        return f"{place}: the document has changed since it was cited"
    if not 0 <= claim.start < claim.end <= len(document.text):
        return f"{place}: the document has only {len(document.text)} characters"
    if document.text[claim.start : claim.end] != claim.text:
        return f"{place}: the document does not say {claim.text[:60]!r} there"
    return None

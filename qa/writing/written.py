"""A written answer: what a writer gives, cut into sentences, each of them checked."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sentencex import segment

from index import Span
from qa.answer import Answer
from qa.assistant import Assistant
from qa.reader.base import Text
from qa.writing.prompt import messages
from qa.writing.quotations import NumberedQuotation, quotations_of
from qa.writing.support import Support, support
from qa.writing.writer import Writer

MOST_SENTENCES = 12
_MARKER = re.compile(
    r"\s*(?:\[|\(|【)\s*(?:quotations?\s*)?(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*(?:\]|\)|】)", re.I
)
_MARKED_AFTER = re.compile(r"([.!?][”\"’']?)((?:\s*\[[\d,;\s]+\])+)")
_DRESS = re.compile(r"<\|[^|<>]*\|>|^\s*(?:[-*•#>]+\s+|\d+[.)]\s+)|\*\*|__|`", re.M)
_LABEL = re.compile(r"^(?:answer|a|response|summary)\s*:\s*", re.I)
_REFERS = re.compile(
    r"[“\"‘']?\s*(?:he|she|it|they|his|her|its|their|this|that|these|those)\b", re.I
)
_CLOSE = 3
"""How many characters may lie between two sentences that follow one another."""
_LOOSE_QUOTE = re.compile(r"\s+[“\"‘]$|(?<=^[“\"‘])\s+")
"""A quotation mark that belongs to the sentence behind, and the space behind one."""
_LEAST_WORDS = 4
_BESIDE = 0.02
"""The least probability, by the reader, that a quotation answers the question."""
_SILENT = re.compile(r"\bquotations? (?:do|does) not (?:answer|say|state|mention)", re.I)


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that a writer gave, and the quotation that says so.

    Attributes:
        text: the sentence, without the numbers of quotations.
        rests_on: the number of the quotation that supports it; None if none does, or if it is not
            relevant to the question.
        evidence: the supporting words, as a span of the document's text; None in the same cases.
        why_not: why it is not supported; empty if it is.
        answering: the probability, by the reader, that these words answer the question, 0 to 1;
            None without a reader, and if no quotation says so.

    Example:
        >>> WrittenSentence("Moscow brokered it.", 1, Span(0, 40)).supported
        True
    """

    text: str
    rests_on: int | None
    evidence: Span | None
    why_not: str = ""
    answering: float | None = None

    @property
    def supported(self) -> bool:
        """Whether a quotation says so."""
        return self.rests_on is not None

    def as_json(self) -> dict[str, object]:
        """The sentence as plain values."""
        return {
            "text": self.text,
            "supported": self.supported,
            "quotation": self.rests_on,
            "evidence": [self.evidence.start, self.evidence.end] if self.evidence else None,
            "why_not": self.why_not,
            "answering": None if self.answering is None else round(self.answering, 4),
        }


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that a writer gave to a question.

    Attributes:
        writer: the model, and where it runs.
        quotations: what was sent.
        held_back: how many quotations were not sent, because they give orders.
        sentences: what came back, in order, each checked.

    Example:
        >>> Written("a model at http://127.0.0.1:8080/v1", (), 0, ()).enough
        False
    """

    writer: str
    quotations: tuple[NumberedQuotation, ...]
    held_back: int
    sentences: tuple[WrittenSentence, ...]

    @property
    def enough(self) -> bool:
        """Whether a quotation says at least a third of what was written."""
        supported = sum(one.supported for one in self.sentences)
        return supported > 0 and 3 * supported >= len(self.sentences)

    def as_json(self) -> dict[str, object]:
        """The written answer as plain values, in the form `quoth ask --write --json` prints."""
        return {
            "writer": self.writer,
            "enough": self.enough,
            "sentences": [one.as_json() for one in self.sentences],
            "held_back": self.held_back,
            "quotations": [
                {
                    "number": one.number,
                    "document": one.citation.document,
                    "title": one.citation.title,
                    "published": one.citation.published,
                    "speaker": one.speaker,
                    "start": one.citation.start,
                    "end": one.citation.end,
                    "text": one.citation.quote,
                    "content_hash": one.citation.content_hash,
                }
                for one in self.quotations
            ],
        }


def write(assistant: Assistant, answer: Answer, writer: Writer) -> Iterator[WrittenSentence]:
    """Let a writer answer a question from the quotations of its answer; check each sentence.

    Args:
        assistant: whose answer it is.
        answer: what was found.
        writer: the user's model.

    Returns:
        The sentences as they come, each checked against the quotations that were sent. None where
        there is nothing to send, or the writer says that the quotations do not answer.

    Raises:
        QuothError: if the writer cannot be reached, refuses, or takes too long.

    Example:
        >>> answer = Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?")
        >>> nobody = Writer("http://127.0.0.1:9/v1", "none")
        >>> list(write(Assistant.open(".quoth"), answer, nobody))
        Traceback (most recent call last):
        ...
        index.errors.FaultError: the writer none at http://127.0.0.1:9/v1 cannot be reached ...
    """
    quotations, _ = quotations_of(answer)
    if not quotations:
        return
    given: set[str] = set()
    before: WrittenSentence | None = None
    for sentence in _sentences(writer.write(messages(answer.question, quotations))):
        plain = without_marks(sentence)
        if not plain:
            continue
        if plain in given or len(given) == MOST_SENTENCES:
            return  # small models repeat themselves
        given.add(plain)
        if not _SILENT.search(plain) and not plain.endswith("?"):
            before = checked(sentence, answer.question, quotations, assistant, before)
            yield before


def growing(assistant: Assistant, answer: Answer, writer: Writer) -> Iterator[Written]:
    """Yield the written answer so far after each sentence; see `write`.

    The last one is complete. If the writer gives no sentence, one empty answer is yielded.
    """
    quotations, held_back = quotations_of(answer)
    sentences: tuple[WrittenSentence, ...] = ()
    for sentence in write(assistant, answer, writer):
        sentences += (sentence,)
        yield Written(str(writer), quotations, len(held_back), sentences)
    if not sentences:
        yield Written(str(writer), quotations, len(held_back), ())


def written(assistant: Assistant, answer: Answer, writer: Writer) -> Written:
    """The whole written answer to a question; see `write`.

    Args:
        assistant: whose answer it is.
        answer: what was found.
        writer: the user's model.

    Returns:
        What came back, each sentence checked, with the quotations that were sent.

    Raises:
        QuothError: if the writer cannot be reached, refuses, or takes too long.

    Example:
        >>> answer = Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?")
        >>> writer = configured_writer()  # None: no writer is set
        >>> writer and written(Assistant.open(".quoth"), answer, writer).enough
    """
    *_, whole = growing(assistant, answer, writer)
    return whole


def checked(
    sentence: str,
    question: str,
    quotations: Sequence[NumberedQuotation],
    assistant: Assistant,
    before: WrittenSentence | None = None,
) -> WrittenSentence:
    """Check a sentence against the quotations that it names, then against the others.

    Args:
        sentence: as a writer gave it, with numbers of quotations or without.
        question: what it is to answer.
        quotations: what was sent.
        assistant: whose reader is used.
        before: the sentence before it; what "he" or "it" at its beginning refers to.

    Returns:
        The sentence, with the quotation that supports it or the reason why none does.
    """
    text = without_marks(sentence)
    if len(text.split()) < _LEAST_WORDS:
        return WrittenSentence(text, None, None, "it is not a whole sentence")
    marks = "".join(match[1] for match in _MARKER.finditer(sentence))
    named = set(map(int, re.findall(r"\d+", marks)))
    first = [one for one in quotations if one.number in named]
    after = [one for one in quotations if one.number not in named]
    why_not = ""
    for part in filter(None, (first, after)):
        found, lacks = support(text, part)
        why_not = why_not or lacks
        if found:
            if _REFERS.match(text) and not _goes_on(before, found):
                return WrittenSentence(text, None, None, "it is not clear whom it is about")
            likely = _answering(assistant, question, quotations[found.number - 1], found.span)
            if likely is not None and likely < _BESIDE:
                return WrittenSentence(
                    text, None, None, "it is not relevant to the question", likely
                )
            return WrittenSentence(text, found.number, found.span, answering=likely)
    return WrittenSentence(text, None, None, why_not)


def _goes_on(before: WrittenSentence | None, found: Support) -> bool:
    """Whether the support of a sentence directly follows the support of the one before it."""
    if before is None or before.evidence is None or before.rests_on != found.number:
        return False
    return before.evidence.start <= found.span.start <= before.evidence.end + _CLOSE


def without_marks(sentence: str) -> str:
    """A written sentence without the numbers of quotations, and without what stands before it."""
    text = _LABEL.sub("", " ".join(_MARKER.sub("", sentence).split()))
    return _LOOSE_QUOTE.sub("", re.sub(r"\s+([.,;:!?])", r"\1", text)).strip()


def _answering(
    assistant: Assistant, question: str, quotation: NumberedQuotation, span: Span
) -> float | None:
    """How likely the sentences of a quotation answer the question, as the reader has it."""
    if assistant.reader is None:
        return None
    cited = quotation.citation
    told = cited.quote[span.start - cited.start : span.end - cited.start]
    (reading,) = assistant.reader.read(question, [Text(cited.title, told)])
    return reading.chance


def _sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Split a text that comes in pieces. A number after a stop belongs to the sentence before."""
    held = ""
    for piece in pieces:
        held += piece
        *whole, held = held.split("\n")
        for line in whole:
            yield from _of_line(line)
        *done, last = _of_line(held) or [""]
        if len(done) > 1:  # the last but one may still get its number
            yield from done[:-1]
            held = f"{done[-1]} {last}"
    yield from _of_line(held)


def _of_line(line: str) -> list[str]:
    plain = _MARKED_AFTER.sub(lambda match: f"{match[2]}{match[1]}", _DRESS.sub("", line))
    return [one.strip() for one in segment("en", plain) if re.search(r"\w", one)]

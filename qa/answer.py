"""An answer: the quotation, and the passages that bear on the question."""

from dataclasses import asdict, dataclass
from typing import Self

from index import Document, Part, Span, Versions
from index.text.dates import dates_in
from qa.citation import Citation, cite
from qa.language.speaker import speaker_in

SURE = ((0.75, "likely"), (0.5, "fairly likely"), (0.0, "not sure"))
"""Words for a confidence, each with the least confidence that it stands for."""


def sure_word(confidence: float) -> str:
    """A confidence, 0 to 1, in words.

    Example:
        >>> sure_word(0.9)
        'likely'
    """
    return next(word for least, word in SURE if confidence >= least)


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A relative date in a quotation ("Wednesday"), resolved from the date of its article.

    Attributes:
        words: how the quotation states it.
        first: the first day that is meant, as 2022-09-14.
        last: the last, the same for a single day.

    Example:
        >>> str(WorkedOut("Wednesday", "2022-09-14", "2022-09-14"))
        '“Wednesday” is 2022-09-14, worked out from the date of the article'
    """

    words: str
    first: str
    last: str

    def __str__(self) -> str:
        """The date in one line, for a person."""
        days = self.first if self.first == self.last else f"{self.first} to {self.last}"
        return f"“{self.words}” is {days}, worked out from the date of the article"


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words that answer a question.

    Attributes:
        text: the words.
        confidence: how likely they are right, 0 to 1.
        citation: where they stand.
        sentence: the whole sentence that holds them; without a reader it is the answer itself.
        worked_out: the relative dates of the sentence, resolved from the article's date.
        speaker: who says so according to the sentence, as a span of the document's text; None if
            it names nobody.

    Example:
        >>> answer = Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?")
        >>> answer.answer.text, answer.answer.citation.paragraph
        ('Moscow', 2)
    """

    text: str
    confidence: float
    citation: Citation
    sentence: Citation
    worked_out: tuple[WorkedOut, ...] = ()
    speaker: Span | None = None

    @classmethod
    def of(
        cls, document: Document, span: Span, confidence: float, sentence: Span | None = None
    ) -> Self:
        """The quotation of a span of a document, and of the sentence that holds it."""
        citation = cite(document, span)
        whole = citation if sentence is None or sentence == span else cite(document, sentence)
        dates = tuple(
            WorkedOut(one.span.of(whole.quote), str(one.first), str(one.last))
            for one in dates_in(whole.quote, document.date)
            if one.worked_out
        )
        stated = Span(span.start - whole.start, span.end - whole.start)
        said_by = speaker_in(whole.quote, stated)
        speaker = said_by and Span(said_by.start + whole.start, said_by.end + whole.start)
        return cls(span.of(document.text), confidence, citation, whole, dates, speaker)

    @property
    def said_by(self) -> str:
        """The words that name the speaker; empty if the sentence names nobody.

        Example:
            >>> asked = "How many Armenian servicemen had been killed?"
            >>> Assistant.open(".quoth").ask(asked).answer.said_by
            'Armenian Prime Minister Nikol Pashinyan'
        """
        if self.speaker is None:
            return ""
        first = self.sentence.start
        return self.sentence.quote[self.speaker.start - first : self.speaker.end - first]

    def as_json(self) -> dict[str, object]:
        """The quotation as plain values."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "document": self.citation.document,
            "published": self.citation.published,
            "start": self.citation.start,
            "end": self.citation.end,
            "content_hash": self.citation.content_hash,
            "sentence": {
                "text": self.sentence.quote,
                "start": self.sentence.start,
                "end": self.sentence.end,
            },
            "worked_out": [asdict(one) for one in self.worked_out],
            "speaker": {
                "text": self.said_by,
                "start": self.speaker.start,
                "end": self.speaker.end,
            }
            if self.speaker
            else None,
        }


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage that bears on a question.

    Attributes:
        rank: its place, from 1 for the best.
        score: its relevance to the question; higher is better. With a reader it is the softmax
            of the rank scores of the passages read, and 0 for the others.
        citation: where it stands.
        highlights: spans of the document's text that bear on the question.
        part: whether it is the article's body or one of its footers.
        copies: the names of the other documents that tell the same story.
        versions: the later and earlier versions of the article.
        cosine: its likeness in meaning, -1 to 1.
        text_rank: its rank in the search by words; None if that did not find it.
        vector_rank: its rank in the search by meaning; None if that did not find it.
        answering: how likely the reader finds an answer in it, 0 to 1; None if it was not read.
        file_gone: whether the file that it was read from no longer exists.

    Example:
        >>> assistant = Assistant.open(".quoth")
        >>> passages = assistant.find("who brokered the September 13 ceasefire?", k=2)
        >>> [passage.rank for passage in passages]
        [1, 2]
    """

    rank: int
    score: float
    citation: Citation
    highlights: tuple[Span, ...]
    part: Part
    copies: tuple[str, ...]
    versions: Versions
    cosine: float
    text_rank: int | None
    vector_rank: int | None
    answering: float | None
    file_gone: bool = False

    def as_json(self) -> dict[str, object]:
        """The passage as plain values, in the form `quoth ask --json` prints."""
        stated = asdict(self.citation)
        stated["text"] = stated.pop("quote")
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            **stated,
            "highlights": [[span.start, span.end] for span in self.highlights],
            "part": self.part.value,
            "file_gone": self.file_gone,
            "copies": list(self.copies),
            "later": [asdict(one) for one in self.versions.later],
            "earlier": [asdict(one) for one in self.versions.earlier],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question.

    Attributes:
        question: the question as it was typed.
        answer: the answer; None when the documents do not answer, and the passages are the nearest.
        confidence: how likely the likeliest answer is right, 0 to 1, whether it is given or not.
        answerability: how likely the documents answer the question at all, 0 to 1; if that is too
            unlikely, no answer is given.
        passages: the passages, best first; the first holds the answer.
        undated: how many documents a date filter left out because they state no date.
        others: different answers of other documents, likeliest first.
        possible: the likeliest answer where none is given, if there is one.
        reasons: why none is given, in sentences.
        withheld: whether the documents answer and the likeliest answer, in `possible`, is less
            likely right than the precision asks for.
        verdict: "yes", "no" or "disputed" for a yes-or-no question, worked out from the sentence
            that answers and, if it is disputed, the one in `others`; else None.
        agreeing: the same answer in documents of other stories, likeliest first; only passages
            that were read count.
        members: where several things are asked, what other passages name that the answer does not,
            likeliest first; `others` is then empty.
        unembedded: how many passages of the index have no vector yet, and are found by their words
            alone.

    Example:
        >>> answer = Assistant.open(".quoth").ask("Who won the 2022 FIFA World Cup?")
        >>> answer.answer is None, len(answer.passages)
        (True, 5)
    """

    question: str
    answer: Quotation | None
    confidence: float
    answerability: float
    passages: tuple[CitedPassage, ...]
    undated: int
    others: tuple[Quotation, ...] = ()
    possible: Quotation | None = None
    reasons: tuple[str, ...] = ()
    verdict: str | None = None
    agreeing: tuple[Quotation, ...] = ()
    unembedded: int = 0
    members: tuple[Quotation, ...] = ()
    withheld: bool = False

    def refusal(self) -> str:
        """What is said where no answer is given, in a sentence before `reasons`.

        Example:
            >>> Assistant.open(".quoth").ask("Who won the 2022 FIFA World Cup?").refusal()
            'The documents do not answer this.'
        """
        withheld = "No answer is likely enough to be given."
        return withheld if self.withheld else "The documents do not answer this."

    def sources(self) -> str:
        """How many documents of different stories agree, and how many differ; empty if just one.

        Example:
            >>> Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?").sources()
            ''
        """
        agree, differ = 1 + len(self.agreeing), len(self.others)
        if self.answer is None or agree + differ == 1:
            return ""
        told = f"{agree} independent documents agree" if agree > 1 else "1 document says so"
        return f"{told}, {differ} {'differs' if differ == 1 else 'differ'}" if differ else told

    def is_later(self, other: Quotation) -> bool:
        """Whether `other` is of a document that was published on a later day than the answer's.

        Example:
            >>> answer = Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?")
            >>> answer.is_later(answer.answer)
            False
        """
        if self.answer is None:
            return False
        mine, theirs = self.answer.citation.published, other.citation.published
        return bool(mine and theirs) and str(theirs)[:10] > str(mine)[:10]

    def as_json(self) -> dict[str, object]:
        """The answer as plain values, in the form `quoth ask --json` prints."""
        return {
            "question": self.question,
            "answer": self.answer.as_json() if self.answer else None,
            "others": [other.as_json() for other in self.others],
            "agreeing": [one.as_json() for one in self.agreeing],
            "members": [one.as_json() for one in self.members],
            "possible": self.possible.as_json() if self.possible else None,
            "answerability": round(self.answerability, 4),
            "reasons": list(self.reasons),
            "withheld": self.withheld,
            "verdict": self.verdict,
            "passages": [passage.as_json() for passage in self.passages],
            "undated": self.undated,
            "unembedded": self.unembedded,
        }

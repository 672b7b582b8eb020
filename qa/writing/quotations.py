"""The numbered quotations that a written answer is made of and checked against."""

from dataclasses import dataclass

from index import Part
from qa.answer import Answer, Quotation
from qa.citation import Citation
from qa.writing.orders import gives_orders

MOST = 8


@dataclass(frozen=True, slots=True)
class NumberedQuotation:
    """A quotation that a written answer may rest on.

    Attributes:
        number: what the answer calls it, from 1.
        citation: the quotation and its place.
        speaker: who says so, as its sentence names them; empty if it is not known.

    Example:
        >>> answer = Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?")
        >>> quotations_of(answer)[0][0].number
        1
    """

    number: int
    citation: Citation
    speaker: str = ""

    def __str__(self) -> str:
        """The quotation as it is sent: number, date and title, then speaker and words."""
        cited = self.citation
        about = ", ".join(filter(None, (cited.published, cited.title)))
        said = f"{self.speaker}: " if self.speaker else ""
        return f"[{self.number}] {about}\n{said}{' '.join(cited.quote.split())}"


def quotations_of(
    answer: Answer, most: int = MOST
) -> tuple[tuple[NumberedQuotation, ...], tuple[Citation, ...]]:
    """The quotations of an answer that a written one may rest on, and those held back.

    Args:
        answer: what was found for a question.
        most: how many at most.

    Returns:
        The numbered quotations: the passages, then the sentences of the answer, of agreeing
        and of other answers that are in no passage. And those not sent because they give orders.

    Example:
        >>> answer = Assistant.open(".quoth").ask("who brokered the September 13 ceasefire?")
        >>> numbered, held_back = quotations_of(answer)
        >>> len(numbered), held_back
        (5, ())
    """
    found = (answer.answer, *answer.agreeing, *answer.members, *answer.others)
    said = [one for one in found if one is not None]
    kept = [one.citation for one in answer.passages if one.part is Part.BODY]
    kept += [one.sentence for one in said if not any(_holds(each, one) for each in kept)]
    free = [one for one in kept if not gives_orders(one.quote)]
    numbered = tuple(
        NumberedQuotation(number, one, _speaker(one, said))
        for number, one in enumerate(free[:most], 1)
    )
    return numbered, tuple(one for one in kept if one not in free)


def _holds(citation: Citation, said: Quotation) -> bool:
    return (
        citation.document == said.sentence.document
        and citation.start <= said.sentence.start
        and said.sentence.end <= citation.end
    )


def _speaker(citation: Citation, said: list[Quotation]) -> str:
    """Who says what a quotation is, where it is the sentence of an answer and nothing beside."""
    return next((one.said_by for one in said if one.sentence == citation), "")

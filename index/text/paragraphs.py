"""The lines and paragraphs of a plain text, as spans."""

import re
from dataclasses import dataclass
from itertools import pairwise

from index.documents import Span

_BLOCK = re.compile(r"\S[^\n]*(?:\n(?![^\S\n]*\n)[^\n]*)*")
_LINE = re.compile(r"[^\n]*\S")
_CLOSED = re.compile(r"[.!?…:;][\"'”’»)\]*_]*$")
_SENTENCE_INSIDE = re.compile(
    r"[a-z0-9)”\"’]"
    r"(?<!\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun))"
    r"(?<!\b(?:Sept|Tues|Thur))(?<!\bThurs)(?<!\.[a-z])"  # "10:34 a.m. ET" is one line
    r"[.!?][”\"’)]*\s+[“\"‘(\[]?[A-Z0-9]"
)
_FIELD = re.compile(r"[\w@.-]+(?: [\w.-]+){0,2}:\s")
_CUT = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
_PROSE_WORDS = 25
_WRAPPED_CHARS = 200  # no one wraps lines as long as this: each is a paragraph


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines with no blank line in it."""

    span: Span
    text: str

    @property
    def words(self) -> list[str]:
        """Its words, cut at white space."""
        return self.text.split()

    @property
    def is_closed(self) -> bool:
        """Whether it ends as a sentence, a list's introduction or a clause ends."""
        return bool(_CLOSED.search(self.text))

    @property
    def is_prose(self) -> bool:
        """Whether it is running text and not a title, a byline or a date."""
        return len(self.words) > _PROSE_WORDS or bool(_SENTENCE_INSIDE.search(self.text))


def blocks(text: str, within: Span | None = None) -> list[Block]:
    """The blocks of `text` in order; blank lines part them.

    >>> [block.text for block in blocks("A title" + chr(10) * 2 + "One line.")]
    ['A title', 'One line.']
    """
    within = within or Span(0, len(text))
    found = []
    for match in _BLOCK.finditer(text, within.start, within.end):
        body = match.group().rstrip()
        found.append(Block(Span(match.start(), match.start() + len(body)), body))
    return found


def units(text: str, within: Span) -> list[Span]:
    """The spans of `within` that are split into sentences, in order.

    A paragraph is a unit, with three exceptions that are common in saved pages and agency texts.
    A sentence broken across a blank line is one unit: running text that ends without a stop,
    or any that goes on in lower case. A line that had room for the next line's first word was
    ended on purpose, as in a list or an address, and ends a unit. A Markdown heading is a unit.
    """
    joined: list[Span] = []
    previous: Block | None = None
    for block in blocks(text, within):
        if (
            previous is not None
            and not previous.is_closed
            and not _marked(block.text)
            and not _marked(previous.text)
            and _goes_on(previous, block)
        ):
            joined[-1] = Span(joined[-1].start, block.span.end)
        else:
            joined.append(block.span)
        previous = block
    return [unit for span in joined for unit in _lines_ended_on_purpose(text, span)]


def _goes_on(previous: Block, block: Block) -> bool:
    """Whether a block goes on with the sentence of the one before; "id: 3" is a field itself."""
    if _FIELD.match(block.text):
        return False
    continues = block.text[0].islower() and len(block.words) > 1
    return previous.is_prose or (continues and "\n" not in previous.text)


def _marked(text: str) -> bool:
    """Whether a block is a Markdown heading, list item, table or rule."""
    return bool(re.match(r"(?:#{1,6}\s|[-*+•]\s|\d+[.)]\s|\||>|```|-{3,}|={3,})", text))


def _lines_ended_on_purpose(text: str, span: Span) -> list[Span]:
    lines = [
        Span(match.start() + len(match.group()) - len(match.group().lstrip()), match.end())
        for match in _LINE.finditer(text, span.start, span.end)
    ]
    if len(lines) == 1:
        return [span]
    width = max(line.end - line.start for line in lines)
    found = [lines[0]]
    for line, following in pairwise(lines):
        blank_between = text.count("\n", line.end, following.start) > 1
        first_word = following.of(text).split(maxsplit=1)[0]
        had_room = (line.end - line.start) + 1 + len(first_word) <= width
        closed = bool(_CLOSED.search(line.of(text)))
        is_cut = bool(_CUT.search(line.of(text)))
        if is_cut:
            found[-1] = Span(found[-1].start, following.end)
        elif (not blank_between and (_marked(following.of(text)) or (had_room and not closed))) or (
            not blank_between and had_room and closed and width > _WRAPPED_CHARS
        ):
            found.append(following)
        else:
            found[-1] = Span(found[-1].start, following.end)
    return found

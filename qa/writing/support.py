"""Whether a quotation says what a written sentence says."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index import Document, Found, Span
from index.text.matching import matching_text
from qa.language.sentence_span import body_sentences
from qa.writing.quotations import NumberedQuotation

_WORD = re.compile(r"[$€£¥]|\d+(?:[.,:/-]\d+)*|%|\w+(?:[’']\w+)*|[.!?,;:—–()“”\"…]+|\s-+\s")
_FREE = frozenset("a an the also however thus therefore meanwhile moreover additionally".split())
"""Words that a written sentence may add or leave out."""
_LEFT_OPEN = frozenset(
    "if unless whether until pending provided may might could would should not no never denied"
    " denies allegedly reportedly supposedly perhaps possibly likely apparently expected planned"
    " proposed false falsely rumoured rumored once would-be".split()
)
"""Words that, next to the copied text, negate it or make it uncertain."""
_TELLING = frozenset(
    "said says say saying told tells claim claims claimed claiming according argued argues insisted"
    " insists alleges alleged accused accuses believes believed thinks thought suggested suggests"
    " asserted added wrote writes tweeted testified warned warns announced reported".split()
)
"""Words that attribute a statement to somebody."""
_MAY_FOLLOW = frozenset("after during when since because following amid while but and".split())
"""The copied text may end before these words, at a mark, or at the end of its sentence."""
_QUOTE = re.compile(r"[“”\"]")
_NEARLY = 0.75
_LONGEST_INSERT = 15
_BEFORE = 12


@dataclass(frozen=True, slots=True)
class Support:
    """The words of a quotation that say what a written sentence says.

    Attributes:
        number: the quotation.
        span: where its words stand, in characters of the document's text.
    """

    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a mark of a text: in lower case, where it stands, and in which sentence."""

    text: str
    start: int
    end: int
    sentence: int = 0

    @property
    def is_stop(self) -> bool:
        """Whether it is a full stop or such, which may also belong to an abbreviation."""
        return re.fullmatch(r"[.!?…]+", self.text) is not None

    @property
    def is_mark(self) -> bool:
        """Whether it is a comma, a dash or such, between which words may be left out."""
        return not self.is_stop and not re.search(r"[\w$€£¥%]", self.text)


def support(sentence: str, quotations: Sequence[NumberedQuotation]) -> tuple[Support | None, str]:
    """The quotation that says what a sentence says, and if none does, what it lacks.

    The sentence must be a shortened copy of the quotation's words. The copy begins at the
    beginning of a sentence or after a mark, goes on word for word, and ends at a mark or before a
    conjunction. It may leave out articles, text between two commas, and the rest of the sentence.
    It may not leave out a word that negates it or makes it uncertain, or who says so. A sentence
    in other words has no support.

    Args:
        sentence: the written sentence, without numbers of quotations.
        quotations: what it may rest on, those that it names first.

    Returns:
        The first support, or None; then why there is none, in words for a person.

    """
    read = _tokens(sentence)
    own = [one for one in read if _is_word(one) and one.text not in _FREE]
    if not own:
        return None, "it states nothing"
    stops = [one.start for one in read if one.is_stop]
    quotes = _QUOTE.search(sentence) is not None
    lacking: list[tuple[float, str]] = [(0.0, "there is no quotation")]
    for quotation in quotations:
        its = _quoted(quotation.citation.quote)
        fault = ""
        for begin in _beginnings(its):
            places = _taken(own, its, begin, stops)
            if not places:
                continue
            fault = _fault(own, its, places)
            about = its[max(0, places[0] - 1) : places[-1] + 2]
            if not fault and quotes and not any(_QUOTE.search(one.text) for one in about):
                fault = "the quotation has no such words in quotation marks"
            if not fault:
                start, first = quotation.citation.start, places[0]
                while first and its[first - 1].text in _FREE:  # the article before it
                    first -= 1
                span = Span(start + its[first].start, start + its[places[-1]].end)
                return Support(quotation.number, span), ""
        lacking.append(_lack(own, its, fault))
    return None, max(lacking, key=lambda one: one[0])[1]


def _tokens(text: str) -> list[_Token]:
    plain = text.replace("’", "'").replace("‘", "'").replace("–", "-")
    return [
        _Token(_folded(match[0]), match.start(), match.end()) for match in _WORD.finditer(plain)
    ]


def _folded(word: str) -> str:
    return matching_text(word).text.replace("’", "'").lower()


def _is_word(one: _Token) -> bool:
    return not one.is_mark and not one.is_stop


def _quoted(quote: str) -> list[_Token]:
    """The tokens of a quotation, each with the number of its sentence."""
    spans = list(body_sentences(Document("", quote, Found("", ""))))
    starts = [one.start for one in spans]
    return [replace(one, sentence=bisect_right(starts, one.start)) for one in _tokens(quote)]


def _beginnings(its: Sequence[_Token]) -> Iterator[int]:
    """Where a sentence begins, and where a mark stands before a word."""
    for place, one in enumerate(its):
        before = its[place - 1] if place else None
        if _is_word(one) and (before is None or before.is_mark or before.sentence != one.sentence):
            yield place


def _taken(
    own: Sequence[_Token], its: Sequence[_Token], begin: int, stops: Sequence[int]
) -> list[int]:
    """Where the words of a sentence stand from a beginning on; none if they do not all.

    They may run on into the next sentence where the written one has a stop as well.
    """
    places: list[int] = []
    at = begin
    while len(places) < len(own):
        if at >= len(its):
            return []
        one, wanted = its[at], own[len(places)]
        if places and one.sentence != its[places[-1]].sentence:
            before = own[len(places) - 1]
            if not any(before.end <= stop < wanted.start for stop in stops):
                return []
        if one.text == wanted.text:
            places.append(at)
            at += 1
        elif one.text in _FREE or not _is_word(one):
            at += 1
        elif places and its[at - 1].is_mark and (after := _behind_insert(its, at)):
            at = after
        else:
            return []
    return places


def _behind_insert(its: Sequence[_Token], at: int) -> int:
    """The place after an insertion between two marks that begins at `at`; 0 if there is none."""
    for place in range(at, min(at + _LONGEST_INSERT + 1, len(its))):
        if its[place].sentence != its[at].sentence or its[place].text in _LEFT_OPEN:
            return 0
        if its[place].is_mark:
            return place + 1
    return 0


def _fault(own: Sequence[_Token], its: Sequence[_Token], places: Sequence[int]) -> str:
    """What of the quotation's sentence is left out and may not be; empty if nothing is."""
    first, last = places[0], places[-1]
    begins, ends = first, last + 1
    while begins and its[begins - 1].sentence == its[first].sentence:
        begins -= 1
    while ends < len(its) and its[ends].sentence == its[last].sentence:
        ends += 1
    follows = its[last + 1] if last + 1 < ends else None
    if follows and _is_word(follows) and follows.text not in _MAY_FOLLOW:
        return f"it ends before “{follows.text}”"
    beside = [*its[max(begins, first - _BEFORE) : first], *its[last + 1 : ends]]
    open_ = [one.text for one in beside if one.text in _LEFT_OPEN]
    if open_:
        return f"it leaves out “{open_[0]}”"
    stated = {one.text for one in own}
    told = [one.text for one in its[begins:ends] if one.text in _TELLING]
    if told and not stated & _TELLING:
        return f"it leaves out that somebody says so: “{told[0]}”"
    return ""


def _lack(own: Sequence[_Token], its: Sequence[_Token], fault: str) -> tuple[float, str]:
    """What a quotation lacks to say what a sentence says; the nearer it comes, the higher."""
    if fault:
        return 2.0, fault
    held = {one.text for one in its}
    lacking = list(dict.fromkeys(one.text for one in own if one.text not in held))
    share = 1 - len(lacking) / len(own)
    if not lacking:
        return 1.0, "no quotation has these words in this order"
    if share < _NEARLY:
        return share, "no quotation says so"
    return share, f"the nearest quotation lacks {', '.join(f'“{one}”' for one in lacking[:3])}"

"""Answers as a person would mark them: whole words, whole names, numbers with what they count."""

import re

from index import Span
from index.parsing.formats.raised import without_note_mark
from index.text.numbers import SPELLED_OUT
from qa.answering.clauses import whole_reason, whole_saying
from qa.answering.quantities import whole_list_of_counted, whole_number, whole_time
from qa.language.question import Question

_WORD = re.compile(r"[^\W_](?:[\w’'.,:/-]*[^\W_])?[%°]?|[$€£¥]")
_UPPER = "".join(letter for letter in map(chr, range(0x250)) if letter.isupper())
_INNER = (
    r"(?:(?:of|de|del|della|di|da|dos|du|la|le|al|el|bin|ibn|zu|ter|ten|&"
    r"|v[ao]n(?:[ \u00a0](?:der|den|de))?)[ \u00a0])?"
)
_CAPITAL = rf"[{_UPPER}](?:(?:\.[{_UPPER}])+\b|[\w’'-]*)"
"""A word of a name: "Ayala", "U.S"."""
_NAME_LEFT = re.compile(rf"(?:\b{_CAPITAL}\.?[ \u00a0]{_INNER})+$")
_NAME_RIGHT = re.compile(
    rf"(?:\.?[ \u00a0]{_INNER}{_CAPITAL})+"
    r"(?:[ \u00a0](?:village|town|city|province|region|district|county|river|airport)\b)?"
    r"|[ \u00a0](?:village|town|city|province|region|district|county|river|airport)\b"
)
_WHO_OF = re.compile(
    r"\b(?:an?|the)[ \u00a0](?:[a-z][\w-]*[ \u00a0])?(?:resident|member|leader|head|director|editor"
    r"|founder|professor|analyst|official|citizen|inhabitant|native|veteran|survivor|student"
    r"|employee|spokes(?:man|woman|person))[ \u00a0](?:of|from|in|for)[ \u00a0](?:the[ \u00a0])?$",
    re.I,
)
_ITEM = (
    rf"(?:the[ \u00a0])?[{_UPPER}][\w’'-]*(?:\.?[ \u00a0]{_INNER}[{_UPPER}][\w’'-]*)*"
    r"(?:[ \u00a0]\(\w+\)|,[ \u00a0]\d+)?"
)
_LIST = re.compile(
    rf"{_ITEM}(?:,[ \u00a0]{_ITEM})*,?[ \u00a0](?:and|or)[ \u00a0]{_ITEM}"
    rf"(?:,?[ \u00a0](?:and|as[ \u00a0]well[ \u00a0]as)[ \u00a0]{_ITEM})?"
)
_ACRONYM = re.compile(
    rf"(?:(?:,[ \u00a0][{_UPPER}][\w’'-]*)*,?[ \u00a0](?:and|&)(?:[ \u00a0][{_UPPER}][\w’'-]*)+)?"
    rf"[ \u00a0]\([{_UPPER}]{{2,8}}\)"
)
"""The rest of an organisation's name up to its acronym: ", Maritime and Transport (RMT)"."""
_WHO = re.compile(r",[ \u00a0]who[ \u00a0]([^,.;:()]+\w)")
"""What a sentence tells of somebody: "Dr. Tallis, who runs the hospital"."""
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\b(?:{_DAYS}|{_MONTHS})\b")
_NOT_NAMES = re.compile(
    r"^(?:(?:The|A|An|In|On|At|By|For|From|To|With|And|But|Or|As|If|When|While|After|Before|Since"
    r"|Although|Though|However|It|He|She|They|We|I|You|This|That|These|Those|There|His|Her|Its"
    r"|Their|Our|My|Then|Now|Later|Yesterday|Today|Tomorrow|Earlier|Here|So|Yet|Only|Even|Also"
    rf"|Still|According|{_DAYS}|{_MONTHS})\b\.?[ \u00a0])+"
)
_STOP_OF = re.compile(r"\b(?:[A-Za-z](?:\.[A-Za-z])+|Ltd|Inc|Co|Corp|Jr|Sr)$")
"""Abbreviations that keep their full stop."""


def widened(text: str, span: Span, within: Span, question: Question) -> Span:
    """Expand `span` to a complete answer, at most to `within`, the sentence that holds it.

    - Cut words are completed; brackets and quotation marks are closed.
    - A name is extended by the capitalised words beside it. If the question asks for several
      things, it is extended to its list; if it asks for a person, by words like "a resident of".
    - A number is extended by its qualifier ("no more than"), currency, unit and range. Counted
      things ("two boats") are extended to their list, if the question asks for no number.
    - A time is extended by its bound ("not before").
    - A reason becomes its clause, a description of a person the text after "who", and what
      somebody said the whole quotation.
    - Raised digits that refer to a note are left out.
    """
    start, end = span.start, span.end
    for word in _WORD.finditer(text, within.start, within.end):
        if word.start() < end and start < word.end():
            start, end = min(start, word.start()), max(end, word.end())
    whole = _closed(text, _wider(text, Span(start, end), within, question), within)
    return Span(whole.start, whole.start + len(without_note_mark(whole.of(text))))


def _wider(text: str, span: Span, within: Span, question: Question) -> Span:
    if question.wants_reason:
        return whole_reason(text, span, within)
    if question.wants_words and (said := whole_saying(text, span, within)):
        return said
    if question.wants_description:
        told = (Span(*one.span(1)) for one in _WHO.finditer(text, within.start, within.end))
        return next((one for one in told if one.start <= span.start < one.end), span)
    if _is_name(span.of(text), question):
        whole = _whole_name(text, span, within)
        if question.wants_several:
            whole = _whole_list(text, whole, within)
        if question.wants_person:
            before = _WHO_OF.search(text[within.start : whole.start])
            return Span(whole.start - len(before.group()), whole.end) if before else whole
    else:
        whole = whole_number(text, span, within, question)
        whole = whole_list_of_counted(text, whole, within, question)
    return whole_time(text, whole, within) if question.wants_time else whole


def _closed(text: str, span: Span, within: Span) -> Span:
    """`span` with the full stop of an abbreviation, and what its brackets and quotes lack."""
    start, end = span.start, span.end
    if text.startswith(".", end, within.end) and _STOP_OF.search(text[start:end]):
        end += 1
    for opening, closing in ("()", "“”"):
        inside = text[start:end]
        if inside.count(opening) > inside.count(closing):
            after = re.match(rf"[.,!?…]?{re.escape(closing)}", text[end : within.end])
            end += after.end() if after else 0
        elif inside.count(opening) < inside.count(closing):
            before = text.rfind(opening, within.start, start)
            start = before if before >= 0 else start
    return Span(start, end)


def _is_name(answer: str, question: Question) -> bool:
    words = answer.split()
    counted = words and words[0].lower() in SPELLED_OUT  # "Six" begins its sentence
    if question.wants_number and (counted or any(one.isdigit() for one in answer)):
        return False
    return bool(words) and all(word[:1].isupper() for word in (words[0], words[-1]))


def _whole_name(text: str, span: Span, within: Span) -> Span:
    start, end = span.start, span.end
    if _DAY.fullmatch(text[start:end]):
        return span
    left = _NAME_LEFT.search(text[within.start : start])
    if left:
        begin = within.start + left.start()
        days = [one.end() for one in _DAY.finditer(text, begin, start)]
        begin = days[-1] + 1 if days else begin
        skipped = _NOT_NAMES.match(text[begin:start])
        start = begin + (skipped.end() if skipped else 0)
    right = _NAME_RIGHT.match(text[end : within.end])
    if right:
        day = _DAY.search(text, end, end + right.end())
        end = day.start() - 1 if day else end + right.end()
    letters = _ACRONYM.match(text[end : within.end])
    return Span(start, end + (letters.end() if letters else 0))


def _whole_list(text: str, span: Span, within: Span) -> Span:
    for found in _LIST.finditer(text, within.start, within.end):
        if found.start() <= span.start and span.end <= found.end():
            return Span(*found.span())
    return span

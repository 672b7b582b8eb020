"""Reasons and sayings as a person would mark them: whole clauses and whole quotations."""

import re

from index import Span

_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|in order to|so that|so as to|in response to"
    r"|as a result of|on account of|on the grounds|in protest|for fear|on suspicion"
    r"|out of (?=fear|concern|respect|necessity|spite|anger|love|pity))\b",
    re.I,
)
_MAYBE_REASON = re.compile(
    rf"{_REASON.pattern}|\b(?:after|since(?! \d)|as|when|following|amid|over|for|to)\b", re.I
)
_CLAUSE_ENDS = re.compile(r"[,;:][”’\"]*(?=\s)|\s[—–-]{1,2}\s|[.!?…]+[”’\"')\]]*\s*$")
_QUOTED = re.compile(r"“[^”]+”|(?<!\S)\"(?=\S)[^\"]+\"")


def whole_saying(text: str, span: Span, within: Span) -> Span | None:
    """`span` with the quotations that it is in or runs into, whole; None where there is none."""
    quoted = [
        found.span()
        for found in _QUOTED.finditer(text, within.start, within.end)
        if found.start() < span.end and span.start < found.end()
    ]
    if not quoted:
        return None
    return Span(min(span.start, quoted[0][0]), max(span.end, quoted[-1][1]))


def whole_reason(text: str, span: Span, within: Span) -> Span:
    """The clause that holds `span`, from the word that marks a reason ("because"), if any.

    If only a later clause of the sentence has such a word, up to the end of that clause.
    """
    ends = [Span(*one.span()) for one in _CLAUSE_ENDS.finditer(text, within.start, within.end)]
    start = max((one.end for one in ends if one.end <= span.start), default=within.start)
    end = min((one.start for one in ends if one.start >= span.end), default=within.end)
    told = [one.start() for one in _REASON.finditer(text, within.start, end)]
    before = [at for at in told if at <= span.start]
    if not before and not any(at >= start for at in told):
        maybe = _MAYBE_REASON.finditer(text, start, end)
        before = [one.start() for one in maybe if one.start() <= span.start]
        later = _REASON.search(text, end, within.end)
        if not before and later:
            end = min((one.start for one in ends if one.start >= later.end()), default=within.end)
    start = before[-1] if before else start
    while start < span.start and text[start].isspace():
        start += 1
    while end > span.end and text[end - 1].isspace():
        end -= 1
    return Span(start, max(end, span.end))

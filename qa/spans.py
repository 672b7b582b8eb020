"""Answers as a person would mark them: whole words, whole names, numbers with what they count."""

import re

from index import Document, Part, Span
from index.sentences import sentences

_WORD = re.compile(r"[^\W_](?:[\w’'.,:/-]*[^\W_])?[%°]?|[$€£¥]")
_NAME_LEFT = re.compile(r"(?:\b[A-Z][\w’'-]*\.?[ \u00a0](?:(?:of|de|al|bin|von|van)[ \u00a0])?)+$")
_NAME_RIGHT = re.compile(
    r"(?:\.?[ \u00a0](?:(?:of|de|al|bin|von|van)[ \u00a0])?[A-Z][\w’'-]*)+"
    r"(?:[ \u00a0](?:village|town|city|province|region|district|county|river|airport)\b)?"
    r"|[ \u00a0](?:village|town|city|province|region|district|county|river|airport)\b"
)
_WHO_OF = re.compile(
    r"\b(?:an?|the)[ \u00a0](?:[a-z][\w-]*[ \u00a0])?(?:resident|member|leader|head|director|editor"
    r"|founder|professor|analyst|official|citizen|inhabitant|native|veteran|survivor|student"
    r"|employee|spokes(?:man|woman|person))[ \u00a0](?:of|from|in|for)[ \u00a0](?:the[ \u00a0])?$",
    re.I,
)
_ITEM = r"(?:the[ \u00a0])?[A-Z][\w’'-]*(?:[ \u00a0](?:of[ \u00a0])?[A-Z][\w’'-]*)*"
_LIST = re.compile(rf"{_ITEM}(?:,[ \u00a0]{_ITEM})*,?[ \u00a0](?:and|or)[ \u00a0]{_ITEM}")
_IN_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|a dozen|dozens|(?:a )?hundreds?|(?:a )?thousands?"
    r"|(?:a )?millions?)\b"
)
_NUMBER = re.compile(rf"\d|{_IN_WORDS}", re.I)
_NUMBER_ENDS = re.compile(rf"(?:\d|\b{_IN_WORDS})$", re.I)
_COUNTED = rf"(?:\d[\d,.]*|{_IN_WORDS})(?:[ \u00a0][\w’'-]+){{1,6}}"
_COUNTED_LIST = re.compile(
    rf"\b{_COUNTED}(?:,[ \u00a0]{_COUNTED})*,?[ \u00a0]and[ \u00a0]{_COUNTED}(?=\W*(?:[,.;:)]|$))",
    re.I,
)
_WHAT = re.compile(r"\b(?:what|which)\b", re.I)
_SEVERAL = re.compile(
    r"\b(?:which|what)[ ](?:\w+[ ])?\w+[^s\W]s\b|\bwho (?:are|were)\b|\b(?:names|members) of\b",
    re.I,
)
_NOT_NAMES = re.compile(
    r"^(?:(?:The|A|An|In|On|At|By|For|From|To|With|And|But|Or|As|If|When|While|After|Before|Since"
    r"|Although|Though|However|It|He|She|They|We|I|You|This|That|These|Those|There|His|Her|Its"
    r"|Their|Our|My|Then|Now|Later|Yesterday|Today|Tomorrow|Earlier|Here|So|Yet|Only|Even|Also"
    r"|Still|According|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b\.?[ \u00a0])+"
)
_QUALIFIER = re.compile(
    r"\b(?:(?:nearly|almost|about|around|approximately|roughly|some|over|under|up to|at least"
    r"|at most|more than|less than|fewer than|as many as|close to|just over|just under)[ \u00a0])$",
    re.I,
)
_UNIT = re.compile(
    r"[ \u00a0-]?(?:%|percent\b|per cent\b|million\b|billion\b|trillion\b|thousand\b|hundred\b)",
    re.I,
)
_CURRENCY = re.compile(r"[$€£¥]$")
_WHY = re.compile(
    r"^\W*why\b|\bhow come\b|\bfor what reason\b"
    r"|\bwhat (?:is|was|were|are) the (?:reasons?|causes?)\b",
    re.I,
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|in order to|so that|so as to|in response to"
    r"|as a result of|on account of|on the grounds|in protest|for fear|on suspicion|out of)\b",
    re.I,
)
_MAYBE_REASON = re.compile(
    rf"{_REASON.pattern}|\b(?:after|since|as|when|following|amid|over|for|to)\b", re.I
)
_CLAUSE_ENDS = re.compile(r"[,;:][”’\"]*(?=\s)|\s[—–-]{1,2}\s|[.!?…]+[”’\"')\]]*\s*$")
_YES_NO = re.compile(
    r"^(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must|isn.t|aren.t|wasn.t|weren.t|don.t|doesn.t|didn.t)\b",
    re.I,
)


def is_yes_no(question: str) -> bool:
    """Whether the question asks for a yes or a no, which no quotation gives."""
    return bool(_YES_NO.match(question.strip())) and " or " not in question.lower()


def sentence_of(document: Document, span: Span) -> Span:
    """The sentence that holds `span`, or the sentences that it runs over, as one span."""
    inside = [
        one
        for one, part in sentences(document)
        if part is Part.BODY and one.start < span.end and span.start < one.end
    ]
    starts, ends = [span.start, *(s.start for s in inside)], [span.end, *(s.end for s in inside)]
    return Span(min(starts), max(ends))


def widened(text: str, span: Span, within: Span, question: str = "") -> Span:
    """`span` made whole, never beyond `within`, the sentence that holds it.

    Cut words are completed and brackets closed. A name takes in the capitalised words beside it,
    and for a question after several things the list that it stands in, or for one after a person
    "a resident of"; a number its qualifier ("nearly 7,000"), its currency and its unit, and what
    was counted the list of what was. A reason is a whole clause.
    """
    start, end = span.start, span.end
    for word in _WORD.finditer(text, within.start, within.end):
        if word.start() < end and start < word.end():
            start, end = min(start, word.start()), max(end, word.end())
    opened = text.count("(", start, end) > text.count(")", start, end)
    end += opened and text.startswith(")", end, within.end)
    if _WHY.search(question):
        return _whole_reason(text, Span(start, end), within)
    if not _is_name(text[start:end]):
        number = _whole_number(text, Span(start, end), within)
        counted = _WHAT.search(question) and re.fullmatch(_COUNTED, text[start:end], re.I)
        return _whole_list(_COUNTED_LIST, text, number, within) if counted else number
    name = _whole_name(text, Span(start, end), within)
    if _SEVERAL.search(question):
        return _whole_list(_LIST, text, name, within)
    if question.lower().startswith("who "):
        before = _WHO_OF.search(text[within.start : name.start])
        return Span(name.start - len(before.group()), name.end) if before else name
    return name


def _whole_reason(text: str, span: Span, within: Span) -> Span:
    """The clause that holds `span`, from the word that says that it is a reason, if one does."""
    ends = [Span(*one.span()) for one in _CLAUSE_ENDS.finditer(text, within.start, within.end)]
    start = max((one.end for one in ends if one.end <= span.start), default=within.start)
    end = min((one.start for one in ends if one.start >= span.end), default=within.end)
    told = [one.start() for one in _REASON.finditer(text, within.start, end)]
    before = [at for at in told if at <= span.start]
    if not before and not any(at >= start for at in told):
        maybe = _MAYBE_REASON.finditer(text, start, end)
        before = [one.start() for one in maybe if one.start() <= span.start]
    start = before[-1] if before else start
    while start < span.start and text[start].isspace():
        start += 1
    while end > span.end and text[end - 1].isspace():
        end -= 1
    return Span(start, max(end, span.end))


def _is_name(answer: str) -> bool:
    words = answer.split()
    return bool(words) and all(word[:1].isupper() for word in (words[0], words[-1]))


def _whole_name(text: str, span: Span, within: Span) -> Span:
    start, end = span.start, span.end
    left = _NAME_LEFT.search(text[within.start : start])
    if left:
        begin = within.start + left.start()
        skipped = _NOT_NAMES.match(text[begin:start])
        start = begin + (skipped.end() if skipped else 0)
    right = _NAME_RIGHT.match(text[end : within.end])
    return Span(start, end + (right.end() if right else 0))


def _whole_number(text: str, span: Span, within: Span) -> Span:
    start, end = span.start, span.end
    if _NUMBER.match(text[start:end]):
        if _CURRENCY.search(text[within.start : start]):
            start -= 1
        qualifier = _QUALIFIER.search(text[within.start : start])
        start -= len(qualifier.group()) if qualifier else 0
    if _NUMBER_ENDS.search(text[start:end]):
        unit = _UNIT.match(text[end : within.end])
        end += unit.end() if unit else 0
    return Span(start, end)


def _whole_list(lists: re.Pattern[str], text: str, span: Span, within: Span) -> Span:
    for found in lists.finditer(text, within.start, within.end):
        if found.start() <= span.start and span.end <= found.end():
            return Span(*found.span())
    return span

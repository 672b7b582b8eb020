"""Who says what a sentence states: "according to …", "… said", in the sentence's own words."""

import re
from collections.abc import Iterator

from index import Span

_SAYING = (
    "said|says|say|told|tells|reported|announced|announces|claimed|stated|added|adds|confirmed|"
    "confirms|denied|denies|warned|warns|estimated|acknowledged|wrote|writes|tweeted|testified|"
    "insisted|insists|argued|argues|noted|declared|declares|admitted|admits|alleged|alleges|"
    "explained|explains|predicted|predicts|concluded|disclosed"
)
"""Words for saying; those that are as often nouns ("claims", "reports", "states") are left out."""

_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WHEN = rf"(?:(?:on|late|early|last|this)\s+)*(?:{_DAY}|yesterday|today|week|month|year)"
_TIME = re.compile(rf"{_WHEN}\b", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"\s+(?:{_WHEN}|also|later|earlier|then|has|have|had|previously|publicly|reportedly|repeatedly|"
    r"now|still|once|again|himself|herself|themselves|itself|first|\w+ly)$",
    re.IGNORECASE,
)
"""What may stand between a speaker and the word for saying."""

_BEFORE = re.compile(
    rf"^(?:{_WHEN}|but|and|yet|so|meanwhile|however|still|later|earlier|then|though|also|instead|"
    r"what|because|since|if|as|when|while|after|before|in\s+\d{4})\b[\s,]*",
    re.IGNORECASE,
)
"""What may stand before a speaker in a clause."""

_CLAUSE = re.compile(
    r"[,;:.!?()\[\]“”\"…—–►•\n]|\s-\s|\s(?:that|which|who|whom|but|while|when|where|because|although|"
    r"though|if|since|after|before|as|whether)\s"
)
_ACCORDING = re.compile(
    r"\b(?:according\s+to|(?:calculations?|estimates?|figures|data|counts?|tall(?:y|ies))\s+"
    r"(?:by|from))\s+(?=\S)",
    re.IGNORECASE,
)
_INVERTED = re.compile(
    r"(?:[,!?][”\"’']*|[”\"])\s+"
    r"(?:said|says|added|adds|wrote|writes|explained|noted|warned|argued|reported|tweeted)\s+(?=\S)"
)
_DIRECT = re.compile(
    rf"(?<=[\w.)”’,])\s+(?:{_SAYING})\b(?!\s+to\s+(?:be|have)\b)"
    r"(?<!\sadded(?!\s*[,.:“\"]|\s+(?:that|in|on)\b))"
)
_PERSON_WITH_ROLE = re.compile(
    r"(?:^|[,;:“”\"]\s*|\s(?:that|but|and|while|as|when)\s)"
    r"(?:[A-Z][\w.’'-]*\s+|(?:de|al|el|van|von|bin)\s+)*[A-Z][\w.’'-]*, [^,“”\"]{2,120},$"
)
_AFTER = re.compile(
    rf"\s(?:{_WHEN}(?!\s+[A-Z])|(?:in|on|at|to|during|for|by|from|via|through)\s+(?:a|an|the|his|her|its|"
    rf"their|reporters|journalists|parliament|Congress|CNN|Twitter|{_DAY}|[A-Z][a-z]+\s+\d|\d)|"
    r"told|said|and\s+(?:said|added)).*$",
    re.DOTALL,
)
"""What may follow a speaker who stands after the word for saying."""

_SAYING_THAT = re.compile(
    r"(?:^|[,;:“”\"]\s+)((?:(?:[A-Z][\w.’'-]*|of|the|and|for|de|van|von|al)\s+)*[A-Z][\w.’'-]*)"
    r"\s+\w+(?:ed|s)\b[^,.;:“”\"]*,\s+(?:saying|adding|writing)\s"
)
"""A speaker whose words follow "saying": "Ann Lee agreed on Friday, saying the road …"."""

_ROLE_THEN_NAME = re.compile(
    r"(?:^|,\s)((?:the|an?|its|his|her|their)\s[^,“”\"]{2,80}, [A-Z][^,“”\"\d]{2,60}),$"
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|it|’s|'s|not|never|n[’']t)$", re.IGNORECASE
)
_ASIDE = re.compile(r"(?:however|meanwhile|too|though|also|instead|in\s+turn|for\s+\w+\s+part)$")
_WORDS_OF_NO_SPEAKER = re.compile(
    r"\b(?:the|an?|its|his|her|their|of|to|for|in|and|or|but|who|whom|that|which)$", re.IGNORECASE
)
_PLAIN_NAME = re.compile(
    r"(?:the|an?|its|his|her|their|our|several|some|many|most|two|three|four|other)\s"
    r"|.*(?:[^s\W]s|people|police|media|staff|management)(?:\s(?:there|here))?$",
    re.DOTALL,
)
"""A speaker without a capital letter: "the ministry", "officials"."""

_PRONOUN = re.compile(
    r"(?:he|she|they|it|we|i|you|who|which|that|this|these|those|there|one|some|many|others?|"
    r"nobody|everyone|what|not|no|none|all|both|has|have|had|does|did|is|was|were|are|\w+n[’']t)",
    re.IGNORECASE,
)
_NO_SOURCE = re.compile(r"(?:the\s+)?(?:plan|plans|schedule|law|terms|size|age)\b", re.IGNORECASE)
_MOST_WORDS = 16
_LETTER = re.compile(r"[^\W\d_]")
_STOP = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:Mr|Dr|St|Lt))(?<!\b(?:Mrs|Gov|Sen|Rep|Gen|Col|Sgt|Rev))[.]\s"
)


def speaker_in(sentence: str, stated: Span) -> Span | None:
    """Who says what stands in a sentence at `stated`.

    Args:
        sentence: the sentence.
        stated: the words in question, in characters of the sentence.

    Returns:
        The span of the speaker in the sentence, the nearest if there are several. None if the
        sentence names none or only a pronoun, or if `stated` overlaps a speaker.

    Example:
        >>> sentence = "Armenian officials said yesterday they had lost 104 troops."
        >>> speaker_in(sentence, Span(48, 51)).of(sentence)
        'Armenian officials'
    """
    found = [
        span
        for span, scope in _speakers(sentence)
        if span.end > span.start and scope.start <= stated.start and stated.end <= scope.end
    ]
    if any(span.start < stated.end and stated.start < span.end for span in found):
        return None
    return min(
        found,
        key=lambda span: max(span.start - stated.end, stated.start - span.end),
        default=None,
    )


def _speakers(sentence: str) -> Iterator[tuple[Span, Span]]:
    """The speakers, each with the part of the sentence that may be theirs."""
    yield from _sources(sentence)
    inverted = set()
    for match in _INVERTED.finditer(sentence):
        after = list(_named(sentence, _forward(sentence, match.end())))
        # "…,” said Blinken", not "…, said that it was" nor "Ann Lee, the mayor, said the road …".
        if (
            after
            and _is_name(after[0].of(sentence))
            and not _PERSON_WITH_ROLE.search(sentence, 0, match.start() + 1)
        ):
            inverted.add(match.end())
            yield after[0], Span(0, len(sentence))
    for match in _DIRECT.finditer(sentence):
        if not any(match.start() < end <= match.end() + 1 for end in inverted):
            for one in _named(sentence, _backward(sentence, match.start())):
                yield one, _scope(sentence, one, match.end())


def _sources(sentence: str) -> Iterator[tuple[Span, Span]]:
    """Those named as a source, and those of whom it says "saying"."""
    for match in _ACCORDING.finditer(sentence):
        if not _NO_SOURCE.match(sentence, match.end()):
            for one in _named(sentence, _forward(sentence, match.end())):
                yield one, Span(0, len(sentence))
    for match in _SAYING_THAT.finditer(sentence):
        for one in _named(sentence, Span(*match.span(1))):
            yield one, Span(match.end(), len(sentence))


def _scope(sentence: str, speaker: Span, said: int) -> Span:
    """What may be a speaker's words, if the word for saying ends at `said`.

    In "Two died, and Lee warned that more will" it is what follows; in "Two died, police say, after
    a wall fell on three" it is what stands before.
    """
    if re.match(r"\s+that\b", sentence[said:]):
        return Span(speaker.start, len(sentence))
    trails = sentence[: speaker.start].rstrip().endswith((",", "”", '"'))
    if trails and re.match(r",\s+(?![“\"‘'])", sentence[said:]):
        return Span(0, said)
    return Span(0, len(sentence))


def _forward(sentence: str, start: int) -> Span:
    """From a speaker's first word to the end of the speaker."""
    stop = next(
        (
            one.start()
            for one in _CLAUSE.finditer(sentence, start)
            if not _is_initial(sentence, one)
        ),
        len(sentence),
    )
    text = _AFTER.sub("", sentence[start:stop]).rstrip()
    if start + len(text) == len(sentence.rstrip()):
        text = text.rstrip(".")
    return Span(start, start + len(text))


_FAR = 600


def _backward(sentence: str, end: int) -> Span:
    """The span of a speaker that is followed by the word for saying at `end`.

    It is looked for in the `_FAR` characters before it, so that no sentence takes long.
    """
    if end > _FAR:
        near = _backward(sentence[end - _FAR : end], _FAR)
        return Span(near.start + end - _FAR, near.end + end - _FAR)
    text = _without_what_is_between(sentence[:end].rstrip())
    named = _ROLE_THEN_NAME.search(text)
    if named and not _ASIDE.match(named[1]):
        return Span(*named.span(1))
    apposition = re.search(
        r"([^,;:“”\"]+), (?:[^,“”\"]{2,120}|[^,“”\"]{2,40}, [^,“”\"]{2,40}),$", text
    )
    if apposition:
        start = apposition.start()
        role = text[apposition.end(1) + 2 : -1]
        aside = _ASIDE.match(role) or re.match(r"(?:who|which|whose|where)\b", role)
        last = apposition.end(1) if aside else len(text) - 1
        return _trimmed(sentence, _clause_start(sentence, start, apposition.end(1)), last)
    if text.endswith((",", "”", '"')):
        return Span(0, 0)
    return _trimmed(sentence, _clause_start(sentence, 0, len(text)), len(text))


def _clause_start(sentence: str, start: int, end: int) -> int:
    for one in _CLAUSE.finditer(sentence, start, end):
        if not _is_initial(sentence, one):
            start = one.end()
    return start


def _is_initial(sentence: str, found: re.Match[str]) -> bool:
    """Whether a stop ends no sentence, as in "J. Smith", "Gov. Hill" and "U.S."."""
    return found.group() == "." and _STOP.match(sentence, found.start()) is None


def _trimmed(sentence: str, start: int, end: int) -> Span:
    text = _without_what_is_between(sentence[start:end])
    if _PASSIVE.search(text):
        return Span(0, 0)
    lead = len(text) - len(text.lstrip())
    while before := _BEFORE.match(text[lead:]):
        lead += before.end()
    return Span(start + lead, start + len(text.rstrip()))


def _without_what_is_between(text: str) -> str:
    while shorter := _BETWEEN.search(text):
        text = text[: shorter.start()]
    return text


def _named(sentence: str, span: Span) -> Iterator[Span]:
    text = span.of(sentence).strip()
    if (
        _LETTER.search(text)
        and not _PRONOUN.fullmatch(text.split()[0])
        and len(text.split()) <= _MOST_WORDS
        and (any(map(str.isupper, text)) or _PLAIN_NAME.match(text))
        and not _WORDS_OF_NO_SPEAKER.search(text)
        and not _TIME.match(text)
    ):
        start = span.start + len(span.of(sentence)) - len(span.of(sentence).lstrip())
        yield Span(start, start + len(text))


def _is_name(text: str) -> bool:
    return text[0].isupper() or re.match(r"(?:a|an|the|its|his|their)\s", text) is not None

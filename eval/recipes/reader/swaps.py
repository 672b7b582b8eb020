"""Questions made unanswerable by changing one thing that they state."""

import random
import re
from collections.abc import Mapping, Sequence

from eval.recipes.reader.near_nouns import NOUN, STEM

_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_NAME = re.compile(r"(?<=\s)[A-Z][\w’'.-]+(?:\s+(?:of\s+|the\s+|de\s+)?[A-Z][\w’'.-]+)*")
_DAY = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
_KINDS = (_YEAR, _DAY, _NUMBER, _NAME)
_OPPOSITES = """
first last|before after|more less|most least|largest smallest|highest lowest|higher lower|
oldest youngest|older younger|best worst|better worse|increase decrease|increased decreased|
north south|northern southern|east west|eastern western|win lose|won lost|winner loser|begin end|
began ended|start stop|buy sell|bought sold|male female|men women|man woman|husband wife|
brother sister|son daughter|father mother|top bottom|positive negative|like dislike|
liked disliked|good bad|early late|earlier later|large small|larger smaller|long short|
longer shorter|high low|old new|strong weak|hot cold|allow forbid|allowed forbidden|accept reject|
accepted rejected|support oppose|supported opposed|major minor|maximum minimum|inside outside|
above below|left right|always never|all none|gain loss|rise fall|open close|opened closed|
summer winter|day night|morning evening|easy difficult|expensive cheap|love hate|loved hated|
enter leave|entered left|public private|rich poor|success failure|advantage disadvantage
"""
_TURNED = {
    word: other
    for pair in _OPPOSITES.split("|")
    for word, other in (pair.split(), pair.split()[::-1])
}
_HELPER = re.compile(
    r"\b(did|does|do|is|are|was|were|can|could|will|would|has|have|had|should)\b", re.I
)


def swapped(
    question: str,
    passage: str,
    others: Sequence[str],
    random_: random.Random,
    near: Mapping[str, Sequence[str]],
    most: int = 5,
) -> list[str]:
    """Up to `most` questions that `passage` should not answer, as SQuAD 2.0's writers made them.

    Four changes are made: a year, day, number or name is replaced by another of its kind, taken
    from the passage or from `others`, questions about the same article; a noun is replaced by one
    that `near` gives for it; a word is replaced by its opposite; or the question is negated.
    """
    made = [
        *_entities(question, passage, others, random_),
        *_nouns(question, passage, near, random_),
        *_opposites(question),
        *_negated(question, random_),
    ]
    distinct = [one for one in dict.fromkeys(made) if one.lower() != question.lower()]
    return distinct[:most]


def _entities(
    question: str, passage: str, others: Sequence[str], random_: random.Random
) -> list[str]:
    made = []
    for kind in _KINDS:
        for found in kind.finditer(question):
            known = question.lower()
            pools = (kind.findall(passage), [n for other in others for n in kind.findall(other)])
            for pool in pools:
                new = [name for name in pool if name.lower() not in known]
                if new:
                    name = random_.choice(sorted(set(new)))
                    made.append(question[: found.start()] + name + question[found.end() :])
    random_.shuffle(made)
    return made[:2]


def _nouns(
    question: str, passage: str, near: Mapping[str, Sequence[str]], random_: random.Random
) -> list[str]:
    """The question with a noun replaced, once by one of the passage and once by any, if it can."""
    words = set(re.findall(r"[a-z]+", passage.lower()))
    known = re.findall(r"[a-z]+", question.lower())
    made = []
    for found in NOUN.finditer(question):
        noun = found.group(1)
        others = near.get(noun.lower(), ())
        new = [one for one in others if not any(one[:STEM] == word[:STEM] for word in known)]
        inside = [one for one in new if one in words]
        made += [
            question[: found.start(1)] + random_.choice(pool) + question[found.end(1) :]
            for pool in (inside, new)
            if pool
        ]
    random_.shuffle(made)
    return made[:2]


def _opposites(question: str) -> list[str]:
    for word in re.finditer(r"[a-z]+", question):
        other = _TURNED.get(word.group())
        if other:
            return [question[: word.start()] + other + question[word.end() :]]
    return []


def _negated(question: str, random_: random.Random) -> list[str]:
    helper = _HELPER.search(question)
    if helper is None or random_.random() > 0.15:  # noqa: PLR2004 -- most stay as they are
        return []
    rest = question[helper.end() :]
    words = rest.split(" ")
    place = min(2 if len(words) > 3 else 1, len(words) - 1)  # noqa: PLR2004
    return [question[: helper.end()] + " ".join([*words[:place], "not", *words[place:]])]


def swapped_names(question: str) -> list[str]:
    """The question with its two names exchanged: "Who did A beat at B?" asks another thing of B.

    None where the question has fewer or more than two names, or they are one.
    """
    names = [found for found in _NAME.finditer(question) if not _DAY.fullmatch(found.group())]
    if len(names) != 2 or names[0].group() == names[1].group():  # noqa: PLR2004
        return []
    first, second = names
    return [
        question[: first.start()]
        + second.group()
        + question[first.end() : second.start()]
        + first.group()
        + question[second.end() :]
    ]

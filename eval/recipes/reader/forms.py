"""Questions in the forms in which people type them: keywords, typing errors, politeness."""

import random
import re

_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "with",
        "from",
        "and",
        "or",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "as",
        "into",
        "about",
        "there",
    ]
)
_ASKING = frozenset(
    ["who", "whom", "whose", "what", "which", "when", "where", "why", "how", "many", "much", "long"]
)
_POLITE = (
    "Can you tell me {}?",
    "Could you tell me {}?",
    "I'd like to know {}.",
    "I would like to know {}",
    "Please tell me {}.",
    "Do you know {}?",
    "Please: {}?",
    "Does anyone know {}?",
    "I need to find out {}",
    "Tell me {}",
)
_REWORDED = (
    (re.compile(r"^in what year\b", re.I), "When"),
    (re.compile(r"^when\b", re.I), "On what date"),
    (re.compile(r"^how many\b", re.I), "What number of"),
    (re.compile(r"^what is the name of\b", re.I), "What is"),
    (re.compile(r"^who was\b", re.I), "What was the name of"),
    (re.compile(r"^where\b", re.I), "In which place"),
    (re.compile(r"^why\b", re.I), "For what reason"),
    (re.compile(r"^what\b(?= \w+ (?:did|does|do|is|was|were|are|has|had)\b)", re.I), "Which"),
)


def keywords(question: str, random_: random.Random) -> str:
    """The question as search keywords: "Griner was swapped for whom?" as "griner swapped whom"."""
    words = re.findall(r"[\w$%’'.,-]*[\w%]", question)
    kept = [word for word in words if word.lower() not in _SMALL]
    asking = [word for word in kept if word.lower() in _ASKING]
    rest = [word for word in kept if word.lower() not in _ASKING]
    if len(rest) < 2:  # noqa: PLR2004 -- nothing would be left to ask with
        return question
    draw = random_.random()
    if draw < 0.4:  # noqa: PLR2004
        said = [*rest, *asking]
    elif draw < 0.7:  # noqa: PLR2004
        said = [*asking, *rest]
    else:
        said = rest
    text = " ".join(said)
    return text.lower() if random_.random() < 0.8 else text  # noqa: PLR2004


def with_typos(question: str, random_: random.Random) -> str:
    """The question with one or two words mistyped: letters swapped, left out, doubled."""
    words = question.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 4]  # noqa: PLR2004
    for place in random_.sample(long, min(len(long), random_.choice((1, 1, 2)))):
        word = words[place]
        at = random_.randrange(1, len(word) - 2)
        words[place] = random_.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + random_.choice("aeionrst") + word[at + 1 :],
            )
        )
    return " ".join(words)


def politely(question: str, random_: random.Random) -> str:
    """The question inside a polite phrase."""
    asked = question.rstrip("?. ")
    first = asked.split(" ", 1)[0]
    if first.lower() in _ASKING or first.lower() in _SMALL:
        asked = asked[0].lower() + asked[1:]
    return random_.choice(_POLITE).format(asked)


def reworded(question: str) -> str:
    """The question with another opening that asks for the same, if a rule gives one."""
    for pattern, other in _REWORDED:
        if pattern.search(question):
            return pattern.sub(other, question, count=1)
    return question


def forms(question: str, random_: random.Random) -> list[str]:
    """The question in each other form, in a fixed order; forms that change nothing are left out.

    Args:
        question: as its writer wrote it.
        random_: draws what is left out and mistyped.

    Returns:
        Distinct questions that the same passage answers, none of them `question`.

    """
    made = (
        keywords(question, random_),
        with_typos(question, random_),
        politely(question, random_),
        reworded(question),
        question.lower().rstrip("?"),
        with_typos(keywords(question, random_), random_),
    )
    return [one for one in dict.fromkeys(made) if one != question]

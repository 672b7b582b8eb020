"""The names that a question states, as runs of words with capitals, numbers or initials."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.search.bm25 import terms
from qa.language.question import Question

_WORD = re.compile(r"[\w’'.&-]*\w")
_OWNER = re.compile("['’]s?$")
_INITIALS = re.compile(r"(?:[A-Z]{1,5}s?|(?:[A-Z]\.){1,5}[A-Z]?|[A-Z]&[A-Z])")
_NUMERAL = re.compile(r"[IVX]{1,4}")
_COMMON = frozenset(
    # titles and offices
    "mr mrs ms miss dr sir dame lord lady sen senator rep representative representatives gov"
    " governor president prime minister secretary king queen prince princess pope judge justice"
    " general gen col lt sgt capt captain chief chair chairman chairwoman director ceo professor"
    " prof mayor attorney officer pm jr sr"
    # companies
    " inc corp corporation co company companies ltd limited llc plc group holdings bank airlines"
    " airways motors channel network news media times post"
    # bodies
    " committee commission council federation union league party administration department"
    " ministry office agency bureau court house senate congress parliament cabinet select federal"
    " national international republic democratic islamic state states kingdom organization"
    " organisation association foundation institute university college school hospital church"
    " army navy force forces guard police service services investigation security board society"
    # places
    " city county province district river lake mountain airport street avenue island islands port"
    " north south east west northern southern eastern western central upper lower new"
    # events
    " cup championship championships tennis olympic olympics games open final finals tournament"
    " grand war treaty act law bill day week year night summit agreement accord conference".split()
)
"""Words that stand in many names and tell none apart."""


@dataclass(frozen=True, slots=True)
class TypedName:
    """A name as it is typed in a question.

    Attributes:
        words: its words, without an owner's ending and without those that stand in many names.
        whole: all of its words.
        goes_on: whether it says more of the name before it: "Michigan" in "Detroit, Michigan",
            "Netanyahu" in "Israel's Netanyahu".

    """

    words: tuple[str, ...]
    whole: tuple[str, ...]
    goes_on: bool

    @property
    def initials(self) -> str:
        """The first letters of its words, in small letters; "" if it has only one."""
        return "".join(word[0] for word in self.whole).lower() if len(self.whole) > 1 else ""


def names_typed(question: Question) -> Iterator[TypedName]:
    """The names that a question states, in order: "Sam Bankman-Fried", "Artemis II", "2022".

    There are none in a headline, whose capitals tell nothing, and the first word begins none.
    """
    if _is_headline(question):
        return
    asked = question.asked
    found: list[re.Match[str]] = []
    before: re.Match[str] | None = None
    for place, word in enumerate(_WORD.finditer(asked)):
        is_name = place > 0 and (word[0][0].isupper() or word[0][0].isdigit())
        goes_on = bool(found) and is_name and asked[found[-1].end() : word.start()].isspace()
        if found and (not goes_on or _is_owner(found[-1][0])):
            yield _name(asked, found, before)
            before, found = found[-1], []
        if is_name:
            found.append(word)
    if found:
        yield _name(asked, found, before)


def is_initials(word: str) -> bool:
    """Whether a word is an abbreviation, which a text may spell out: "UN", "F.B.I.", "MPs"."""
    return bool(_INITIALS.fullmatch(word)) and not _NUMERAL.fullmatch(word)


def without_owner(word: str) -> str:
    """A word without the ending of an owner: "Wendy's" is "Wendy"."""
    return _OWNER.sub("", word)


def _is_owner(word: str) -> bool:
    return bool(_OWNER.search(word))


def _name(asked: str, found: list[re.Match[str]], before: re.Match[str] | None) -> TypedName:
    whole = tuple(without_owner(one[0]) for one in found)
    between = asked[before.end() : found[0].start()] if before else "-"
    beside = before is not None and (
        between == ", " or (between.isspace() and _is_owner(before[0]))
    )
    return TypedName(
        tuple(one for one in whole if one.lower() not in _COMMON), whole, goes_on=beside
    )


def _is_headline(question: Question) -> bool:
    """Whether words that are no names begin with a capital too: "The", "Of"."""
    after = question.asked.split()[1:]
    plain = [word for word in after if not set(question.own_terms).intersection(terms(word))]
    capitals = [word for word in plain or after if word[0].isupper()]
    if not plain:
        return len(after) > 1 and capitals == after
    return question.asked.isupper() or 2 * len(capitals) > len(plain)

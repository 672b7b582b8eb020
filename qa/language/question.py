"""A question, parsed once: what it asks for and the terms, names and numbers that it states."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property

from index import QuothError
from index.search.bm25 import content_terms, is_in_capitals, question_terms, terms
from index.text.dates import DateInText, dates_in
from index.text.matching import matching_text

MAX_QUESTION = 2_000

_ASKING = (
    r"(?:who|whom|whose|what|which|when|where|why|how|if|whether|on|in|at|by|for|to|from|since"
    r"|until|is|are|was|were|did|does|do|has|have|had|can|could|will|would)\b"
)
_POLITE = re.compile(
    r"^\W*(?:(?:please|pls|hi|hello|hey|thanks|thank you|ok|okay|so|well)\b[\s,.!:–-]*"
    rf"|(?:(?:can|could|would|will) (?:you|anyone|anybody|someone|somebody)|do you mind) "
    rf"(?:please |kindly |just )?(?:tell(?:ing)?|show|explain to|find out for|say to|inform|remind)"
    rf"(?: me| us)?(?: please)?,? (?={_ASKING})"
    rf"|(?:please )?(?:tell|show|explain to|remind) (?:me|us)(?: please)?,? (?={_ASKING})"
    rf"|(?:i|we)(?:['’]d| would)? (?:(?:really )?(?:like|love|want|need|wish) to|want|need to)"
    rf" (?:know|learn|find out|understand|see),? (?={_ASKING})"
    rf"|(?:(?:can|could|would|will) (?:you|anyone|anybody|someone|somebody) )"
    rf"(?:please |kindly |just )?(?:(?:tell|give|show)(?: me| us)(?: please)? (?=the |a list )"
    rf"|(?=(?:list|name) ))"
    rf"|(?:do|does) (?:you|anyone|anybody|someone|somebody) (?:happen to )?know (?=the )"
    rf"|(?:do we know|is it (?:known|clear)),? (?={_ASKING})"
    rf"|(?:i|we)(?:['’]m| am|['’]re| are)? (?:wondering|curious|trying to find out),? (?={_ASKING})"
    rf"|(?:i|we) (?:was|were) wondering,? (?={_ASKING})|(?:i|we) wonder,? (?={_ASKING})"
    rf"|(?:do|does|would) (?:you|anyone|anybody|someone|somebody) (?:happen to |perhaps )?"
    rf"(?:know|remember|recall),? (?={_ASKING})"
    rf"|(?:any idea|let me know|what i want to know is),? (?={_ASKING}))",
    re.I,
)
_THANKS = re.compile(r"[\s,]*\b(?:please|pls|thanks|thank you)\W*$", re.I)
_WHETHER = re.compile(r"^(?:if|whether)\s+", re.I)
_TRUE = re.compile(r"^is it (?:true|correct|right|the case)(?: that)?\s+(?=\w)", re.I)
_YES_NO = re.compile(
    r"^(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must|isn.t|aren.t|wasn.t|weren.t|don.t|doesn.t|didn.t)\b",
    re.I,
)
_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.I)
_WHY = re.compile(
    r"^\W*why\b|\bhow come\b|\bfor what reason\b"
    r"|\bwhat (?:is|was|were|are) the (?:reasons?|causes?)\b",
    re.I,
)
_SAYING = re.compile(
    r"\bwhat (?:did|does|do|has|have|had) .*\b(?:say|said|tell|told|warn(?:ed)?|announced?"
    r"|declared?|argued?|claim(?:ed)?|reply|replied|write|written|promised?|insist(?:ed)?"
    r"|demand(?:ed)?|post(?:ed)?|tweet(?:ed)?|comment(?:ed)?|admit(?:ted)?|confirm(?:ed)?"
    r"|explain(?:ed)?|predict(?:ed)?|suggest(?:ed)?)\b",
    re.I,
)
_WHEN = re.compile(
    r"^\W*(?:since |until |by |from )?when\b|\b(?:what|which) (?:year|date|day|month|time)\b", re.I
)
_WHEN_IT_WAS = re.compile(
    r"^\W*(?:when|where|while|after|before|if|as)\b(?!\s+(?:did|does|do|is|are|was|were|has|have"
    r"|had|will|would|can|could)\b)[^,?]*,\s*(?=(?:(?:in|on|at|by|for|to|from) )?"
    r"(?:who|whom|whose|what|which|when|where|why|how)\b)",
    re.I,
)
"""A clause before the question: "When the bridge collapsed, how many people died?"."""
_ONE_NUMBER = re.compile(r"\bhow (?:many|much|old|long|far|large|big|tall|often|high)\b", re.I)
_SEVERAL = re.compile(
    r"\b[Ww](?:hich|hat) (?:\w+ and )?"
    r"(?:(?:[A-Z][\w.’'-]* ){1,3}(?:[a-z-]+ )?|(?!(?:was|does|has|is|did)\b)[\w’'-]+ )?"
    r"(?!(?:was|does|has)\b)(?P<noun>[a-z]\w*[^s\W]s)\b"
    r"|\b[Ww]hat (?:are|were) the (?:\w+ )?(?P<nouns>[a-z]\w*[^s\W]s)\b"
    r"|\b[Ww]ho (?:are|were)\b|\b(?:names|members) of\b|^\W*(?:[Ll]ist|[Nn]ame) "
)
_NO_PLURALS = frozenset(
    "causes makes hosts owns runs leads holds means happens costs says gives takes plays wins uses"
    " wants needs keeps serves works lives sells buys pays calls shows heads governs controls"
    " covers includes becomes remains comes goes starts begins ends his this its bus virus campus"
    " status basis crisis news gas plus minus bonus census focus surplus".split()
)
"""Words that end in s and are no plurals."""
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|now|current(?:ly)?|so far|to date|at present|nowadays"
    r"|(?<!usa )today|in total|in all|altogether|overall(?=\W*$)|as of"
    r"|final (?:death )?(?:count|toll|tally|figure|total|number))\b",
    re.I,
)
_PAST = re.compile(r"\b(?:was|were|did|had)\b", re.I)
_PERHAPS = re.compile(
    r"\b(?:could|(?<!in )(?-i:may)|might|would|should|expect\w*|plan(?:s|ned|ning)?"
    r"|fac(?:e[sd]?|ing)|propos\w*|if)\b",
    re.I,
)
_FUTURE = re.compile(
    r"\b(?:will|would|shall|going to|set to|due (?:in|on|by|at|next|this|to be)|next"
    r"|upcoming|plan(?:s|ned|ning)?|expect\w*|schedul\w*"
    r"|forecast\w*|predict\w*|project(?:ed|ions?)|promis\w*|vow\w*)\b",
    re.I,
)
_STANDS_NOW = re.compile(
    r"^\W*(?:who(?: is|[’']s| are) the \w|who (?:owns|runs|leads|heads|chairs|holds|governs)\b"
    r"|(?:what|which)(?: is|[’']s| are) (?:the|[\w’'-]+[’']s) (?:[\w’'-]+ ){0,3}?"
    r"(?:rates?|prices?|costs?|fees?|salary|toll|sentence|population|value|worth|status|size|name)\b"
    r"|how (?:much|many|long|big|large|high|old|far)\b.* (?:is|are|does|do|costs?|has|have)\b)",
    re.I,
)
"""Asks in the present tense for what changes: an office, a price, a toll."""
_AS_OF = re.compile(r"\b(?:as of|as at|up to|by)\W+(?:the (?:end of )?)?$", re.I)
_WHO_IS = re.compile(r"^\W*[Ww]ho(?:['’]s| is| was| are| were)(?: the)?(?: [A-Z][\w.’'-]*)+\W*$")
_OFFICE = re.compile(
    r"\bthe (?:[A-Z][\w.’'-]* )*(?:Pope|President|Minister|Secretary|King|Queen|Prince|Princess"
    r"|Chief|Chair|Chairman|Chairwoman|Director|CEO|Mayor|Governor|Speaker|Chancellor|Judge|Justice|General|PM)\W*$"
)
"""Ends a question for who holds an office: "Who is the Pope?"."""
_NAME = re.compile(r"\b(?:[^\W\d_][\w’'-]*|\d[\w,.]*)\b")


@dataclass(frozen=True)
class Question:
    """A question, parsed once and passed on.

    Attributes:
        text: as it was typed, without white space around it.
        asked: without politeness: "Could you tell me who won?" asks "who won?".
        whether: whether politeness was followed by "if" or "whether".
        today: the day it is asked, from which "last September" is worked out; None if unknown.

    Example:
        >>> question = Question.parse("Could you tell me when the mill closed?")
        >>> question.asked, question.wants_time
        ('when the mill closed?', True)
    """

    text: str
    asked: str
    whether: bool = False
    today: dt.date | None = None

    @classmethod
    def parse(cls, text: str, today: dt.date | None = None) -> "Question":
        """Parse what was typed.

        Args:
            text: the question.
            today: the day it is asked; without it "last September" is no date.

        Raises:
            QuothError: if it is empty, has no word in it, or has over 2,000 characters.

        Example:
            >>> question = Question.parse("Could you tell me who brokered the ceasefire, please?")
            >>> question.asked, question.wants_yes_or_no
            ('who brokered the ceasefire?', False)
        """
        typed = checked(text)
        asked, before = typed, None
        while before != asked:
            before = asked
            rest = asked[found.end() :] if (found := _POLITE.match(asked)) else asked
            asked = rest if re.search(r"\w", rest) else asked
        thanked = _THANKS.sub("", asked)
        if thanked != asked and re.search(r"\w", thanked):
            asked = f"{thanked}?" if asked.rstrip().endswith("?") else thanked
        asks_whether = _TRUE if _TRUE.match(asked) else _WHETHER
        whether = bool(asks_whether.match(asked)) and (asked != typed or asks_whether is _TRUE)
        return cls(typed, asks_whether.sub("", asked) if whether else asked, whether, today)

    @cached_property
    def lower(self) -> str:
        """What is asked, in lower case."""
        return self.asked.lower()

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The stemmed terms that say what it is about."""
        return tuple(question_terms(self.asked))

    @cached_property
    def own_terms(self) -> tuple[str, ...]:
        """The same, but none where the question has stop words only."""
        return tuple(content_terms(self.asked))

    @cached_property
    def every_term(self) -> frozenset[str]:
        """Every stemmed term of it."""
        return frozenset(terms(self.asked))

    @cached_property
    def names(self) -> frozenset[str]:
        """The stemmed terms of the names and numbers that it states."""
        named = (one for one in _NAME.findall(self.asked) if one[0].isupper() or one[0].isdigit())
        return frozenset(term for name in named for term in terms(name))

    @cached_property
    def spelled(self) -> dict[str, str]:
        """The terms that say what it is about, each as it is typed."""
        typed: dict[str, str] = {}
        for word in re.findall(r"[\w’'.-]*\w", self.asked):
            for term in terms(word):
                typed.setdefault(term, word)
        return {term: typed[term] for term in self.own_terms if term in typed}

    @cached_property
    def dates(self) -> tuple[DateInText, ...]:
        """The dates and periods that it states: "September 13", "spring of 2022"."""
        of_any_year = {
            one.span: one for one in dates_in(self.asked) if one.yearless
        }  # "September 13" is of any year, whenever it is asked
        return tuple(of_any_year.get(one.span, one) for one in dates_in(self.asked, self.today))

    @cached_property
    def date_terms(self) -> frozenset[str]:
        """The stemmed terms of its dates: a document of that day need not repeat them."""
        return frozenset(term for one in self.dates for term in terms(one.span.of(self.asked)))

    @cached_property
    def as_of(self) -> dt.date | None:
        """The day up to which it asks: "as of March 2022" asks up to the end of March.

        "How many will be built by 2030?" asks for what is planned, which is told before.
        """
        limit = self._limit
        return None if limit is None or limit.yearless else limit.last

    @cached_property
    def has_unknown_limit(self) -> bool:
        """Whether it asks up to a day of a year that is not known: "as of October 4"."""
        return self._limit is not None and self._limit.yearless

    @cached_property
    def _limit(self) -> DateInText | None:
        for one in dates_in(self.asked, self.today):
            said = _AS_OF.search(self.asked[: one.span.start])
            if said and not (self.wants_what_will_be and not said[0].lower().startswith("as")):
                return one
        return None

    @cached_property
    def asks_for_latest(self) -> bool:
        """Whether it says that it asks for the latest: "so far", "now", "as of March"."""
        return self.as_of is not None or bool(_LATEST.search(self.asked))

    @cached_property
    def wants_latest(self) -> bool:
        """Whether it asks for the latest state of something that changes over time."""
        if self.asks_for_latest:
            return True
        return not self.dates and bool(_STANDS_NOW.search(self.asked))

    @cached_property
    def wants_what_happened(self) -> bool:
        """Whether it asks for what is past: "was sentenced", "did … pay"; not what might be."""
        return bool(_PAST.search(self.asked)) and not _PERHAPS.search(self.asked)

    @cached_property
    def wants_what_will_be(self) -> bool:
        """Whether it asks for what is planned or foretold, which an earlier article may tell."""
        return bool(_FUTURE.search(self.asked))

    @cached_property
    def wants_yes_or_no(self) -> bool:
        """Whether it asks for a yes or a no, which no quotation gives."""
        if " or " in self.lower:
            return False
        return self.whether or bool(_YES_NO.match(self.asked.strip()))

    @cached_property
    def is_topic(self) -> bool:
        """Whether it names a topic and asks nothing: keywords, or a heading in capitals."""
        if "?" in self.text or self.wants_yes_or_no:
            return False
        asking = _QUESTION_WORD.match if self.asked.isupper() else _QUESTION_WORD.search
        return not asking(self.asked.strip())

    @cached_property
    def wants_reason(self) -> bool:
        """Whether it asks for a reason."""
        return bool(_WHY.search(self.asked))

    @cached_property
    def wants_words(self) -> bool:
        """Whether it asks what somebody said."""
        return bool(_SAYING.search(self.asked))

    @cached_property
    def wants_time(self) -> bool:
        """Whether it asks for a time."""
        return bool(_WHEN.search(self.main_clause))

    @cached_property
    def main_clause(self) -> str:
        """What is asked, without a clause before it such as "When the bridge collapsed, "."""
        return _WHEN_IT_WAS.sub("", self.asked)

    @cached_property
    def wants_number(self) -> bool:
        """Whether it asks for one number."""
        return bool(_ONE_NUMBER.search(self.asked))

    @cached_property
    def wants_several(self) -> bool:
        """Whether it asks for several things."""
        found = _SEVERAL.search(self.lower if self.asked.isupper() else self.asked)
        noun = found and (found["noun"] or found["nouns"])
        return found is not None and noun not in _NO_PLURALS

    @cached_property
    def wants_description(self) -> bool:
        """Whether it names somebody and asks who that is."""
        return bool(_WHO_IS.search(self.asked)) and not _OFFICE.search(self.asked)

    @cached_property
    def wants_person(self) -> bool:
        """Whether it begins by asking for a person."""
        who = re.match(r"who(?:['’]s)?\s", self.lower)
        return bool(who) and not is_in_capitals(self.asked[:3], self.asked)

    def is_answered_by(self, words: str) -> bool:
        """Whether an answer has a word that the question lacks, or that it offers ("or")."""
        said = terms(words)
        return not said or " or " in self.lower or not self.every_term.issuperset(said)


def checked(text: str) -> str:
    """The question in clean form: lone surrogates replaced, white space at its ends removed.

    Raises:
        QuothError: if it is empty, has no word in it, or has over 2,000 characters.
    """
    asked = matching_text(text.encode("utf-8", "replace").decode()).text.strip()
    if not asked:
        raise QuothError("the question is empty; ask something")
    if not any(char.isalnum() for char in asked):
        raise QuothError("the question has no word in it; ask something in words")
    if len(asked) > MAX_QUESTION:
        raise QuothError(
            f"the question has {len(asked):,} characters and at most {MAX_QUESTION:,} are read; "
            "shorten it"
        )
    return asked

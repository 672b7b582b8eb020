"""The view of every mention as HTML: everything escaped."""

from dataclasses import dataclass

from qa import Mentions, NameDetails, NamedIn
from qa.archive.mentions import by_date
from qa.archive.names.recognizer import KINDS
from qa.archive.stated_facts import FactKind, facts_in
from ui.web.asked import Asked
from ui.web.charts import month_bars
from ui.web.html import Piece, cut_in_pieces, headline, read_link, template

_MOST_ROWS = 200
_MOST_SENTENCES = 3
_MOST_NAMES = 5
_ASKING = frozenset(
    "who whom whose what when where which why how did does do is are was were has have had can will"
    " could would should in on at".split()
)


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A document that names a phrase, as it is listed."""

    headline: str
    dated: str
    count: int
    surname_only: int
    copies: int
    sentences: list[list[Piece]]
    more: int
    read: str


def mentions_html(
    found: Mentions,
    asked: Asked,
    sort: str,
    *,
    has_names: bool = False,
    may_change: bool = False,
    question: str = "",
) -> str:
    """Every mention, by document; with `has_names` the names beside it can be fetched.

    A `question` is what was asked instead of the name in it.
    """
    ordered = list(found.found)
    by = "meaning" if found.by_meaning else ""
    sorts = ["date", "count", "title"]
    if found.by_meaning:
        sorts.insert(0, "nearest")
    if sort not in sorts:
        sort = sorts[0]
    if found.by_meaning and sort == "date":
        ordered = sorted(found.found, key=by_date)
    elif sort == "count":
        ordered = sorted(found.found, key=lambda one: -len(one.spans))
    elif sort == "title":
        ordered = sorted(found.found, key=lambda one: one.document.title.value.lower())
    rows = [_mention_row(one, marked=not found.by_meaning) for one in ordered[:_MOST_ROWS]]
    undated = sum(len(one.spans) for one in found.found if not one.document.date)
    return template("mentions.html.jinja").render(
        found=found,
        asked=asked,
        may_change=may_change,
        sort=sort,
        sorts=[(one, one) for one in sorts],
        by=by,
        rows=rows,
        has_names=has_names,
        more=len(found.found) - len(rows),
        bars=month_bars(
            found.by_month(),
            lambda first, last: asked.between(first, last).link(view="mentions", by=by),
            undated,
        ),
        linked=lambda word: Asked(word).link(view="mentions"),
        question=question,
        names=names_of(question or asked.question),
    )


def beside_html(found: NameDetails | None, *, may_change: bool) -> str:
    """The names in the same paragraphs, and a form that corrects the name itself."""
    return template("beside.html.jinja").render(
        name=found.name if found else None,
        beside=[(one, Asked(one.name).link(view="mentions")) for one in found.beside]
        if found
        else [],
        kinds=KINDS,
        may_change=may_change,
    )


def names_of(question: str) -> list[str]:
    """The names in a question, which can be searched for instead of the whole question."""
    names = [one.words for one in facts_in(question) if one.kind is FactKind.NAME]
    kept = [one for one in names if one != question and one.lower() not in _ASKING]
    return kept[:_MOST_NAMES]


def _mention_row(one: NamedIn, *, marked: bool) -> MentionRow:
    cited = one.cited()
    marks = [(span.start, span.end) for span in one.spans]
    return MentionRow(
        headline(one.document.title.value),
        one.document.published.value if one.document.published else "no date found",
        len(one.spans),
        one.surname_only,
        len(one.copies),
        [
            cut_in_pieces(sentence.quote, sentence.start, one.spans if marked else ())
            for sentence in cited[:_MOST_SENTENCES]
        ],
        max(0, len(cited) - _MOST_SENTENCES),
        read_link(one.document.name, one.document.content_hash, sorted(marks), marks[0]),
    )

"""When a web page says it was published."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from index.documents import Certainty, Found, Span
from index.parsing import published_date
from index.parsing.date_lines import day_comes_first, published_line
from index.text.paragraphs import Block

Element = Any
_META = (
    "article:published_time",
    "datepublished",
    "og:article:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "publish-date",
    "publication_date",
    "pubdate",
    "publishdate",
    "article.published",
    "cxenseparse:recs:publishtime",
    "date",
)
_ARTICLES = ("article", "posting", "report", "review", "creativework")
_PAGES = ("webpage", "website")
_LISTS = ("@graph", "mainEntity", "mainEntityOfPage")
_AROUND = frozenset(["header", "nav", "footer", "aside"])
_LINES_BEFORE, _LINES_AFTER = 3, 12
_DEEPEST = 12
_SAYS_PUBLISHED = re.compile(r"\b(?:published|posted|issued)\b", re.IGNORECASE)


def published(tree: Element, lines: Sequence[str]) -> Iterator[Found]:
    """Every published date that a page states, best known first.

    The order is: the text around the headline, structured data about this article, the meta
    elements, times shown in the article, the address, and structured data about the whole page or
    site. Data about another article (a teaser, a list) is ignored.

    Args:
        tree: the page, as it is shown.
        lines: its visible lines, in order.
    """
    headline = _headline(tree)
    day_first = _day_first(tree, lines)
    things = list(_linked_data(tree))
    yield from _near_headline(lines, headline, day_first)
    yield from _of_this_article(things, headline, _addresses(tree), day_first)
    yield from _meta(tree, day_first)
    for element in tree.iter("*"):
        if element.get("itemprop", "").lower() == "datepublished" and element.tag != "meta":
            value = element.get("datetime") or element.get("content") or element.text_content()
            yield from _some(
                published_date.stated(value, "marked as published", day_first=day_first)
            )
    yield from _shown_time(tree)
    for address in _addresses(tree):
        yield from _some(published_date.in_address(address))
    for kind, thing in things:
        if any(word in kind for word in _PAGES):
            value = thing.get("datePublished")
            if isinstance(value, str):
                yield from _some(
                    published_date.stated(value, "JSON-LD of the page", Certainty.WEAK)
                )


def _headline(tree: Element) -> str:
    """A page's headline, as words are compared: its first h1."""
    first = next(tree.iter("h1"), None)
    return _bare("".join(first.itertext())) if first is not None else ""


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _day_first(tree: Element, lines: Sequence[str]) -> bool | None:
    """Whether a page writes the day first: by its own dates, or by its language."""
    told = day_comes_first(lines)
    if told is not None:
        return told
    language = (tree.get("lang") or "").lower().replace("_", "-")
    if language in {"en-us", "en-ph"}:
        return False
    return True if language and language != "en" else None


def _near_headline(
    lines: Sequence[str],
    headline: str,
    day_first: bool | None,  # noqa: FBT001 -- three values
) -> Iterator[Found]:
    """The date on a line of its own around the headline, as what the text states."""
    at = next((n for n, line in enumerate(lines) if headline and _bare(line) == headline), None)
    if at is None:
        return
    around = [*lines[at + 1 : at + 1 + _LINES_AFTER], *lines[max(0, at - _LINES_BEFORE) : at][::-1]]
    for number, line in enumerate(around):
        found = published_line(Block(Span(0, len(line)), line), day_first=day_first)
        if found is None:
            continue
        behind = number < _LINES_AFTER
        certainty = found.certainty if behind else Certainty.LIKELY
        if behind or _SAYS_PUBLISHED.search(line):
            yield Found(found.value, "date line", None, certainty)
            return


def _of_this_article(
    things: Sequence[tuple[str, dict[str, Any]]],
    headline: str,
    addresses: Iterator[str],
    day_first: bool | None,  # noqa: FBT001 -- three values
) -> Iterator[Found]:
    """The dates of the data about an article: those with this headline or address first."""
    own = set(addresses)
    held = [
        (thing, value)
        for kind, thing in things
        if isinstance(value := thing.get("datePublished"), (str, int))
        and any(word in kind for word in _ARTICLES)
    ]
    about = [one for one in held if _is_about(one[0], headline, own)]
    if not about and len(held) == 1:
        stated = _bare(str(held[0][0].get("headline") or held[0][0].get("name") or ""))
        about = held if not (stated and headline) or _alike(stated, headline) else []
    for _, value in about:
        yield from _some(published_date.stated(str(value), "JSON-LD", day_first=day_first))


def _is_about(thing: Mapping[str, Any], headline: str, addresses: AbstractSet[str]) -> bool:
    stated = _bare(str(thing.get("headline") or thing.get("name") or ""))
    if stated and headline and _alike(stated, headline):
        return True
    page = thing.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    return any(isinstance(one, str) and one in addresses for one in (thing.get("url"), page))


def _alike(one: str, other: str) -> bool:
    """Whether two headlines share at least half of the shorter one's words."""
    mine, theirs = set(one.split()), set(other.split())
    return len(mine & theirs) * 2 >= min(len(mine), len(theirs))


def _shown_time(tree: Element) -> Iterator[Found]:
    """The first `time` element inside `article` or outside the header, menus and footer."""
    times = [one for one in tree.iter("time") if one.get("datetime")]
    inside = [
        one
        for one in times
        if any(above.tag == "article" for above in one.iterancestors())
        or not any(above.tag in _AROUND for above in one.iterancestors())
    ]
    for element in inside[:1]:
        yield from _some(
            published_date.stated(element.get("datetime"), "first time shown", Certainty.LIKELY)
        )


def _some(found: Found | None) -> Iterator[Found]:
    if found is not None:
        yield found


def _linked_data(tree: Element) -> Iterator[tuple[str, dict[str, Any]]]:
    """The things that a page's JSON-LD tells of, each with its kind; lists of others left out."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            held = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(held, 0):
            yield str(thing.get("@type", "")).lower(), thing


def _things(held: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(held, list):
        for one in held:
            yield from _things(one, depth + 1)
    elif isinstance(held, dict):
        yield held
        for key in _LISTS:
            yield from _things(held.get(key), depth + 1)


def _meta(tree: Element, day_first: bool | None) -> Iterator[Found]:  # noqa: FBT001 -- three values
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        for field in ("property", "name", "itemprop"):
            if element.get(field):
                said.setdefault(element.get(field).lower(), element.get("content") or "")
    for name in _META:
        if name in said:
            yield from _some(published_date.stated(said[name], f"meta {name}", day_first=day_first))


def _addresses(tree: Element) -> Iterator[str]:
    for element in tree.iter("link"):
        if (element.get("rel") or "").lower() == "canonical":
            yield element.get("href") or ""
    for element in tree.iter("meta"):
        if element.get("property") == "og:url":
            yield element.get("content") or ""

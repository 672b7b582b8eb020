"""When a web page says it was published."""

import json
from collections.abc import Iterator
from typing import Any

from index.documents import Certainty, Found
from index.parsing import published_date

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
_ARTICLES = ("article", "posting", "report", "webpage", "review", "creativework")
_DEEPEST = 12


def published(tree: Element) -> Iterator[Found]:
    """Every published date that a page's head, data, times and address state, best known first."""
    yield from _linked_data(tree)
    yield from _meta(tree)
    for element in tree.iter("*"):
        if element.get("itemprop", "").lower() == "datepublished" and element.tag != "meta":
            value = element.get("datetime") or element.get("content") or element.text_content()
            yield from _some(published_date.stated(value, "marked as published"))
    for element in tree.iter("time"):
        if element.get("datetime"):
            yield from _some(
                published_date.stated(element.get("datetime"), "first time shown", Certainty.LIKELY)
            )
            break
    for address in _addresses(tree):
        yield from _some(published_date.in_address(address))


def _some(found: Found | None) -> Iterator[Found]:
    if found is not None:
        yield found


def _linked_data(tree: Element) -> Iterator[Found]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            held = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(held, 0):
            kind = str(thing.get("@type", "")).lower()
            value = thing.get("datePublished")
            if isinstance(value, str) and any(word in kind for word in _ARTICLES):
                yield from _some(published_date.stated(value, "JSON-LD"))


def _things(held: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(held, list):
        for one in held:
            yield from _things(one, depth + 1)
    elif isinstance(held, dict):
        yield held
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _things(held.get(key), depth + 1)


def _meta(tree: Element) -> Iterator[Found]:
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        for field in ("property", "name", "itemprop"):
            if element.get(field):
                said.setdefault(element.get(field).lower(), element.get("content") or "")
    for name in _META:
        if name in said:
            yield from _some(published_date.stated(said[name], f"meta {name}"))


def _addresses(tree: Element) -> Iterator[str]:
    for element in tree.iter("link"):
        if (element.get("rel") or "").lower() == "canonical":
            yield element.get("href") or ""
    for element in tree.iter("meta"):
        if element.get("property") == "og:url":
            yield element.get("content") or ""

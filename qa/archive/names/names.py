"""The names of an archive: listed, counted, over time, and who is named beside whom."""

from collections import Counter
from dataclasses import dataclass

from index import Index, Listed, QuothError, Span, Where
from qa.answer import Answer
from qa.archive.names.count import Name, as_names, beside, by_date, counted, name_table, once
from qa.archive.names.names_file import NamesFile
from qa.archive.names.recognizer import KINDS


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the documents that were searched.

    Attributes:
        names: the names, those of most documents first.
        total: how many there are, shown or not.
        documents: how many documents were searched.
        not_recognized: how many of them have no names yet, as they were added since.
        recognizer: what recognized the names: a spaCy model, or "capitals".

    Example:
        >>> _ = make_names(Index.open(".quoth"), load_recognizer("capitals"))
        >>> names(Index.open(".quoth"), like="Blinken").names[0].documents
        1
    """

    names: tuple[Name, ...]
    total: int
    documents: int
    not_recognized: int
    recognizer: str

    def as_json(self) -> dict[str, object]:
        """The names as plain values, in the form `quoth names --json` prints."""
        return {
            "recognizer": self.recognizer,
            "documents": self.documents,
            "not_recognized": self.not_recognized,
            "total": self.total,
            "names": [one.as_json() for one in self.names],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """A row a name, for a spreadsheet; the first row has the headings."""
        headings = ("name", "kind", "documents", "mentions", "forms")
        return [
            headings,
            *(
                (one.name, one.kind, str(one.documents), str(one.mentions), "; ".join(one.forms))
                for one in self.names
            ),
        ]


@dataclass(frozen=True, slots=True)
class NameDetails:
    """A name, over time and with the names beside it.

    Attributes:
        name: the name with its counts.
        by_month: documents that name it by month as 2022-09, in order; undated ones are left out.
        named_in: the documents, by date, those without one last.
        beside: the names that stand in the same paragraphs, with how many documents and paragraphs
            they share; most documents first.

    Example:
        >>> _ = make_names(Index.open(".quoth"), load_recognizer("capitals"))
        >>> name_details(Index.open(".quoth"), "Blinken").named_in[0].name
        'seeds/003_b2d011834734ebc9.txt'
    """

    name: Name
    by_month: dict[str, int]
    named_in: tuple[Listed, ...]
    beside: tuple[Name, ...]

    def as_json(self) -> dict[str, object]:
        """The details as plain values."""
        return {
            **self.name.as_json(),
            "by_month": self.by_month,
            "named_in": [
                {
                    "document": one.name,
                    "title": one.title.value,
                    "published": one.published.value if one.published else None,
                }
                for one in self.named_in
            ],
            "beside": [one.as_json() for one in self.beside],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """A row a name beside it, for a spreadsheet; the first row has the headings."""
        return Names(self.beside, len(self.beside), 0, 0, "").rows()


def names(
    index: Index,
    where: Where | None = None,
    *,
    kind: str | None = None,
    like: str = "",
    k: int | None = None,
) -> Names:
    """The people, organisations and places that documents name, counted.

    Args:
        index: the index; `make_names` has been called for it.
        where: a filter; None lets everything pass.
        kind: only names of this kind: "person", "organisation", "place" or "name".
        like: only names with these letters in one of their spellings.
        k: at most so many; None is all.

    Returns:
        The names, those of most documents first, then of most mentions, then in name order.

    Raises:
        QuothError: if no names were made, for a kind that is none, or for a damaged file of names
            or corrections.

    Example:
        >>> _ = make_names(Index.open(".quoth"), load_recognizer("capitals"))
        >>> [one.name for one in names(Index.open(".quoth"), like="blinken").names]
        ['Blinken']
    """
    if kind is not None and kind not in KINDS:
        raise QuothError(f"{kind!r} is no kind of name; choose {', '.join(KINDS)}")
    table = name_table(index)
    listed = index.documents(where)
    pairs = once(index, table, listed)
    found, total = counted(index, table, pairs, kind=kind, like=like, k=k)
    return Names(
        tuple(found),
        total,
        len(listed),
        sum(one.key not in table.read for one in listed),
        table.recognizer,
    )


def name_details(index: Index, name: str, where: Where | None = None) -> NameDetails:
    """A name over time, and the names that stand in the same paragraphs.

    Args:
        index: the index; `make_names` has been called for it.
        name: the name, in one of its forms; where several have it, the one in most documents.
        where: a filter; None lets everything pass.

    Returns:
        The details.

    Raises:
        QuothError: if no document names it, and as `names` does.

    Example:
        >>> _ = make_names(Index.open(".quoth"), load_recognizer("capitals"))
        >>> name_details(Index.open(".quoth"), "Blinken").by_month
        {}
    """
    table = name_table(index)
    listed = index.documents(where)
    pairs = once(index, table, listed)
    times = Counter(table.names[pairs].tolist())
    mine = max(table.named(name), key=lambda at: times[at], default=None)
    if mine is None or not times[mine]:
        raise QuothError(
            f"no name {name!r} was recognized in these documents; `quoth mentions` counts any words"
        )
    own = pairs[table.names[pairs] == mine]
    keys = {table.keys[text] for text in table.texts[own].tolist()}
    first = {one.key: one for one in sorted(listed, key=by_date, reverse=True) if one.key in keys}
    named_in = tuple(sorted(first.values(), key=by_date))
    months = Counter(one.published.value[:7] for one in named_in if one.published)
    return NameDetails(
        as_names(index, table, {mine: len(keys)}, {mine: int(table.counts[own].sum())})[0],
        dict(sorted(months.items())),
        named_in,
        tuple(beside(index, table, mine, keys)),
    )


def names_of(index: Index, answer: Answer) -> tuple[Name, ...]:
    """The names that stand in the passages of an answer, those in most passages first.

    Args:
        index: the index that was asked.
        answer: the answer.

    Returns:
        The names; `documents` and `mentions` are of these passages alone.

    Raises:
        QuothError: as `names` does.

    Example:
        >>> index = Index.open(".quoth")
        >>> _ = make_names(index, load_recognizer("capitals"))
        >>> answer = Assistant(index).ask("who brokered the September 13 ceasefire?")
        >>> len(names_of(index, answer)) > 0
        True
    """
    table = name_table(index)
    listed = index.named({one.citation.document for one in answer.passages})
    key = {name: one.key for name, one in listed.items()}
    passages: dict[str, list[Span]] = {}
    for one in answer.passages:
        cited = one.citation
        if cited.document in key:
            span = Span(cited.start, cited.end)
            passages.setdefault(key[cited.document], []).append(span)
    mentions = Counter[int]()
    among = Counter[int]()
    for text, spelling, places in NamesFile(index.folder).places(passages):
        name = table.name_of(spelling)
        if name is None:
            continue
        for span in passages[text]:
            inside = sum(span.start <= one.start and one.end <= span.end for one in places)
            mentions[name] += inside
            among[name] += inside > 0
    return tuple(as_names(index, table, among, mentions))

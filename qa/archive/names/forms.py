"""The forms of a name: which of them name the same person, organisation or place."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.archive.names.recognizer import NAME, PERSON, PLACE, Marked
from qa.archive.phrase import without_accents

_LONGEST = 80
_OWNED = re.compile(r"(?:[’']s|[’'])$")
_TITLES = re.compile(
    r"(?:(?:the|mr|mrs|ms|miss|dr|prof|professor|president|vice president|prime minister|minister|"
    r"secretary|sen|senator|rep|gov|governor|mayor|judge|justice|chief|gen|general|col|colonel|"
    r"capt|captain|lt|sgt|sir|lord|lady|king|queen|prince|princess|pope|st|rev|coach|detective|"
    r"officer)\.?\s+)(?=\S)",
    re.IGNORECASE,
)
_PERSON_TITLES_ONLY_THE = re.compile(r"the\s+(?=\S)", re.IGNORECASE)
_SMALL = re.compile(r"\b[^\W\d_A-Z]\w+")
_INVERTED = re.compile(r"([^\W\d_][\w’'-]+), ([^\W\d_][\w’'. -]+)")
_EDGES = " \t\n\r.,;:!?()[]{}“”\"'‘’*•|/\\—–−-_#@&…"
_SHORT = {
    "us": "united states",
    "usa": "united states",
    "united states of america": "united states",
    "uk": "united kingdom",
    "un": "united nations",
    "eu": "european union",
    "uae": "united arab emirates",
}
_LAST = re.compile(r"\s+(?:and|or|the|of|in|at|for|to|by|with|on|a|an)$", re.IGNORECASE)
_NO_ORGANISATION = re.compile(
    r".*\s(?:awards?|act|bill|tour|season|standard time|daylight saving time|bronze age|program)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:covid(?:[ -]19)?|ai|et|est|pt|bc|ad|oscars?|grammys?|emmys?|easter|christmas|latinos?)",
    re.IGNORECASE,
)
"""Laws, prizes, times and peoples, which models often mark as organisations or places."""
_OF = frozenset(("of", "the", "and", "for"))
_ABBREVIATION = re.compile(r"[a-z]{2,6}")
_PRONOUNS = frozenset(
    "i me my mine we our you your he him his she her hers it its they them their who whom this "
    "that these those what which one someone everyone nobody".split()
)


@dataclass(frozen=True, slots=True)
class DocumentName:
    """A person, organisation or place that a document names.

    Attributes:
        name: its longest form in the document.
        kind: "person", "organisation", "place" or "name".
        forms: every form, the longest first.
        places: where the document names it, in order, as (start, end).
    """

    name: str
    kind: str
    forms: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def key_of(name: str) -> str:
    """A name without accents, capitals, dots and single letters within, for comparing.

    Example:
        >>> key_of("Joseph R. Biden"), key_of("U.S.")
        ('joseph biden', 'united states')
    """
    plain = without_accents(unicodedata.normalize("NFC", name)).casefold().replace("’", "'")
    plain = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", plain).replace(".", "").replace(",", "")
    words = [word for word in re.split(r"[\s-]+", plain) if word]
    if len(words) > 2:  # noqa: PLR2004 -- a first and a last name stay
        words = [words[0], *(word for word in words[1:-1] if len(word) > 1), words[-1]]
    plain = " ".join(words)
    return _SHORT.get(plain, plain)


def cleaned(text: str, kind: str) -> str:
    """A marked name without titles, possessives and punctuation around it; empty if none is left.

    Example:
        >>> cleaned("President Joe Biden’s", "person")
        'Joe Biden'
    """
    name = _OWNED.sub("", " ".join(text.split()).strip(_EDGES)).strip(_EDGES)
    while found := _LAST.search(name):
        name = name[: found.start()].strip(_EDGES)
    titles = _TITLES if kind == PERSON else _PERSON_TITLES_ONLY_THE
    while found := titles.match(name):
        name = name[found.end() :]
    if kind == PERSON:
        name = re.split(r"[’']s ", name)[0]
    if kind == PERSON and (inverted := _INVERTED.fullmatch(name)):
        name = f"{inverted[2]} {inverted[1]}"
    if re.search(r"\b[A-Z]\.[A-Z]$", name):  # the last dot of "U.S." was taken for a full stop
        name += "."
    return name if _is_name(name, kind) else ""


def _is_name(name: str, kind: str) -> bool:
    letters = sum(char.isalpha() for char in name)
    return (
        1 < len(name) <= _LONGEST
        and letters >= max(2, len(name) // 2)
        and any(char.isupper() or unicodedata.category(char) == "Lo" for char in name)
        and name.casefold() not in _PRONOUNS
        and not (kind == PERSON and any(char.isdigit() for char in name))
        and not (kind != PERSON and _NO_ORGANISATION.fullmatch(name))
        and _NO_NAME.fullmatch(name) is None
        and "@" not in name
        and "://" not in name
    )


def document_names(text: str, marked: Iterable[Marked]) -> list[DocumentName]:
    """The names of a document, the forms of each merged, in the order of their first mention.

    A word that the text writes with a small letter at least as often is no name. A form gets the
    kind that most of its mentions have. A surname belongs to the person whose full name ends with
    it; with several, to the one that was named last before its first mention. An abbreviation
    belongs to the organisation whose initials it has.

    Args:
        text: the document's text.
        marked: what a recognizer marked in it.

    Returns:
        The names.

    Example:
        >>> marked = [Marked(0, 8, "person"), Marked(14, 17, "organisation")]
        >>> document_names("John Doe ate. Doe slept.", marked)[0].forms
        ('John Doe', 'Doe')
    """
    found = _by_form(text, marked)
    kinds = {key: _kind_of([kind for _, kind, _ in group]) for key, group in found.items()}
    owner = _owners(found, kinds)
    merged: dict[str, list[tuple[int, str, str, int]]] = {}
    for key, group in found.items():
        whole = owner.get(key, key)
        merged.setdefault(whole, []).extend(
            (start, name, kind, end) for (start, end), kind, name in group
        )
    return sorted(
        (_document_name(group, kinds[key]) for key, group in merged.items()),
        key=lambda one: one.places[0],
    )


_Forms = dict[str, list[tuple[tuple[int, int], str, str]]]


def _by_form(text: str, marked: Iterable[Marked]) -> _Forms:
    """The mentions of each form: where, the kind marked, and the form as it is written."""
    found: _Forms = {}
    for one in marked:
        name = cleaned(text[one.start : one.end], one.kind)
        if name:
            found.setdefault(key_of(name), []).append(((one.start, one.end), one.kind, name))
    small = Counter(_SMALL.findall(text))
    return {key: group for key, group in found.items() if small[group[0][2].lower()] < len(group)}


def _kind_of(kinds: Sequence[str]) -> str:
    return Counter(kinds).most_common(1)[0][0]


def _owners(found: _Forms, kinds: dict[str, str]) -> dict[str, str]:
    """For each form that is short for a longer one: the longer one's key."""
    begins = {key: group[0][0][0] for key, group in found.items()}
    by_last: dict[str, list[str]] = {}
    by_first: dict[str, list[str]] = {}
    by_initials: dict[str, str] = {}
    for key in found:
        words = key.split()
        if len(words) == 1:
            continue
        if kinds[key] in {PERSON, NAME} and len(words[0]) > 1:
            by_last.setdefault(words[-1], []).append(key)
            by_first.setdefault(words[0], []).append(key)
        initials = "".join(word[0] for word in words if word not in _OF)
        by_initials.setdefault(initials, key)
    owner: dict[str, str] = {}
    for key, group in found.items():
        if " " in key:
            continue
        full = by_last.get(key) or by_first.get(key)
        if full and kinds[key] != PLACE:
            before = [one for one in full if begins[one] <= begins[key]]
            owner[key] = max(before or full, key=lambda one: begins[one])
        elif (
            kinds[key] != PERSON
            and _ABBREVIATION.fullmatch(key)
            and key in by_initials
            and any(name.isupper() for _, _, name in group)
        ):
            owner[key] = by_initials[key]
    return owner


def _document_name(group: Sequence[tuple[int, str, str, int]], kind: str) -> DocumentName:
    forms = Counter(name for _, name, _, _ in group)
    ordered = sorted(forms, key=lambda form: (-len(form.split()), -len(form), form))
    places = tuple(sorted({(start, end) for start, _, _, end in group}))
    return DocumentName(ordered[0], kind, tuple(ordered), places)

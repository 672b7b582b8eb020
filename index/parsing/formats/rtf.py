"""Rich Text (.rtf): the text, without what is struck out or hidden, and its notes and margins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from striprtf.striprtf import rtf_to_text

from index.documents import Document, Omission, Part
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.look import Look
from index.parsing.formats.raised import lowered, raised
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.tables import table_lines

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>[^a-zA-Z'])|(?P<brace>[{}])|(?P<line>[\r\n]+)|(?P<char>[^\\{}\r\n])",
    re.S,
)
_APART: dict[str, tuple[str, Part]] = {
    "footnote": ("footnote", Part.BODY),
    "annotation": ("comment", Part.BODY),
    "shptxt": ("text box", Part.BODY),
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), ("", Part.MARGIN)),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), ("", Part.MARGIN)),
}
"""Groups whose text stands apart from the running text: their label and part."""

_UNREAD = {"object": "embedded object"}
_TOGGLES = {"v": "hidden", "strike": "struck", "striked": "struck", "deleted": "deleted"}
_POSITIONS = {
    **dict.fromkeys(("super", "up"), (True, False)),
    **dict.fromkeys(("sub", "dn"), (False, True)),
    "nosupersub": (False, False),
}
_BACKGROUNDS = frozenset(["cb", "highlight", "chcbpat"])
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_COLOR_TABLE = re.compile(r"\{\\colortbl(?P<colors>[^}]*)\}")
_WHITE = re.compile(r"\\red255\\green255\\blue255")
_HEADER_END = re.compile(r"\{\\fonttbl(?:[^{}]|\{[^{}]*\})*\}")
_INFO = {
    "title": re.compile(r"\{\\title\s+([^{}]*)\}"),
    "author": re.compile(r"\{\\author\s+([^{}]*)\}"),
    "created": re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})"),
}
_BEFORE = 40


@dataclass(slots=True)
class _Shown:
    """RTF without left-out text, and the groups outside the running text, also as RTF."""

    body: str = ""
    apart: list[tuple[str, Part, str]] = field(default_factory=list)


def read(source: Source) -> Iterator[Piece]:
    """The one document of a .rtf."""
    yield Piece("", lambda: document(source))


def document(source: Source) -> Document:
    """Parse a .rtf file. Raises SkipFileError if it has no text."""
    markup = source.content.decode("cp1252", "replace")
    omissions = Omissions()
    sections = list(_sections(markup, omissions))
    return compose(source.name, sections, _properties(markup), omissions=omissions)


def _sections(markup: str, omissions: Omissions) -> Iterator[Section]:
    shown = _Reader(markup, omissions).read()
    header = _HEADER_END.search(markup)
    before = markup[: header.end()] if header else "{\\rtf1\\ansi "
    yield Section(_with_tables(_plain(shown.body)))
    for label, part, group in sorted(shown.apart, key=lambda one: one[1] is Part.MARGIN):
        yield Section(_with_tables(_plain(f"{before} {group}}}")), label or None, part)


def _plain(markup: str) -> str:
    convert: Any = rtf_to_text
    return _GAP.sub(" ", str(convert(markup, errors="replace")))


def _with_tables(text: str) -> str:
    """Text with its tables, which striprtf gives as lines with a bar behind each cell."""
    pieces: list[str] = []
    for is_row, lines in groupby(text.split("\n"), lambda line: line.rstrip().endswith("|")):
        if is_row:
            rows = [line.rstrip()[:-1].split("|") for line in lines]
            pieces += ["", "\n\n".join(table_lines(rows)), ""]
        else:
            pieces += list(lines)
    return "\n".join(pieces)


def _properties(markup: str) -> Properties:
    title, author = (
        _plain(f"{{\\rtf1\\ansi {found.group(1)}}}") if found else ""
        for found in (_INFO[name].search(markup) for name in ("title", "author"))
    )
    made = _INFO["created"].search(markup)
    created = "-".join(part.zfill(2) for part in made.groups()) if made else ""
    return Properties(title, author, created)


class _Reader:
    """Walks over the tokens of RTF and keeps those that are shown."""

    def __init__(self, markup: str, omissions: Omissions) -> None:
        self._markup = markup
        self._omissions = omissions
        table = _COLOR_TABLE.search(markup)
        colors = table["colors"].split(";") if table else []
        self._white = {str(at) for at, one in enumerate(colors) if _WHITE.search(one)}
        self._shown = _Shown()
        self._outs: list[list[str]] = [[]]
        self._look = Look()
        self._stack: list[tuple[Look, tuple[str, Part] | None]] = []
        self._mark: list[str] = []
        self._marked_as = Look()
        self._text = ""
        self._withdrawing: Omission | None = None

    def read(self) -> _Shown:
        """What is shown."""
        for token in _TOKEN.finditer(self._markup):
            self._take(token)
        self._settle()
        while len(self._outs) > 1:
            self._close_apart("", Part.BODY)
        self._shown.body = "".join(self._outs[0])
        return self._shown

    def _take(self, token: re.Match[str]) -> None:
        raw = token.group()
        if token["brace"] == "{":
            self._stack.append((self._look, None))
            self._keep(raw)
        elif token["brace"] == "}":
            self._end_group(raw)
        elif token["word"]:
            self._word(token["word"], token["number"], raw)
        elif token["line"]:
            self._outs[-1].append(raw)
        else:
            self._put(raw, token["char"] or ("?" if token["hex"] else token["symbol"]) or "")

    def _end_group(self, raw: str) -> None:
        if not self._stack:
            return
        look, apart = self._stack.pop()
        self._changed(look)
        if apart is not None:
            self._settle()
            self._close_apart(*apart)
        self._keep(raw)

    def _close_apart(self, label: str, part: Part) -> None:
        self._shown.apart.append((label, part, "".join(self._outs.pop())))

    def _word(self, word: str, number: str | None, raw: str) -> None:
        on = number != "0"
        if word in _APART and self._stack:
            self._settle()
            self._stack[-1] = (self._stack[-1][0], _APART[word])
            self._outs.append([])
            return
        if word in _UNREAD:
            self._omissions.add(Omission.NOT_READ, _UNREAD[word])
        look = self._changed_by(word, number, on=on)
        if look is not None:
            self._changed(look)
        elif word == "u":
            self._put(raw, chr(int(number or 0) % 0x10000))
            return
        elif word in {"par", "line", "tab", "cell", "row"} and self._look.withdrawn is None:
            self._settle()
            self._text = ""
        self._keep(raw)

    def _changed_by(self, word: str, number: str | None, *, on: bool) -> Look | None:
        """The look after a control word; None for one that does not change it."""
        if word == "plain":
            return Look()
        if word in _TOGGLES:
            return replace(self._look, **{_TOGGLES[word]: on})
        if word in _POSITIONS:
            high, low = _POSITIONS[word]
            return replace(self._look, raised=high and on, lowered=low and on)
        if word == "cf":
            return replace(self._look, white=number in self._white)
        if word in _BACKGROUNDS:
            return replace(self._look, shaded=on and number not in self._white)
        return None

    def _changed(self, look: Look) -> None:
        place = (look.raised, look.lowered)
        if self._mark and place != (self._marked_as.raised, self._marked_as.lowered):
            self._settle()
        self._look = look

    def _put(self, raw: str, char: str) -> None:
        withdrawn = self._look.withdrawn
        if withdrawn is not None:
            if self._withdrawing is not withdrawn and char.strip():
                self._omissions.add(withdrawn)
                self._withdrawing = withdrawn
            return
        self._withdrawing = None
        if (self._look.raised or self._look.lowered) and char.isascii():
            self._mark.append(char)
            self._marked_as = self._look
            return
        self._settle()
        self._text = (self._text + char)[-_BEFORE:]
        self._outs[-1].append(raw)

    def _keep(self, raw: str) -> None:
        self._outs[-1].append(raw)

    def _settle(self) -> None:
        """Put the raised or lowered text that was gathered."""
        if not self._mark:
            return
        mark = "".join(self._mark)
        put = (raised if self._marked_as.raised else lowered)(mark, self._text)
        self._mark = []
        self._text = (self._text + put)[-_BEFORE:]
        self._outs[-1].append("".join(one if one.isascii() else f"\\u{ord(one)}?" for one in put))

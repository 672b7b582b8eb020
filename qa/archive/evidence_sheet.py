"""The sheet of an evidence pack: its quotations as a page that prints well, and for Word."""

import base64
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from index.text.visible import one_line

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

    from qa.archive.evidence import Exhibit

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.55 Georgia, serif; max-width: 46rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
article { border-top: 1px solid #8886; padding: .9rem 0; break-inside: avoid; }
blockquote { margin: .4rem 0 .6rem; white-space: pre-wrap; }
mark { background: #ffe58a; color: #111; }
p, dl { font: .85rem/1.5 system-ui, sans-serif; margin: .2rem 0; }
.role { color: #666; } .note { border-left: 3px solid #8886; padding-left: .6rem; }
code { font-size: .8em; overflow-wrap: anywhere; }
img { max-width: 100%; border: 1px solid #8886; margin-top: .6rem; }
@media (prefers-color-scheme: dark) { .role { color: #aaa; } }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
"""
_CHECK = "Check the pack that this is from with: quoth verify FILE.zip"


def as_html(exhibits: Sequence["Exhibit"], made: dt.date, followed: Sequence[str] = ()) -> str:
    """The sheet as one page without scripts; its links are to the files of the pack.

    What is `followed` in a notebook, questions and names, is listed at the end.
    """
    parts = []
    for question, group in groupby(exhibits, lambda one: one.question):
        if question:
            parts.append(f"<h2>{escape(one_line(question))}</h2>")
        parts += [_article(one) for one in group]
    if followed:
        rows = "".join(f"<li>{escape(one_line(one))}</li>" for one in followed)
        parts.append(f"<h2>Followed</h2><ul>{rows}</ul>")
    body = "\n".join(parts)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Evidence</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>
<body><h1>Evidence: {_counted(exhibits)}</h1>
<p>Made on {made}. Each quotation is word for word what its document says. {_CHECK}</p>
{body}
</body></html>
"""


def by_itself(sheet: bytes, pack: zipfile.ZipFile) -> bytes:
    """The sheet of a pack to be kept without it: its pictures within it, no links to its files."""
    text = re.sub(r'<a href="(?:texts|originals)/[^"]*">([^<]*)</a>', r"\1", sheet.decode())

    def drawn(match: re.Match[str]) -> str:
        picture = base64.b64encode(pack.read(unquote(match[1]))).decode()
        return f'<img src="data:image/png;base64,{picture}"'

    return re.sub(r'<img src="([^":]*)"', drawn, text).encode()


def _article(one: "Exhibit") -> str:
    links = [_link(one.text_file, "the text that its character offsets refer to")]
    links += [_link(one.original, "the original file")] if one.original else []
    gone = drawn = noted = ""
    if one.note:
        noted = f'\n<p class="note">Note: {escape(one.note)}</p>'
    if one.without_original:
        gone = f"<p>The original file is not packed: {escape(one.without_original)}.</p>"
    if one.picture:
        drawn = f'<img src="{quote(one.picture)}" alt="The page, with the quotation marked">'
    return f"""<article id="exhibit-{one.number}">
<p class="role">{one.number}. {escape(one.role)}</p>
<blockquote>{_marked(one)}</blockquote>
<p>{escape(one_line(one.citation.reference()))}</p>{noted}
<p class="role">{escape(_file(one))}</p>
<p>{", ".join(links)}; SHA-256 of the text <code>{one.citation.content_hash}</code></p>
{gone}{drawn}
</article>"""


def _link(path: str, words: str) -> str:
    return f'<a href="{quote(path)}">{words}</a>'


def _marked(one: "Exhibit") -> str:
    before, answer, after = _split(one)
    inside = f"<mark>{escape(answer)}</mark>" if answer else ""
    return escape(before) + inside + escape(after)


def _split(one: "Exhibit") -> tuple[str, str, str]:
    """The quotation as what stands before the short answer, that, and what follows."""
    quotation, start = one.citation.quote, one.citation.start
    if one.marked is None:
        return quotation, "", ""
    first, last = one.marked.start - start, one.marked.end - start
    return quotation[:first], quotation[first:last], quotation[last:]


def as_word(
    exhibits: Sequence["Exhibit"],
    made: dt.date,
    files: Mapping[str, bytes],
    followed: Sequence[str] = (),
) -> bytes:
    """The sheet for Word, with the pictures of pages in it, as `as_html` has it."""
    from docx import Document  # noqa: PLC0415 -- for this alone
    from docx.enum.text import WD_COLOR_INDEX  # noqa: PLC0415
    from docx.shared import Inches  # noqa: PLC0415

    document = Document()
    document.core_properties.author = ""
    document.core_properties.title = "Evidence"
    when = dt.datetime(made.year, made.month, made.day, tzinfo=dt.UTC)
    document.core_properties.created = document.core_properties.modified = when
    document.add_heading(f"Evidence: {_counted(exhibits)}", 1)
    document.add_paragraph(f"Made on {made}. {_CHECK}")
    for question, group in groupby(exhibits, lambda one: one.question):
        if question:
            document.add_heading(_printable(one_line(question)), 2)
        for one in group:
            document.add_paragraph(f"{one.number}. {one.role}")
            quotation = document.add_paragraph(style="Quote")
            before, answer, after = map(_printable, _split(one))
            quotation.add_run(before)
            quotation.add_run(answer).font.highlight_color = WD_COLOR_INDEX.YELLOW
            quotation.add_run(after)
            document.add_paragraph(_printable(one_line(one.citation.reference())))
            if one.note:
                document.add_paragraph(_printable(f"Note: {one.note}"))
            _small(document, _file(one))
            _small(document, f"SHA-256 of the text: {one.citation.content_hash}")
            if one.without_original:
                gone = f"The original file is not packed: {one.without_original}."
                document.add_paragraph(_printable(gone))
            if one.picture:
                document.add_picture(io.BytesIO(files[one.picture]), width=Inches(6))
    if followed:
        document.add_heading("Followed", 2)
    for what in followed:
        document.add_paragraph(_printable(one_line(what)), style="List Bullet")
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _file(one: "Exhibit") -> str:
    """The document and the characters in it, for who checks the quotation."""
    citation = one.citation
    return one_line(f"{citation.document}, characters {citation.start}–{citation.end}")


def _small(document: "WordDocument", text: str) -> None:
    from docx.shared import Pt  # noqa: PLC0415 -- for this alone

    document.add_paragraph().add_run(_printable(text)).font.size = Pt(8)


def _printable(text: str) -> str:
    """Text without what XML cannot hold."""
    return "".join(
        char if char in "\t\n" or (char >= " " and not "\ud800" <= char <= "\udfff") else "\ufffd"
        for char in text
        if char not in "\ufffe\uffff"
    )


def _counted(exhibits: Sequence["Exhibit"]) -> str:
    return f"{len(exhibits)} quotation{'' if len(exhibits) == 1 else 's'}"

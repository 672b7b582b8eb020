"""Files of every format with marks, withdrawn text, notes and tables, made from one description.

A paragraph is a list of runs, each a text and what it is: "plain", "struck", "hidden", "note" (a
note's raised call), "power" (a raised exponent).
"""

import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import office
from pptx import Presentation
from pptx.util import Inches

Run = tuple[str, str]
Paragraphs = Sequence[Sequence[Run]]

_HTML = {
    "plain": "{}",
    "struck": "<s>{}</s>",
    "hidden": '<span style="display: none">{}</span>',
    "note": "<sup>{}</sup>",
    "power": "<sup>{}</sup>",
}
_WORD = {
    "plain": "",
    "struck": "<w:strike/>",
    "hidden": "<w:vanish/>",
    "note": '<w:vertAlign w:val="superscript"/>',
    "power": '<w:vertAlign w:val="superscript"/>',
}
_RTF = {
    "plain": "{}",
    "struck": r"{{\strike {}}}",
    "hidden": r"{{\v {}}}",
    "note": r"{{\super {}}}",
    "power": r"{{\super {}}}",
}
_STYLES = {
    "struck": '<style:text-properties style:text-line-through-style="solid"/>',
    "hidden": '<style:text-properties text:display="none"/>',
    "note": '<style:text-properties style:text-position="super 58%"/>',
    "power": '<style:text-properties style:text-position="super 58%"/>',
}
_NS = "urn:oasis:names:tc:opendocument:xmlns:"
NAMESPACES = " ".join(
    f'xmlns:{name}="{_NS}{value}:1.0"'
    for name, value in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("draw", "drawing"),
    )
)


def _html_paragraphs(paragraphs: Paragraphs) -> str:
    return "\n".join(
        "<p>" + "".join(_HTML[kind].format(escape(text)) for text, kind in runs) + "</p>"
        for runs in paragraphs
    )


def html(path: Path, paragraphs: Paragraphs) -> None:
    body = _html_paragraphs(paragraphs)
    path.write_text(f"<html><head><title>T</title></head><body>{body}</body></html>")


def eml(path: Path, paragraphs: Paragraphs) -> None:
    body = _html_paragraphs(paragraphs)
    path.write_text(
        f"From: a@b.example\nSubject: T\nContent-Type: text/html\n\n<div>{body}</div>\n"
    )


def epub(path: Path, paragraphs: Paragraphs) -> None:
    container = '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="c" href="c.xhtml"/>'
        '</manifest><spine><itemref idref="c"/></spine></package>'
    )
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr("META-INF/container.xml", container)
        made.writestr("b.opf", opf)
        body = _html_paragraphs(paragraphs)
        made.writestr("c.xhtml", f"<html><body>{body}</body></html>")


def docx(path: Path, paragraphs: Paragraphs) -> None:
    body = ""
    for runs in paragraphs:
        body += "<w:p>"
        for text, kind in runs:
            properties = f"<w:rPr>{_WORD[kind]}</w:rPr>"
            body += f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        body += "</w:p>"
    office.docx(path, body)


def odt(path: Path, paragraphs: Paragraphs) -> None:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text">{looks}</style:style>'
        for name, looks in _STYLES.items()
    )
    body = "".join(
        "<text:p>"
        + "".join(
            f'<text:span text:style-name="{kind}">{escape(t)}</text:span>' for t, kind in runs
        )
        + "</text:p>"
        for runs in paragraphs
    )
    opendocument(path, "text", f"<office:text>{body}</office:text>", styles)


def opendocument(path: Path, kind: str, body: str, styles: str = "") -> None:
    """An OpenDocument file with this body."""
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body>{body}</office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        made.writestr("content.xml", content)


def rtf(path: Path, paragraphs: Paragraphs) -> None:
    body = "".join(
        "".join(_RTF[kind].format(text) for text, kind in runs) + "\\par\n" for runs in paragraphs
    )
    path.write_text("{\\rtf1\\ansi{\\fonttbl{\\f0 Times;}}\n" + body + "}")


def pptx(path: Path, paragraphs: Paragraphs) -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    frame = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(6), Inches(4)).text_frame
    for number, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        for text, kind in runs:
            run = paragraph.add_run()
            run.text = text
            looks = run.font._element
            if kind == "struck":
                looks.set("strike", "sngStrike")
            elif kind in {"note", "power"}:
                looks.set("baseline", "30000")
    made.save(str(path))


def pdf(path: Path, paragraphs: Paragraphs) -> None:
    """One page in Courier, whose letters are all .6 of their size wide; a line a paragraph."""
    size, drawn = 10.0, []
    for number, runs in enumerate(paragraphs):
        x, y = 40.0, 740.0 - 30 * number
        for text, kind in runs:
            small = kind in {"note", "power"}
            own = 6.0 if small else size
            shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            mode = 3 if kind == "hidden" else 0
            drawn.append(
                f"BT /F {own} Tf {mode} Tr 1 0 0 1 {x} {y + (4 if small else 0)} Tm ({shown}) Tj ET"
            )
            width = 0.6 * own * len(text)
            if kind == "struck":
                drawn.append(f"{x} {y + 2.6} m {x + width - 2} {y + 2.6} l 0.5 w S")
            x += width
    raw_pdf(path, ["\n".join(drawn)])


def raw_pdf(path: Path, pages: Sequence[str], extra: Sequence[str] = ()) -> Path:
    """A PDF whose pages have these content streams; `extra` are entries of the first page."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>")
    kids = []
    for number, content in enumerate(pages):
        objects.append(
            f"<</Length {len(content.encode('latin-1'))}>>\nstream\n{content}\nendstream"
        )
        entries = "".join(extra) if not number else ""
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>"
            f"/Contents {len(objects)} 0 R{entries}>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    out, places = b"%PDF-1.6\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
    ).encode("latin-1")
    path.write_bytes(out)
    return path


WRITERS: dict[str, Callable[[Path, Paragraphs], None]] = {
    ".html": html,
    ".eml": eml,
    ".epub": epub,
    ".docx": docx,
    ".odt": odt,
    ".rtf": rtf,
    ".pptx": pptx,
    ".pdf": pdf,
}
"""A writer for each format."""

WITHOUT_HIDDEN = frozenset([".pptx"])
"""Formats in which a run cannot be hidden."""

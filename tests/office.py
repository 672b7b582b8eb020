"""Small files of every format, made where the tests need them."""

import datetime as dt
import io
import mailbox
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from pptx import Presentation
from pptx.util import Inches
from xlsxwriter import Workbook

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """A PDF with these lines on its pages."""
    with PdfPages(path, metadata={"Title": "", "CreationDate": dt.datetime(2021, 5, 4)}) as made:  # noqa: DTZ001 -- as the format has it
        for lines in pages:
            figure = Figure((8, 8))
            for number, line in enumerate(lines):
                figure.text(0.1, 0.9 - 0.04 * number, line, fontsize=11)
            made.savefig(figure)
    return path


def _relations(kinds: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(kinds)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{lines}</Relationships>'


def paragraph(text: str) -> str:
    """A paragraph of a .docx."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(path: Path, body: str, before: str = "", **parts: str) -> Path:
    """A .docx with this body; `parts` are the contents of header, footer, footnotes and so on."""
    named = [(kind, f"{kind}1.xml") for kind in parts]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("_rels/.rels", _relations([("officeDocument", "word/document.xml")]))
        made.writestr("word/_rels/document.xml.rels", _relations(named))
        document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        made.writestr("word/document.xml", before + document)
        for kind, content in parts.items():
            made.writestr(f"word/{kind}1.xml", f'<w:x xmlns:w="{W}">{content}</w:x>')
    return path


def pptx(path: Path, slides: Sequence[str], note: str = "") -> Path:
    """A presentation with these texts on its slides, and a note to the first."""
    made = Presentation()
    for number, text in enumerate(slides):
        slide = made.slides.add_slide(made.slide_layouts[6])
        box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(6), Inches(1))
        box.text_frame.text = text
        if note and not number:
            slide.notes_slide.notes_text_frame.text = note
    made.save(str(path))
    return path


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook with these sheets."""
    with Workbook(str(path)) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def odt(path: Path, paragraphs: Sequence[str]) -> Path:
    """An OpenDocument text."""
    ns = "urn:oasis:names:tc:opendocument:xmlns"
    lines = "".join(f"<text:p>{line}</text:p>" for line in paragraphs)
    content = (
        f'<office:document-content xmlns:office="{ns}:office:1.0" xmlns:text="{ns}:text:1.0">'
        f"<office:body><office:text>{lines}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        made.writestr("content.xml", content)
    return path


def epub(path: Path, chapters: Sequence[str]) -> Path:
    """A book with these chapters, one a file."""
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        made.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A book of marshes</dc:title>'
            "<dc:creator>Hanna Lund</dc:creator><dc:date>2019-04-01</dc:date></metadata>"
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for number, text in enumerate(chapters):
            page = f"<html><head><title>x</title></head><body><p>{text}</p></body></html>"
            made.writestr(f"OEBPS/c{number}.xhtml", page)
    return path


def message(subject: str, body: str, attached: str = "") -> EmailMessage:
    """An e-mail of 3 March 2024."""
    made = EmailMessage()
    made["From"] = "Hanna Lund <hanna@example.org>"
    made["To"] = "desk@example.org"
    made["Date"] = "Sun, 03 Mar 2024 09:30:00 +0100"
    made["Subject"] = subject
    made.set_content(body)
    if attached:
        made.add_attachment(attached, filename="notes.txt")
    return made


def mbox(path: Path, messages: Sequence[EmailMessage]) -> Path:
    """A box of messages."""
    box = mailbox.mbox(path)
    for one in messages:
        box.add(one)
    box.close()
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """An archive of these."""
    path.write_bytes(zipped_bytes(members))
    return path


def zipped_bytes(members: dict[str, bytes]) -> bytes:
    """An archive of these, as bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return held.getvalue()

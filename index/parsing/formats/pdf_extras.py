"""What a PDF holds beside its pages' text: form fields, annotations, attached files."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from index.documents import Omission
from index.parsing.formats.attached import attached
from index.parsing.formats.base import Omissions, Source
from index.parsing.formats.pdf_pages import page_label
from index.parsing.formats.sections import Section

_HIDDEN = 0x2
_NO_COMMENTS = frozenset(
    [pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_WIDGET]
)


def extra_sections(
    source: Source, opened: pypdfium2.PdfDocument, omissions: Omissions
) -> Iterator[Section]:
    """The form fields and comments of each page, then the attached files.

    Args:
        source: the file.
        opened: the file, opened.
        omissions: counts attached files that are not read.
    """
    with suppress(pypdfium2.PdfiumError):
        opened.init_forms()
    for number in range(len(opened)):
        try:
            page = opened[number]
        except pypdfium2.PdfiumError:
            continue
        lines = list(dict.fromkeys(_annotations(opened, page)))
        if lines:
            yield Section("\n\n".join(lines), page_label(number + 1))
    for number in range(opened.count_attachments()):
        try:
            held = opened.get_attachment(number)
            name, content = held.get_name(), bytes(held.get_data())
        except pypdfium2.PdfiumError:
            omissions.add(Omission.NOT_READ, "attachment")
            continue
        yield from attached(source, name, content, omissions)


def _annotations(opened: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        if not pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
            if kind == pdfium.FPDF_ANNOT_WIDGET:
                yield from _field(opened.formenv, annotation)
            elif kind not in _NO_COMMENTS:
                text = _string(partial(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents"))
                if text.strip():
                    yield text.strip()
        pdfium.FPDFPage_CloseAnnot(annotation)


def _field(form: Any, annotation: Any) -> Iterator[str]:  # noqa: ANN401 -- pdfium's own handles
    """A form field as "name: value"; a button, or a field left blank, gives nothing."""
    if form is None:  # the file lists no form, but the field states its own name and value
        value, name = (
            _string(partial(pdfium.FPDFAnnot_GetStringValue, annotation, key))
            for key in (b"V", b"T")
        )
        if value.strip():
            yield f"{name.strip()}: {value.strip()}" if name.strip() else value.strip()
        return
    if pdfium.FPDFAnnot_GetFormFieldType(form, annotation) in {
        pdfium.FPDF_FORMFIELD_PUSHBUTTON,
        pdfium.FPDF_FORMFIELD_SIGNATURE,
    }:
        return
    value = _string(
        lambda held, size: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, held, size)
    )
    name = _string(
        lambda held, size: pdfium.FPDFAnnot_GetFormFieldAlternateName(form, annotation, held, size)
    ) or _string(lambda held, size: pdfium.FPDFAnnot_GetFormFieldName(form, annotation, held, size))
    if value.strip() and value != "Off":
        yield f"{name.strip()}: {value.strip()}" if name.strip() else value.strip()


def _string(get: Callable[[Any, int], int]) -> str:
    """A string that pdfium writes as UTF-16 into a buffer of the size it asks for."""
    size = get(None, 0)
    if size <= 2:  # noqa: PLR2004 -- the two bytes that end it
        return ""
    held = (ctypes.c_ushort * ((size + 1) // 2))()
    get(held, size)
    return bytes(held)[:size].decode("utf-16-le", "replace").rstrip("\0").replace("\r", "\n")

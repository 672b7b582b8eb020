"""The kinds of files that are read: the one place where a kind is added."""

from dataclasses import dataclass
from pathlib import PurePath

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_RTF = b"{\\rtf"
_PDF_WITHIN = 1024
_MIMETYPE_WITHIN = 120
_MARKUP_WITHIN = 200


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file.

    Attributes:
        parser: the module of `index.parsing.formats` whose `read` parses it.
        suffixes: the file name suffixes, lower case.
        many: whether one file may hold many documents.
        zipped: whether its files are zip archives inside.
        compound: whether its files may be OLE compound files.
        members: names of members that identify a zip archive of this kind.
        mimetypes: beginnings of the `mimetype` member that identify it.
    """

    parser: str
    suffixes: tuple[str, ...]
    many: bool = False
    zipped: bool = False
    compound: bool = False
    members: tuple[str, ...] = ()
    mimetypes: tuple[bytes, ...] = ()


PLAIN_TEXT = FileKind("plain_text", (".txt", ".text", ".md", ".markdown"))
HTML = FileKind("html", (".html", ".htm", ".xhtml", ".mhtml", ".mht"))
PDF = FileKind("pdf", (".pdf",))
DOCX = FileKind("docx", (".docx", ".docm"), zipped=True, members=("word/document.xml",))
LEGACY_OFFICE = FileKind("legacy_office", (".doc", ".ppt", ".pps"), compound=True)
RTF = FileKind("rtf", (".rtf",))
PPTX = FileKind("pptx", (".pptx", ".pptm", ".ppsx"), zipped=True, members=("ppt/presentation.xml",))
SPREADSHEET = FileKind(
    "spreadsheet",
    (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    zipped=True,
    compound=True,
    members=("xl/workbook.xml", "xl/workbook.bin"),
    mimetypes=(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",),
)
OPENDOCUMENT = FileKind(
    "opendocument",
    (".odt", ".odp"),
    zipped=True,
    mimetypes=(b"mimetypeapplication/vnd.oasis.opendocument",),
)
EPUB = FileKind(
    "epub",
    (".epub",),
    zipped=True,
    members=("META-INF/container.xml",),
    mimetypes=(b"mimetypeapplication/epub+zip",),
)
MAIL = FileKind("mail", (".eml",))
MAILBOX = FileKind("mail", (".mbox",), many=True)
CSV_JSONL = FileKind("csv_jsonl", (".csv", ".tsv", ".jsonl", ".ndjson"), many=True)
ZIP = FileKind("zip", (".zip",), many=True, zipped=True)

FILE_KINDS = (
    PLAIN_TEXT,
    HTML,
    PDF,
    DOCX,
    LEGACY_OFFICE,
    RTF,
    PPTX,
    SPREADSHEET,
    OPENDOCUMENT,
    EPUB,
    MAIL,
    MAILBOX,
    CSV_JSONL,
    ZIP,
)
"""Every kind. If two kinds match a file's content, the earlier one is used."""

_BY_SUFFIX = {suffix: kind for kind in FILE_KINDS for suffix in kind.suffixes}


def suffixes() -> list[str]:
    """The file name suffixes that are read, in order."""
    return sorted(_BY_SUFFIX)


def holds_many(name: str) -> bool:
    """Whether a file of this name may hold many documents."""
    kind = _BY_SUFFIX.get(PurePath(name).suffix.lower())
    return kind is not None and kind.many


def is_zip(head: bytes) -> bool:
    """Whether a file begins as a zip archive does."""
    return head.startswith(_ZIP)


def kind_of_file(name: str, head: bytes) -> FileKind | None:
    """Detect a file's kind from its first bytes, or from its suffix if they are not conclusive.

    Args:
        name: the file's name.
        head: its first bytes, 2,048 or all of them.

    Returns:
        The kind; `ZIP` for an archive whose members must be looked at; None when the file is of
        no kind that is read.
    """
    suffix = PurePath(name).suffix.lower()
    named = _BY_SUFFIX.get(suffix)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_PDF):
        return PDF
    if _is_markup(start) and named not in {MAIL, MAILBOX}:
        return HTML
    if named is None and suffix:
        return None
    if _PDF in head[:_PDF_WITHIN] and named in {None, PDF}:
        return PDF
    if is_zip(start):
        return _stated(head) or (named if named is not None and named.zipped else ZIP)
    if start.startswith(_RTF):
        return RTF
    if start.startswith(_OLE):
        return named if named is None or named.compound else LEGACY_OFFICE
    return named


def kind_by_members(names: set[str], named: FileKind) -> FileKind:
    """The kind of a zip archive by the names of its members.

    Args:
        names: the members' names.
        named: the kind that its first bytes or its suffix call for.
    """
    for kind in FILE_KINDS:
        if any(member in names for member in kind.members):
            return kind
    if "content.xml" in names and named not in {SPREADSHEET, OPENDOCUMENT}:
        return OPENDOCUMENT
    return named if named.zipped else ZIP


def _stated(head: bytes) -> FileKind | None:
    """The kind that an archive's first member, called mimetype, states."""
    begins = head[:_MIMETYPE_WITHIN]
    return next(
        (kind for kind in FILE_KINDS if any(stated in begins for stated in kind.mimetypes)), None
    )


def _is_markup(start: bytes) -> bool:
    begins = start[:_MARKUP_WITHIN].lower().lstrip()
    return begins.startswith((b"<!doctype html", b"<html"))

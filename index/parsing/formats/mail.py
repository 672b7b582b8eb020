"""E-mail: a message (.eml) or a mailbox (.mbox), with one document per message."""

import mailbox
import mimetypes
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePath

from index.documents import Document, Found, Omission
from index.parsing import published_date
from index.parsing.charset import decode
from index.parsing.formats.assemble import compose
from index.parsing.formats.attached import attached
from index.parsing.formats.base import Omissions, Piece, Source
from index.parsing.formats.html import as_browsers_read
from index.parsing.formats.html_shown import tree_of, visible_lines
from index.parsing.formats.registry import suffixes
from index.parsing.formats.sections import Properties, Section
from index.parsing.skip_reasons import Reason, SkipFileError

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_STUB = 2
_INLINE_TEXTS = frozenset(["plain", "html", "enriched"])
_UNREAD_KINDS = {"image": "picture", "audio": "sound", "video": "film"}
_SUFFIXES = {"text/rtf": ".rtf", "text/richtext": ".rtf", "application/rtf": ".rtf"}


def read(source: Source) -> Iterator[Piece]:
    """The messages of a file, in order."""
    if source.path.suffix.lower() == ".mbox":
        path = _on_disk(source)
        box = mailbox.mbox(path, create=False)
        if source.held is not None:
            path.unlink()  # it is open by now
        for number, key in enumerate(box.iterkeys(), 1):
            part = f"message {number}"
            yield Piece(
                part,
                lambda key=key, part=part: _message(  # type: ignore[misc]
                    source, box.get_bytes(key), f"{source.name}/{part}"
                ),
            )
    else:
        yield Piece("", lambda: _message(source, source.content, source.name))


def _on_disk(source: Source) -> Path:
    """The path of a mailbox; one inside an archive is written to a temporary file."""
    if source.held is None:
        return source.path
    with tempfile.NamedTemporaryFile(delete=False) as aside:
        aside.write(source.held)
    return Path(aside.name)


def _message(source: Source, content: bytes, name: str) -> Document:
    message = message_from_bytes(content, policy=policy.default)
    if not any(message[field] for field in _SHOWN):
        raise SkipFileError(Reason.DAMAGED, "no message inside")
    omissions = Omissions()
    sections = [Section(_heading(message)), *_sections(message, source, omissions)]
    about = Properties(str(message["Subject"] or ""), str(message["From"] or ""))
    return compose(name, sections, about, _sent(message), omissions=omissions)


def _heading(message: Message) -> str:
    return "\n".join(f"{field}: {message[field]}" for field in _SHOWN if message[field])


def _sent(message: EmailMessage) -> list[Found]:
    try:
        sent = parsedate_to_datetime(str(message["Date"]))
    except (ValueError, TypeError):
        return []
    found = published_date.stated(sent.date().isoformat(), "message header")
    return [found] if found else []


def _sections(part: Message, source: Source, omissions: Omissions) -> Iterator[Section]:
    """The texts of a message and of what is attached to it, in order."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        yield from _leaf(part, source, omissions)
        return
    if part.get_content_subtype() == "alternative":
        yield from _fullest([one for one in payload if isinstance(one, Message)], source, omissions)
        return
    for one in payload:
        if isinstance(one, Message):
            if part.get_content_type() == "message/rfc822":
                yield Section(_heading(one))
            yield from _sections(one, source, omissions)


def _fullest(choices: list[Message], source: Source, omissions: Omissions) -> Iterator[Section]:
    """The first alternative, the plain text, unless another has more than twice its words."""
    read_: list[tuple[list[Section], Omissions]] = []
    for choice in choices:
        own = Omissions()
        read_.append((list(_sections(choice, source, own)), own))
    words = [sum(len(section.text.split()) for section in found) for found, _ in read_]
    most = max(words, default=0)
    for (found, own), count in zip(read_, words, strict=True):
        if count and count * _STUB >= most:
            for one in own.all():
                omissions.add(one.kind, one.what, one.count)
            yield from found
            return


def _leaf(part: Message, source: Source, omissions: Omissions) -> Iterator[Section]:
    name = part.get_filename() or ""
    kind, subtype = part.get_content_maintype(), part.get_content_subtype()
    is_text = kind in {"text", "multipart"}
    has_parser = _has_parser(name) or subtype in {"rtf", "richtext"}
    if is_text and (subtype in _INLINE_TEXTS or not has_parser):
        yield Section(_text(part, omissions))
        return
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        return
    if kind in _UNREAD_KINDS:
        omissions.add(Omission.NOT_READ, _UNREAD_KINDS[kind])
        return
    suffix = _SUFFIXES.get(f"{kind}/{subtype}", mimetypes.guess_extension(part.get_content_type()))
    yield from attached(source, name or f"attachment{suffix or ''}", content, omissions)


def _has_parser(name: str) -> bool:
    """Whether a file of this name is parsed, and not read as the text it is."""
    suffix = PurePath(name).suffix.lower()
    return suffix in suffixes() and suffix not in {".txt", ".md"}


def _text(part: Message, omissions: Omissions) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(part.get_payload() or "")
    text = _decoded(content, part.get_content_charset())
    if part.get_content_subtype() != "html" or not text.strip():
        return text
    try:
        return "\n\n".join(visible_lines(tree_of(text, omissions)))
    except SkipFileError:
        return ""


def _decoded(content: bytes, charset: str | None) -> str:
    """Decode a part with its declared charset if that works, else with a detected one."""
    if charset is not None:
        with suppress(UnicodeError, LookupError):
            return content.decode(as_browsers_read(charset))
    try:
        return decode(content)[0]
    except SkipFileError:
        return content.decode("cp1252", "replace")

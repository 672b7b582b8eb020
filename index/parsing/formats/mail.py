"""E-mail: a message (.eml) or a box of them (.mbox), one document a message."""

import mailbox
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from index.documents import Document, Found
from index.parsing import published_date
from index.parsing.charset import decode
from index.parsing.formats.assemble import compose
from index.parsing.formats.base import Piece, Source
from index.parsing.formats.html import as_browsers_read
from index.parsing.formats.html_shown import tree_of, visible_lines
from index.parsing.formats.sections import Properties, Section
from index.parsing.skip_reasons import Reason, SkipFileError

_SHOWN = ("From", "To", "Cc", "Date", "Subject")


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
                    box.get_bytes(key), f"{source.name}/{part}"
                ),
            )
    else:
        yield Piece("", lambda: _message(source.content, source.name))


def _on_disk(source: Source) -> Path:
    """Where a box of messages can be read from; one out of an archive is written aside."""
    if source.held is None:
        return source.path
    with tempfile.NamedTemporaryFile(delete=False) as aside:
        aside.write(source.held)
    return Path(aside.name)


def _message(content: bytes, name: str) -> Document:
    message = message_from_bytes(content, policy=policy.default)
    if not any(message[field] for field in _SHOWN):
        raise SkipFileError(Reason.DAMAGED, "no message inside")
    heading = "\n".join(f"{field}: {message[field]}" for field in _SHOWN if message[field])
    texts = [heading, *_bodies(message)]
    about = Properties(str(message["Subject"] or ""), str(message["From"] or ""))
    return compose(name, [Section(text) for text in texts], about, _sent(message))


def _sent(message: EmailMessage) -> list[Found]:
    try:
        sent = parsedate_to_datetime(str(message["Date"]))
    except (ValueError, TypeError):
        return []
    found = published_date.stated(sent.date().isoformat(), "message header")
    return [found] if found else []


def _bodies(part: Message) -> Iterator[str]:
    """Every text of a message and of what is attached to it, in order.

    Of alternatives the plain text is taken, unless it is blank.
    """
    payload = part.get_payload()
    if not isinstance(payload, list):
        if part.get_content_maintype() == "text" or part.get_content_maintype() == "multipart":
            yield _text(part)
        return
    if part.get_content_subtype() == "alternative":
        choices = ["\n\n".join(_bodies(one)) for one in payload if isinstance(one, Message)]
        yield next((one for one in choices if one.strip()), "")
        return
    for one in payload:
        if isinstance(one, Message):
            if part.get_content_type() == "message/rfc822":
                yield "\n".join(f"{field}: {one[field]}" for field in _SHOWN if one[field])
            yield from _bodies(one)


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(part.get_payload() or "")
    text = _decoded(content, part.get_content_charset())
    if part.get_content_subtype() != "html" or not text.strip():
        return text
    return "\n\n".join(visible_lines(tree_of(text)))


def _decoded(content: bytes, charset: str | None) -> str:
    """A part as text: in its charset if it states one that fits, else as a file's is found."""
    if charset is not None:
        with suppress(UnicodeError, LookupError):
            return content.decode(as_browsers_read(charset))
    try:
        return decode(content)[0]
    except SkipFileError:
        return content.decode("cp1252", "replace")

"""E-mail: a message (.eml) or a box of them (.mbox), one document a message."""

import mailbox
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from lxml import html

from index import dates
from index.documents import Document, Found
from index.formats.compose import Properties, Section, compose
from index.formats.page import visible_lines
from index.formats.source import Piece, Source
from index.skipped import Reason, SkipFileError

_SHOWN = ("From", "To", "Cc", "Date", "Subject")


def read(source: Source) -> Iterator[Piece]:
    """The messages of a file, in order."""
    if source.path.suffix.lower() == ".mbox" and source.held is None:
        box = mailbox.mbox(source.path, create=False)
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
    found = dates.stated(sent.date().isoformat(), "message header")
    return [found] if found else []


def _bodies(message: EmailMessage) -> Iterator[str]:
    """The text of a message and of those attached; plain text rather than the same as HTML."""
    body = message.get_body(("plain", "html"))
    if body is not None:
        yield _text(body)
    for part in message.iter_attachments():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            yield "\n".join(f"{field}: {inner[field]}" for field in _SHOWN if inner[field])
            yield from _bodies(inner)
        elif part.get_content_maintype() == "text" and part is not body:
            yield _text(part)


def _text(part: MIMEPart) -> str:
    try:
        content = part.get_content()
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if part.get_content_subtype() != "html" or not content.strip():
        return str(content)
    return "\n\n".join(visible_lines(html.document_fromstring(content)))

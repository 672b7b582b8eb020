"""Cleaning the text of documents and markup."""

import re

_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,7})|([0-9]{1,8}));?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\u2028\u2029\x0b\x0c]")


def clean(text: str) -> str:
    """Remove control characters and lone surrogates; turn all line ends into newlines."""
    lines = _SEPARATORS.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")
    return _ODD.sub("", lines)


def legal_markup(markup: str) -> str:
    """Markup without the characters that XML cannot hold, raw or as references such as `&#27;`.

    References to 128 to 159 stand for characters of Windows-1252, as the HTML standard says.
    """
    return _ODD.sub("", _REFERENCE.sub(_legal, markup))


def _legal(found: re.Match[str]) -> str:
    code = int(found.group(1), 16) if found.group(1) else int(found.group(2))
    if 0x80 <= code <= 0x9F:  # noqa: PLR2004 -- the C1 controls
        return bytes([code]).decode("cp1252", "ignore")
    if code > 0x10FFFF or _ODD.match(chr(code)):  # noqa: PLR2004 -- Unicode's last
        return ""
    return found.group()

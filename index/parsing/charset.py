"""A file's bytes as text, and the encoding they were in."""

import re

import charset_normalizer

from index.parsing.skip_reasons import Reason, SkipFileError

_COMMONEST_FIRST = [
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1254",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp874",
    "iso8859_2",
    "iso8859_5",
    "iso8859_7",
    "koi8_r",
    "koi8_u",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
    "iso2022_jp",
]
"""The encodings to detect; code pages of DOS and mainframes would cause wrong guesses."""

_SAME_COHERENCE = 0.05


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and the encoding it was read in.

    It is given by a byte order mark, else UTF-8 if valid, else detected by charset-normalizer.
    Raises SkipFileError for an empty file and for content that is not text.
    """
    if not content.strip(b" \t\r\n\x0b\x0c"):
        raise SkipFileError(Reason.EMPTY)
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _text_in(content, encoding), encoding
    if b"\0" in content:
        raise SkipFileError(Reason.BINARY)
    try:
        return _text_in(content, "utf-8"), "utf-8"
    except SkipFileError:
        detected = _detected(content)
        if detected is None:
            raise
        return _text_in(content, detected), detected


def _detected(content: bytes) -> str | None:
    """The most likely encoding: of those that read equally well, the commonest."""
    likely = charset_normalizer.from_bytes(content, cp_isolation=list(_COMMONEST_FIRST))
    best = likely.best()
    if best is None:
        return None
    as_good = {
        encoding
        for match in likely
        if match.chaos <= best.chaos and match.coherence >= best.coherence - _SAME_COHERENCE
        for encoding in match.could_be_from_charset
    }
    return next((encoding for encoding in _COMMONEST_FIRST if encoding in as_good), best.encoding)


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02


def _text_in(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise SkipFileError(Reason.BINARY) from error
    if len(_CONTROL.findall(text)) > len(text) * _MOST_CONTROLS:
        raise SkipFileError(Reason.BINARY)
    if not text.strip():
        raise SkipFileError(Reason.EMPTY)
    return text

"""Text as documents hold it."""

import re

_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SEPARATORS = re.compile(r"[\u2028\u2029\x0b\x0c]")


def clean(text: str) -> str:
    """Text without what no text holds: control characters and halves of characters."""
    lines = _SEPARATORS.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")
    return _ODD.sub("", lines)

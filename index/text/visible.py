"""Text made safe to print: characters that control a terminal are shown as escapes."""

import json
import re

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = f"\x00-\x1f\x7f-\x9f\u2028\u2029{_BIDI}\ud800-\udfff"
_UNSAFE = re.compile(f"[{_CONTROLS}]")
_UNSAFE_IN_LINES = re.compile(f"[{_CONTROLS}]".replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
_UNSAFE_IN_JSON = re.compile(f"[\x7f-\x9f\u2028\u2029{_BIDI}\ud800-\udfff]")


def one_line(text: str) -> str:
    r"""A text on one line, safe for a terminal.

    Args:
        text: a name, title or message from anywhere.

    Returns:
        The text with control characters (C0, C1), line ends, bidirectional controls and lone
        surrogates written as escapes.

    Example:
        >>> print(one_line("a\x1b[31m\nb"))
        a\x1b[31m\x0ab

    """
    return _UNSAFE.sub(_escaped, text)


def lines(text: str) -> str:
    """The same for a text of several lines: line ends stay."""
    return _UNSAFE_IN_LINES.sub(_escaped, text)


def json_text(value: object, indent: int | None = 2) -> str:
    """A value as JSON that is safe for a terminal and reads back as the same value."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", written)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004


def storable(path: str) -> str:
    r"""A path as text that can be stored: bytes that are not UTF-8 are spelled out as `\udcXX`."""
    return path.encode("utf-8", "backslashreplace").decode()

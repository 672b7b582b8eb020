"""The names of a zip archive's members, in the code page of the system that wrote them."""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from zipfile import ZipInfo

_UTF8_FLAG = 0x800
_CODE_PAGES = ("cp866", "cp932", "gb18030", "euc_kr", "cp437", "cp850", "cp1251", "cp1252")
_DOS_LATIN = ("cp437", "cp850")
_LATIN_BONUS = 0.05
_ODD_WORDS = 0.3


def member_names(members: Sequence[ZipInfo]) -> list[str]:
    """The members' names as they were meant.

    A zip archive states only whether a name is UTF-8. Older programs write the code page of their
    system: 866 in Russian, 932 in Japanese, 437 in American Windows. Python reads all of them as
    437. All names of an archive are in one code page: the one in which their letters make words of
    one script.

    Args:
        members: the members, in the archive's order.

    Returns:
        A name for each member, in order.
    """
    raw = [None if one.flag_bits & _UTF8_FLAG else _bytes_of(one) for one in members]
    unknown = [name for name in raw if name is not None and not name.isascii()]
    if not unknown:
        return [one.filename for one in members]
    encoding = _encoding_of(unknown)
    return [
        one.filename if name is None else name.decode(encoding, "replace").replace("\\", "/")
        for one, name in zip(members, raw, strict=True)
    ]


def _bytes_of(member: ZipInfo) -> bytes | None:
    try:
        return member.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return None


def _encoding_of(names: Sequence[bytes]) -> str:
    joined = b"/".join(names)
    try:
        joined.decode("utf-8")
    except UnicodeDecodeError:
        scores = {encoding: _score(joined, encoding) for encoding in _CODE_PAGES}
        return max(scores, key=lambda encoding: scores[encoding])
    return "utf-8"


def _score(names: bytes, encoding: str) -> float:
    """How much the characters that are not ASCII look like words of one script, 0 to 1."""
    try:
        text = names.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    odd = [char for char in text if not char.isascii()]
    scripts: dict[str, int] = {}
    for char in odd:
        if char.isalpha():
            name = unicodedata.name(char, "?").split()[0]
            script = "JAPANESE" if name in {"HIRAGANA", "KATAKANA", "CJK"} else name
            scripts[script] = scripts.get(script, 0) + 1
    best = max(scripts.values(), default=0) / max(1, len(odd))
    if scripts.get("HALFWIDTH", 0) * 2 > len(odd):
        best -= _ODD_WORDS
    if any(_is_odd(*pair) for pair in pairwise(text)):
        best -= _ODD_WORDS
    is_latin = scripts.get("LATIN", 0) == max(scripts.values(), default=0)
    return best + (_LATIN_BONUS if is_latin and encoding in _DOS_LATIN else 0.0)


def _is_odd(before: str, after: str) -> bool:
    """Whether two neighbouring characters are unlikely in one word.

    They are a small letter before a capital, or an ASCII letter beside one of another script.
    """
    if not before.isalpha() or not after.isalpha() or (before + after).isascii():
        return False
    if before.islower() and after.isupper():
        return True
    other = after if before.isascii() else before
    return not unicodedata.name(other, "?").startswith("LATIN") and (
        before.isascii() or after.isascii()
    )

"""Reading plain and .xz files, with errors that state what was expected."""

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index import QuothError


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, plain or .xz."""
    try:
        content = path.read_bytes()
        if path.suffix == ".xz":
            content = lzma.decompress(content)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise QuothError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except lzma.LZMAError as error:
        raise QuothError(f"{path} is not a whole .xz file ({error}); fetch it again") from error
    except UnicodeDecodeError as error:
        raise QuothError(
            f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8 and try again"
        ) from error


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, each with its number, from 1."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")


def objects(path: Path) -> Iterator["Fields"]:
    """The JSON objects of a file with one a line."""
    for number, line in lines(path):
        place = f"{path}, line {number}"
        try:
            value = json.loads(line)
        except ValueError as error:
            raise QuothError(f"{place}: expected a JSON object ({error})") from error
        yield Fields.of(value, place)


class Fields:
    """A JSON object whose fields are taken by name and kind."""

    def __init__(self, values: dict[str, Any], place: str) -> None:
        """Wrap `values`; error messages name `place`, the file and line."""
        self._values = values
        self.place = place

    @classmethod
    def of(cls, value: object, place: str) -> "Fields":
        """Raises QuothError if `value` is no object."""
        if not isinstance(value, dict):
            raise QuothError(f"{place}: expected a JSON object, not {_kind(value)}")
        return cls(value, place)

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        return str(self._take(name, str, "a text", default))

    def number(self, name: str) -> int:
        """A whole number."""
        return int(self._take(name, int, "a whole number", None))

    def flag(self, name: str) -> bool:
        """True or false; absent is false."""
        return bool(self._take(name, bool, "true or false", default=False))

    def objects(self, name: str) -> "list[Fields]":
        """A list of objects."""
        values = self._take(name, list, "a list", None)
        return [Fields.of(v, f"{self.place}, {name} {n}") for n, v in enumerate(values, 1)]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; absent is none."""
        values = self._take(name, list, "a list of texts", [])
        for value in values:
            if not isinstance(value, str):
                raise QuothError(f"{self.place}: {name} must be a list of texts")
        return tuple(values)

    def _take(self, name: str, kind: type, told: str, default: Any) -> Any:  # noqa: ANN401
        value = self._values.get(name)
        if value is None:
            if default is None:
                raise QuothError(f"{self.place}: expected the field {name!r}, {told}")
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise QuothError(f"{self.place}: {name!r} must be {told}, not {_kind(value)}")
        return value


def _kind(value: object) -> str:
    kinds = {str: "a text", list: "a list", dict: "an object", type(None): "null", bool: "a flag"}
    return kinds.get(type(value), "a number")


def one(folder: Path, pattern: str) -> Path:
    """The file of a folder that matches `pattern`. Raises QuothError unless there is just one."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        how_many = ", ".join(file.name for file in found) if found else "none"
        raise QuothError(f"{folder}: expected one file {pattern}, found {how_many}")
    return found[0]

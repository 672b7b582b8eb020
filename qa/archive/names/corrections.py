"""The user's corrections of names: a readable file beside the index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from index import QuothError
from index.durable_files import plain_faults, replace_whole
from qa.archive.aliases import alias_lines
from qa.archive.names.forms import key_of
from qa.archive.names.recognizer import KINDS
from qa.archive.user_files import beside_index, lines_of

_HEAD = """\
# Corrections of names. A line is one of
#   rename OLD NAME = NEW NAME     two names that are then alike are one
#   type NAME = person             or organisation, place, name
#   reject NAME                    it is no name
"""


def corrections_file(index: Path) -> Path:
    """The file of corrections that belongs to the index in a folder: it lies beside the folder.

    Example:
        >>> corrections_file(Path("/archive/.quoth")).as_posix()
        '/archive/quoth-names.txt'
    """
    return beside_index(index, "names.txt")


@dataclass(frozen=True, slots=True)
class Corrections:
    """The user's corrections; later ones apply to what earlier ones made.

    Attributes:
        renamed: the new name of each old one, whose key is given.
        kinds: the kind of each name, whose key is given.
        rejected: the keys of what is no name.

    Example:
        >>> _ = Path("names.txt").write_text("rename Zelenskyy = Volodymyr Zelensky")
        >>> Corrections.read(Path("names.txt")).name("Zelenskyy")
        'Volodymyr Zelensky'
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    rejected: frozenset[str] = frozenset()

    @classmethod
    def read(cls, file: Path, aliases: Path | None = None) -> Self:
        """Read a file of corrections; none if there is no file.

        The forms that a line of `aliases` lists are called as its first one.

        Raises QuothError, with the line, for a file that cannot be read or a line that is none.
        """
        renamed: dict[str, str] = {
            key_of(form): forms[0]
            for forms in (alias_lines(aliases) if aliases else [])
            for form in forms[1:]
            if key_of(form) != key_of(forms[0])
        }
        kinds: dict[str, str] = {}
        rejected: set[str] = set()
        for number, line in enumerate(lines_of(file), 1):
            verb, _, rest = line.strip().partition(" ")
            name, _, value = (part.strip() for part in rest.partition("="))
            match verb:
                case "" | "#":
                    continue
                case "rename" if name and value:
                    renamed[key_of(name)] = value
                    rejected.discard(key_of(value))
                case "type" if name and value in KINDS:
                    kinds[key_of(name)] = value
                case "reject" if name:
                    rejected.add(key_of(name))
                case _ if line.lstrip().startswith("#"):
                    continue
                case _:
                    raise QuothError(
                        f"{file}, line {number}: {line.strip()[:60]!r} is no correction; write "
                        "rename OLD = NEW, type NAME = person, or reject NAME"
                    )
        return cls(renamed, kinds, frozenset(rejected))

    def name(self, name: str) -> str:
        """What a name is called; empty if it was rejected."""
        seen = set[str]()
        while (key := key_of(name)) in self.renamed and key not in seen:
            seen.add(key)
            name = self.renamed[key]
        return "" if key_of(name) in self.rejected else name

    def knows(self, key: str) -> bool:
        """Whether the name with a key was renamed or rejected."""
        return key in self.renamed or key in self.rejected


def correct(file: Path, verb: str, name: str, value: str = "") -> None:
    """Add a correction to a file, which is created if there is none.

    Args:
        file: the file; see `corrections_file`.
        verb: "rename", "type" or "reject".
        name: the name that is corrected.
        value: the new name or the kind.

    Raises:
        QuothError: for a correction that could not be read again, or if the file cannot be
            written.

    Example:
        >>> correct(Path("names.txt"), "reject", "Read More")
    """
    name, value = " ".join(name.split()), " ".join(value.split())
    if not name or "=" in name + value or (verb == "rename" and not value):
        raise QuothError("a name to correct is not empty and has no '='; check it")
    if verb == "type" and value not in KINDS:
        raise QuothError(f"{value!r} is no kind of name; choose {', '.join(KINDS)}")
    lines = lines_of(file) or _HEAD.splitlines()
    line = f"{verb} {name}" + (f" = {value}" if value else "")
    content = "\n".join([*(one for one in lines if one.strip() != line), line, ""])
    with plain_faults(file):
        replace_whole(file, content.encode())

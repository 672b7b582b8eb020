"""What clients of the server may do besides asking and reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index import QuothError


@dataclass(frozen=True, slots=True)
class Permissions:
    """Whether clients may change the index, and from which folders of the server.

    Attributes:
        may_change: whether documents may be added, uploaded and removed, and question sets of the
            server's files measured.
        roots: the folders below which files may be added; empty with `may_change` is anywhere.

    """

    may_change: bool = True
    roots: tuple[Path, ...] = ()

    @classmethod
    def of(cls, allow_add: Sequence[Path], *, loopback: bool) -> Self:
        """The permissions of a server.

        Args:
            allow_add: the folders named with --allow-add.
            loopback: whether only this machine reaches the server.

        Raises:
            QuothError: if one of the folders is not there.

        """
        for root in allow_add:
            if not root.is_dir():
                raise QuothError(f"--allow-add {root}: there is no such folder; check the path")
        roots = tuple(root.resolve() for root in allow_add)
        return cls(loopback or bool(roots), roots)

    def check_changing(self) -> None:
        """Raise QuothError unless documents may be added and removed, and the notebook changed."""
        if not self.may_change:
            raise QuothError(
                "documents cannot be added or removed from here; the server's owner can allow it "
                "with --allow-add FOLDER"
            )

    def check_path(self, path: Path) -> None:
        """Raise QuothError unless files at this path may be added."""
        self.check_changing()
        if self.roots and not is_below(path, self.roots):
            raise QuothError(f"{path}: only files in {self._named()} can be added from here")

    def described(self) -> str:
        """What clients may do, in words."""
        if not self.may_change:
            return (
                "ask, and read every document of this index; not add, upload or remove any "
                "(--allow-add FOLDER would let them)"
            )
        if not self.roots:
            return "ask, read, add any file of this machine, upload and remove"
        return (
            "ask, read every document of this index, upload and remove, and add (and then read) "
            f"every file in {self._named()}"
        )

    def _named(self) -> str:
        return ", ".join(str(root) for root in self.roots)


def is_below(path: Path, roots: Sequence[Path]) -> bool:
    """Whether a path really lies in one of the folders, links followed."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError):
        return False
    return any(real == root or root in real.parents for root in roots)

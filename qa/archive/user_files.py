"""Files of the user's that lie beside an index: a line each, in UTF-8."""

import os
from pathlib import Path

from index import QuothError


def beside_index(index: Path, ending: str) -> Path:
    """The file of the user's that belongs to the index in a folder, and ends so.

    Example:
        >>> beside_index(Path("/archive/.quoth"), "aliases.txt").as_posix()
        '/archive/quoth-aliases.txt'
    """
    whole = Path(os.path.abspath(index))  # noqa: PTH100 -- "." has no name, and links stay links
    return whole.with_name(f"{whole.name.lstrip('.')}-{ending}")


def lines_of(file: Path) -> list[str]:
    """The lines of a file; none if there is no file.

    Raises QuothError if it cannot be read or is not UTF-8 text.
    """
    try:
        return file.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise QuothError(f"{file} cannot be read ({error.strerror}); check the file") from error
    except UnicodeDecodeError as error:
        raise QuothError(f"{file} is not UTF-8 text; save it as UTF-8") from error

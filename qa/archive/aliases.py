"""Other forms of a name, such as transliterations, that the user lists in a file."""

from pathlib import Path

from index import QuothError
from qa.archive.phrase import without_accents


def aliases_file(index: Path) -> Path:
    """The file of other forms that belongs to the index in a folder: it lies beside the folder.

    Example:
        >>> aliases_file(Path("archive/.quoth")).as_posix()
        'archive/quoth-aliases.txt'
    """
    return index.with_name(f"{index.name.lstrip('.')}-aliases.txt")


def aliases_of(phrase: str, file: Path) -> tuple[str, ...]:
    """The other forms of a name or phrase that a file lists.

    Args:
        phrase: the name, in any of its forms; capitals and accents do not matter.
        file: a text file with one name a line, its forms separated by commas. Lines that begin
            with "#" are comments.

    Returns:
        The other forms of every line that has the phrase, in order; none if there is no file.

    Raises:
        QuothError: if the file cannot be read or is not UTF-8 text.

    Example:
        >>> _ = Path("names.txt").write_text("Zelensky, Zelenskyy, Zelenskiy")
        >>> aliases_of("zelenskyy", Path("names.txt"))
        ('Zelensky', 'Zelenskiy')
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise QuothError(f"{file} cannot be read ({error.strerror}); check the file") from error
    except UnicodeDecodeError as error:
        raise QuothError(f"{file} is not UTF-8 text; save it as UTF-8") from error
    found: list[str] = []
    for line in lines:
        forms = [] if line.lstrip().startswith("#") else line.split(",")
        forms = [" ".join(form.split()) for form in forms if form.strip()]
        if _alike(phrase) in map(_alike, forms):
            found += [form for form in forms if _alike(form) != _alike(phrase)]
    return tuple(dict.fromkeys(found))


def _alike(form: str) -> str:
    return without_accents(" ".join(form.split())).casefold()

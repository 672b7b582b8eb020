"""Other forms of a name, such as transliterations, that the user lists in a file."""

import unicodedata
from pathlib import Path

from index import QuothError
from qa.archive.phrase import Phrase, without_accents
from qa.archive.user_files import beside_index, lines_of


def aliases_file(index: Path) -> Path:
    """The file of other forms that belongs to the index in a folder: it lies beside the folder.

    Example:
        >>> aliases_file(Path("/archive/.quoth")).as_posix()
        '/archive/quoth-aliases.txt'
    """
    return beside_index(index, "aliases.txt")


def aliases_of(phrase: str, file: Path) -> tuple[str, ...]:
    """The other forms of a name or phrase that a file lists.

    Args:
        phrase: the name, in any of its forms; capitals and accents do not matter.
        file: a text file with one name a line, its forms separated by commas. Lines that begin
            with "#" are comments.

    Returns:
        The other forms of every line that has the phrase, in order; none if there is no file.

    Raises:
        QuothError: if the file cannot be read, is not UTF-8 text, or lists a form that cannot be
            searched for.

    Example:
        >>> _ = Path("names.txt").write_text("Zelensky, Zelenskyy, Zelenskiy")
        >>> aliases_of("zelenskyy", Path("names.txt"))
        ('Zelensky', 'Zelenskiy')
    """
    found: list[str] = []
    for forms in alias_lines(file):
        if _alike(phrase) in map(_alike, forms):
            found += [form for form in forms if _alike(form) != _alike(phrase)]
    for form in found:
        try:
            Phrase.parse(form)
        except QuothError as error:
            raise QuothError(f"{file}, {form[:40]!r}: {error}") from error
    return tuple(dict.fromkeys(found))


def alias_lines(file: Path) -> list[list[str]]:
    """The forms of each line of a file of other forms. Raises QuothError as `aliases_of` does."""
    stated = (line.split(",") for line in lines_of(file) if not line.lstrip().startswith("#"))
    return [[" ".join(form.split()) for form in forms if form.strip()] for forms in stated]


def _alike(form: str) -> str:
    whole = unicodedata.normalize("NFC", " ".join(form.split()))
    return without_accents(whole).casefold()

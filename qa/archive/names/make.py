"""Recognizing the names of the texts of an index, once a text."""

from collections.abc import Callable

from index import Index, QuothError
from qa.archive.names.forms import document_names
from qa.archive.names.names_file import NamesFile
from qa.archive.names.recognizer import Recognizer, load_recognizer
from qa.retrieval.searchable import documents_of

_BLOCK = 50
"""Texts a commit."""


def has_names(index: Index) -> bool:
    """Whether names were made for an index, so that they are to follow what is added.

    Example:
        >>> has_names(Index.open(".quoth"))   # doctest: +SKIP
        False
    """
    return NamesFile(index.folder).path.exists()


def make_names(
    index: Index,
    recognizer: Recognizer | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Recognize the names of the texts that have none yet, and forget those of removed texts.

    Every fifty texts are one commit: after an interruption the same call goes on.

    Args:
        index: the index, whose folder gets the file of the names.
        recognizer: what recognizes them. By default the one that made the names there are, or the
            best that is installed. Names that another one made are made again.
        progress: called with how many texts are done, and of how many.

    Returns:
        How many texts were read.

    Raises:
        QuothError: if the recognizer cannot be loaded or the file cannot be written.

    Example:
        >>> make_names(Index.open(".quoth"), load_recognizer("capitals")) >= 0
        True
    """
    file = NamesFile(index.folder)
    if recognizer is None:
        recognizer = load_recognizer(_known_recognizer(file))
    file.make(recognizer.name)
    wanted = list(dict.fromkeys(one.key for one in index.documents()))
    have = file.keys()
    if gone := have - set(wanted):
        file.forget(gone)
    waiting = [key for key in wanted if key not in have]
    for start in range(0, len(waiting), _BLOCK):
        keys = waiting[start : start + _BLOCK]
        documents = [document for _, document in documents_of(index, keys)]
        marked = recognizer.marked([one.text for one in documents])
        file.put(
            [
                (key, one, document_names(one.text, found))
                for key, one, found in zip(keys, documents, marked, strict=True)
            ]
        )
        if progress:
            progress(start + len(keys), len(waiting))
    return len(waiting)


def _known_recognizer(file: NamesFile) -> str | None:
    try:
        return file.recognizer or None
    except QuothError:
        return None  # a damaged file is made again

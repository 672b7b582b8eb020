"""Files and folders -> documents, one loader a format, and a reason for each file left out."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index.anatomy import Anatomy, anatomy
from index.decode import decode
from index.documents import Document, Found, Region
from index.html import read_html
from index.skipped import MAX_BYTES, Reason, SkipFileError, Skipped


@dataclass(frozen=True, slots=True)
class Source:
    """A file on disk: the name given to `add`, where it really is, and its bytes."""

    name: str
    path: Path
    content: bytes

    @property
    def file_hash(self) -> str:
        """SHA-256 of the file's bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class Loader(Protocol):
    """Reads one format: a file's bytes become a document."""

    def __call__(self, source: Source) -> Document:
        """The document in `source`. Raises SkipFileError when it holds none."""
        ...


def load_text(source: Source) -> Document:
    """Plain text and Markdown: the text is exactly what the file decodes to."""
    text, encoding = decode(source.content)
    found = anatomy(text, source.name)
    return _document(source.name, text, encoding, found)


def load_html(source: Source) -> Document:
    """A saved web page: the article's text first, then what else the page says."""
    markup, encoding = decode(source.content)
    page = read_html(markup, source.name)
    if not page.text.strip():
        raise SkipFileError(Reason.EMPTY, "the page has no text")
    return _document(source.name, page.text, encoding, page.anatomy)


LOADERS: dict[str, Loader] = {
    ".txt": load_text,
    ".text": load_text,
    ".md": load_text,
    ".markdown": load_text,
    ".html": load_html,
    ".htm": load_html,
    ".xhtml": load_html,
}


def load(source: Source) -> Document:
    """The document in `source`, by the loader for its format.

    Raises SkipFileError for an empty file, a format that is not read or content that is not text.
    """
    loader = LOADERS.get(source.path.suffix.lower())
    if loader is None:
        raise SkipFileError(Reason.UNSUPPORTED, source.path.suffix or "no suffix")
    return loader(source)


def _document(name: str, text: str, encoding: str, found: Anatomy) -> Document:
    return Document(
        name=name,
        text=text,
        title=_one_line(found.title),
        author=_one_line(found.author) if found.author else None,
        published=found.published,
        encoding=encoding,
        regions=_within(found.regions, len(text)),
    )


def _one_line(fact: Found) -> Found:
    return Found(" ".join(fact.value.split()), fact.how, fact.span)


def _within(regions: tuple[Region, ...], length: int) -> tuple[Region, ...]:
    return tuple(region for region in regions if region.span.end <= length)


def read(name: str, path: Path) -> Source:
    """Read a file whole, without ever waiting on a pipe. Raises SkipFileError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise SkipFileError(Reason.NOT_A_FILE)
            if about.st_size > MAX_BYTES:
                raise SkipFileError(Reason.TOO_LARGE)
            return Source(name, path, file.read())
    except FileNotFoundError as error:
        raise SkipFileError(Reason.MISSING) from error
    except OSError as error:
        is_pipe = path.exists() and not path.is_file()
        reason = Reason.NOT_A_FILE if is_pipe else Reason.UNREADABLE
        raise SkipFileError(reason, error.strerror or "") from error


def walk(paths: list[str], leave_out: Path) -> Iterator[tuple[str, Path] | Skipped]:
    """Every file at or under `paths`, as (name, path), names in order, and what is not a file.

    A folder is walked in name order; links to folders are followed once. `leave_out`, the
    index's own folder, and whatever begins with a dot are not walked into.
    """
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from _walk_folder(path, frozenset(), leave_out.resolve())
        else:
            yield os.path.normpath(given), path


def _walk_folder(
    folder: Path, above: frozenset[tuple[int, int]], leave_out: Path
) -> Iterator[tuple[str, Path] | Skipped]:
    name = os.path.normpath(folder)
    if folder.resolve() == leave_out:
        return
    try:
        about = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(name, Reason.UNREADABLE, error.strerror or "")
        return
    here = (about.st_dev, about.st_ino)
    if here in above:
        yield Skipped(name, Reason.LOOP)
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            if path.resolve() != leave_out:
                yield Skipped(os.path.normpath(path), Reason.HIDDEN)
        elif path.is_dir():
            yield from _walk_folder(path, above | {here}, leave_out)
        else:
            yield os.path.normpath(path), path

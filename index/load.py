"""Files and folders -> documents, one loader a format, and a reason for each file left out."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import charset_normalizer

from index.anatomy import Anatomy, anatomy
from index.documents import Document, Found, Region
from index.html import read_html

MAX_BYTES = 100_000_000


class Reason(StrEnum):
    """Why a file was skipped."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not a file"
    EMPTY = "empty"
    BINARY = "not text"
    UNSUPPORTED = "unsupported format"
    TOO_LARGE = "too large"
    LOOP = "link loop"
    HIDDEN = "hidden"


_WHAT_TO_DO = {
    Reason.MISSING: "there is no such file or folder; check the path",
    Reason.UNREADABLE: "it cannot be read; check its permissions",
    Reason.NOT_A_FILE: "it is a pipe, socket or device, not a file; leave it out",
    Reason.EMPTY: "it holds no text; nothing to index",
    Reason.BINARY: "its content is not text; save it as UTF-8 text",
    Reason.UNSUPPORTED: "this format is not read; save it as .txt, .md or .html",
    Reason.TOO_LARGE: f"it is over {MAX_BYTES // 1_000_000} MB; split it",
    Reason.LOOP: "this link leads back to a folder it is in; leave it out",
    Reason.HIDDEN: "its name begins with a dot; name it on the command line to include it",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not indexed, and why."""

    path: str
    reason: Reason
    detail: str = ""

    @property
    def message(self) -> str:
        """One line: what happened to which file, and what to do."""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{printable(self.path)}: {_WHAT_TO_DO[self.reason]}{detail}"


def printable(path: str) -> str:
    """A path as one line of text, whatever characters its name has."""
    shown = path.encode("utf-8", "backslashreplace").decode()
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in shown)


class SkipFileError(Exception):
    """Raised by a loader for a file it cannot take."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Skip for `reason`."""
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


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


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and the encoding it was read in.

    A byte order mark decides; else UTF-8 if it is valid; else what charset-normalizer detects.
    Raises SkipFileError for an empty file and for content that is not text.
    """
    if not content.strip(b" \t\r\n\x0b\x0c"):
        raise SkipFileError(Reason.EMPTY)
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _text_in(content, encoding), encoding
    if b"\0" in content:
        raise SkipFileError(Reason.BINARY)
    try:
        return _text_in(content, "utf-8"), "utf-8"
    except SkipFileError:
        best = charset_normalizer.from_bytes(content).best()
        if best is None:
            raise
        return _text_in(content, best.encoding), best.encoding


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02


def _text_in(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise SkipFileError(Reason.BINARY) from error
    if len(_CONTROL.findall(text)) > len(text) * _MOST_CONTROLS:
        raise SkipFileError(Reason.BINARY)
    if not text.strip():
        raise SkipFileError(Reason.EMPTY)
    return text


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

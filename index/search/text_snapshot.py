"""The files of the text index: snapshots of tantivy's, written once and never changed."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import tantivy

from index.documents import Part

_HEAP = 64_000_000
_NOT_COMMITTED = (".lock", ".tmp")
_ANALYZER = "quoth"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the text index holds of one passage."""

    id: int
    document: str
    title: str
    text: str
    part: Part


def _analyzer() -> tantivy.TextAnalyzer:
    """Words without accents, in lower case, without stop words, stemmed as English."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="position")
    return builder.build()


ANALYZER = _analyzer()


def opened(folder: Path) -> tantivy.Index:
    """The snapshot in `folder`. Raises ValueError where tantivy cannot open it."""
    index = tantivy.Index.open(str(folder))
    index.register_tokenizer(_ANALYZER, ANALYZER)
    return index


def linked(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """A temporary folder with links to the files of `folder`.

    tantivy makes a lock file beside the files it opens, which it cannot in a folder that may not
    be written.
    """
    made = tempfile.TemporaryDirectory(prefix="quoth-text-")
    for file in folder.iterdir():
        if not file.name.endswith(_NOT_COMMITTED):
            (Path(made.name) / file.name).symlink_to(file.absolute())
    return made


def write_snapshot(
    folder: Path, base: Path | None, removed: Iterable[str], added: Iterable[Entry]
) -> None:
    """Write the next snapshot to the new `folder`: `base` without `removed`, plus `added`.

    `removed` are document keys. tantivy's own files are immutable once written, so those of
    `base` are linked, not copied, and a base still being read is never touched.
    Raises OSError when the disk fails.
    """
    folder.mkdir()
    if base is not None:
        for file in sorted(base.iterdir()):
            _link(file, folder / file.name)
    try:
        index = opened(folder) if base else tantivy.Index(_schema(), str(folder), reuse=False)
        index.register_tokenizer(_ANALYZER, ANALYZER)
        writer = index.writer(heap_size=_HEAP, num_threads=1)
        for key in removed:
            writer.delete_documents_by_term("document", key)
        for entry in added:
            row = tantivy.Document()
            row.add_unsigned("id", entry.id)
            row.add_text("document", entry.document)
            row.add_text("title", entry.title)
            row.add_text("text", f"{entry.title}\n{entry.text}")
            writer.add_document(row)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # tantivy raises it for file errors
        raise OSError(errno_in(str(error)), str(error)) from error
    _drop_unreferenced(folder)


def errno_in(message: str) -> int:
    """The system's error number in a message of tantivy's; EIO if it has none."""
    code = message.rpartition("code: ")[2].partition(",")[0]
    return int(code) if code.isdigit() else 5


def _link(file: Path, target: Path) -> None:
    if file.name.endswith(_NOT_COMMITTED):
        return
    try:
        os.link(file, target)
    except OSError:  # a file system without links
        shutil.copyfile(file, target)


def _drop_unreferenced(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name.endswith(_NOT_COMMITTED):
            file.unlink()


def files(folder: Path) -> list[Path]:
    """The files that make up a snapshot, in name order."""
    return sorted(folder.iterdir())

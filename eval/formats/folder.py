"""Documents as files."""

from dataclasses import replace
from pathlib import Path

from index import Document, QuothError
from index.parsing.loader import documents_in
from index.parsing.skip_reasons import Skipped


def load_folder(folder: Path, *, stems: bool = False) -> list[Document]:
    """The documents under a folder, named by their paths in it, or by their file names' stems.

    Raises QuothError if it holds none.
    """
    if not folder.exists():
        raise QuothError(f"{folder}: there is no such file or folder; check the path")
    documents = []
    for document in documents_in([str(folder)]):
        if isinstance(document, Skipped):
            continue
        path = Path(document.name)
        inside = path.relative_to(folder) if path.is_relative_to(folder) else path
        documents.append(replace(document, name=path.stem if stems else str(inside)))
    if not documents:
        raise QuothError(f"{folder} holds no document that Quoth reads (.txt, .md, .html)")
    return documents

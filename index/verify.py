"""Checking that an index is what was committed."""

from dataclasses import dataclass

from index.errors import DamagedIndexError
from index.index import Index
from index.text.chunking import document_key


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was checked, and a line for each thing that is not as committed."""

    documents: int
    passages: int
    derived: int
    faults: tuple[str, ...]


def verify(index: Index) -> Checked:
    """Check an index against what was committed to it.

    That is SQLite's own structure, every document's hash, every passage's place and number, every
    derived file's hash, and that vectors and text index hold exactly the passages.
    """
    store = index.store
    wrong = [f"the database: {line}" for line in store.check_truth()]
    lengths: dict[str, int] = {}
    for key in sorted(store.keys()):
        try:
            document = store.document(key)
            lengths[key] = len(document.text)
            if document_key(document) != key:
                wrong.append(f"{document.name} is not kept under its own key")
        except DamagedIndexError as error:
            wrong.append(str(error))
    passages = 0
    try:
        for passage in store.passages_of():
            passages += 1
            if (
                not 0
                <= passage.span.start
                < passage.span.end
                <= lengths.get(passage.document, passage.span.end)
            ):
                wrong.append(f"passage {passage.id} lies outside its document")
    except DamagedIndexError as error:
        wrong.append(str(error))
    damaged = index.engine.faults(store)
    if damaged and index.engine.newest() != index.generation:
        index.refresh()  # another process has committed since, and removed files
        store = index.store
        damaged = index.engine.faults(store)
    wrong += [f"{line}; run: quoth repair" for line in damaged]
    if not wrong:
        try:
            index.check_searchable()
        except DamagedIndexError as error:
            wrong.append(str(error))
    derived = index.engine.count_derived(store)
    return Checked(store.count_documents(), passages, derived, tuple(wrong))

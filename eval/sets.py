"""Finding a question set by name or path."""

import os
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from eval.datasets import DataSet
from eval.formats.beir import load_beir
from eval.formats.folder import load_folder
from eval.formats.judgements import load_judgements
from eval.formats.squad import load_squad
from eval.formats.trec import load_trec
from index import Document, QuothError

_PROJECT = Path(__file__).parent.parent
_FORMS: dict[str, Callable[[Path, str | None], DataSet]] = {
    "squad": load_squad,
    "beir": load_beir,
    "trec": load_trec,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A set that goes by a name."""

    name: str
    form: str
    path: Path
    documents: Path | None
    about: str

    @property
    def present(self) -> bool:
        """Whether it is on this machine."""
        return self.path.exists() and (self.documents is None or self.documents.exists())


@cache
def known_sets() -> dict[str, Known]:
    """The declared sets by name."""
    declared = tomllib.loads(files("eval").joinpath("sets.toml").read_text("utf-8"))
    data = Path(os.environ.get("QUOTH_DATA", _PROJECT.parent / "shared" / "data"))
    return {
        name: Known(
            name,
            one["form"],
            (_PROJECT / "eval" if one.get("ships") else data) / one["path"],
            _PROJECT / one["documents"] if "documents" in one else None,
            one["about"],
        )
        for name, one in declared.items()
    }


def load(
    what: str | Path, documents: Path | Sequence[Document] | None = None, name: str | None = None
) -> DataSet:
    """The question set called `what`, or in the file or folder `what`; a name comes first.

    A .json file is SQuAD; a folder with corpus and queries is BEIR, one with topics is TREC; a
    .jsonl file holds judgements and needs `documents`, a folder or the documents themselves.
    Each file may end in .xz. Raises QuothError with file, line and what was expected when one is
    not in its form.
    """
    known = known_sets().get(str(what))
    if known is not None:
        if not known.present:
            raise QuothError(
                f"the set {known.name} is not on this machine: there is no {known.path}; put it "
                "there, or set QUOTH_DATA to the folder that holds the sets"
            )
        if known.form == "judgements":
            return load_judgements(known.path, load_folder(known.documents or Path()), known.name)
        return _FORMS[known.form](known.path, known.name)
    path = Path(what)
    if not path.exists():
        names = ", ".join(name for name, one in known_sets().items() if one.present)
        raise QuothError(f"{what} is neither a file or folder nor a known set ({names})")
    form = _form(path)
    if form == "judgements":
        if documents is None:
            raise QuothError(
                f"{path} holds judgements; name their documents with --index or --documents"
            )
        over = load_folder(documents) if isinstance(documents, Path) else documents
        return load_judgements(path, over, name)
    return _FORMS[form](path, name)


def _form(path: Path) -> str:
    if path.is_dir():
        if list(path.glob("queries*.jsonl*")):
            return "beir"
        if list(path.glob("topics*")):
            return "trec"
        raise QuothError(
            f"{path}: expected a BEIR folder (corpus.jsonl, queries*.jsonl, qrels*.tsv) or a TREC "
            "one (topics*, qrels*, documents); for a SQuAD set give the .json file itself"
        )
    ending = path.name.removesuffix(".xz").rpartition(".")[2]
    if ending == "jsonl":
        return "judgements"
    if ending == "json":
        return "squad"
    raise QuothError(
        f"{path}: expected SQuAD (.json), judgements (.jsonl) or a BEIR or TREC folder"
    )

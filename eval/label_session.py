"""Making judgements: which words of which passages answer a question."""

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.formats.judgements import Judged, ids
from index import Document, Index, Part, QuothError, Span
from index.durable_files import plain_faults
from index.text.sentences import sentences
from qa import Assistant, cite


@dataclass(frozen=True, slots=True)
class Offered:
    """A passage shown for judging, and its sentences in order."""

    document: Document
    span: Span
    sentences: tuple[Span, ...]


class Labelling:
    """Judgements over the documents of one index, kept in one file."""

    def __init__(self, index: Index, path: Path) -> None:
        """Add to the judgements in `path`, which need not be there yet.

        Raises QuothError if it is there and is not a file of judgements.
        """
        self._index = index
        self._assistant = Assistant(index)
        self._path = path
        self._ids = ids(path)

    @property
    def count(self) -> int:
        """How many questions are in the file."""
        return len(self._ids)

    def offer(self, question: str, k: int = 10) -> list[Offered]:
        """The best `k` passages for `question`, to be judged."""
        found = self._assistant.consider(question).said.ranked[:k]
        offered = []
        for one in found:
            document = self._index.document(one.passage.document)
            inside = [
                sentence
                for sentence, part in sentences(document)
                if one.passage.span.holds(sentence) and part is not Part.MASTHEAD
            ]
            offered.append(Offered(document, one.passage.span, tuple(inside)))
        return offered

    def keep(
        self,
        question: str,
        evidence: Sequence[tuple[Document, Span]],
        answers: Sequence[str] = (),
    ) -> Judged:
        """Add a question to the file; without evidence it is one the documents do not answer.

        Raises QuothError if the file cannot be written.
        """
        judged = Judged(
            self._next_id(),
            question,
            tuple(answers),
            tuple(cite(document, span) for document, span in evidence),
        )
        with plain_faults(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(judged.as_line().encode())
                file.flush()
                os.fsync(file.fileno())
        self._ids.add(judged.id)
        return judged

    def undo(self) -> None:
        """Take the last question out of the file again. Raises QuothError if there is none."""
        lines = self._path.read_bytes().splitlines(keepends=True) if self._path.exists() else []
        if not lines:
            raise QuothError(f"{self._path} holds no question to take out")
        with plain_faults(self._path.parent), self._path.open("r+b") as file:
            file.truncate(sum(map(len, lines[:-1])))
            os.fsync(file.fileno())
        self._ids = ids(self._path)

    def _next_id(self) -> str:
        number = len(self._ids) + 1
        while f"q{number:04}" in self._ids:
            number += 1
        return f"q{number:04}"


_CHOICE = re.compile(r"(\d+)(?:\.(\d+)(?:-(\d+))?)?")


def chosen(stated: str, offered: Sequence[Offered]) -> list[tuple[Document, Span]]:
    """What a person marked: `2` is a passage, `2.3` its third sentence, `2.3-4` two of them.

    Anything else is text copied from a passage; spaces and typographic quotes need not be the
    same. Raises QuothError, saying what is meant, for a number or a text that is not there.
    """
    parts = [part for part in re.split(r"[\s,]+", stated.strip()) if part]
    if parts and all(_CHOICE.fullmatch(part) for part in parts):
        return [_numbered(part, offered) for part in parts]
    return [_copied(stated, offered)]


def _numbered(part: str, offered: Sequence[Offered]) -> tuple[Document, Span]:
    found = _CHOICE.fullmatch(part)
    passage, first, last = (int(n) if n else None for n in (found.groups() if found else ()))
    if passage is None or not 1 <= passage <= len(offered):
        raise QuothError(f"there is no passage {passage}; there are {len(offered)}")
    one = offered[passage - 1]
    if first is None:
        return one.document, one.span
    last = first if last is None else last
    if not 1 <= first <= last <= len(one.sentences):
        raise QuothError(f"passage {passage} has {len(one.sentences)} sentences, not {part!r}")
    return one.document, Span(one.sentences[first - 1].start, one.sentences[last - 1].end)


def _copied(stated: str, offered: Sequence[Offered]) -> tuple[Document, Span]:
    words = [_plain(word) for word in stated.split()]
    for one in offered:
        span = _place(words, one) if words else None
        if span is not None:
            return one.document, span
    raise QuothError(
        "none of these passages holds that text; copy it from one of them, or give a number"
    )


def _place(words: Sequence[str], one: Offered) -> Span | None:
    """Where these words stand in a row in a passage; the outer two may be parts of words."""
    found = [
        (one.span.start + m.start(), _plain(m.group()))
        for m in re.finditer(r"\S+", one.span.of(one.document.text))
    ]
    for at in range(len(found) - len(words) + 1):
        row = [text for _, text in found[at : at + len(words)]]
        span = _aligned(words, row, [start for start, _ in found[at : at + len(words)]])
        if span is not None:
            return span
    return None


def _aligned(words: Sequence[str], row: Sequence[str], starts: Sequence[int]) -> Span | None:
    if len(words) == 1:
        inside = row[0].find(words[0])
        return None if inside < 0 else Span(starts[0] + inside, starts[0] + inside + len(words[0]))
    if not row[0].endswith(words[0]) or not row[-1].startswith(words[-1]):
        return None
    if list(row[1:-1]) != list(words[1:-1]):
        return None
    return Span(starts[0] + len(row[0]) - len(words[0]), starts[-1] + len(words[-1]))


_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})


def _plain(word: str) -> str:
    """A word as it is compared: quotes and dashes straight, nothing that changes its length."""
    straight = word.translate(_QUOTES)
    composed = unicodedata.normalize("NFC", straight)
    return composed if len(composed) == len(straight) else straight


def questions_in(path: Path) -> Iterator[str]:
    """The questions of a text file, one a line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QuothError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise QuothError(f"{path} is not UTF-8; save it as UTF-8, one question a line") from error
    yield from (line.strip() for line in text.splitlines() if line.strip())

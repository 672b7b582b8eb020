"""Asking many questions at once; each row is saved as it comes, so that a batch can resume."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index import NameMatches, QuothError, Where
from index.durable_files import plain_faults, replace_whole
from index.filters import AllOf
from qa.answer import Answer, sure_word
from qa.archive.rows import write_rows
from qa.assistant import Assistant

FORMATS = (".xlsx", ".csv", ".jsonl")
HEADINGS = (
    "question",
    "answered",
    "answer",
    "verdict",
    "confidence",
    "sure",
    "sentence",
    "document",
    "title",
    "published",
    "page",
    "paragraph",
    "start",
    "end",
    "other answers",
    "reasons",
    "content_hash",
)
_EACH = "asked of"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A question of a batch with what the documents say.

    Attributes:
        number: its place in the batch, from 1.
        document: the name of the one document that was asked; None if all were.
        answer: the answer, with `answer.answer` None for a refusal.

    Example:
        >>> (row,) = ask_all(Assistant.open(".quoth"), ["Who won the 2022 FIFA World Cup?"])
        >>> row.number, row.document, row.answer.answer
        (1, None, None)
    """

    number: int
    document: str | None
    answer: Answer

    def as_json(self) -> dict[str, object]:
        """The row as plain values: the answer as `quoth ask --json` prints it, and its number."""
        each = {} if self.document is None else {"asked_of": self.document}
        return {"number": self.number, **each, **self.answer.as_json()}


def ask_all(
    assistant: Assistant,
    questions: Sequence[str],
    where: Where | None = None,
    today: dt.date | None = None,
    *,
    each_document: bool = False,
    after: int = 0,
) -> Iterator[BatchRow]:
    """Ask many questions, of all documents together or of each by itself.

    Args:
        assistant: what answers.
        questions: the questions.
        where: which documents may answer.
        today: the day from which "last September" is counted.
        each_document: whether each question is asked of each document.
        after: how many rows to skip at the beginning, to resume a batch.

    Returns:
        A row for each question; with `each_document` for each document and question, document by
        document in the order of their names.

    Raises:
        QuothError: for a question that cannot be asked.

    Example:
        >>> asked = ask_all(Assistant.open(".quoth"), ["Who brokered the September 13 ceasefire?"])
        >>> [one.answer.answer.text for one in asked]
        ['Moscow']
    """
    for row, (document, number) in enumerate(_cells(assistant, questions, where, each_document)):
        if row < after:
            continue
        within = where
        if document is not None:
            only = NameMatches(_to_the_letter(document))
            within = AllOf((where, only)) if where else only
        yield BatchRow(number, document, assistant.ask(questions[number - 1], 5, within, today))


def _cells(
    assistant: Assistant,
    questions: Sequence[str],
    where: Where | None,
    each_document: bool,  # noqa: FBT001 -- of this module only
) -> list[tuple[str | None, int]]:
    """The document and the number of the question of each row."""
    documents: list[str | None] = [None]
    if each_document:
        documents = [one.name for one in assistant.index.restricted_to(where).documents()]
    return [(name, number) for name in documents for number in range(1, len(questions) + 1)]


def _to_the_letter(name: str) -> str:
    """A pattern that this name alone matches."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


@dataclass
class Batch:
    """Questions that are asked in one go, and the file that their answers go to.

    Each row is saved in `FILE.part`, beside the file, as it comes. A batch that was stopped
    resumes after the last saved row if the questions, documents and settings are the same.

    Attributes:
        out: the file: .xlsx, .csv or .jsonl.
        questions: the questions.
        each_document: whether each question is asked of each document.
        where: which documents may answer.
        today: the day from which "last September" is counted; None for the day the batch begins.
        resumed: how many rows were kept from before, after `run`.

    Raises:
        QuothError: for a file of another kind, or where its folder is not there.

    Example:
        >>> batch = Batch(Path("answers.csv"), ["Who brokered the September 13 ceasefire?"])
        >>> len(batch.run(Assistant.open(".quoth"))), batch.out.exists()
        (1, True)
    """

    out: Path
    questions: Sequence[str]
    each_document: bool = False
    where: Where | None = None
    today: dt.date | None = None
    resumed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Check the file."""
        if self.out.suffix.lower() not in FORMATS:
            raise QuothError(f"{self.out}: end its name in .xlsx, .csv or .jsonl")
        if not self.out.parent.is_dir():
            raise QuothError(f"{self.out.parent} is not a folder; make it first")
        if self.out.is_dir():
            raise QuothError(f"{self.out} is a folder; name a file")

    @property
    def part(self) -> Path:
        """Where the rows are kept until all are there."""
        return self.out.with_name(f"{self.out.name}.part")

    def run(
        self, assistant: Assistant, tell: Callable[[int, int], None] | None = None
    ) -> list[dict[str, object]]:
        """Ask what has not been asked yet, and write the file.

        Args:
            assistant: what answers.
            tell: called after each row with how many are done, and of how many.

        Returns:
            The rows, as `BatchRow.as_json` has them.

        Raises:
            QuothError: for a question that cannot be asked, or if a file cannot be written.
        """
        total = len(_cells(assistant, self.questions, self.where, self.each_document))
        if not total:
            raise QuothError("no document passes the filters; widen them")
        key = self._key(assistant)
        rows = self._kept(key)
        self.resumed = len(rows)
        self.today = self.today or dt.date.today()  # noqa: DTZ011 -- the person's own day
        with plain_faults(self.part):
            if not rows:
                head = {"batch": key, "today": str(self.today)}
                replace_whole(self.part, json.dumps(head).encode() + b"\n")
            with self.part.open("a", encoding="utf-8") as part:
                asked = ask_all(
                    assistant,
                    self.questions,
                    self.where,
                    self.today,
                    each_document=self.each_document,
                    after=len(rows),
                )
                for one in asked:
                    rows.append(one.as_json())
                    part.write(json.dumps(rows[-1]) + "\n")
                    part.flush()
                    if tell:
                        tell(len(rows), total)
        self._write(rows)
        self.part.unlink(missing_ok=True)
        return rows

    def _key(self, assistant: Assistant) -> str:
        """A hash of the questions, the documents and the settings that the rows are of."""
        documents = [
            [one.name, one.key] for one in assistant.index.restricted_to(self.where).documents()
        ]
        made_of = [
            list(self.questions),
            documents,
            self.each_document,
            repr(self.where),
            str(self.today),
            assistant.fingerprint,
        ]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()

    def _kept(self, key: str) -> list[dict[str, object]]:
        """The rows that this batch saved before it stopped; none if another batch saved them."""
        try:
            lines = self.part.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"{self.part} cannot be read ({error.strerror}); remove it"
            raise QuothError(message) from error
        rows: list[dict[str, object]] = []
        try:
            head = json.loads(lines[0])
            if head["batch"] != key:
                return []
            begun = dt.date.fromisoformat(head["today"])
            rows = [json.loads(line) for line in lines[1:-1]]
        except (ValueError, KeyError, TypeError):
            return []
        self.today = begun
        if lines[-1]:  # the last row was cut off; without it the file is whole
            with plain_faults(self.part):
                replace_whole(self.part, b"\n".join([*lines[:-1], b""]))
        return rows

    def _write(self, rows: Sequence[dict[str, object]]) -> None:
        if self.out.suffix.lower() == ".jsonl":
            content = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
            with plain_faults(self.out):
                replace_whole(self.out, content.encode("utf-8", "replace"))
            return
        answers = table(rows)
        each = {"grid": grid(rows)} if self.each_document else {}
        write_rows(self.out, {**each, "answers": answers})


def table(rows: Sequence[dict[str, object]]) -> list[tuple[str, ...]]:
    """A row for each answer of a batch, with headings, for a spreadsheet."""
    each = any("asked_of" in row for row in rows)
    headings = (_EACH, *HEADINGS) if each else HEADINGS
    return [headings, *(((str(row["asked_of"]),) if each else ()) + _cells_of(row) for row in rows)]


def _how_sure(row: dict[str, object], confidence: float) -> str:
    if row["answer"]:
        return sure_word(confidence)
    return "not likely enough" if row.get("withheld") else "not in the documents"


def _cells_of(row: dict[str, object]) -> tuple[str, ...]:
    found = row["answer"] or row["possible"]
    others = row["others"]
    passages = row["passages"]
    cited: dict[str, object] = found if isinstance(found, dict) else {}
    sentence = cited.get("sentence")
    about: dict[str, object] = next(
        (
            one
            for one in (passages if isinstance(passages, list) else [])
            if one["document"] == cited.get("document")
        ),
        {},
    )
    confidence = float(str(cited.get("confidence", 0)))
    return (
        str(row["question"]),
        "yes" if row["answer"] else "no",
        str(cited.get("text", "")) if row["answer"] else "",
        str(row["verdict"] or ""),
        f"{confidence:.2f}" if cited else "",
        _how_sure(row, confidence),
        " ".join(str(sentence["text"]).split()) if isinstance(sentence, dict) else "",
        str(cited.get("document", "")),
        str(about.get("title") or ""),
        str(cited.get("published") or ""),
        str(about.get("page") or ""),
        str(about.get("paragraph") or ""),
        str(cited.get("start", "")),
        str(cited.get("end", "")),
        "; ".join(f"{one['text']} ({one['document']})" for one in others)
        if isinstance(others, list)
        else "",
        " ".join(map(str, row["reasons"])) if isinstance(row["reasons"], list) else "",
        str(cited.get("content_hash", "")),
    )


def grid(rows: Sequence[dict[str, object]]) -> list[tuple[str, ...]]:
    """A row for each document and a column for each question, with the answers; empty if none."""
    asked = list(dict.fromkeys((str(row["number"]), str(row["question"])) for row in rows))
    answers: dict[str, dict[str, str]] = {}
    for row in rows:
        found = row["answer"]
        told = f"{found['text']} ({found['confidence']:.0%})" if isinstance(found, dict) else ""
        answers.setdefault(str(row["asked_of"]), {})[str(row["number"])] = told
    return [
        ("document", *(text for _, text in asked)),
        *((name, *(told.get(number, "") for number, _ in asked)) for name, told in answers.items()),
    ]

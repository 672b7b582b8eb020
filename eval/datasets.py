"""Question sets for measuring: documents, questions, and the judgements that tie them."""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import Document, Found, QuothError, Span


@dataclass(frozen=True, slots=True)
class Judgement:
    """A document that answers a question and, where it is known, the spans that do."""

    document: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its accepted answers (none: unanswerable), and what answers it."""

    id: str
    text: str
    answers: tuple[str, ...]
    judgements: tuple[Judgement, ...]

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.judgements)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Documents and questions over them."""

    name: str
    documents: list[Document]
    questions: list[Question]


def load_squad(path: Path) -> DataSet:
    """A SQuAD 1.1 or 2.0 file, plain or .xz; each paragraph is a document."""
    documents, questions = [], []
    for number, article in enumerate(json.loads(_read(path))["data"]):
        title = Found(article["title"].replace("_", " "), "given")
        for place, paragraph in enumerate(article["paragraphs"]):
            name = f"{number}/{place}"
            documents.append(Document(name, paragraph["context"], title))
            for asked in paragraph["qas"]:
                spans = tuple(
                    Span(answer["answer_start"], answer["answer_start"] + len(answer["text"]))
                    for answer in asked["answers"]
                )
                possible = bool(spans) and not asked.get("is_impossible", False)
                answers = tuple(dict.fromkeys(a["text"] for a in asked["answers"]))
                judgements = (Judgement(name, spans),) if possible else ()
                questions.append(
                    Question(
                        asked["id"], asked["question"], answers if possible else (), judgements
                    )
                )
    return DataSet(path.parent.name, documents, questions)


def load_beir(folder: Path) -> DataSet:
    """A BEIR folder: corpus.jsonl, queries*.jsonl and qrels*.tsv, plain or .xz.

    Questions without a judgement are left out, as BEIR does.
    """
    documents = [
        Document(
            row["_id"],
            row["text"],
            Found(row["title"], "given") if row.get("title") else Found(row["_id"], "file name"),
            published=Found(row["published"][:10], "given") if row.get("published") else None,
        )
        for row in _rows(_one(folder, "corpus.jsonl*"))
    ]
    judged: dict[str, list[Judgement]] = {}
    for line in _read(_one(folder, "qrels*.tsv*")).splitlines()[1:]:
        question, document, grade = line.split("\t")
        if int(grade) > 0:
            judged.setdefault(question, []).append(Judgement(document))
    questions = [
        Question(row["_id"], row["text"], tuple(row.get("answers", ())), tuple(judged[row["_id"]]))
        for row in _rows(_one(folder, "queries*.jsonl*"))
        if row["_id"] in judged
    ]
    return DataSet(folder.name, documents, questions)


def load_gold(path: Path) -> list[Question]:
    """Questions over documents of one's own, a JSON object a line, as in eval/gold/seeds.jsonl."""
    questions = []
    for row in _rows(path):
        spans: dict[str, list[Span]] = {}
        for evidence in row["evidence"]:
            span = Span(evidence["start"], evidence["end"])
            spans.setdefault(evidence["document"], []).append(span)
        judgements = tuple(Judgement(name, tuple(found)) for name, found in spans.items())
        questions.append(Question(row["id"], row["question"], tuple(row["answers"]), judgements))
    return questions


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        message = f"{folder} holds no {pattern}; give a folder in BEIR form"
        raise QuothError(message)
    return found[0]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in _read(path).splitlines() if line.strip())


def _read(path: Path) -> str:
    if path.suffix == ".xz":
        with lzma.open(path, "rt", encoding="utf-8") as file:
            return file.read()
    return path.read_text(encoding="utf-8")

"""BEIR folders: corpus.jsonl, queries*.jsonl and qrels*.tsv."""

import datetime as dt
from pathlib import Path

from eval.datasets import DataSet, Judgement, Question
from eval.formats.reading import Fields, lines, objects, one
from index import Document, Found, QuothError
from index.documents import FILE_NAME


def load_beir(folder: Path, name: str | None = None) -> DataSet:
    """A BEIR folder, its files plain or .xz.

    Two extra fields are read: a document's date `published` and a question's accepted `answers`.
    Questions without a relevant document in qrels are left out; a notice of the set counts them.
    """
    documents = load_corpus(one(folder, "corpus.jsonl*"))
    judged = _qrels(one(folder, "qrels*.tsv*"))
    rows = [(row.text("_id"), row) for row in objects(one(folder, "queries*.jsonl*"))]
    questions = [
        Question(key, row.text("text"), row.texts("answers"), tuple(judged[key]))
        for key, row in rows
        if key in judged
    ]
    unjudged = len(rows) - len(questions)
    notices = (f"{unjudged} questions have no judgement and are left out",) if unjudged else ()
    return DataSet(name or folder.name, documents, questions, notices)


def load_corpus(path: Path) -> list[Document]:
    """The documents of a corpus.jsonl."""
    return [_document(row) for row in objects(path)]


def _document(row: Fields) -> Document:
    key, title, published = row.text("_id"), row.text("title", ""), row.text("published", "")[:10]
    if published:
        try:
            dt.date.fromisoformat(published)
        except ValueError as error:
            raise QuothError(
                f"{row.place}: published must begin with a date like 2022-09-13, not {published!r}"
            ) from error
    return Document(
        key,
        row.text("text"),
        Found(title, "given") if title else Found(key, FILE_NAME),
        published=Found(published, "given") if published else None,
    )


def _qrels(path: Path) -> dict[str, list[Judgement]]:
    judged: dict[str, list[Judgement]] = {}
    for number, line in lines(path):
        cells = line.split("\t")
        if number == 1 and not cells[-1].strip().lstrip("-").isdigit():
            continue
        try:
            question, document, grade = cells
            relevant = int(grade) > 0
        except ValueError as error:
            raise QuothError(
                f"{path}, line {number}: expected query-id, corpus-id and a whole-number score, "
                "separated by tabs"
            ) from error
        kept = judged.setdefault(question, [])
        if relevant:
            kept.append(Judgement(document))
    return {key: found for key, found in judged.items() if found}

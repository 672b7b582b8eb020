"""SQuAD 1.1 and 2.0 files."""

import json
from pathlib import Path

from eval.datasets import DataSet, Judgement, Question
from eval.formats.reading import Fields, read_text
from index import Document, Found, QuothError, Span


def load_squad(path: Path, name: str | None = None) -> DataSet:
    """A SQuAD 1.1 or 2.0 file, plain or .xz; each paragraph is a document."""
    try:
        content = Fields.of(json.loads(read_text(path)), str(path))
    except ValueError as error:
        raise QuothError(f"{path}: expected SQuAD JSON ({error})") from error
    documents, questions = [], []
    for number, article in enumerate(content.objects("data")):
        title = Found(article.text("title", "").replace("_", " "), "given")
        for place, paragraph in enumerate(article.objects("paragraphs")):
            key = f"{number}/{place}"
            document = Document(key, paragraph.text("context"), title)
            documents.append(document)
            questions += [_question(asked, document) for asked in paragraph.objects("qas")]
    return DataSet(name or path.parent.name, documents, questions)


def _question(asked: Fields, document: Document) -> Question:
    answers = [] if asked.flag("is_impossible") else asked.objects("answers")
    spans = [_span(answer, document) for answer in answers]
    texts = tuple(dict.fromkeys(answer.text("text") for answer in answers))
    judgements = (Judgement(document.name, tuple(spans)),) if spans else ()
    return Question(asked.text("id"), asked.text("question"), texts, judgements, document.name)


def _span(answer: Fields, document: Document) -> Span:
    start = answer.number("answer_start")
    span = Span(start, start + len(answer.text("text")))
    if not 0 <= span.start <= span.end <= len(document.text):
        raise QuothError(
            f"{answer.place}: answer_start {start} is outside the context of "
            f"{len(document.text)} characters"
        )
    return span

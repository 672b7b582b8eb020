"""TREC topics and qrels, over a folder of documents."""

import re
from pathlib import Path

from eval.datasets import DataSet, Judgement, Question
from eval.formats.beir import load_corpus
from eval.formats.folder import load_folder
from eval.formats.reading import lines, one, read_text
from index import Document, Found, QuothError
from index.documents import FILE_NAME

_TOPIC = re.compile(r"<top>(.*?)</top>", re.S | re.I)
_NUMBER = re.compile(r"<num>\s*(?:Number:)?\s*([^\s<]+)", re.I)
_TITLE = re.compile(r"<title>\s*(?:Topic:)?\s*([^<]+)", re.I)
_DOCUMENT = re.compile(r"<DOC>(.*?)</DOC>", re.S | re.I)
_DOCNO = re.compile(r"<DOCNO>\s*(.*?)\s*</DOCNO>", re.S | re.I)
_FIELD = re.compile(r"<(TITLE|HEADLINE|HL|TEXT)>\s*(.*?)\s*</\1>", re.S | re.I)
_TAG = re.compile(r"<[^>]+>")
_QREL = re.compile(r"(\S+)\s+\S+\s+(\S+)\s+(-?\d+)\s*")


def load_trec(folder: Path, name: str | None = None) -> DataSet:
    """A folder with `topics*`, `qrels*` and the documents, each file plain or .xz.

    Topics are SGML (<top>, <num>, <title>) or lines of number, tab and text. The documents are
    a `corpus.jsonl`, files `*.trec` (<DOC>, <DOCNO>), or a folder `documents` of any files that
    Quoth reads, known by their names without endings. Topics without a judgement are left out.
    """
    documents = _documents(folder)
    judged = _qrels(one(folder, "qrels*"))
    topics = _topics(one(folder, "topics*"))
    questions = [
        Question(number, text, (), tuple(judged[number]))
        for number, text in topics
        if number in judged
    ]
    unjudged = len(topics) - len(questions)
    notices = (f"{unjudged} topics have no judgement and are left out",) if unjudged else ()
    return DataSet(name or folder.name, documents, questions, notices)


def _documents(folder: Path) -> list[Document]:
    if list(folder.glob("corpus.jsonl*")):
        return load_corpus(one(folder, "corpus.jsonl*"))
    found = sorted(folder.glob("*.trec*"))
    if found:
        return [document for path in found for document in _sgml(path)]
    if (folder / "documents").is_dir():
        return load_folder(folder / "documents", stems=True)
    raise QuothError(
        f"{folder}: expected the documents as corpus.jsonl, *.trec or a folder `documents`"
    )


def _sgml(path: Path) -> list[Document]:
    documents = []
    for number, found in enumerate(_DOCUMENT.finditer(read_text(path)), 1):
        content = found.group(1)
        named = _DOCNO.search(content)
        if named is None:
            raise QuothError(f"{path}: document {number} has no <DOCNO>")
        fields = [(m.group(1).upper(), _plain(m.group(2))) for m in _FIELD.finditer(content)]
        title = next((text for field, text in fields if field != "TEXT"), "")
        body = "\n\n".join(text for field, text in fields if field == "TEXT")
        body = body or _plain(content[named.end() :])
        known = Found(title, "given") if title else Found(named.group(1), FILE_NAME)
        documents.append(Document(named.group(1), body, known))
    if not documents:
        raise QuothError(f"{path}: expected documents between <DOC> and </DOC>")
    return documents


def _plain(marked: str) -> str:
    return _TAG.sub("", marked).strip()


def _topics(path: Path) -> list[tuple[str, str]]:
    text = read_text(path)
    if "<top>" not in text.lower():
        topics = []
        for place, line in lines(path):
            number, tab, asked = line.partition("\t")
            if not tab or not asked.strip():
                raise QuothError(f"{path}, line {place}: expected a number, a tab and a question")
            topics.append((number.strip(), asked.strip()))
        return topics
    topics = []
    for place, found in enumerate(_TOPIC.finditer(text), 1):
        numbered, titled = _NUMBER.search(found.group(1)), _TITLE.search(found.group(1))
        if numbered is None or titled is None:
            raise QuothError(f"{path}: topic {place} lacks <num> or <title>")
        topics.append((numbered.group(1), " ".join(titled.group(1).split())))
    return topics


def _qrels(path: Path) -> dict[str, list[Judgement]]:
    judged: dict[str, list[Judgement]] = {}
    for number, line in lines(path):
        found = _QREL.fullmatch(line)
        if found is None:
            raise QuothError(
                f"{path}, line {number}: expected topic, iteration, document and a whole-number "
                "grade, separated by spaces"
            )
        topic, document, grade = found.groups()
        if int(grade) > 0:
            judged.setdefault(topic, []).append(Judgement(document))
    return judged

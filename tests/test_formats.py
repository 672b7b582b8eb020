"""Question sets in their forms: what is read, and what is said of a file that is not in form."""

import json
import lzma
from pathlib import Path

import pytest

from eval import DataSet, Judgement, load
from eval.sets import known_sets
from index import Document, Found, QuothError, Span
from index.documents import FILE_NAME

SQUAD = {
    "data": [
        {
            "title": "The_Harbour",
            "paragraphs": [
                {
                    "context": "The harbour was dug in 1820 by hand.",
                    "qas": [
                        {
                            "id": "a",
                            "question": "When was it dug?",
                            "answers": [
                                {"text": "1820", "answer_start": 23},
                                {"text": "in 1820", "answer_start": 20},
                            ],
                        },
                        {
                            "id": "b",
                            "question": "Who paid?",
                            "answers": [],
                            "is_impossible": True,
                        },
                    ],
                }
            ],
        }
    ]
}


def written(path: Path, content: str, *, packed: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if packed:
        path = path.with_name(path.name + ".xz")
        path.write_bytes(lzma.compress(content.encode()))
    else:
        path.write_text(content, encoding="utf-8")
    return path


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("packed", [False, True])
def test_squad(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    data = load(written(tmp_path / "set.json", json.dumps(SQUAD), packed=packed))
    (document,) = data.documents
    assert document.title.value == "The Harbour"
    dug, paid = data.questions
    assert dug.answers == ("1820", "in 1820")
    assert dug.judgements == (Judgement(document.name, (Span(23, 27), Span(20, 27))),)
    assert not paid.answerable
    assert paid.asked_of == document.name


@pytest.mark.parametrize("packed", [False, True])
def test_beir(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    corpus = lines(
        {"_id": "d1", "title": "One", "text": "First.", "published": "2021-05-06T10:00:00Z"},
        {"_id": "d2", "text": "Second."},
    )
    written(tmp_path / "set" / "corpus.jsonl", corpus, packed=packed)
    queries = lines(
        {"_id": "q1", "text": "first?", "answers": ["First"]}, {"_id": "q2", "text": "unjudged?"}
    )
    written(tmp_path / "set" / "queries.dev.jsonl", queries, packed=packed)
    qrels = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n"
    written(tmp_path / "set" / "qrels.dev.tsv", qrels, packed=packed)
    data = load(tmp_path / "set")
    assert [one.published.value if one.published else None for one in data.documents] == [
        "2021-05-06",
        None,
    ]
    (question,) = data.questions
    assert question.answers == ("First",)
    assert question.judgements == (Judgement("d1"),)
    assert data.notices == ("1 questions have no judgement and are left out",)


@pytest.mark.parametrize("sgml", [False, True])
def test_trec(tmp_path: Path, sgml: bool) -> None:  # noqa: FBT001
    folder = tmp_path / "set"
    if sgml:
        topics = "<top>\n<num> Number: 51\n<title> Topic: who dug\nthe harbour\n<desc> x\n</top>\n"
        documents = (
            "<DOC>\n<DOCNO> H1 </DOCNO>\n<TITLE>Dug</TITLE>\n<TEXT>By <b>hand</b>.</TEXT>\n</DOC>"
        )
        written(folder / "news.trec", documents)
    else:
        topics = "51\twho dug the harbour\n"
        written(folder / "documents" / "H1.txt", "Dug\n\nBy hand.")
    written(folder / "topics.txt", topics)
    written(folder / "qrels.txt", "51 0 H1 2\n51 0 H2 0\n")
    data = load(folder)
    assert [one.name for one in data.documents] == ["H1"]
    assert "By hand." in data.documents[0].text
    (question,) = data.questions
    assert (question.id, question.text) == ("51", "who dug the harbour")
    assert question.judgements == (Judgement("H1"),)


def judged(document: Document, /, **changes: object) -> str:
    evidence = {
        "document": document.name,
        "start": 4,
        "end": 11,
        "quote": "harbour",
        "content_hash": document.content_hash,
        **changes,
    }
    asked = {"id": "q", "question": "what was dug?", "answers": ["harbour"], "evidence": [evidence]}
    none = {"id": "n", "question": "who paid?", "evidence": []}
    return lines(asked, none)


HARBOUR = Document("news/h.txt", "The harbour was dug.", Found("h", FILE_NAME))


@pytest.mark.parametrize("name", ["news/h.txt", "h.txt"])
def test_judgements_over_spans(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "mine.jsonl", judged(HARBOUR, document=name))
    data = load(path, [HARBOUR])
    asked, none = data.questions
    assert asked.judgements == (Judgement("news/h.txt", (Span(4, 11),)),)
    assert not none.answerable


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"content_hash": "0" * 64}, "has changed since it was judged"),
        ({"quote": "harbor"}, "does not say 'harbor' at 4"),
        ({"end": 400}, "has only 20 characters"),
        ({"document": "gone.txt"}, "no document called 'gone.txt'"),
    ],
)
def test_a_judgement_that_no_longer_holds_is_told_and_not_used(
    tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    path = written(tmp_path / "mine.jsonl", judged(HARBOUR, **changes))
    data = load(path, [HARBOUR])
    assert [question.id for question in data.questions] == ["n"]
    (notice,) = data.notices
    assert told in notice
    assert "line 1" in notice


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("set.json", "{", "expected SQuAD JSON"),
        ("set.json", "[]", "expected a JSON object, not a list"),
        ("set.json", '{"data": [{"paragraphs": [{"qas": []}]}]}', "the field 'context'"),
        ("set.json", '{"version": 2}', "the field 'data'"),
        ("mine.jsonl", '{"id": "q"}\n', "line 1: expected the field"),
        ("mine.jsonl", '\n{"id": 3}', "line 2"),
        ("mine.jsonl", "nonsense\n", "line 1: expected a JSON object"),
        ("set.csv", "a,b", "expected SQuAD (.json), judgements (.jsonl)"),
        ("set.json.xz", "not packed", "not a whole .xz file"),
    ],
)
def test_a_file_that_is_not_in_form_is_told_with_its_place(
    tmp_path: Path, name: str, content: str, told: str
) -> None:
    path = written(tmp_path / name, content)
    with pytest.raises(QuothError) as raised:
        load(path, [HARBOUR])
    assert told in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_broken_line_of_a_folder_is_told(tmp_path: Path) -> None:
    written(tmp_path / "corpus.jsonl", lines({"_id": "d", "text": "x"}))
    written(tmp_path / "queries.jsonl", lines({"_id": "q", "text": "x"}))
    written(tmp_path / "qrels.tsv", "query-id\tcorpus-id\tscore\nq\td\n")
    with pytest.raises(QuothError, match=r"qrels\.tsv, line 2: expected query-id"):
        load(tmp_path)


def test_an_answer_outside_its_context_is_told(tmp_path: Path) -> None:
    broken = json.loads(json.dumps(SQUAD))
    broken["data"][0]["paragraphs"][0]["qas"][0]["answers"][0]["answer_start"] = 900
    path = written(tmp_path / "set.json", json.dumps(broken))
    with pytest.raises(QuothError, match="answer_start 900 is outside the context"):
        load(path)


def test_one_name_twice_is_told() -> None:
    with pytest.raises(QuothError, match=r"the document 'news/h.txt' occurs twice"):
        DataSet("x", [HARBOUR, HARBOUR], [])


@pytest.mark.parametrize("name", [name for name in known_sets() if known_sets()[name].present])
def test_known_sets_are_in_form(name: str) -> None:
    data = load(name)
    assert data.documents
    texts = {one.name: one.text for one in data.documents}
    for question in data.questions:
        for judgement in question.judgements:
            for span in judgement.spans:
                assert span.of(texts[judgement.document]).strip()


@pytest.mark.parametrize("name", ["seeds", "saltmarsh"])
def test_the_sets_that_ship_are_not_stale(name: str) -> None:
    assert load(name).notices == ()

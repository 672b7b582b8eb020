"""Readers and rerankers of others, and fitting a weighting for what reads."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from commands import quoth
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import CrossEncoder
from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

from eval.ask_questions import what_reads
from eval.asked_questions import _together, _usable
from eval.cached_index import index_of
from eval.calibration import calibrate
from eval.datasets import DataSet, Judgement, Question
from eval.grid_sweep import sweep
from eval.judge import Judge
from eval.sets import load
from index import Index, QuothError, Span
from index.embedding.model_files import model_folder
from qa import Assistant, Settings
from qa.ranking.rerank import READ_PASSAGES
from qa.ranking.weights import CHOSEN_BY, RANKED_BY, SURE_BY, UNFITTED, Weighting, shipped_weighting
from qa.reader.base import Text
from qa.reader.load import load_reader
from qa.reader.reranked import Reranked
from qa.reader.span_decoding import likeliest_spans
from qa.reader.transformers import CrossEncoderReranker, QuestionAnsweringReader

QUESTION = "who brokered the September 13 ceasefire?"
TEXTS = [
    Text("", "The ceasefire of September 13 was brokered by Moscow after two days of clashes."),
    Text("Harbour", "Herring is landed in the small hours of most weekdays."),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A question-answering model and a CrossEncoder, in the forms that their libraries write.

    Their bodies are the packaged model's; their heads are as they are before training.
    """
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    BertForQuestionAnswering.from_pretrained(model_folder()).save_pretrained(folder / "reader")
    AutoTokenizer.from_pretrained(model_folder()).save_pretrained(folder / "reader")
    scoring = CrossEncoder(str(model_folder()), num_labels=1, device="cpu")
    scoring.save_pretrained(str(folder / "reranker"))
    return folder


@pytest.fixture(scope="module")
def reader(models: Path) -> QuestionAnsweringReader:
    return QuestionAnsweringReader(str(models / "reader"))


@pytest.fixture(scope="module")
def reranker(models: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker(str(models / "reranker"))


def test_a_reader_points_where_its_model_does(
    models: Path, reader: QuestionAnsweringReader
) -> None:
    model = BertForQuestionAnswering.from_pretrained(models / "reader").eval()
    tokenizer = AutoTokenizer.from_pretrained(models / "reader")
    text = TEXTS[0].text
    given_ = tokenizer(QUESTION, text, return_tensors="pt", return_offsets_mapping=True)
    offsets = given_.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        out = model(**given_)
    starts, ends = out.start_logits[0].numpy(), out.end_logits[0].numpy()
    inside = [place for place, one in enumerate(given_.sequence_ids(0)) if one == 1]
    (reading, _) = reader.read(QUESTION, TEXTS)
    found = likeliest_spans(
        np.stack([starts[inside], ends[inside]]),
        float(starts[0] + ends[0]),
        np.array(offsets)[inside],
        0,
    )
    assert [one.span for one in reading.spans] == [one.span for one in found]
    scores = [one.score for one in found]
    assert [one.score for one in reading.spans] == pytest.approx(scores, abs=1e-3)
    assert reading.answering == pytest.approx(scores[0], abs=1e-3)


def test_a_long_text_is_read_in_windows(reader: QuestionAnsweringReader) -> None:
    text = "The harbour lies to the east and its walls are of local stone. " * 60
    (long, short) = reader.read(QUESTION, [Text("Harbour", text + TEXTS[0].text), TEXTS[0]])
    assert all(0 <= one.span.start < one.span.end <= len(text) + 200 for one in long.spans)
    assert short.answering == pytest.approx(reader.read(QUESTION, TEXTS)[0].answering, abs=1e-3)


def test_a_question_as_long_as_may_be_asked_is_read(reader: QuestionAnsweringReader) -> None:
    (reading,) = reader.read("which harbour " * 140, TEXTS[:1])
    assert reading.spans


def test_a_model_of_few_places_is_read_with(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=48,
    )
    BertForQuestionAnswering(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(models / "reader").save_pretrained(folder)
    small = QuestionAnsweringReader(str(folder))
    for question in (QUESTION, "which harbour " * 40):
        for reading in small.read(
            question, [*TEXTS, Text("A title. " * 40, "Text."), Text("", " ")]
        ):
            assert math.isfinite(reading.answering)


def test_a_token_of_spaces_alone_is_no_answer() -> None:
    offsets = np.array([(0, 6), (7, 7), (8, 14)])
    scores = np.array([[0.0, 9.0, 1.0], [0.0, 9.0, 1.0]], np.float32)
    for one in likeliest_spans(scores, 0.0, offsets, 0):
        assert (one.span.start, one.span.end) in {(0, 6), (0, 14), (8, 14)}


def test_a_reranker_ranks_as_its_model_scores(
    models: Path, reranker: CrossEncoderReranker, seeds: Index
) -> None:
    model = CrossEncoder(str(models / "reranker"), device="cpu")
    pairs = [(QUESTION, "\n".join(filter(None, (one.title, one.text)))) for one in TEXTS]
    scores = model.predict(pairs, activation_fn=torch.nn.Identity())
    assert reranker.scores(QUESTION, TEXTS) == pytest.approx(scores.tolist(), abs=1e-4)
    alone = Weighting(
        tuple(float(name == "relevance") for name in RANKED_BY),
        UNFITTED.choice,
        UNFITTED.sure,
        0.0,
        UNFITTED.answerability,
        0.0,
        0.5,
    )
    said = Assistant(seeds, reader="none", reranker=reranker, weighting=alone).consider(QUESTION)
    documents = [seeds.document(one.passage.document) for one in said.said.ranked[1:READ_PASSAGES]]
    texts = [
        Text(document.search_title, one.passage.span.of(document.text))
        for document, one in zip(documents, said.said.ranked[1:READ_PASSAGES], strict=True)
    ]
    given_ = reranker.scores(QUESTION, texts)
    assert given_ == sorted(given_, reverse=True)


def test_with_a_reranker_the_reader_still_points(
    reranker: CrossEncoderReranker, seeds: Index
) -> None:
    shipped = load_reader()
    assert shipped is not None
    plain, ranked = shipped.read(QUESTION, TEXTS), Reranked(shipped, reranker).read(QUESTION, TEXTS)
    assert [one.spans for one in plain] == [one.spans for one in ranked]
    assert [one.relevance for one in ranked] == reranker.scores(QUESTION, TEXTS)
    answer = Assistant(seeds, reranker=reranker, threshold=0.0).ask(QUESTION).answer
    assert answer is not None
    assert answer.citation.quote == answer.text


@pytest.mark.parametrize("kind", ["reader", "reranker"])
def test_a_model_of_another_kind_is_refused(models: Path, seeds: Index, kind: str) -> None:
    other = {"reader": "reranker", "reranker": "reader"}[kind]
    for folder in (models / other, model_folder(), models):
        with pytest.raises(QuothError, match="is not a"):
            Assistant(seeds, **{kind: str(folder)})  # type: ignore[arg-type]


def test_a_model_that_does_not_say_what_it_is_is_refused(models: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(models / "reranker", tmp_path / "odd")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": None}))
    with pytest.raises(QuothError, match="is not a CrossEncoder"):
        CrossEncoderReranker(str(folder))


@pytest.mark.parametrize("kind", ["reader", "reranker"])
def test_a_model_that_is_not_there_is_refused(seeds: Index, kind: str) -> None:
    with pytest.raises(QuothError, match=f"leave --{kind} out"):
        Assistant(seeds, **{kind: "no such model"})  # type: ignore[arg-type]


def test_what_was_not_fitted_says_so(seeds: Index, reader: QuestionAnsweringReader) -> None:
    assert Assistant(seeds).calibrated
    assert Assistant(seeds, reader="none").calibrated
    assert not Assistant(seeds, reader=reader).calibrated


def test_a_weighting_for_another_reader_is_refused(
    seeds: Index, reader: QuestionAnsweringReader, reranker: CrossEncoderReranker
) -> None:
    shipped = shipped_weighting()
    for given_ in ({"reader": reader}, {"reranker": reranker}, {"reader": "none"}):
        with pytest.raises(QuothError, match="fitted for another reader"):
            Assistant(seeds, weighting=shipped, **given_)  # type: ignore[arg-type]
    fitted = replace(shipped, reader=reader.fingerprint)
    assert Assistant(seeds, reader=reader, weighting=fitted).calibrated


def test_over_another_index_the_same_reads(seeds: Index, reranker: CrossEncoderReranker) -> None:
    for given_ in ({"reranker": reranker}, {"reader": "none"}, {}):
        first = Assistant(seeds, threshold=0.4, **given_)  # type: ignore[arg-type]
        then = first.over(seeds)
        assert (then.least, then.weighting) == (first.least, first.weighting)
        assert then.ask(QUESTION).as_json() == first.ask(QUESTION).as_json()


def test_what_was_kept_is_not_taken_for_another_fit(tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    settings = Settings(weighting=str(path))
    shipped_weighting().write(path)
    before = what_reads(settings)
    assert what_reads(settings) == before
    replace(shipped_weighting(), threshold=0.9).write(path)
    assert what_reads(settings) != before


def test_a_sweep_leaves_out_a_weighting_with_another_reader(tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    shipped_weighting().write(path)
    choices = [{"reader": name, "weighting": str(path)} for name in ("quoth", "none")]
    data = load("seeds")
    data = replace(data, questions=data.questions[:2])
    found = sweep(data, choices, tmp_path, "hit@1", cache=tmp_path / "cache")
    assert sorted(len(one.changes) for one in found.tried) == [0, 2]
    assert found.unfit == [choices[1]]
    with pytest.raises(QuothError, match="no/such"):
        sweep(data, [{"reader": "no/such"}], tmp_path / "none", "hit@1")
    assert not (tmp_path / "none").exists(), "it is told before anything is run"


def test_the_shipped_weighting_is_the_shipped_readers() -> None:
    reader = load_reader()
    assert reader is not None
    assert shipped_weighting().reader == reader.fingerprint


@given(st.data())
def test_a_weighting_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    number = st.floats(-100, 100).map(lambda value: round(value, 4))
    of = {
        "rank": len(RANKED_BY),
        "choice": len(CHOSEN_BY),
        "sure": len(SURE_BY),
        "answerability": len(SURE_BY),
    }
    drawn = {
        name: tuple(data.draw(st.lists(number, min_size=n, max_size=n))) for name, n in of.items()
    }
    weighting = Weighting(
        **drawn,
        bias=data.draw(number),
        answerability_bias=data.draw(number),
        threshold=0.25,
        precision=((0.8, 0.5), (0.9, 0.75)),
        reader="a b",
    )
    path = tmp_path_factory.mktemp("weighting") / "weighting.json"
    weighting.write(path)
    assert Weighting.read(path) == weighting


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder where `quoth eval calibrate` wrote fitted.json for the shipped reader.

    The workers of one run share it.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "fitted"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            folder.mkdir()
            out = ("--out", "fitted.json", "--cache", "cache")
            done = quoth("eval", "calibrate", "saltmarsh", "--limit", "45", *out, cwd=folder)
            assert done.returncode == 0, done.stderr
            assert "hit@1" in done.stdout
    return folder


@pytest.fixture(scope="module")
def cache(fitted: Path) -> Path:
    """Where the set's index is kept."""
    return fitted / "cache"


def test_calibrating_fits_for_what_reads(fitted: Path, cache: Path) -> None:
    weighting = Weighting.read(fitted / "fitted.json")
    shipped = load_reader()
    assert shipped is not None
    assert weighting.reader == shipped.fingerprint
    assert 0 <= weighting.threshold <= 1
    assert weighting.figures["hit@1"] > 0.7
    answered = weighting.figures["answered, answerable"]
    assert answered > weighting.figures["answered, left out"]
    data = load("saltmarsh")
    with index_of(data.name, data.documents, Settings(), cache) as index:
        assistant = Assistant(index, weighting=weighting)
        asked = [one.text for one in data.questions if one.answerable][::3]
        said = [assistant.consider(text).said for text in asked]
        # The threshold refuses one in eight, by cross-validation.
        assert np.mean([not one.answered for one in said]) <= 0.3
        with pytest.raises(QuothError, match="needs at least 30"):
            calibrate(data, index, shipped, limit=10)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=3, unique=True), max_size=12))
def test_questions_that_share_a_document_are_fitted_on_together(judged: list[list[str]]) -> None:
    questions = [
        Question(str(n), "?", (), tuple(Judgement(name) for name in names))
        for n, names in enumerate(judged)
    ]
    found = _together(questions, Named())  # type: ignore[arg-type]
    for one, names in zip(found, judged, strict=True):
        for other, others in zip(found, judged, strict=True):
            assert one == other or not set(names) & set(others)


class Named:
    """A judge of an index without copies."""

    def names(self, documents: list[str]) -> list[str]:
        """The same."""
        return documents


def test_questions_of_the_same_words_are_one_that_each_document_answers(seeds: Index) -> None:
    names = [one.name for one in seeds.documents()]
    asked = [
        Question("1", "Who brokered it?", (), (), asked_of=names[0]),
        Question("2", "who brokered it? ", ("Moscow",), (Judgement(names[0]),)),
        Question("3", "Who brokered it?", ("Russia",), (Judgement(names[1]),)),
        Question("4", "Who paid for it?", (), ()),
    ]
    data = DataSet("some", [seeds.document(one.key) for one in seeds.documents()], asked)
    merged, other = _usable(data, Judge(seeds), None)
    assert merged.answers == ("Moscow", "Russia")
    assert {one.document for one in merged.judgements} == set(names)
    assert not other.answerable


def test_the_same_words_elsewhere_are_wrong_where_only_its_document_answers(seeds: Index) -> None:
    here, there = [one.name for one in seeds.documents()]
    judge = Judge(seeds)
    asked = Question("1", "Who brokered it?", ("Moscow",), (Judgement(here),))
    assert judge.gives(asked, there, Span(0, 6), "Moscow")
    assert not judge.gives(asked, there, Span(0, 6), "Moscow", only_there=True)
    assert judge.gives(asked, here, Span(0, 6), "Moscow", only_there=True)
    assert not judge.gives(asked, here, Span(0, 6), "Ankara", only_there=True)
    marked = Question("2", "Who brokered it?", (), (Judgement(here, (Span(10, 20),)),))
    assert judge.gives(marked, here, Span(15, 17), "x")
    assert not judge.gives(marked, here, Span(20, 25), "x")


def test_asking_with_what_was_fitted(models: Path, fitted: Path, tmp_path: Path) -> None:
    reader = ("--reader", str(models / "reader"))
    shutil.copytree(Path(__file__).parent.parent / "seeds", tmp_path / "seeds")
    quoth("add", "seeds", cwd=tmp_path)
    without = quoth("ask", QUESTION, *reader, cwd=tmp_path)
    assert "no weighting was fitted for this reader" in without.stderr
    weighting = str(fitted / "fitted.json")
    having = quoth("ask", QUESTION, "--weighting", weighting, cwd=tmp_path)
    assert having.stderr == ""
    assert "Moscow" in having.stdout
    (tmp_path / "with.toml").write_text(f'weighting = "{weighting}"\n')
    sentences = quoth("ask", QUESTION, "--config", "with.toml", "--no-reader", cwd=tmp_path)
    assert "brokered by Moscow" in sentences.stdout, sentences.stderr


def test_calibrating_nothing_or_into_a_folder_is_refused(tmp_path: Path) -> None:
    nothing = quoth("eval", "calibrate", "saltmarsh", "--reader", "none", cwd=tmp_path)
    assert nothing.returncode == 2
    assert "nothing to calibrate" in nothing.stderr
    taken = quoth("eval", "calibrate", "saltmarsh", "--out", ".", cwd=tmp_path)
    assert "is a folder" in taken.stderr
    both = quoth("ask", QUESTION, "--reader", "some", "--no-reader", cwd=tmp_path)
    assert "exclude one another" in both.stderr

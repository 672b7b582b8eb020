"""The reader: it points at words that are there, and asking with it."""

import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Document, Found, Index, QuothError, Span
from index.embedding import openvino_runtime
from qa import Assistant, retrieve
from qa.language.question import Question
from qa.ranking.rerank import READ_PASSAGES, read_passages
from qa.reader.base import SHIPPED, Reader, Text
from qa.reader.compiled import CompiledReader
from qa.reader.load import load_reader
from qa.reader.span_decoding import likeliest_spans

SHIPPED_FOLDER = Path(str(files("qa"))) / "data" / "reader"


@pytest.fixture(scope="module")
def reader() -> Reader:
    found = load_reader(SHIPPED)
    assert found is not None
    return found


def test_it_answers_with_the_words_of_the_passage(reader: Reader) -> None:
    texts = [
        Text("", "The bridge was built by a firm from Leeds in 1931 and repainted in 1975."),
        Text("", "Herring is landed in the harbour in the small hours of most weekdays."),
    ]
    right, wrong = reader.read("When was the bridge repainted?", texts)
    assert right.spans[0].span.of(texts[0].text) == "1975"
    assert right.relevance > wrong.relevance
    assert right.answering > wrong.answering


def test_an_answer_far_into_a_long_text_is_found(reader: Reader) -> None:
    text = (
        "The harbour lies to the east and its walls are of local stone. " * 80
        + "The keeper of the lighthouse in 1911 was Agnes Thorne. "
        + "The fog signal was moved to the pier and rung by hand. " * 40
    )
    found = reader.read("Who was the keeper of the lighthouse in 1911?", [Text("Harbour", text)])
    assert found[0].spans[0].span.of(text) == "Agnes Thorne"


def test_what_is_read_beside_it_does_not_change_a_reading(reader: Reader) -> None:
    text = Text("Tower", "The tower was finished in 1889. It was the tallest for 41 years.")
    other = Text("", "A much longer text about nothing in particular. " * 30)
    alone = reader.read("When was the tower finished?", [text])[0]
    beside = reader.read("When was the tower finished?", [other, text, other])[1]
    assert beside.spans[0].span == alone.spans[0].span
    assert beside.relevance == pytest.approx(alone.relevance, abs=0.2)


@settings(max_examples=40)
@given(st.text(max_size=300), st.text(min_size=1, max_size=400), st.text(max_size=40))
def test_its_spans_are_inside_the_text_and_apart(
    reader: Reader, question: str, text: str, title: str
) -> None:
    (found,) = reader.read(question, [Text(title, text)])
    for one in found.spans:
        assert 0 <= one.span.start < one.span.end <= len(text)
    for first in found.spans:
        assert sum(first.span.overlap(other.span) > 0 for other in found.spans) == 1
    scores = [one.score for one in found.spans]
    assert scores == sorted(scores, reverse=True)


def test_weights_that_are_not_the_ones_of_the_card_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(SHIPPED_FOLDER, folder)
    weights = folder / "reader.bin"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(QuothError, match="--no-reader"):
        CompiledReader(folder, "damaged")


def test_an_answer_does_not_run_from_one_likely_place_to_another() -> None:
    tokens = 20
    offsets = np.array([(5 * at, 5 * at + 4) for at in range(tokens)])
    scores = np.zeros((2, tokens), np.float32)
    scores[0, [2, 12]] = 5.0, 4.9
    scores[1, [3, 13]] = 4.8, 5.0
    first, second, *_ = likeliest_spans(scores, 0.0, offsets, 0)
    assert {first.span, second.span} == {Span(10, 19), Span(60, 69)}


def test_two_spans_do_not_share_a_character_of_several_tokens() -> None:
    offsets = np.array([[0, 1], [1, 2], [1, 2], [2, 3]])
    scores = np.array([[5, 0, 4, 0], [0, 5, 0, 4]], np.float32)
    first, second = likeliest_spans(scores, 0, offsets, 0)
    assert first.span.overlap(second.span) == 0


def test_of_likely_spans_that_overlap_the_one_between_is_taken() -> None:
    tokens = 12
    offsets = np.array([(5 * at, 5 * at + 4) for at in range(tokens)])
    scores = np.full((2, tokens), -9.0, np.float32)
    scores[0, [2, 4, 6]] = 3.2, 3.1, 3.0
    scores[1, 7] = 5.0
    found = likeliest_spans(scores, 1.0, offsets, 0)
    assert found[0].span == Span(20, 39)
    assert found[0].score == pytest.approx(7.2), "that of the likeliest that overlaps it"


def noted(empty: Index, **texts: str) -> Assistant:
    """Answers from these texts, each a document of its own."""
    empty.add_documents(
        [Document(name, text, Found(name, "given")) for name, text in texts.items()]
    )
    return Assistant(empty, threshold=0.0)


def test_a_yes_or_no_question_shows_the_sentence(empty: Index) -> None:
    text = "The pool was closed in March. The library stayed open all year."
    answer = noted(empty, town=text).ask("Was the pool closed in March?").answer
    assert answer is not None
    assert answer.text == "The pool was closed in March."


def test_different_answers_of_other_documents_are_listed_and_never_merged(empty: Index) -> None:
    assistant = noted(
        empty,
        first="The ferry Albatross sank off the cape. In all 104 people died, the police said.",
        second="The ferry Albatross sank at dawn. At least 117 people died, a minister said.",
    )
    found = assistant.ask("How many people died when the ferry Albatross sank?")
    assert found.answer is not None
    said = [found.answer, *found.others]
    numbers = sorted("104" if "104" in one.text else "117" for one in said)
    assert numbers == ["104", "117"]
    for one in said:
        assert one.sentence.start <= one.citation.start < one.citation.end <= one.sentence.end
        assert one.citation.quote == one.text
    assert [one["text"] for one in found.as_json()["others"]] == [one.text for one in found.others]


def test_without_a_reader_whole_sentences_are_quoted(seeds: Index) -> None:
    found = Assistant(seeds, reader="none").ask("who brokered the September 13 ceasefire?")
    assert found.answer is not None
    assert "brokered by Moscow on September 13" in found.answer.text
    assert found.answer.sentence == found.answer.citation
    assert all(one.answering is None for one in found.passages)


def test_the_best_passages_are_read_in_their_order(seeds: Index, reader: Reader) -> None:
    question = "who brokered the September 13 ceasefire?"
    found = retrieve(seeds, question, seeds.encoder.encode([question]))
    read = read_passages(seeds, reader, Question.parse(question), found)
    assert len(found) > READ_PASSAGES
    assert [one.retrieved for one in read] == found[:READ_PASSAGES]


def test_what_only_repeats_the_question_is_no_answer(empty: Index) -> None:
    text = "A letter was sent by Dr. Yusuf Tallis, who runs the hospital, on Monday."
    answer = noted(empty, town=text).ask("Who is Dr. Yusuf Tallis?").answer
    assert answer is not None
    assert "runs the hospital" in answer.text


@pytest.fixture(scope="module")
def both_ways(reader: Reader) -> tuple[object, object, list[object]]:
    """The shipped reader as it is kept, in eight bits, and in fractions; and a batch to read."""
    assert isinstance(reader, CompiledReader)
    path = str(files("qa") / "data" / "reader" / "reader.xml")
    core = openvino_runtime._core()
    kept, fractions = core.read_model(path), core.read_model(path)
    openvino_runtime._unpack(fractions)
    assert "FakeQuantize" not in {one.get_type_name() for one in fractions.get_ops()}
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = [core.compile_model(one, "CPU", settings) for one in (kept, fractions)]
    return compiled[0], compiled[1], list(reader._sample())


def test_in_eight_bits_and_in_fractions_it_says_nearly_the_same(
    both_ways: tuple[object, object, list[object]],
) -> None:
    eight_bits, fractions, sample = both_ways
    given_, wanted = (list(one(sample).values()) for one in (eight_bits, fractions))  # type: ignore[operator]
    for one, other in zip(given_, wanted, strict=True):
        far = np.linalg.norm(one - other) / np.linalg.norm(other)
        assert 0 < far < openvino_runtime._FAR


def test_a_text_of_any_length_is_read_as_with_exact_numbers(
    both_ways: tuple[object, object, list[object]],
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The runtime gave other numbers for rows of exactly 32 tokens in eight bits beside bf16."""
    assert isinstance(reader, CompiledReader)
    path, precision = SHIPPED_FOLDER / "reader.xml", openvino_runtime.best_precision()
    monkeypatch.setattr(openvino_runtime, "_pays", lambda *_: True)
    eight_bits = openvino_runtime.load_packed(path, precision, tmp_path / "eight", list)
    _, exact, _ = both_ways
    asked = reader._tokenizer.encode("Which tower is tallest?", add_special_tokens=False).ids
    lengths = set()
    for more in range(50):
        text = Text("", "The north tower is the tallest of " + "old " * more + "towers.")
        rows = reader._rows(asked, reader._windows([text], 99))
        lengths.add(rows[0].shape[1])
        for found, wanted in zip(eight_bits(rows).values(), exact(rows).values(), strict=True):  # type: ignore[operator]
            far = np.linalg.norm(found - wanted) / np.linalg.norm(wanted)
            assert far < 0.2, f"rows of {rows[0].shape[1]} tokens: {far:.2f} off"
    assert lengths >= set(range(20, 66))


def test_eight_bits_that_say_something_else_are_not_taken(
    both_ways: tuple[object, object, list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    eight_bits, fractions, sample = both_ways
    took = {id(eight_bits): 1.0, id(fractions): 2.0}
    monkeypatch.setattr(openvino_runtime, "_seconds", lambda model, _: took[id(model)])
    assert openvino_runtime._pays(eight_bits, fractions, sample)  # type: ignore[arg-type]
    took[id(eight_bits)] = 2.4
    assert openvino_runtime._pays(eight_bits, fractions, sample)  # type: ignore[arg-type]
    took[id(eight_bits)] = 2.6
    assert not openvino_runtime._pays(eight_bits, fractions, sample)  # type: ignore[arg-type]
    took[id(eight_bits)] = 1.0
    monkeypatch.setattr(openvino_runtime, "_FAR", 0.0)
    assert not openvino_runtime._pays(eight_bits, fractions, sample)  # type: ignore[arg-type]


def test_of_two_processes_that_choose_at_once_both_use_what_was_kept_first(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """While one still times both forms, another keeps the eight bits; then both have these."""
    assert isinstance(reader, CompiledReader)
    path = SHIPPED_FOLDER / "reader.xml"
    kept, sample = tmp_path / "reader", reader._sample()
    first: list[object] = []

    def slower(*_: object) -> bool:
        monkeypatch.setattr(openvino_runtime, "_pays", lambda *_: True)
        first.append(openvino_runtime.load_packed(path, "fp32", kept, lambda: sample))
        return False

    monkeypatch.setattr(openvino_runtime, "_pays", slower)
    second = openvino_runtime.load_packed(path, "fp32", kept, lambda: sample)
    (other,) = first
    for mine, theirs in zip(second(sample).values(), other(sample).values(), strict=True):  # type: ignore[operator]
        assert np.array_equal(mine, theirs)

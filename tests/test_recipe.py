"""The reader's recipe: what is packed and drawn is what the sets say, and the losses tell."""

import random
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from eval.recipes.reader import pack as packs
from eval.recipes.reader.__main__ import take_mean
from eval.recipes.reader.answer_kind import kind_of
from eval.recipes.reader.batches import (
    ANSWER,
    CUT_TO,
    NEGATIVE,
    Batch,
    Drawing,
    Special,
    batches,
)
from eval.recipes.reader.forms import forms, keywords, politely
from eval.recipes.reader.groups import Example, Group
from eval.recipes.reader.losses import losses
from eval.recipes.reader.model import ReaderModel
from eval.recipes.reader.near_misses import near_misses
from eval.recipes.reader.near_nouns import near_nouns
from eval.recipes.reader.shipped import shipped_weights
from eval.recipes.reader.swaps import swapped, swapped_names
from index.embedding.load import load_encoder
from index.embedding.model_files import model_folder
from index.embedding.openvino_runtime import load_openvino
from qa import Question

QUESTION = "Who brokered the ceasefire between Armenia and Azerbaijan?"
TEXT = "Clashes went on after the breakdown of a ceasefire brokered by Moscow on September 13."
AT = TEXT.index("Moscow")
GROUP = Group(
    "made",
    "0",
    QUESTION,
    (
        Example("answer", QUESTION, "Clashes", TEXT, ((AT, AT + len("Moscow")),)),
        Example("negative", QUESTION, "", "The mill of Tam is old and stands by the river."),
        Example("negative", QUESTION, "", "A bridge over the Foo opened in the spring."),
    ),
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(model_folder() / "tokenizer.json"))


@pytest.fixture(scope="module")
def pack() -> packs.Pack:
    return packs.Packer(model_folder()).pack([GROUP] * 4)


def drawn(pack: packs.Pack, drawing: Drawing) -> Batch:
    return next(batches(pack, pack.groups, drawing, 1, Special()))


def test_a_pack_is_read_as_it_was_written(pack: packs.Pack, tmp_path: Path) -> None:
    packs.save(pack, tmp_path / "pack.npz")
    again = packs.load(tmp_path / "pack.npz")
    assert again.groups == pack.groups
    assert (again.tokens == pack.tokens).all()
    assert (again.starts == pack.starts).all()


def test_the_accepted_span_of_every_row_is_the_answer(
    pack: packs.Pack, tokenizer: Tokenizer
) -> None:
    """Wherever the passage is cut, and whatever it is set among."""
    for set_among in (0.0, 1.0):
        batch = drawn(pack, Drawing(groups=4, negatives=2, set_among=set_among))
        answers = 0
        for row in range(len(batch.ids)):
            first, last = batch.golds[row, 0].tolist()
            if batch.kinds[row] == ANSWER:
                answers += 1
                said = tokenizer.decode(batch.ids[row, first : last + 1].tolist())
                assert said == "moscow"
                assert batch.allowed()[row, first]
            else:
                assert first == -1
        assert answers == 4
        assert (batch.kinds == NEGATIVE).sum() == 8


def test_rows_that_are_cut_short_keep_the_answer(tokenizer: Tokenizer) -> None:
    before = "The sun rose over the hills again. " * 60
    examples = [
        replace(
            one,
            text=before + one.text,
            spans=tuple((start + len(before), end + len(before)) for start, end in one.spans),
        )
        for one in GROUP.examples
    ]
    long = packs.Packer(model_folder()).pack([replace(GROUP, examples=tuple(examples))] * 4)
    for cut in (0.0, 1.0):
        batch = drawn(long, Drawing(groups=4, cut=cut, set_among=0.0))
        assert (batch.lengths.max() <= CUT_TO) == bool(cut)
        for row in (batch.kinds == ANSWER).nonzero().flatten().tolist():
            first, last = batch.golds[row, 0].tolist()
            assert tokenizer.decode(batch.ids[row, first : last + 1].tolist()) == "moscow"


def test_swapped_names_ask_of_the_other() -> None:
    assert swapped_names("Who did Armenia say that Azerbaijan attacked?") == [
        "Who did Azerbaijan say that Armenia attacked?"
    ]
    assert swapped_names("Who left?") == []


@given(st.integers(0, 1000))
def test_other_forms_are_other_questions_that_keep_their_names(seed: int) -> None:
    random_ = random.Random(seed)
    made = forms(QUESTION, random_)
    assert QUESTION not in made
    assert len(set(made)) == len(made)
    kept = keywords(QUESTION, random_).lower().split()
    assert {"armenia", "azerbaijan", "ceasefire"} <= set(kept)
    polite = Question.parse(politely(QUESTION, random_)).asked
    assert "brokered the ceasefire" in polite


def test_near_nouns_are_of_one_topic_and_of_another_meaning() -> None:
    asked = [
        f"Who was {whose} {noun} in 1990?"
        for noun in ("wife", "daughter", "sister", "spouse", "wives", "bridge")
        for whose in ("his", "her", "the", "their")
    ]
    near = near_nouns([*asked, "What is his niece called?"], load_encoder())
    assert set(near["wife"]) == {"daughter", "sister"}  # "spouse" means the same, "wives" is many
    assert "niece" not in near  # too seldom to be known as a noun
    assert near_nouns([], load_encoder()) == {}


def test_a_noun_is_swapped_for_a_near_one_first_of_the_passage() -> None:
    near = {"tanks": ["helicopters", "soldiers"]}
    asked = "How many tanks did the army see?"
    made = swapped(asked, "It lost 12 tanks and 300 soldiers.", [], random.Random(1), near)
    assert "How many soldiers did the army see?" in made
    changed = {one for one in made if " not " not in one}
    assert changed <= {f"How many {noun} did the army see?" for noun in near["tanks"]}


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="needs ../shared/data")
def test_every_written_question_has_its_paragraph_and_its_span() -> None:
    groups = list(near_misses())
    assert len(groups) > 10_000
    for group in groups:
        kinds = [example.kind for example in group.examples]
        assert kinds in (["answer", "unanswered"], ["answer"], ["unanswered"])
        assert all(example.question for example in group.examples)
        for example in group.examples:
            assert len(example.spans) == (example.kind == "answer")
            assert all(0 <= start < end <= len(example.text) for start, end in example.spans)
        assert not group.settled or kinds[0] == "answer"


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [
        ("Who scored?", "Gonzalo Montiel", "person"),
        ("How much did Ford lose?", "$1.3 billion", "money"),
        ("When did she resign?", "October 20", "date"),
        ("How many were killed?", "at least 50", "number"),
        ("Why did she resign?", "the tax cuts failed", "reason"),
        ("Which automakers were hit?", "Ford, General Motors and Stellantis", "list"),
        ("Where was he arrested?", "Nassau", "place"),
        ("What did she say?", "we will fight on", "quotation"),
    ],
)
def test_the_kind_of_an_answer(question: str, answer: str, kind: str) -> None:
    assert kind_of(question, answer) == kind


def test_every_loss_is_lower_for_right_scores(pack: packs.Pack) -> None:
    batch = drawn(pack, Drawing(groups=4, negatives=2, changed=0.0))
    rows, tokens = batch.ids.shape
    nothing = losses(batch, torch.zeros(rows, 2, tokens), torch.zeros(rows, 14))
    spans, judged = torch.zeros(rows, 2, tokens), torch.zeros(rows, 14)
    for row in range(rows):
        right = batch.kinds[row] == ANSWER
        for side in (0, 1):
            spans[row, side, batch.golds[row, 0, side] if right else 0] = 8.0
        judged[row, :2] = 8.0 if right else -8.0
        judged[row, 2 + batch.answer_kinds[row]] = 8.0
    told = losses(batch, spans, judged)
    assert told.keys() == nothing.keys()
    for name, value in told.items():
        assert value < 0.2 * nothing[name], name


def test_the_mean_of_two_trainings_is_half_of_each() -> None:
    one, other = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    wanted = (one.weight + other.weight) / 2
    take_mean(one, other.state_dict())
    assert torch.allclose(one.weight, wanted)


def test_the_shipped_weights_give_what_the_shipped_reader_gives(tokenizer: Tokenizer) -> None:
    folder = Path(str(files("qa"))) / "data" / "reader"
    model = ReaderModel(model_folder(), plain=True)
    shipped_weights(folder, model)
    row = tokenizer.encode(QUESTION, TEXT)
    ids, mask, types = (np.array([one]) for one in (row.ids, row.attention_mask, row.type_ids))
    openvino = load_openvino(converting=True)
    compiled = openvino.Core().compile_model(
        str(folder / "reader.xml"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    spans, judged = compiled([ids, mask, types]).values()
    with torch.no_grad():
        its = model.eval()(*map(torch.tensor, (ids, mask, types)))
    read = mask[0] == 1
    assert np.abs(its[0].numpy() - spans)[..., read].mean() < 0.2
    assert np.abs(its[1].numpy()[:, :2] - judged[:, :2]).max() < 0.5

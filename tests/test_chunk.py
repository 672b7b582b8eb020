"""Cutting documents into passages: nothing lost, nothing too long, always the same."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_encoder import ToyEncoder

from index import ChunkSettings, Document, Encoder, Found, Part
from index.parsing.front_matter import anatomy
from index.text.chunking import Chunker, embedded
from index.text.sentences import sentences

WORDS = st.sampled_from(
    [
        "the",
        "war.",
        "Moscow",
        "said",
        "“it”",
        "A.",
        "7,000–10,000",
        "\n\n",
        "\n",
        "About",
        "Jane",
        "Check",
        "Also",
        "#",
        "-",
        "é",
        "🎉",
        "\u2028",
        "supercalifragilistic",
        "(US$900)",
        "…",
        "?!",
        "ceasefire",
        "brokered",
        "by",
        "1",
        "October",
        "2020",
        "By",
        "Jane",
        "Miller",
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(WORDS, max_size=200).map(" ".join))


def document(text: str) -> Document:
    found = anatomy(text, "x.txt")
    return Document(
        "x.txt", text, found.title, found.author, found.published, "utf-8", found.regions
    )


@given(TEXTS, st.integers(20, 60), st.integers(0, 3))
def test_passages_are_slices_that_lose_nothing_and_fit(text: str, size: int, overlap: int) -> None:
    """Every non-space character is in a passage, and each passage is within both limits."""
    one = document(text)
    chunker = Chunker(ChunkSettings(size, overlap), ToyEncoder())
    passages = chunker.chunk(one).passages
    covered = set[int]()
    for passage in passages:
        quote = passage.span.of(text)
        covered.update(range(passage.span.start, passage.span.end))
        title = chunker.title(one, passage.part)
        assert quote.strip() == quote != ""
        assert ToyEncoder().count([embedded(title, quote)])[0] <= 64 or len(quote) == 1
    assert all(place in covered for place, char in enumerate(text) if not char.isspace())


@given(TEXTS, st.integers(20, 400), st.integers(0, 3))
def test_passages_are_deterministic_and_distinct(text: str, size: int, overlap: int) -> None:
    """Also where the encoder's window, not the size, is what cuts."""
    one = document(text)
    first = Chunker(ChunkSettings(size, overlap), ToyEncoder()).chunk(one).passages
    second = Chunker(ChunkSettings(size, overlap), ToyEncoder()).chunk(one).passages
    assert first == second
    for passage, following in pairwise(first):
        assert not passage.span.holds(following.span)
        assert not following.span.holds(passage.span)


def test_what_is_cut_to_the_window_is_there_once(encoder: Encoder) -> None:
    """Overlapping passages that are both cut may meet in one piece."""
    for seed in range(40):
        draw = random.Random(seed)
        sentences = (
            "".join(draw.choices("<>=(){}[];:'/x", k=draw.randint(20, 130))) for _ in range(30)
        )
        text = " ".join(f"The {sentence}." for sentence in sentences)
        passages = Chunker(ChunkSettings(), encoder).chunk(document(text)).passages
        assert len({passage.id for passage in passages}) == len(passages)


@given(TEXTS)
def test_no_passage_mixes_article_and_footer(text: str) -> None:
    one = document(text)
    for passage in Chunker(ChunkSettings(30, 1), ToyEncoder()).chunk(one).passages:
        parts = {one.part_at(place) for place in range(passage.span.start, passage.span.end)}
        if passage.part.is_footer:
            assert parts == {passage.part}
        else:
            assert parts <= {Part.BODY, Part.MASTHEAD}


def test_neighbouring_passages_share_sentences() -> None:
    text = " ".join(f"Sentence number {n} says something." for n in range(40))
    passages = Chunker(ChunkSettings(40, 1), ToyEncoder()).chunk(document(text)).passages
    for one, following in pairwise(passages):
        assert following.span.start < one.span.end


@pytest.mark.parametrize("text", ["word " * 3000, "wo" * 3000, "文" * 3000, "a.b" * 2000])
def test_one_endless_sentence_is_cut_to_the_real_encoders_window(
    encoder: Encoder, text: str
) -> None:
    one = Document("x.txt", text, Found("A title " * 80, "given"))
    chunker = Chunker(ChunkSettings(), encoder)
    chunks = chunker.chunk(one)
    title = chunker.title(one)
    counts = encoder.count([embedded(title, p.span.of(text)) for p in chunks.passages])
    assert max(counts) <= encoder.window
    assert chunks.cut_to_fit > 0
    assert sum(p.span.end - p.span.start for p in chunks.passages) >= len(text.replace(" ", ""))


def test_a_document_with_another_text_has_its_own_sentences() -> None:
    first = Document("note.txt", "The mill closed. The well is dry.", Found("note", "file name"))
    assert len(sentences(first)) == 2
    second = replace(first, text="The mill of the whole valley closed at last.")
    assert [span.of(second.text) for span, _ in sentences(second)] == [second.text]
    assert sentences(first) == sentences(replace(first))

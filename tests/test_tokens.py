"""Counting tokens in the encoding that ships with Quoth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import QuothError
from index.text.tokens import token_counter


@given(st.text())
def test_any_text_comes_back_whole(text: str) -> None:
    counter = token_counter()
    assert counter.decode(counter.encode(text)) == text
    assert counter.count(text) == len(counter.encode(text))


@pytest.mark.parametrize("text", ["(" * 100_000, "a" * 100_000, "é" * 30_000, " " * 50_000])
def test_long_runs_come_back_whole(text: str) -> None:
    counter = token_counter()
    assert counter.decode(counter.encode(text)) == text


def test_text_that_looks_like_a_special_token_is_plain_text() -> None:
    assert token_counter().count("<|endoftext|>") > 1


def test_a_name_that_does_not_exist_is_answered_with_the_choices() -> None:
    with pytest.raises(QuothError, match="cl100k_base"):
        token_counter("no_such_encoding")

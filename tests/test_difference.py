"""What changed between two texts: all of both is told, in bounded work."""

from hypothesis import given
from hypothesis import strategies as st

from index import Document, Found
from ui.web.text_diff import Change, changes

WORDS = st.lists(st.sampled_from(["a", "b", "c ", "dd", "\n", "\n\n", "e. "]), max_size=60)


def told(earlier: str, later: str) -> list[Change]:
    title = Found("a", "given")
    return list(changes(Document("a", earlier, title), Document("b", later, title)))


@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_the_changes(before: list[str], after: list[str]) -> None:
    earlier, later = " ".join(before), " ".join(after)
    found = told(earlier, later)
    assert " ".join(one.text for one in found if one.kind != "gone").split() == later.split()
    assert " ".join(one.text for one in found if one.kind != "new").split() == earlier.split()


def test_a_changed_word_is_marked_alone() -> None:
    found = told("One.\n\nThe toll is 49 now.\n\nEnd.", "One.\n\nThe toll is 105 now.\n\nEnd.")
    assert [(one.kind, one.text.strip()) for one in found if one.kind != "same"] == [
        ("gone", "49"),
        ("new", "105"),
    ]


def test_texts_that_share_every_word_many_times_are_compared() -> None:
    """Word pairs that match everywhere took minutes; the work is bounded whatever they hold."""
    found = told("x y " * 10_000, "y x x " * 6_600)
    assert {one.kind for one in found} >= {"same"}


def test_what_is_not_compared_is_told() -> None:
    earlier = " ".join(str(number) for number in range(30_000))
    later = " ".join(str(number) for number in range(30_000, 60_000))
    assert told(earlier, later)[-1] == Change(
        "left out", "10,000 more words that were not compared"
    )

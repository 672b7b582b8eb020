"""A folder and a server keep the same index: the same documents, hits, filters and commits."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres import PostgresServer
from toy_encoder import ToyEncoder

from index import (
    AllOf,
    AnyOf,
    Document,
    Found,
    Index,
    InFolder,
    NameMatches,
    Not,
    OneOf,
    PublishedFrom,
    PublishedTo,
    QuothError,
    Undated,
    Where,
    WrittenBy,
)
from index.search.bm25 import question_terms, terms
from index.verify import verify

NewIndex = Callable[[], Index]

WORDS = tuple(
    "ceasefire ceasefires Moscow brokered the of 2022 O'Brien café c++ AT&T truce treaty a Ankara "
    "1,000 Baku naïve don't Öl".split()
)
QUESTIONS = (
    "who brokered the ceasefire?",
    "Moscow Moscow Baku",
    "the of a",
    "brokered café 2022",
    "O'Brien AT&T c++",
    '"brokered ceasefire"',
    "zebra",
    "",
)
FILTERS: tuple[Where, ...] = (
    Undated(),
    Not(Undated()),
    PublishedFrom(dt.date(2022, 9, 3)),
    PublishedTo(dt.date(2022, 9, 3)),
    AllOf((PublishedFrom(dt.date(2022, 9, 2)), PublishedTo(dt.date(2022, 9, 4)))),
    Not(PublishedTo(dt.date(2022, 9, 3))),
    InFolder("north"),
    NameMatches("*[0-3].txt"),
    NameMatches("[^n]*"),
    NameMatches("north/?.txt"),
    OneOf(("north/1.txt", "south/2.txt", "none")),
    WrittenBy("Ann"),
    Not(WrittenBy("ann lee")),
    AnyOf((Undated(), WrittenBy("Bo"))),
    AllOf(()),
    AnyOf(()),
)


@pytest.fixture(params=["folder", "server"])
def new_index(request: pytest.FixtureRequest, tmp_path: Path) -> NewIndex:
    """Makes empty indexes with the toy encoder, in folders or on a server."""
    made = 0

    def new() -> Index:
        nonlocal made
        made += 1
        if request.param == "folder":
            return Index.create(tmp_path / f"index{made}", ToyEncoder())
        server: PostgresServer = request.getfixturevalue("server")
        return Index.create(server.new_place(), ToyEncoder())

    return new


def note(name: str, text: str, day: int = 0, author: str = "") -> Document:
    """A document; without a day it has no date."""
    return Document(
        name,
        text,
        Found(f"Note of {name}", "given"),
        Found(author, "given") if author else None,
        Found(f"2022-09-{day:02}", "given") if day else None,
    )


words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join)
notes = st.builds(
    note,
    st.sampled_from([f"{folder}/{n}.txt" for folder in ("north", "south") for n in range(5)]),
    st.lists(words, min_size=1, max_size=4).map(". ".join),
    st.integers(0, 5),
    st.sampled_from(("", "Ann Lee", "Bo")),
)
steps = st.lists(
    st.one_of(
        st.lists(notes, min_size=1, max_size=4),
        st.sampled_from([f"{folder}/{n}.txt" for folder in ("north", "south") for n in range(5)]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_both_hold_and_find_the_same(
    steps: Sequence[list[Document] | str],
    server: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("both") / "index"
    with (
        Index.create(folder, ToyEncoder()) as local,
        Index.create(server.new_place(), ToyEncoder()) as there,
    ):
        for step in steps:
            for index in (local, there):
                if isinstance(step, list):
                    index.add_documents(step)
                elif any(one.name == step for one in index.documents()):
                    index.remove(step)
        assert there.documents() == local.documents()
        assert sorted(there.store.alike()) == sorted(local.store.alike())
        assert verify(there).faults == verify(local).faults == ()
        # Until it merges its segments, tantivy counts the words of deleted passages as well.
        names = [one.name for step in steps if isinstance(step, list) for one in step]
        only_added = len(set(names)) == len(names) and all(isinstance(one, list) for one in steps)
        for where in (None, *FILTERS):
            same_hits(local, there, where, scores=only_added)
        for word in WORDS:
            for term in terms(word):
                assert there.frequency(term) == local.frequency(term) or not only_added
                assert spelled(there, term) == spelled(local, term)
        phrase = list(enumerate(question_terms("brokered ceasefire")))
        assert there.keys_holding(phrase) == local.keys_holding(phrase)


def same_hits(local: Index, there: Index, where: Where | None, *, scores: bool) -> None:
    """Both find the same passages, with the same `scores` if so, where a filter lets them."""
    one, other = local.restricted_to(where), there.restricted_to(where)
    assert other.documents() == one.documents()
    assert other.undated() == one.undated()
    for here, found in zip(
        one.search_text(QUESTIONS, 200), other.search_text(QUESTIONS, 200), strict=True
    ):
        assert {hit.id for hit in found} == {hit.id for hit in here}
        by_id = {hit.id: hit.score for hit in here}
        assert not scores or all(abs(by_id[hit.id] / hit.score - 1) < 1e-5 for hit in found)
    queries = ToyEncoder().encode(QUESTIONS[:3])
    for here, found in zip(
        one.search_vectors(queries, 200), other.search_vectors(queries, 200), strict=True
    ):
        assert {hit.id for hit in found} == {hit.id for hit in here}
        cosines = {hit.id: hit.score for hit in here}
        assert all(abs(cosines[hit.id] - hit.score) < 1e-4 for hit in found)


def spelled(index: Index, term: str) -> set[int]:
    """The passages that hold a term spelled like this one."""
    return {passage.id for passage in index.spelled_like(term, 500)}


def test_a_commit_of_fifty_is_seen_whole_or_not_at_all(new_index: NewIndex) -> None:
    index = new_index()
    index.add_documents([note("first.txt", "Moscow brokered the ceasefire.")])
    with Index.open(index.place, ToyEncoder()) as reader:
        before = reader.search_text(["ceasefire"], 100)[0]
        index.add_documents([note(f"{n}.txt", f"The ceasefire of {n}.") for n in range(50)])
        assert reader.search_text(["ceasefire"], 100)[0] == before
        assert len(reader.documents()) == 1
        reader.refresh()
        assert len(reader.search_text(["ceasefire"], 100)[0]) == 51
        index.remove([f"{n}.txt" for n in range(50)])
        assert len(reader.search_text(["ceasefire"], 100)[0]) == 51
        reader.refresh()
        assert [hit.id for hit in reader.search_text(["ceasefire"], 100)[0]] == [
            hit.id for hit in before
        ]


def test_a_second_writer_is_refused_and_the_first_goes_on(new_index: NewIndex) -> None:
    index = new_index()
    with (
        index.engine.writing(ToyEncoder, index._chunker),
        pytest.raises(QuothError, match="is writing to the index"),
    ):
        index.add_documents([note("second.txt", "A truce.")])
    index.add_documents([note("second.txt", "A truce.")])
    assert len(index.documents()) == 1


def test_text_that_databases_refuse_is_kept(new_index: NewIndex) -> None:
    index = new_index()
    odd = note("odd.txt", "A \0 nul and the ceasefire. ' \" \\ %s ?", 1, "Å\0 %s '")
    odd = replace(odd, title=Found("T\0 of ' \" \\ %s ?", "given"))
    index.add_documents([odd])
    kept = index.document(index.documents()[0].key)
    assert (kept.text, kept.title) == (odd.text, odd.title)
    assert len(index.search_text(["ceasefire"], 5)[0]) == 1
    assert len(index.documents(Not(WrittenBy("nobody ' \" \\ %s ?")))) == 1
    assert verify(index).faults == ()


def test_words_come_first_and_vectors_follow(
    new_index: NewIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.add._EMBEDDED_AT_ONCE", 4)
    for day in range(1, 9):
        text = f"Note {day}\n2022-09-{day:02}\n\nThe ceasefire of day {day} began.\n"
        (tmp_path / f"{day}.txt").write_text(text, encoding="utf-8")
    index = new_index()
    index.add([tmp_path / f"{day}.txt" for day in range(1, 9)], embed=False)
    waiting = index.status().unembedded
    assert waiting == index.status().passages
    assert len(index.search_text(["ceasefire"], 20)[0]) == 8
    assert index.embed(most=waiting // 2) >= waiting // 2
    index.embed()
    assert index.status().unembedded == 0
    assert verify(index).faults == ()


def test_half_a_character_is_refused_before_anything_is_added(new_index: NewIndex) -> None:
    with new_index() as index:
        with pytest.raises(QuothError, match="the text of 'b' holds half a character"):
            index.add_documents([note("a", "Moscow."), note("b", "one \ud800 two")])
        assert index.documents() == []


def test_documents_are_listed_by_name(new_index: NewIndex) -> None:
    with new_index() as index:
        index.add_documents([note("a", "Moscow.", 2), note("b", "Baku.")])
        assert {name: one.name for name, one in index.named(["b", "a", "c"]).items()} == {
            "a": "a",
            "b": "b",
        }
        assert list(index.restricted_to(Undated()).named(["a", "b"])) == ["b"]
        before = index.count_passages()
        index.add_documents([note("c", "Ankara.")])
        assert index.count_passages() == before + 1


def test_of_many_that_pass_a_narrow_filter_those_with_the_rarest_terms_are_scored(
    new_index: NewIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.postgres.search._CANDIDATES_INSIDE", 4)
    with new_index() as index:
        index.add_documents(
            [
                note(f"{n}.txt", "Moscow and Baku." if n == 20 else f"Moscow and {n}.", 2)
                for n in range(40)
            ]
        )
        inside = index.restricted_to(PublishedFrom(dt.date(2022, 9, 1)))
        (hits,) = inside.search_text(["Moscow Baku"], 1)
        (best,) = inside.passages([hits[0].id])
        assert inside.document(best.document).name == "20.txt"

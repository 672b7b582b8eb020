"""Copies of one story, versions of one article, and when each says it was published."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Certainty, Document, Index, Limits, Stories
from index.documents import Found
from index.duplicates.minhash import stories
from index.parsing.formats.html import page
from index.parsing.loader import documents_in
from qa import Assistant
from ui.web.text_diff import changes

if TYPE_CHECKING:
    from index.storage.tables import Tables

STORY = """The old bridge over the Saltmarsh was closed on Friday after inspectors found cracks in
two of its piers. The county engineer, Hanna Lund, said that repairs would take at least six weeks.

Drivers are asked to take the road through Northby, which adds eleven kilometres to the journey
between the two towns. A ferry will run every half hour for people on foot and on bicycles.

The bridge was built in 1931 and last repaired in 1988. About 2,300 cars cross it on an ordinary
day, and the bus company has said that it will need two more buses."""

OTHER = """The council of Southby voted on Monday to build a new school beside the library. The
vote was nine to four, after a debate of three hours about the cost and the trees on the site.
The headmaster said that the old building has no room for the pupils who are expected next year."""


def article(name: str, text: str, title: str = "", published: str = "") -> Document:
    return Document(
        name,
        text,
        Found(title, "first line") if title else Found(name, "file name"),
        published=Found(published, "date line") if published else None,
    )


def test_a_story_in_many_papers_is_one_story(empty: Index) -> None:
    cut = STORY[: len(STORY) * 2 // 3]
    louder = STORY.replace(",", " –").upper()
    empty.add_documents(
        [
            article("wire.txt", STORY),
            article("cut.txt", cut),
            article("more.txt", f"Advertisement. Weather: rain.\n\n{louder}\n\nAll rights kept."),
            article("other.txt", OTHER),
        ]
    )
    (group,) = empty.stories().groups()
    assert [one.name for one in group] == ["cut.txt", "more.txt", "wire.txt"]


def test_copies_are_said_once_and_named(empty: Index) -> None:
    empty.add_documents(
        [
            article("wire.txt", STORY),
            article("post.txt", f"Northby Post, local news.\n\n{STORY}"),
            article("other.txt", OTHER),
        ]
    )
    answer = Assistant(empty).ask("Why was the bridge closed?")
    first = answer.passages[0]
    assert {first.citation.document, *first.copies} == {"wire.txt", "post.txt"}
    assert [p.citation.document for p in answer.passages[1:]] == ["other.txt"]


def test_a_copy_that_comes_later_joins_its_story(empty: Index) -> None:
    empty.add_documents([article("a.txt", STORY), article("other.txt", OTHER)])
    with Index.open(empty.place) as again:
        again.add_documents([article("b.txt", f"News of the day. {STORY}")])
        (group,) = again.stories().groups()
    assert [one.name for one in group] == ["a.txt", "b.txt"]


def test_removing_a_copy_leaves_the_other_alone(empty: Index) -> None:
    empty.add_documents([article("a.txt", STORY), article("b.txt", f"News. {STORY}")])
    assert len(empty.stories().groups()) == 1
    empty.remove(["b.txt"])
    assert empty.stories().groups() == []


def test_a_later_version_is_told_and_the_earlier_still_answers(empty: Index) -> None:
    later = STORY.replace("six weeks", "nine weeks")
    empty.add_documents(
        [
            article("first.txt", STORY, "Bridge closed", "2024-03-02"),
            article("second.txt", later, "UPDATE 1 - Bridge closed", "2024-03-05"),
        ]
    )
    answer = Assistant(empty).ask("How long will repairs take?")
    assert answer.answer is not None
    told = {answer.answer.text, *(other.text for other in answer.others)}
    assert any("six weeks" in text for text in told)
    assert any("nine weeks" in text for text in told)
    by_name = {one.citation.document: one for one in answer.passages}
    assert [one.document for one in by_name["first.txt"].versions.later] == ["second.txt"]
    assert [one.document for one in by_name["second.txt"].versions.earlier] == ["first.txt"]


def test_other_articles_of_one_headline_are_not_versions(empty: Index) -> None:
    empty.add_documents(
        [
            article("a.txt", STORY, "Local news", "2024-03-02"),
            article("b.txt", OTHER, "Local news", "2024-03-05"),
        ]
    )
    (key,) = [one.key for one in empty.documents() if one.name == "a.txt"]
    assert not empty.stories().versions(key).any


KEYS = "abcdefgh"


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda it: it[0] < it[1]),
        st.sampled_from([-0.5, 0.3, 0.7, 1.0]),
    ),
    st.lists(st.lists(st.sampled_from(KEYS), max_size=3), max_size=5),
)
def test_stories_are_the_same_in_whatever_order_they_are_looked_up(
    pairs: dict[tuple[str, str], float], asked: list[list[str]]
) -> None:
    kept = [(one, other, share) for (one, other), share in pairs.items()]

    class Pairs:
        """What `Stories` asks of the tables of an index."""

        def alike(self, among: Iterable[str]) -> list[tuple[str, str, float]]:
            wanted = set(among)
            return [pair for pair in kept if wanted.intersection(pair[:2])]

    found = Stories(cast("Tables", Pairs()))
    for keys in asked:
        found.read_ahead(keys)
    whole = stories(KEYS, kept)
    assert {key: found.story(key) for key in KEYS} == whole
    for key in KEYS:
        assert set(found.copies(key)) == {it for it in KEYS if whole[it] == whole[key]} - {key}
        assert found.series(key) == sorted(
            it for it in KEYS if pairs.get((min(key, it), max(key, it)), 0) < 0
        )


def test_what_changed_is_shown_and_nothing_else() -> None:
    later = STORY.replace("six weeks", "nine weeks")
    found = list(changes(article("a", STORY), article("b", later)))
    assert [c.text.strip() for c in found if c.kind == "gone"] == ["six"]
    assert [c.text.strip() for c in found if c.kind == "new"] == ["nine"]


PAGE = """<html><head><title>Bridge closed</title>{head}</head><body><article><h1>Bridge closed</h1>
<p>{text}</p></article></body></html>"""
LINKED = (
    '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", '
    '"datePublished": "2024-03-02T23:30:00-05:00", "dateModified": "2024-04-01"}]}</script>'
)


@pytest.mark.parametrize(
    ("head", "text", "expected"),
    [
        (LINKED, STORY, ("2024-03-02", "JSON-LD", Certainty.STATED)),
        (
            '<meta property="article:published_time" content="2024-03-02T10:00:00Z">',
            STORY,
            ("2024-03-02", "meta article:published_time", Certainty.STATED),
        ),
        (
            '<link rel="canonical" href="https://example.org/2024/03/02/bridge">',
            STORY,
            ("2024-03-02", "address", Certainty.LIKELY),
        ),
        ("", f"NORTHBY, March 2, 2024 — {STORY}", ("2024-03-02", "dateline", Certainty.LIKELY)),
        ("", f"NORTHBY, 2 March 2024. {STORY}", ("2024-03-02", "dateline", Certainty.LIKELY)),
        ("", STORY, None),
    ],
)
def test_a_page_s_date_comes_with_its_evidence(
    head: str, text: str, expected: tuple[str, str, Certainty] | None
) -> None:
    found = page(PAGE.format(head=head, text=text), "page.html").published
    assert (found and (found.value, found.how, found.certainty)) == expected


def test_a_file_s_name_dates_it_weakly_and_its_times_never(tmp_path: Path) -> None:
    (tmp_path / "2024-03-02 bridge.txt").write_text(STORY)
    (tmp_path / "bridge.txt").write_text(OTHER)
    dated, undated = documents_in([str(tmp_path)], Limits())
    assert isinstance(dated, Document)
    assert isinstance(undated, Document)
    assert dated.published == Found("2024-03-02", "file name", None, Certainty.WEAK)
    assert undated.published is None

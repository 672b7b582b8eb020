"""What documents can be narrowed by, what an archive is, and its months as bars."""

import datetime as dt
import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from toy_encoder import ToyEncoder

from index import Certainty, Document, Found, Index, NameMatches, QuothError, Undated, WrittenBy
from qa import facets, overview
from qa.archive.facets import filter_of
from ui.web.asked import Asked, days_stated
from ui.web.charts import month_bars


def note(name: str, day: str = "", author: str = "") -> Document:
    return Document(
        name,
        f"What {name} says is short.",
        Found(name, "file name"),
        Found(author, "byline") if author else None,
        Found(day, "date line", certainty=Certainty.STATED) if day else None,
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("facets") / "index", ToyEncoder())
    index.add_documents(
        [
            note("wire/2021/a.txt", "2021-03-04", "Ann Lee"),
            note("wire/2021/b.PDF", "2021-12-31", "Zoë Fenn"),
            note("wire/c.html", "2023-01-01", "Ann Lee"),
            note("d.txt"),
        ]
    )
    return index


def names(index: Index, *stated: str) -> set[str]:
    return {one.name for one in index.documents(filter_of(stated))}


def test_each_value_is_counted(archive: Index) -> None:
    assert [(one.stated(), one.count) for one in facets(archive)] == [
        ("folder:wire", 3),
        ("folder:wire/2021", 2),
        ("year:2021", 2),
        ("year:2023", 1),
        ("year:undated", 1),
        ("type:txt", 2),
        ("type:html", 1),
        ("type:pdf", 1),
        ("author:Ann Lee", 2),
        ("author:Zoë Fenn", 1),
    ]
    assert {one.count for one in facets(archive, NameMatches("d.txt"))} == {1}


def test_as_many_documents_pass_as_are_counted(archive: Index) -> None:
    for one in facets(archive):
        assert len(names(archive, one.stated())) == one.count
        without = names(archive, one.stated(without=True))
        assert without.isdisjoint(names(archive, one.stated()))
        assert len(without) == 4 - one.count


def test_values_of_a_kind_add_up_and_kinds_narrow(archive: Index) -> None:
    assert names(archive, "year:2023", "year:undated") == {"wire/c.html", "d.txt"}
    assert names(archive, "author:Ann Lee", "year:2021") == {"wire/2021/a.txt"}
    assert names(archive, "type:txt", "-folder:wire") == {"d.txt"}
    assert names(archive) == {one.name for one in archive.documents()}
    assert len(archive.documents(WrittenBy("Zoe\u0308 Fenn"))) == 1
    assert [one.name for one in archive.documents(Undated())] == ["d.txt"]


@pytest.mark.parametrize("stated", ["xyz", "year:", "year:x", "year:0", "folder:", "author:", "-"])
def test_what_is_no_facet_is_refused(stated: str) -> None:
    with pytest.raises(QuothError, match="is no filter"):
        filter_of([stated])


def test_an_archive_is_from_when_to_when(archive: Index) -> None:
    found = overview(archive)
    assert (found.documents, found.undated) == (4, 1)
    assert (found.first, found.last) == ("2021-03-04", "2023-01-01")
    assert found.by_month == {"2021-03": 1, "2021-12": 1, "2023-01": 1}
    assert [one.name for one in found.newest][:2] == ["wire/c.html", "wire/2021/b.PDF"]


@pytest.mark.parametrize(
    ("stated", "first", "last"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-02", "2022-02-01", "2022-02-28"),
        (" 2024-2 ", "2024-02-01", "2024-02-29"),
        ("2022-09-13", "2022-09-13", "2022-09-13"),
    ],
)
def test_a_year_or_a_month_is_a_date_of_a_filter(stated: str, first: str, last: str) -> None:
    assert days_stated(stated) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize("stated", ["", "22", "2022-13", "2022-02-30", "May 2022", "0000"])
def test_what_is_no_date_is_refused(stated: str) -> None:
    with pytest.raises(QuothError, match="is not a date"):
        days_stated(stated)


TEXTS = st.text(max_size=20)


@given(TEXTS, TEXTS, TEXTS, st.lists(TEXTS.filter(bool), max_size=4))
@example("", "", "", ["--"])
def test_an_address_states_what_was_asked(
    question: str, folder: str, document: str, stated: Sequence[str]
) -> None:
    from urllib.parse import parse_qsl  # noqa: PLC0415

    asked = Asked(question, "2022", "", folder, document, tuple(dict.fromkeys(stated)))
    assert Asked.of(parse_qsl(asked.link().lstrip("?"))) == asked
    for facet in asked.facets:
        assert facet not in asked.toggled(facet).facets
    assert len(asked.chips()) == 1 + bool(folder) + bool(document) + len(asked.facets)


@given(
    st.dictionaries(
        st.dates(dt.date(1950, 1, 1), dt.date(2030, 1, 1)).map(lambda day: f"{day:%Y-%m}"),
        st.integers(1, 500),
        max_size=8,
    ),
    st.integers(0, 9),
)
def test_bars_count_everything_once(counts: dict[str, int], undated: int) -> None:
    drawn = str(month_bars(dict(sorted(counts.items())), lambda a, b: f"?a={a}&b={b}", undated))
    if not counts:
        assert not drawn
        return
    told = {one[0]: int(one[1]) for one in re.findall(r"<title>([^:]+): (\d+)</title>", drawn)}
    assert sum(told.values()) == sum(counts.values()) + undated
    assert sum(count for label, count in told.items() if label[:4] == min(counts)[:4]) == sum(
        count for month, count in counts.items() if month[:4] == min(counts)[:4]
    )
    assert ("no date" in told) == bool(undated)
    assert drawn.count("<title>") <= 122  # 120 months, or years, and one without
    assert drawn.count("<a ") == sum(count > 0 for count in told.values()) - bool(undated)

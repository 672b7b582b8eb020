"""A draft checked: what it says as the archive does is supported, what it changes is named."""

import datetime as dt
import json
from pathlib import Path

import docx
import pytest
from commands import quoth
from conftest import ROOT

from index import Document, Encoder, Found, Index, QuothError
from qa import Finding, check_draft
from qa.archive.draft_report import as_html
from qa.archive.opposites import opposite_in
from qa.archive.stated_facts import facts_in

ARTICLE = """Ferry sinks off Sorrel Quay

The ferry Marigold sank off Sorrel Quay on Wednesday night with 61 people aboard.

The harbour master, Ada Hult, said: “Nobody could have seen the sandbank in that fog.”

The owner, Northern Lines, put the damage at $2.5 million.

Sen. Ida Berg, who had warned of the sandbank for the last decade, called for an inquiry.

Rescue boats took the passengers to Lindholm. Rescue boats took off 61 passengers.
"""


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Index:
    index = Index.create(tmp_path / "index", encoder)
    title = Found("Ferry sinks off Sorrel Quay", "first line")
    index.add_documents(
        [Document("ferry.txt", ARTICLE, title, published=Found("2022-09-16", "stated"))]
    )
    return index


MAIL = """From a@b Mon Jan  3 10:00:00 2022
From: a@b.c
Subject: Mill
Date: Mon, 3 Jan 2022 10:00:00 +0000

The mill in Sorrel Quay closed on 5 May 2021.

"""
SUPPORTED = [
    "The Marigold sank off Sorrel Quay with sixty-one people aboard.",
    "The ferry Marigold sank off Sorrel Quay on 14 September 2022.",
    "Harbour master Hult said that “nobody could have seen the sandbank in that fog”.",
    "Northern Lines, the owner, put the damage at 2,500,000 dollars.",
    "Senator Ida Berg called for an inquiry after her warnings of the sandbank.",
    "Rescue boats took the passengers to Lindholm, 61 in all.",
]
CHANGED = [
    ("The Marigold sank off Sorrel Quay with 71 people aboard.", "71", ("61",)),
    (
        "The ferry Marigold sank off Sorrel Quay on 15 September 2022.",
        "15 September 2022",
        ("Wednesday",),
    ),
    (
        "The Marigold sank off Sorrel Quay on Thursday night with 61 people aboard.",
        "Thursday",
        ("Wednesday",),
    ),
    ("The ferry Primrose sank off Sorrel Quay with 61 people aboard.", "Primrose", ("Marigold",)),
    (
        "The harbour master said: “Nobody could have seen the tanker in that fog.”",
        "Nobody could have seen the tanker in that fog.",
        ("Nobody could have seen the sandbank in that fog",),
    ),
    (
        "Ida Berg had warned of the sandbank since 2016, and called for an inquiry.",
        "2016",
        ("last decade",),
    ),
    (
        "Northern Lines, the owner, put the damage at $2.5 billion.",
        "$2.5 billion",
        ("$2.5 million",),
    ),
]


@pytest.mark.parametrize("sentence", SUPPORTED)
def test_what_the_archive_says_too_is_supported(
    archive: Index, tmp_path: Path, sentence: str
) -> None:
    (tmp_path / "draft.txt").write_text(f"{sentence}\n")
    (checked,) = check_draft(archive, tmp_path / "draft.txt")
    assert (checked.finding, checked.differences) == (Finding.SUPPORTED, ())
    assert checked.evidence is not None
    assert ARTICLE[checked.evidence.start : checked.evidence.end] == checked.evidence.quote


@pytest.mark.parametrize(("sentence", "draft", "said"), CHANGED)
def test_what_differs_is_named_with_the_archives_own(
    archive: Index, tmp_path: Path, sentence: str, draft: str, said: tuple[str, ...]
) -> None:
    (tmp_path / "draft.md").write_text(f"{sentence}\n")
    (checked,) = check_draft(archive, tmp_path / "draft.md")
    assert checked.finding is Finding.DIFFERS
    (difference,) = checked.differences
    assert difference.draft == draft
    assert difference.archive == said
    assert (
        difference.draft
        in (tmp_path / "draft.md").read_text()[difference.span.start : difference.span.end]
    )


def test_a_quotation_that_begins_inside_a_word_is_no_quotation(
    archive: Index, tmp_path: Path
) -> None:
    (tmp_path / "draft.txt").write_text(
        "The harbour master, Ada Hult, said: “body could have seen the sandbank in that fog”.\n"
    )
    (checked,) = check_draft(archive, tmp_path / "draft.txt")
    (difference,) = checked.differences
    assert difference.archive == ("Nobody could have seen the sandbank in that fog",)


@pytest.mark.parametrize(
    ("sentence", "other", "said", "against"),
    [
        ("Ada Hult conceded.", "Ada Hult did not concede.", "conceded", "not concede"),
        ("The pipes were never laid.", "The pipes were laid.", "never laid", "laid"),
        ("He was acquitted in May.", "He was found guilty in May.", "acquitted", "guilty"),
        ("Prices rose by 4%.", "Prices fell by 4%.", "rose", "fell"),
        ("The mayor refused to resign.", "The mayor resigned.", "refused to resign", "resigned"),
    ],
)
def test_the_opposite_is_noticed(sentence: str, other: str, said: str, against: str) -> None:
    found = opposite_in(sentence, other)
    assert found is not None
    assert (found[0].of(sentence), found[1]) == (said, against)
    back = opposite_in(other, sentence)
    assert back is not None
    assert (back[0].of(other), back[1]) == (against, said)


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        ("Ada Hult did not concede.", "Ada Hult never conceded on Monday."),
        ("They will vote on Monday.", "They won't vote until Monday."),
        ("He won.", "He won and did not cry."),
        ("She was convicted.", "She was convicted, not acquitted."),
        ("It fell and rose.", "Prices fell."),
        ("He not only sang.", "He sang."),
    ],
)
def test_what_is_no_opposite_is_none(sentence: str, other: str) -> None:
    assert opposite_in(sentence, other) is None


def test_other_documents_with_another_number_are_shown(empty: Index, tmp_path: Path) -> None:
    texts = {
        "first": "Hester County says that sixteen people died in the flood of Marrowick.",
        "second": "Hester County says that 18 people died in the flood of Marrowick.",
        "third": "A flood of Marrowick in 1911 closed 18 mills, says the county museum.",
    }
    empty.add_documents([Document(n, t, Found(n, "given")) for n, t in texts.items()])
    (tmp_path / "draft.txt").write_text("Sixteen people died in the flood, says Hester County.")
    (checked,) = check_draft(empty, tmp_path / "draft.txt")
    assert checked.finding is Finding.SUPPORTED
    assert [one.document for one in checked.others] == ["second"]
    assert checked.as_json()["others"]
    (tmp_path / "draft.txt").write_text("The flood of Marrowick did not close 18 mills.")
    (checked,) = check_draft(empty, tmp_path / "draft.txt")
    assert [(one.kind, one.draft) for one in checked.differences] == [("opposite", "not close")]


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("The ferry Marigold sank off the cape on September 14, 2022.", Finding.DIFFERS),
        ("The ferry Marigold sank off the cape in September 2022.", Finding.SUPPORTED),
        ("The harbour master of Sorrel Quay resigned in June 2022.", Finding.DIFFERS),
        ("The harbour master of Sorrel Quay resigned in July 2022.", Finding.SUPPORTED),
    ],
)
def test_a_vague_or_doubtful_date_confirms_no_day_and_no_month(
    empty: Index, tmp_path: Path, sentence: str, finding: Finding
) -> None:
    """The words "a week ago" are no day; "Thursday" in an article of July 6 may be of June."""
    texts = {
        "ferry": ("2022-09-20", "The ferry Marigold sank off the cape a week ago, the owner said."),
        "quay": ("2022-07-06", "The harbour master of Sorrel Quay resigned on Thursday."),
    }
    empty.add_documents(
        [
            Document(name, text, Found(name, "given"), published=Found(day, "given"))
            for name, (day, text) in texts.items()
        ]
    )
    (tmp_path / "draft.txt").write_text(f"{sentence}\n")
    (one,) = check_draft(empty, tmp_path / "draft.txt")
    assert one.finding is finding


def test_what_the_archive_does_not_speak_of_is_said(archive: Index, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("The parliament of Sweden raised the tax on sugar.\n")
    (checked,) = check_draft(archive, tmp_path / "draft.txt")
    assert (checked.finding, checked.evidence) == (Finding.NOTHING, None)


def test_word_files_are_checked_and_questions_are_not(archive: Index, tmp_path: Path) -> None:
    draft = docx.Document()
    draft.add_paragraph(
        "The Marigold sank with 61 people aboard. Who was to blame for all of this?"
    )
    draft.save(str(tmp_path / "draft.docx"))
    (checked,) = check_draft(archive, tmp_path / "draft.docx", dt.date(2022, 9, 17))
    assert checked.text == "The Marigold sank with 61 people aboard."


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.txt", None, "no such file"),
        ("empty.txt", "", "cannot be read"),
        ("short.txt", "Too short.\n", "no sentence that states"),
        ("two.mbox", MAIL + MAIL, "several documents"),
        ("folder", None, "is a folder"),
        ("long.txt", "The Marigold sank off Sorrel Quay again. " * 1_001, "at most 1,000"),
    ],
)
def test_a_draft_that_cannot_be_checked_is_one_line(
    archive: Index, tmp_path: Path, name: str, content: str | None, told: str
) -> None:
    (tmp_path / "folder").mkdir()
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(QuothError, match=told) as error:
        check_draft(archive, tmp_path / name)
    assert name in str(error.value)


def test_the_report_escapes_what_the_draft_and_the_archive_say(
    archive: Index, tmp_path: Path
) -> None:
    (tmp_path / "draft.txt").write_text("The <b>Marigold</b> sank with 71 people aboard & none.\n")
    page = as_html("<draft>", check_draft(archive, tmp_path / "draft.txt"))
    assert "The &lt;b&gt;Marigold&lt;/b&gt; sank with <del>71</del> people" in page
    assert "draft: 71; archive: 61" in page
    assert "<draft>" not in page
    assert "<script" not in page


def test_facts_are_numbers_dates_names_and_quotations() -> None:
    facts = facts_in("On Monday the Rev. Ada Hult told 1.5 million people “not to go there”.")
    assert [(one.kind.value, one.words) for one in facts] == [
        ("date", "Monday"),
        ("name", "Rev. Ada Hult"),
        ("number", "1.5 million"),
        ("quotation", "not to go there"),
    ]


def test_the_command_prints_writes_and_tells_by_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text(ARTICLE)
    assert quoth("add", "ferry.txt", cwd=tmp_path).returncode == 0
    (tmp_path / "good.txt").write_text(f"{SUPPORTED[0]}\n")
    (tmp_path / "bad.txt").write_text(f"{CHANGED[0][0]}\n")
    good = quoth("check", "good.txt", cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert good.stdout.endswith("1 supported, 0 differ, 0 nothing in the archive\n")
    bad = quoth("check", "bad.txt", "--out", "report.html", cwd=tmp_path)
    assert bad.returncode == 3
    assert "draft: 71; archive: 61" in bad.stdout
    assert "<del>71</del>" in (tmp_path / "report.html").read_text()
    (told,) = json.loads(quoth("check", "bad.txt", "--json", cwd=tmp_path).stdout)
    assert told["differences"][0]["archive"] == ["61"]


@pytest.mark.parametrize(
    "paragraphs", [5, pytest.param(None, marks=pytest.mark.soak)], ids=["some", "all"]
)
def test_the_seeds_own_sentences_are_supported(
    seeds: Index, tmp_path: Path, paragraphs: int | None
) -> None:
    for article in sorted((ROOT / "seeds").glob("*.txt")):
        day = dt.date(2020, 10, 1) if article.name.startswith("000") else None
        text = "\n\n".join(article.read_text().split("\n\n")[1:][:paragraphs])
        (tmp_path / "draft.txt").write_text(text)
        checked = check_draft(seeds, tmp_path / "draft.txt", day)
        assert len(checked) > (3 if paragraphs else 30)
        assert [one for one in checked if one.finding is not Finding.SUPPORTED] == []

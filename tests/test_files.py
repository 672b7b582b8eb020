"""Every format: its text, the place of every character, and what it says of itself."""

import json
import zipfile
from pathlib import Path

import office
import pytest
from conftest import SHARED
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from index import Document, Part, Reason, Skipped
from index.parsing.formats.html import page as read_page
from index.parsing.loader import documents_in

FIRST = "The old bridge over the Saltmarsh was closed on Friday."
SECOND = "The county engineer said that repairs would take nine weeks."


def only(path: Path) -> Document:
    found = list(documents_in([str(path)]))
    assert len(found) == 1
    assert isinstance(found[0], Document), found[0]
    return found[0]


def two_pages(folder: Path) -> dict[str, Path]:
    """The two sentences, each on a page, slide, sheet or chapter of its own if there are such."""
    return {
        ".pdf": office.pdf(folder / "a.pdf", [[FIRST], [SECOND]]),
        ".docx": office.docx(folder / "a.docx", office.paragraph(FIRST) + office.paragraph(SECOND)),
        ".pptx": office.pptx(folder / "a.pptx", [FIRST, SECOND]),
        ".xlsx": office.xlsx(folder / "a.xlsx", {"One": [[FIRST]], "Two": [[SECOND]]}),
        ".odt": office.odt(folder / "a.odt", [FIRST, SECOND]),
        ".epub": office.epub(folder / "a.epub", [FIRST, SECOND]),
    }


PAGES = {
    ".pdf": ("page 1", "page 2"),
    ".docx": (None, None),
    ".pptx": ("slide 1", "slide 2"),
    ".xlsx": ("sheet One", "sheet Two"),
    ".odt": (None, None),
    ".epub": ("chapter 1", "chapter 2"),
}


@pytest.mark.parametrize("suffix", PAGES)
def test_each_sentence_is_on_its_page(suffix: str, tmp_path: Path) -> None:
    document = only(two_pages(tmp_path)[suffix])
    for sentence, page in zip((FIRST, SECOND), PAGES[suffix], strict=True):
        at = document.text.index(sentence)
        assert document.page(at) == document.page(at + len(sentence) - 1) == page


WORDS = st.lists(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=9),
    min_size=1,
    max_size=6,
).map(" ".join)


@settings(max_examples=6)
@given(pages=st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_what_was_written_on_a_page_is_found_on_it(
    pages: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("pages")
    made: dict[str, Path] = {
        "sheet ": office.xlsx(
            folder / "a.xlsx",
            {f"{n + 1}": [[f"x{line}"] for line in page] for n, page in enumerate(pages)},
        ),
        "slide ": office.pptx(folder / "a.pptx", ["\n".join(page) for page in pages]),
        "chapter ": office.epub(folder / "a.epub", ["<br/>".join(page) for page in pages]),
    }
    read = list(documents_in([str(path) for path in made.values()]))  # one worker a format
    by_name = {one.name: one for one in read if isinstance(one, Document)}
    for label, path in made.items():
        document = by_name[str(path)]
        for place in document.places:
            number = int(place.label.removeprefix(label)) - 1
            assert all(line in place.span.of(document.text) for line in pages[number])
        assert [place.label for place in document.places] == [
            f"{label}{n + 1}" for n in range(len(pages))
        ]


PIECES = st.recursive(
    WORDS.map(lambda text: f"{text} "),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(
            [
                "div",
                "p",
                "span",
                "section",
                "ul",
                "li",
                "table",
                "tr",
                "td",
                "h2",
                "b",
                "nav",
                "aside",
                "footer",
                "article",
            ]
        ),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(pieces=st.lists(PIECES, min_size=1, max_size=5))
def test_no_word_of_a_page_is_lost(pieces: list[str]) -> None:
    markup = f"<html><body>{''.join(pieces)}</body></html>"
    said = html.document_fromstring(markup).text_content()
    found = read_page(markup, "page.html").text
    assert set(said.split()) <= set(found.split())


def test_a_word_document_gives_tables_notes_links_and_margins(tmp_path: Path) -> None:
    w = office.W
    table = (
        "<w:tbl><w:tr><w:tc>" + office.paragraph("Cost") + "</w:tc><w:tc>"
        + office.paragraph("650,000 kroner") + "</w:tc></w:tr></w:tbl>"
    )  # fmt: skip
    link = (
        "<w:p><w:hyperlink><w:r><w:t>the county’s </w:t></w:r></w:hyperlink>"
        "<w:r><w:t>page</w:t></w:r></w:p>"
    )
    deleted = (
        "<w:p><w:del><w:r><w:delText>struck out</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>put in</w:t></w:r></w:ins></w:p>"
    )
    inside = f"<w:txbxContent>{office.paragraph('In a box.')}</w:txbxContent>"
    box = f"<w:p><w:r><w:drawing>{inside}</w:drawing></w:r></w:p>"
    note = f'<w:footnote xmlns:w="{w}" w:id="2">{office.paragraph("Built in 1931.")}</w:footnote>'
    path = office.docx(
        tmp_path / "all.docx",
        office.paragraph(FIRST) + table + link + deleted + box,
        header=office.paragraph("Northby Post"),
        footnotes=note,
    )
    document = only(path)
    assert "Cost | 650,000 kroner" in document.text
    for said in ("the county’s page", "put in", "In a box.", "Built in 1931."):
        assert said in document.text
    assert "struck out" not in document.text
    assert document.page(document.text.index("Built in")) == "footnote"
    assert document.part_at(document.text.index("Northby Post")) is Part.MARGIN


@settings(max_examples=6)
@given(pages=st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_what_was_printed_on_a_page_is_cited_from_it(
    pages: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [[f"x{line}" for line in page] for page in pages]
    document = only(office.pdf(tmp_path_factory.mktemp("pdf") / "a.pdf", lines))
    for number, page in enumerate(lines, 1):
        spans = [one.span for one in document.places if one.label == f"page {number}"]
        said = "\n".join(span.of(document.text) for span in spans)
        assert all(line in said for line in page)
        assert all(document.page(span.start) == f"page {number}" for span in spans)


def test_lines_that_pages_share_are_kept_apart_from_sentences(tmp_path: Path) -> None:
    lines = ["a first line of this page", "the sentence goes on", "and still goes on", "and on"]
    pages = [["Northby Post", *lines, f"Page {number}"] for number in range(1, 5)]
    document = only(office.pdf(tmp_path / "run.pdf", pages))
    assert document.part_at(document.text.index("Northby Post")) is Part.MARGIN
    assert document.text.index("and on") < document.text.index("Northby Post")
    assert document.page(document.text.index("Page 3")) == "page 3"


def test_a_box_of_messages_is_a_document_each(tmp_path: Path) -> None:
    messages = [
        office.message("Bridge closed", FIRST, attached=SECOND),
        office.message("Ferry", "A ferry runs every half hour."),
    ]
    first, second = documents_in([str(office.mbox(tmp_path / "in.mbox", messages))])
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert first.name.endswith("in.mbox/message 1")
    assert (first.title.value, second.title.value) == ("Bridge closed", "Ferry")
    assert first.published is not None
    assert (first.published.value, first.published.how) == ("2024-03-03", "message header")
    assert FIRST in first.text
    assert SECOND in first.text


def test_a_row_with_a_text_is_a_document(tmp_path: Path) -> None:
    row = {"title": "Bridge closed", "text": FIRST, "published": "2024-03-02", "section": "Local"}
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps(row) + "\n" + json.dumps({**row, "text": SECOND}) + "\n")
    first, second = documents_in([str(path)])
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert first.title.value == "Bridge closed"
    assert first.published is not None
    assert first.published.value == "2024-03-02"
    assert first.text.startswith(FIRST)
    assert "section: Local" in first.text
    assert second.name.endswith("articles.jsonl/row 2")


def test_a_table_without_texts_is_one_document_with_named_cells(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    path.write_text("town;people\nNorthby;2,300\nSouthby;1,100\n")
    assert only(path).text == "town: Northby\npeople: 2,300\n\ntown: Southby\npeople: 1,100"


def test_archives_are_read_as_folders_within_limits(tmp_path: Path) -> None:
    inner = office.zipped_bytes({"deep/b.txt": SECOND.encode()})
    path = office.zipped(tmp_path / "a.zip", {"one.txt": FIRST.encode(), "two.zip": inner})
    names = [one.name for one in documents_in([str(path)]) if isinstance(one, Document)]
    assert names == [f"{path}/one.txt", f"{path}/two.zip/deep/b.txt"]
    for _ in range(3):
        inner = office.zipped_bytes({"in.zip": inner})
    (refused,) = documents_in([str(office.zipped(tmp_path / "b.zip", {"in.zip": inner}))])
    assert isinstance(refused, Skipped)
    assert "archives inside archives" in refused.detail


def test_every_member_of_an_archive_is_read_or_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("../../up.txt", FIRST)
        made.writestr("same.txt", FIRST)
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("same.txt", SECOND)
        made.writestr(".hidden.txt", FIRST)
        made.writestr("program.exe", "MZ")
    found = list(documents_in([str(path)]))
    texts = {
        one.name.removeprefix(f"{path}/"): one.text for one in found if isinstance(one, Document)
    }
    assert texts == {"up.txt": FIRST, "same.txt": FIRST, "same.txt (2)": SECOND}
    skipped = {Path(one.path).name: one.reason for one in found if isinstance(one, Skipped)}
    assert skipped == {".hidden.txt": Reason.HIDDEN, "program.exe": Reason.UNSUPPORTED}


def test_a_bad_row_costs_itself_only_and_an_empty_box_is_named(tmp_path: Path) -> None:
    rows = [json.dumps({"text": FIRST}), "{broken", "[1]", json.dumps({"text": SECOND})]
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    (tmp_path / "b.mbox").write_text("no message is here")
    found = list(documents_in([str(tmp_path)]))
    assert [one.text for one in found if isinstance(one, Document)] == [FIRST, SECOND]
    assert [
        (str(Path(one.path).relative_to(tmp_path)), one.reason)
        for one in found
        if isinstance(one, Skipped)
    ] == [
        ("a.jsonl/row 2", Reason.DAMAGED),
        ("a.jsonl/row 3", Reason.DAMAGED),
        ("b.mbox", Reason.EMPTY),
    ]


def test_a_file_is_what_its_first_bytes_say(tmp_path: Path) -> None:
    made = two_pages(tmp_path)
    for suffix, wrong in ((".pdf", "x.doc"), (".docx", "x.doc"), (".odt", "x.docx")):
        path = tmp_path / wrong
        path.write_bytes(made[suffix].read_bytes())
        assert FIRST in only(path).text


def test_rich_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_text(r"{\rtf1\ansi{\fonttbl{\f0 Times;}}\f0 " + FIRST + r"\par " + SECOND + "}")
    assert only(path).text.split("\n")[0] == FIRST


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="needs ../shared/data")
def test_nine_formats_of_one_text_give_the_same_sentence() -> None:
    found = list(documents_in([str(SHARED / "data" / "office" / "terrier")]))
    assert len(found) == 9
    for one in found:
        assert isinstance(one, Document)
        assert "At vero eos et accusam et justo duo dolores et ea rebum." in " ".join(
            one.text.split()
        )


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="needs ../shared/data")
def test_word_files_lose_no_text() -> None:
    from docx import Document as Word  # noqa: PLC0415

    paths = sorted((SHARED / "data" / "office" / "docx").glob("*.docx"))
    read = {one.path if isinstance(one, Skipped) else one.name: one
            for one in documents_in([str(path) for path in paths])}  # fmt: skip
    assert len(read) == len(paths)
    for path in paths:
        one = read[str(path)]
        if isinstance(one, Skipped):
            assert one.reason.value == "empty", one.message
            continue
        said = "".join(one.text.split())
        for paragraph in Word(str(path)).paragraphs:
            assert "".join(paragraph.text.split()) in said
        for table in Word(str(path)).tables:
            for cell in table._cells:
                assert all("".join(p.text.split()) in said for p in cell.paragraphs)
        for section in Word(str(path)).sections:
            for margin in (section.header, section.footer, section.first_page_header):
                assert all("".join(p.text.split()) in said for p in margin.paragraphs)

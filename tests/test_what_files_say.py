"""What files really say: marks, withdrawn text, notes and tables come back as they are shown."""

import datetime as dt
import re
import tempfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import office
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_files import WITHOUT_HIDDEN, WRITERS, Paragraphs, opendocument, raw_pdf
from pptx import Presentation
from xlsxwriter import Workbook

from index import Document, Omission, Part, Reason
from index.parsing.formats import load
from index.parsing.formats.base import Source
from index.parsing.skip_reasons import SkipFileError

WORDS = "mill river council bridge harbour flood clerk crane wall voters".split()
GONE = "secret wrong former withdrawn".split()
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def only(path: Path) -> Document:
    (piece,) = load(Source(path.name, path))
    return piece.document()


@st.composite
def runs(draw: st.DrawFn) -> list[tuple[str, str]]:
    """A paragraph: words, numbers with a note's call or an exponent, and withdrawn words."""
    found = [(f"{draw(st.sampled_from(WORDS)).capitalize()} ", "plain")]
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["plain", "struck", "hidden", "note", "power"]))
        if kind == "plain":
            found.append((f"{draw(st.sampled_from(WORDS))} ", "plain"))
        elif kind in {"struck", "hidden"}:
            found.append((f"{draw(st.sampled_from(GONE))} ", kind))
        elif kind == "note":
            number, mark = draw(st.integers(11, 999)), draw(st.integers(1, 9))
            found += [(str(number), "plain"), (str(mark), "note"), (" people ", "plain")]
        else:
            mark = draw(st.integers(3, 9))
            found += [("about 10", "plain"), (str(mark), "power"), (" of them ", "plain")]
    return [*found, ("ended.", "plain")]


def shown(paragraph: list[tuple[str, str]]) -> str:
    told = "".join(
        text if kind == "plain" else text.translate(SUPERSCRIPT)
        for text, kind in paragraph
        if kind in {"plain", "power"}
    )
    return " ".join(told.split())


@pytest.mark.parametrize("suffix", sorted(WRITERS))
@settings(max_examples=12)
@given(paragraphs=st.lists(runs(), min_size=1, max_size=3))
def test_what_is_shown_comes_back_and_what_is_withdrawn_does_not(
    suffix: str, paragraphs: Paragraphs
) -> None:
    if suffix in WITHOUT_HIDDEN:
        paragraphs = [[run for run in one if run[1] != "hidden"] for one in paragraphs]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"a{suffix}"
        WRITERS[suffix](path, paragraphs)
        document = only(path)
    text = " ".join(document.text.split())
    for paragraph in paragraphs:
        assert shown(list(paragraph)) in text, (suffix, paragraph)
    for word in GONE:
        assert word not in text
    kinds = {kind for one in paragraphs for _, kind in one}
    told = {one.kind for one in document.left_out}
    assert (Omission.STRUCK_OUT in told) == ("struck" in kinds)
    assert (Omission.HIDDEN in told) == ("hidden" in kinds)


def test_every_place_of_a_text_is_its_own(tmp_path: Path) -> None:
    """Offsets hold after marks are left out: a citation is a slice of the text."""
    path = tmp_path / "a.docx"
    WRITERS[".docx"](path, [[("Killed 40", "plain"), ("3", "note"), (" people.", "plain")]])
    document = only(path)
    assert re.search(r"Killed 40 people\.", document.text)


# Tables

ROWS = [["Year", "Deaths", "Injured"], ["2020", "", "15"], ["2021", "7", "22"]]
LINES = ["Year: 2020 | Injured: 15", "Year: 2021 | Deaths: 7 | Injured: 22"]


def _cells(row: list[str], opening: str, closing: str) -> str:
    return "".join(f"{opening}{cell}{closing}" for cell in row)


def _html_table(path: Path) -> None:
    rows = "".join(f"<tr>{_cells(row, '<td>', '</td>')}</tr>" for row in ROWS)
    before = "<p>The county has counted the people hurt on its roads for two years now.</p>" * 3
    path.write_text(f"<html><body><article>{before}<table>{rows}</table></article></body></html>")


def _docx_table(path: Path) -> None:
    rows = "".join(
        f"<w:tr>{_cells(row, '<w:tc><w:p><w:r><w:t>', '</w:t></w:r></w:p></w:tc>')}</w:tr>"
        for row in ROWS
    )
    office.docx(path, f"<w:tbl>{rows}</w:tbl>")


def _open_table(path: Path) -> None:
    cells = "<table:table-cell><text:p>", "</text:p></table:table-cell>"
    rows = "".join(f"<table:table-row>{_cells(row, *cells)}</table:table-row>" for row in ROWS)
    kind = "spreadsheet" if path.suffix == ".ods" else "text"
    body = f'<office:{kind}><table:table table:name="Sheet">{rows}</table:table></office:{kind}>'
    opendocument(path, kind, body)


def _rtf_table(path: Path) -> None:
    rows = "".join(f"\\trowd {_cells(row, '', chr(92) + 'cell ')}\\row\n" for row in ROWS)
    path.write_text("{\\rtf1\\ansi Figures of the county.\\par\n" + rows + "}")


def _pptx_table(path: Path) -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    table = slide.shapes.add_table(3, 3, 0, 0, 100, 100).table
    for at, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            table.cell(at, column).text = cell
    made.save(str(path))


def _pdf_table(path: Path) -> None:
    drawn = [
        f"BT /F 10 Tf 1 0 0 1 {60 + 120 * column} {700 - 20 * at} Tm ({cell}) Tj ET"
        for at, row in enumerate(ROWS[:1] + ROWS[2:] + [["2022", "9", "31"]])
        for column, cell in enumerate(row)
    ]
    raw_pdf(path, ["\n".join(drawn)])


TABLES = {
    ".html": _html_table,
    ".docx": _docx_table,
    ".odt": _open_table,
    ".ods": _open_table,
    ".rtf": _rtf_table,
    ".pptx": _pptx_table,
    ".xlsx": lambda path: office.xlsx(path, {"Sheet": ROWS}),
}


@pytest.mark.parametrize("suffix", sorted(TABLES))
def test_a_blank_cell_shifts_no_value(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"table{suffix}"
    TABLES[suffix](path)
    text = only(path).text
    for line in LINES:
        assert line in text


def test_a_table_of_a_pdf_keeps_its_columns(tmp_path: Path) -> None:
    _pdf_table(tmp_path / "table.pdf")
    text = only(tmp_path / "table.pdf").text
    assert "Year: 2021 | Deaths: 7 | Injured: 22" in text
    assert "Year: 2022 | Deaths: 9 | Injured: 31" in text


def test_a_sheet_is_read_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "figures.xlsx"
    with Workbook(str(path)) as made:
        sheet = made.add_worksheet("Shown")
        sheet.write_row(0, 0, ["Year", "Share", "Cost", "Secret"])
        percent, money = (made.add_format({"num_format": f}) for f in ("0.0%", '"$"#,##0.00'))
        sheet.write(1, 0, 2020)
        sheet.write(1, 1, 0.153, percent)
        sheet.write(1, 2, 1234.5, money)
        sheet.write(1, 3, "hidden column")
        sheet.write_row(2, 0, [2021, "hidden row"])
        sheet.write(3, 0, 2022)
        sheet.write(3, 1, 0.5, percent)
        sheet.write(3, 2, 99, made.add_format({"font_strikeout": True}))
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(3, 3, None, None, {"hidden": True})
        made.add_worksheet("Gone").write(0, 0, "hidden sheet")
        made.get_worksheet_by_name("Gone").hide()
    document = only(path)
    assert "Year: 2020 | Share: 15.3% | Cost: $1,234.50" in document.text
    assert "Year: 2022 | Share: 50.0%" in document.text
    assert "hidden" not in document.text
    assert "99" not in document.text
    told = {(one.kind, one.what) for one in document.left_out}
    assert told == {
        (Omission.HIDDEN, "sheet"),
        (Omission.HIDDEN, "row"),
        (Omission.HIDDEN, "column"),
        (Omission.STRUCK_OUT, "cell"),
    }


# What stands beside the text


def test_what_is_attached_to_a_message_is_read_or_named(tmp_path: Path) -> None:
    made = office.message("Papers", "The papers are attached.")
    office.pdf(tmp_path / "crane.pdf", [["Brandt sold the crane."]])
    office.docx(tmp_path / "mill.docx", office.paragraph("Vos bought the mill."))
    for name in ("crane.pdf", "mill.docx"):
        content = (tmp_path / name).read_bytes()
        made.add_attachment(content, maintype="application", subtype="x", filename=name)
    made.add_attachment(b"\0\1", maintype="application", subtype="x", filename="a.bin")
    made.add_attachment(office.message("Inner", "The inner text."))
    (tmp_path / "all.eml").write_bytes(made.as_bytes())
    document = only(tmp_path / "all.eml")
    for text in ("Brandt sold the crane.", "Vos bought the mill.", "The inner text."):
        assert text in document.text
    assert document.page(document.text.index("Brandt")) == "attachment crane.pdf"
    assert [one.what for one in document.left_out] == [
        "attachment a.bin (unsupported format: .bin)"
    ]


def test_a_stub_beside_a_full_html_part_is_not_taken_for_the_message(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Subject"] = "News"
    made.set_content("View this message in a browser.")
    body = "The council of Corley elected Martha Wetherington as its chair on Monday evening."
    made.add_alternative(f"<html><body><p>{body}</p></body></html>", subtype="html")
    (tmp_path / "stub.eml").write_bytes(made.as_bytes())
    assert body in only(tmp_path / "stub.eml").text


def test_forms_and_comments_of_a_pdf_are_read(tmp_path: Path) -> None:
    field = (
        "/Annots[<</Type/Annot/Subtype/Widget/FT/Tx/T(Owner)/V(Piet Vos)/Rect[10 10 90 30]>>"
        "<</Type/Annot/Subtype/Text/Contents(The clerk doubts this.)/Rect[10 40 30 60]>>]"
    )
    text = "BT /F 10 Tf 1 0 0 1 60 700 Tm (The mill was sold.) Tj ET"
    document = only(raw_pdf(tmp_path / "form.pdf", [text], [field]))
    assert "The mill was sold." in document.text
    assert "The clerk doubts this." in document.text
    assert "Owner: Piet Vos" in document.text


def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = ["The council of Corley elected", "Martha Wetherington as its", "chair on Monday night."]
    right = ["The Harrow mill was closed", "on Friday after two hundred", "years, its owner said."]
    drawn = [
        f"BT /F 9 Tf 1 0 0 1 {x} {700 - 14 * at} Tm ({line}) Tj ET"
        for at, pair in enumerate(zip(left, right, strict=True))
        for x, line in zip((50, 300), pair, strict=True)
    ]
    text = " ".join(only(raw_pdf(tmp_path / "two.pdf", ["\n".join(drawn)])).text.split())
    assert " ".join(left) in text
    assert " ".join(right) in text


@pytest.mark.parametrize("turn", ["0 1 -1 0 300 200", "-1 0 0 -1 500 400", "0 -1 1 0 300 600"])
def test_turned_text_is_read_as_lines(turn: str, tmp_path: Path) -> None:
    text = f"BT /F 10 Tf {turn} Tm (The mill was sold to Vos.) Tj ET"
    assert "The mill was sold to Vos." in only(raw_pdf(tmp_path / "turned.pdf", [text])).text


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["said Anne-", "Marie Dupont"], "Anne-Marie Dupont"),
        (["the COVID-", "19 funds of it"], "COVID-19 funds"),
        (["the well-", "known builder"], "well-known builder"),
        (["the new inspec-", "tor of mines"], "inspector of mines"),
    ],
)
def test_a_hyphen_at_a_line_s_end(lines: list[str], whole: str, tmp_path: Path) -> None:
    assert whole in only(office.pdf(tmp_path / "a.pdf", [lines])).text


def test_heads_and_feet_of_two_lines_part_no_sentence(tmp_path: Path) -> None:
    pages = [
        ["Chapter two: Cranes", "Confidential draft", *body, "Port Ellis", f"{number}"]
        for number, body in enumerate(
            (
                ["Line one of it is here.", "The crane was bought from", "the old firm of"],
                ["Brandt and Sons in May.", "Another line follows it.", "Then one more line"],
                ["ends the story.", "A new one begins there.", "And it ends as well."],
            ),
            1,
        )
    ]
    document = only(office.pdf(tmp_path / "run.pdf", pages))
    assert "Confidential" not in document.text[: document.text.index("A new one")]
    assert document.title.value == "run"


def test_a_stamped_scan_is_a_scan(tmp_path: Path) -> None:
    picture = "q 612 0 0 792 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
    stamp = "BT /F 9 Tf 1 0 0 1 400 20 Tm (DOC-000123) Tj ET"
    path = raw_pdf(tmp_path / "scan.pdf", [f"{picture}\n{stamp}"])
    with pytest.raises(SkipFileError) as skipped:
        only(path)
    assert skipped.value.reason is Reason.NO_TEXT_LAYER


def test_formulas_are_text(tmp_path: Path) -> None:
    m = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f'<m:oMath xmlns:m="{m}"><m:r><m:t>12.5%</m:t></m:r></m:oMath>'
    body = f"<w:p><w:r><w:t>Exports grew by </w:t></w:r>{formula}</w:p>"
    office.docx(tmp_path / "a.docx", body)
    assert "Exports grew by 12.5%" in only(tmp_path / "a.docx").text
    mathml = "<math><msup><mn>10</mn><mn>6</mn></msup><mo>=</mo><mn>1000000</mn></math>"
    (tmp_path / "a.html").write_text(f"<html><body><p>There {mathml} of them.</p></body></html>")
    assert "There 10⁶ = 1000000 of them." in only(tmp_path / "a.html").text


def test_a_picture_s_description_is_found_but_is_no_claim(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><body><article><p>The mill closed on Friday after a long and slow decline.</p>"
        '<img src="x" alt="The owner Piet Vos at the gate"></article></body></html>'
    )
    document = only(path)
    at = document.text.index("The owner Piet Vos")
    assert document.part_at(at) is Part.ALT_TEXT
    assert document.part_at(at).is_footer


def test_strict_office_files_are_read(tmp_path: Path) -> None:
    office.docx(tmp_path / "a.docx", office.paragraph("The board chose the bid of Vos."))
    office.xlsx(tmp_path / "a.xlsx", {"Sheet": ROWS})
    office.pptx(tmp_path / "a.pptx", ["The board chose the bid of Vos."])
    for suffix, text in ((".docx", "bid of Vos"), (".xlsx", LINES[0]), (".pptx", "bid of Vos")):
        source, strict = tmp_path / f"a{suffix}", tmp_path / f"strict{suffix}"
        with zipfile.ZipFile(source) as held, zipfile.ZipFile(strict, "w") as made:
            for name in held.namelist():
                content = held.read(name)
                for part in ("wordprocessingml", "spreadsheetml", "presentationml", "drawingml"):
                    old = f"http://schemas.openxmlformats.org/{part}/2006/main".encode()
                    content = content.replace(
                        old, f"http://purl.oclc.org/ooxml/{part}/main".encode()
                    )
                content = content.replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
                )
                made.writestr(name, content)
        assert text in only(strict).text, suffix


def test_names_in_an_old_archive_are_read_in_their_code_page(tmp_path: Path) -> None:
    path = tmp_path / "news.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("------.txt", "The bridge at Corley opened on Monday.")
    path.write_bytes(path.read_bytes().replace(b"------", "Корлей".encode("cp866")))
    (piece,) = load(Source("news.zip", path))
    assert piece.part == "Корлей.txt"


@pytest.mark.parametrize(
    ("text", "title", "day"),
    [
        ("Is the dam safe?\n\n8 November 2022\n\nThe dam is old. It leaks.", "Is the dam safe?", 8),
        ("The dam leaks.\n8 November 2022\n\nThe dam is old. It leaks.", "The dam leaks.", 8),
        ("8 November 2022\n\nThe dam …\n\nBy Ann Brook\n\nIt is old. It leaks.", "The dam …", 8),
        ("The dam\n\nUpdated 5:30 PM ET, Tue November 8, 2022\n\nIt is old. So.", "The dam", 8),
        ("The dam\n\n13/11/2022\n\nIt is old. It leaks.", "The dam", 13),
        ("The dam\n\n08/11/2022\n\nIt is old. Seen on 13/09/2021 it leaked.", "The dam", 8),
        ("---\ntitle: The dam\ndate: 2022-11-08\n---\n\nIt is old. It leaks.", "The dam", 8),
        ("The dam\n\nIt is old. It leaks on 8 November 2022.", "The dam", None),
        ("The dam leaks. It is old.\n\nIt was built in 1960.", "a", None),
    ],
)
def test_titles_and_dates_of_plain_text(
    text: str, title: str, day: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    document = only(path)
    assert document.title.value == title
    assert document.date == (dt.date(2022, 11, day) if day else None)


def test_a_page_is_dated_by_what_it_says_of_its_own_article(tmp_path: Path) -> None:
    teaser = '{"@type": "NewsArticle", "headline": "Other", "datePublished": "2001-01-01"}'
    site = '{"@type": "WebPage", "datePublished": "2002-02-02"}'
    path = tmp_path / "a.html"
    path.write_text(
        f'<html><head><script type="application/ld+json">[{teaser}, {site}]</script></head><body>'
        '<header><time datetime="2026-01-01">today</time></header><article><h1>The bridge</h1>'
        "<p>Published on 3 March 2019</p><p>The bridge at Corley opened on Sunday, after nine "
        "years of work on it.</p></article></body></html>"
    )
    assert only(path).date == dt.date(2019, 3, 3)


def test_posts_and_columns_are_read_as_rows(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(
        "sep=;\nid;date;title;text\n1;13/09/2022;;Mayor Vetrova opens the Corley bridge\n"
        '2;14/09/2022;News;"<p>It&#8217;s <b>closed</b>&nbsp;again</p>"\n'
    )
    first, second = (piece.document() for piece in load(Source(path.name, path)))
    assert first.text.startswith("Mayor Vetrova opens the Corley bridge")
    assert first.part_at(0) is Part.BODY
    assert [one.date for one in (first, second)] == [dt.date(2022, 9, 13), dt.date(2022, 9, 14)]
    assert second.text.startswith("It’s closed again")

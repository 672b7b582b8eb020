"""Reading files: encodings, formats, and whatever else a folder may hold."""

import os
from pathlib import Path

import pytest

from index import Document, Index, Limits, Reason
from index.parsing.charset import decode
from index.parsing.formats import load
from index.parsing.formats.base import Source
from index.parsing.loader import documents_in
from index.parsing.skip_reasons import SkipFileError
from index.text.visible import one_line


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Café – ünïcode".encode(), "utf-8"),
        ("Café – ünïcode".encode("utf-8-sig"), "utf-8-sig"),
        ("Café – ünïcode".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "Café – ünïcode".encode("utf-16-be"), "utf-16"),
    ],
)
def test_unicode_files_are_read_and_the_encoding_recorded(content: bytes, encoding: str) -> None:
    assert decode(content) == ("Café – ünïcode", encoding)
    assert content.decode(encoding) == "Café – ünïcode"


def test_other_encodings_are_detected() -> None:
    text = "Der Präsident erklärte, die Verhandlungen würden in Zürich fortgeführt. " * 5
    found, encoding = decode(text.encode("cp1252"))
    assert found == text
    assert text.encode("cp1252").decode(encoding) == text


def test_line_ends_are_kept() -> None:
    assert decode(b"one\r\ntwo\rthree\n")[0] == "one\r\ntwo\rthree\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \n\t ", Reason.EMPTY),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Reason.BINARY),
        (bytes(range(256)) * 8, Reason.BINARY),
        (b"\x01\x02\x03\x04plain", Reason.BINARY),
    ],
)
def test_what_is_not_text_is_refused_with_the_reason(content: bytes, reason: Reason) -> None:
    with pytest.raises(SkipFileError) as refusal:
        decode(content)
    assert refusal.value.reason is reason


PAGE = """<html><head><title>Ceasefire holds | Example News</title>
<meta property="og:title" content="Ceasefire holds">
<meta name="author" content="Jane Miller">
<meta property="article:published_time" content="2022-09-15T10:00:00Z"></head>
<body><nav><a href="/">Home page link</a></nav><script>var hidden = 1;</script>
<article><h1>Ceasefire holds</h1>
<p>The ceasefire that was brokered by Moscow held on Thursday, officials on both sides said.</p>
<p>Monitors counted 12 violations along the border, fewer than on any day this month so far.</p>
</article><footer>Copyright Example News, all rights kept</footer></body></html>"""


def page(markup: str) -> Document:
    source = Source("news/page.html", Path("news/page.html"), held=markup.encode())
    return next(load(source)).document()


def test_a_page_gives_its_article_and_what_it_states_about_itself() -> None:
    document = page(PAGE)
    assert document.title.value == "Ceasefire holds"
    assert document.author is not None
    assert document.author.value == "Jane Miller"
    assert document.published is not None
    assert document.published.value == "2022-09-15"
    assert "brokered by Moscow held on Thursday" in document.text
    assert "hidden" not in document.text


def test_what_a_page_says_beside_its_article_is_kept_and_flagged() -> None:
    document = page(PAGE)
    at = document.text.index("Copyright Example News")
    assert document.part_at(at).is_footer
    assert not document.part_at(document.text.index("Moscow")).is_footer


def test_an_add_names_every_file_it_leaves_out(empty: Index, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / "good.txt").write_text("A good file. It says one thing.")
    (folder / "deep" / "also good.md").write_text("# Heading\n\nIt says another.")
    (folder / "empty.txt").touch()
    (folder / "picture.txt").write_bytes(b"\x89PNG\0\0")
    (folder / "table.xyz").write_text("a")
    (folder / ".hidden").write_text("a")
    os.mkfifo(folder / "pipe.txt")
    (folder / "deep" / "loop").symlink_to(folder)
    (folder / "broken.txt").symlink_to(folder / "gone.txt")
    (folder / "new\nline.txt").touch()
    report = empty.add([str(folder), str(tmp_path / "missing.txt")])
    assert sorted(Path(name).name for name in report.added) == ["also good.md", "good.txt"]
    reasons = {Path(skipped.path).name: skipped.reason for skipped in report.skipped}
    assert reasons == {
        "empty.txt": Reason.EMPTY,
        "picture.txt": Reason.BINARY,
        "table.xyz": Reason.UNSUPPORTED,
        ".hidden": Reason.HIDDEN,
        "pipe.txt": Reason.NOT_A_FILE,
        "loop": Reason.LOOP,
        "broken.txt": Reason.MISSING,
        "new\nline.txt": Reason.EMPTY,
        "missing.txt": Reason.MISSING,
    }
    assert all("\n" not in skipped.message for skipped in report.skipped)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_named(empty: Index, tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("Something.")
    path.chmod(0)
    assert empty.add([str(path)]).skipped[0].reason is Reason.UNREADABLE


def test_a_name_that_is_not_utf8_is_indexed_and_printable(empty: Index, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:  # noqa: PTH123 -- a name of bytes
        file.write(b"A file with an odd name. It says so.")
    report = empty.add([os.fsdecode(tmp_path / "")])
    assert len([name for name in report.added if "caf" in name]) == 1
    assert one_line(os.fsdecode(path)).isprintable()


def test_what_cannot_be_looked_at_is_skipped_by_name(empty: Index, tmp_path: Path) -> None:
    """A link into a place that may not be read, links in a circle, and impossible paths."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "good.txt").write_text("A good story. The mill of Tam is old.")
    (docs / "link").symlink_to("/proc/1/cwd/nowhere" if os.geteuid() else "/proc/1/cwd")
    (docs / ".hidden").symlink_to(".hidden")
    (docs / "circle").symlink_to("circle")
    report = empty.add([str(docs), "x" * 5000, "a\0b"])
    assert [Path(name).name for name in report.added] == ["good.txt"]
    assert {Path(one.path).name[:9]: one.reason for one in report.skipped} == {
        "link": Reason.UNREADABLE if os.geteuid() == 0 else report.skipped[0].reason,
        ".hidden": Reason.HIDDEN,
        "circle": Reason.UNREADABLE,
        "xxxxxxxxx": Reason.UNREADABLE,
        "a\0b": Reason.MISSING,
    }
    assert all("\n" not in one.message for one in report.skipped)


def test_one_path_is_one_path(empty: Index, tmp_path: Path) -> None:
    """A string is no list of letters: "/docs" would be "/" and so on."""
    path = tmp_path / "a.txt"
    path.write_text("The mill of Tam is old.")
    assert empty.add(str(path)).added == [str(path)]
    assert empty.add(path).unchanged == [str(path)]
    assert [one.name for one in documents_in(str(path)) if isinstance(one, Document)] == [str(path)]
    assert empty.remove(str(path)) == [str(path)]


@pytest.mark.parametrize("control", ["&#27;", "&#x1b;", "&#0;", "&#xFFFF;", "\x1b", "&#1114112;"])
def test_a_control_character_costs_a_page_itself_only(control: str) -> None:
    page = f"<html><head><title>The{control} mill</title></head><body><article><p>"
    page += f"The mill of Tam{control} is old. " * 20 + "</p></article></body></html>"
    source = Source("page.html", Path("page.html"), held=page.encode())
    document = next(iter(load(source))).document()
    assert "The mill of Tam is old." in document.text
    assert document.title.value == "The mill"


def test_references_to_windows_characters_are_those() -> None:
    """As the HTML standard says: `&#147;` is a quotation mark, not a control character."""
    page = "<html><body><article><p>" + "&#147;The mill&#148; of Tam is old. " * 20
    source = Source("page.html", Path("page.html"), held=page.encode())
    assert "“The mill” of Tam" in next(iter(load(source))).document().text


@pytest.mark.parametrize("text", ["a" * 300_000, "x" + "y" * 150_000, "ab" * 100_000 + " end"])
def test_a_text_of_one_word_is_cut_and_embedded_within_its_budget(
    empty: Index, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "word.txt"
    path.write_text(text)
    report = empty.add([str(path)], limits=Limits(seconds=0.05))
    assert report.added == []
    assert report.skipped[0].reason is Reason.TOO_SLOW
    assert "--seconds" in report.skipped[0].message


def test_many_columns_are_cut_and_embedded_within_their_budget(
    empty: Index, tmp_path: Path
) -> None:
    path = tmp_path / "columns.csv"
    path.write_text(",".join(f"c{n}" for n in range(20_000)) + "\n" + ",".join(["1"] * 20_000))
    (tmp_path / "good.txt").write_text("The mill of Tam is old.")
    report = empty.add([str(path), str(tmp_path / "good.txt")], limits=Limits(seconds=1))
    assert report.added == [str(tmp_path / "good.txt")]
    assert report.skipped[0].reason is Reason.TOO_SLOW

"""Reading files: encodings, formats, and whatever else a folder may hold."""

import os
from pathlib import Path

import pytest

from index import Document, Index, Reason
from index.decode import decode
from index.formats import Source, load
from index.skipped import SkipFileError, printable


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
    assert printable(os.fsdecode(path)).isprintable()

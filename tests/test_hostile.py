"""Files that are broken, locked, endless or meant to harm: named, and the good ones indexed."""

import os
import socket
import zipfile
from pathlib import Path

import office
import pypdfium2
import pytest
from conftest import SHARED

from index import Document, Index, Limits, Reason, Skipped
from index.parsing.loader import Loader, documents_in, identify

FIRST = "The old bridge over the Saltmarsh was closed on Friday."


def reasons(folder: Path, limits: Limits | None = None) -> dict[str, Reason]:
    return {
        Path(one.path).name: one.reason
        for one in documents_in([str(folder)], limits)
        if isinstance(one, Skipped)
    }


def nested(count: int) -> str:
    return "<html><body>" + "".join(f"<div>layer {n} of it " for n in range(count)) + "</html>"


def test_what_takes_too_long_or_too_much_is_stopped_and_named(tmp_path: Path) -> None:
    (tmp_path / "nested.html").write_text(nested(60_000))
    office.docx(tmp_path / "long.docx", office.paragraph("A paragraph.") * 400_000)
    (tmp_path / "good.html").write_text(f"<html><body><p>{FIRST}</p></body></html>")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros.txt", b"0" * 60_000_000)
    (tmp_path / "line.txt").write_text("word " * 300_000)
    limits = Limits(seconds=1, memory=150_000_000, unpacked=50_000_000, characters=1_000_000)
    assert reasons(tmp_path, limits) == {
        "nested.html": Reason.TOO_SLOW,
        "long.docx": Reason.TOO_MUCH_MEMORY,
        "bomb.zip": Reason.TOO_LARGE,
        "line.txt": Reason.TOO_LARGE,
    }


def test_a_bad_document_among_many_costs_itself_only(tmp_path: Path) -> None:
    path = office.zipped(
        tmp_path / "mixed.zip",
        {
            "a.txt": FIRST.encode(),
            "b.html": nested(60_000).encode(),
            "c.docx": b"PK\x03\x04 is not one",
            "d.txt": FIRST.encode(),
        },
    )
    found = list(documents_in([str(path)], Limits(seconds=1)))
    names = [Path(one.name).name for one in found if isinstance(one, Document)]
    skipped = [(Path(s.path).name, s.reason) for s in found if isinstance(s, Skipped)]
    assert names == ["a.txt", "d.txt"]
    assert skipped == [("b.html", Reason.TOO_SLOW), ("c.docx", Reason.DAMAGED)]


def test_a_page_nested_two_thousand_deep_keeps_all_its_text(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text(nested(2_000))
    (one,) = documents_in([str(tmp_path)])
    assert isinstance(one, Document)
    assert all(f"layer {number} of it" in one.text for number in range(2_000))


def test_entities_are_neither_fetched_nor_expanded_and_what_follows_stays(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    doctype = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "&x;&x;">]>'
    office.docx(tmp_path / "a.docx", office.paragraph("Before &x; &y; after."), doctype)
    (tmp_path / "a.xhtml").write_text(
        f'<?xml version="1.0"?>{doctype}<html><body><p>Before it.</p><p>&x;</p><p>After it.</p>'
        "</body></html>"
    )
    for name in ("a.docx", "a.xhtml"):
        (one,) = documents_in([str(tmp_path / name)])
        assert isinstance(one, Document)
        assert "before" in one.text.casefold()
        assert "after" in one.text.casefold()
        assert "secret" not in one.text


def test_pages_that_are_pictures_are_named(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415

    Image.new("RGB", (200, 200), "white").save(tmp_path / "scan.pdf")
    assert reasons(tmp_path) == {"scan.pdf": Reason.NO_TEXT_LAYER}


def test_what_cannot_be_read_inside_a_member_of_an_archive_is_named(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415

    Image.new("RGB", (200, 200), "white").save(tmp_path / "scan.pdf")
    half = pypdfium2.PdfDocument(office.pdf(tmp_path / "half.pdf", [[FIRST]]))
    half.import_pages(pypdfium2.PdfDocument(tmp_path / "scan.pdf"))
    half.save(tmp_path / "whole.pdf")
    inner = office.zipped(tmp_path / "inner.zip", {"a.txt": b"a", "b.txt": b"b"})
    path = office.zipped(
        tmp_path / "all.zip",
        {
            "half.pdf": (tmp_path / "whole.pdf").read_bytes(),
            "slow.html": nested(60_000).encode(),
            "letters": inner.read_bytes(),
            "last.txt": FIRST.encode(),
        },
    )
    found = list(documents_in([str(path)], Limits(seconds=1)))
    names = [Path(one.name).name for one in found if isinstance(one, Document)]
    skipped = {s.path.partition("all.zip/")[2]: s.reason for s in found if isinstance(s, Skipped)}
    assert names == ["half.pdf", "last.txt"]
    assert skipped == {
        "half.pdf/page 2": Reason.NO_TEXT_LAYER,
        "slow.html": Reason.TOO_SLOW,
        "letters": Reason.UNSUPPORTED,
    }


def test_odd_things_in_a_folder_are_named_and_nothing_waits(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    os.mkfifo(folder / "pipe.pdf")
    listening = socket.socket(socket.AF_UNIX)
    before = Path.cwd()
    os.chdir(folder)
    try:
        listening.bind("socket.docx")
    finally:
        os.chdir(before)
    (folder / "null.html").symlink_to("/dev/null")
    (folder / "itself.pdf").symlink_to(folder / "itself.pdf")
    (folder / "empty.pdf").touch()
    (folder / "broken.epub").write_bytes(b"PK\x03\x04broken")
    for name in ("a\nline.html", "😀.html", "\u202eright.html"):
        (folder / name).write_text(f"<html><body><p>{FIRST} {name!a}</p></body></html>")
    found = list(documents_in([str(folder)]))
    listening.close()
    assert sum(isinstance(one, Document) for one in found) == 3
    named = {Path(s.path).name: s.reason for s in found if isinstance(s, Skipped)}
    assert named == {
        "pipe.pdf": Reason.NOT_A_FILE,
        "socket.docx": Reason.NOT_A_FILE,
        "null.html": Reason.NOT_A_FILE,
        "itself.pdf": Reason.UNREADABLE,
        "empty.pdf": Reason.EMPTY,
        "broken.epub": Reason.DAMAGED,
    }


def test_reading_goes_on_when_a_reader_is_killed(tmp_path: Path) -> None:
    path = office.docx(tmp_path / "a.docx", office.paragraph(FIRST))
    loader = Loader()
    try:
        file = identify(str(path), path)
        assert isinstance(next(loader.read(file)).document, Document)
        loader._readers._all[0].kill()
        loader._readers._all[0].wait()
        assert isinstance(next(loader.read(file)).document, Document)
    finally:
        loader.close()


def test_more_time_is_given_to_what_was_too_slow(empty: Index, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "nested.html").write_text(nested(3_000))
    slow = Limits(seconds=0.05)
    assert [s.reason for s in empty.add([str(folder)], limits=slow).skipped] == [Reason.TOO_SLOW]
    again = empty.add([str(folder)], limits=slow)
    assert [s.reason for s in again.skipped] == [Reason.TOO_SLOW]
    assert len(empty.add([str(folder)], limits=Limits(seconds=60)).added) == 1


def test_a_message_that_has_gone_from_its_box_goes_from_the_index(
    empty: Index, tmp_path: Path
) -> None:
    box = tmp_path / "in.mbox"
    messages = [office.message(f"Number {n}", f"{FIRST} For the {n}th time.") for n in range(3)]
    assert len(empty.add([str(office.mbox(box, messages))]).added) == 3
    assert len(empty.add([str(box)]).unchanged) == 3
    box.unlink()
    report = empty.add([str(office.mbox(box, messages[:2]))])
    assert [Path(name).name for name in report.removed] == ["message 3"]
    assert len(empty.documents()) == 2


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="needs ../shared/data")
def test_every_odd_pdf_is_read_or_named() -> None:
    folder = SHARED / "data" / "bad_input" / "pypdf-sample-files"
    files = {str(path) for path in folder.rglob("*.pdf")}
    named = {one.path if isinstance(one, Skipped) else one.name for one in documents_in(files)}
    assert files <= named


def test_a_word_file_with_a_path_in_it_is_damaged_and_the_path_is_not_opened(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "pipe"
    os.mkfifo(secret)  # opening it would wait for ever
    (tmp_path / "a.doc").write_text(str(secret))
    (found,) = documents_in([str(tmp_path / "a.doc")])
    assert isinstance(found, Skipped)
    assert found.reason is Reason.DAMAGED

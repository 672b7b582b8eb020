"""Evidence packs: made of exported answers, checked anywhere, and no change goes unseen."""

import hashlib
import json
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import office
import pytest
from commands import quoth
from conftest import ROOT

from index import Encoder, Index, QuothError
from qa import Assistant, pack, verify_pack

QUESTION = "who brokered the September 13 ceasefire?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a PDF and two notes added, and an answer from each."""
    folder = tmp_path_factory.mktemp("evidence")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    (folder / "mill.txt").write_text("The mill in Sorrel Quay closed on 5 May 2021 <b>& after.\n")
    assert quoth("add", "seeds", "mill.txt", cwd=folder).returncode == 0
    for name, question in (("moscow", QUESTION), ("mill", "When did the mill close?")):
        done = quoth("ask", question, "--json", cwd=folder)
        assert done.returncode == 0, done.stderr
        (folder / f"{name}.json").write_text(done.stdout)
    return folder


def test_a_pack_holds_the_quotations_their_texts_and_the_files(home: Path) -> None:
    done = quoth("pack", "moscow.json", "mill.json", "--out", "evidence.zip", cwd=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 quotations, 2 original files: evidence.zip\nSHA-256 ")
    with zipfile.ZipFile(home / "evidence.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        first, second = manifest["exhibits"]
        assert first["question"] == QUESTION
        text = archive.read(first["text_file"]).decode()
        assert text[slice(*first["marked"])] == "Moscow"
        assert text[first["start"] : first["end"]] == first["text"]
        assert archive.read(second["original"]) == (home / "mill.txt").read_bytes()
        sheet = archive.read("sheet.html").decode()
        assert "closed on <mark>5 May 2021</mark> &lt;b&gt;&amp; after." in sheet
        assert "<script" not in sheet
        (home / "sheet.docx").write_bytes(archive.read("sheet.docx"))
    words = [one.text for one in docx.Document(str(home / "sheet.docx")).paragraphs]
    assert "The mill in Sorrel Quay closed on 5 May 2021 <b>& after." in words


def test_a_pack_is_checked_in_another_folder(home: Path, tmp_path: Path) -> None:
    quoth("pack", "moscow.json", "--out", "one.zip", cwd=home)
    shutil.copy(home / "one.zip", tmp_path)
    done = quoth("verify", "one.zip", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "one.zip is whole: 1 quotation\n")


def test_the_same_answers_give_the_same_bytes(home: Path) -> None:
    for name in ("one.zip", "two.zip"):
        quoth("pack", "mill.json", "--out", name, cwd=home)
    with zipfile.ZipFile(home / "one.zip") as one, zipfile.ZipFile(home / "two.zip") as two:
        assert one.namelist() == two.namelist()
        for name in one.namelist():
            if name not in ("sheet.docx", "manifest.json", "manifest.sha256"):
                assert one.read(name) == two.read(name)


def test_any_flipped_byte_of_any_file_is_found_and_named(home: Path, tmp_path: Path) -> None:
    quoth("pack", "mill.json", "--passages", "--out", "whole.zip", cwd=home)
    with zipfile.ZipFile(home / "whole.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert verify_pack(home / "whole.zip")[1] == []
    for flipped, content in files.items():
        for at in {0, len(content) // 2, len(content) - 1}:
            changed = bytearray(content)
            changed[at] ^= 1
            with zipfile.ZipFile(tmp_path / "flipped.zip", "w") as archive:
                for name, held in files.items():
                    archive.writestr(name, bytes(changed) if name == flipped else held)
            if flipped == "manifest.sha256" and at >= 64:
                continue  # the name of the manifest beside its hash
            _, faults = verify_pack(tmp_path / "flipped.zip")
            named = "manifest.json" if flipped == "manifest.sha256" else flipped
            assert any(named in fault for fault in faults), (flipped, at, faults)


def test_a_byte_flipped_in_the_archive_itself_is_found(home: Path, tmp_path: Path) -> None:
    quoth("pack", "moscow.json", "--out", "whole.zip", cwd=home)
    whole = (home / "whole.zip").read_bytes()
    with zipfile.ZipFile(home / "whole.zip") as archive:
        starts = [one.header_offset + 60 for one in archive.infolist() if one.compress_size > 200]
    for at in starts:
        changed = bytearray(whole)
        changed[at + 40] ^= 0x10
        (tmp_path / "flipped.zip").write_bytes(changed)
        with suppress(QuothError):
            assert verify_pack(tmp_path / "flipped.zip")[1]


def test_a_quotation_that_its_text_does_not_hold_is_found_though_the_hashes_agree(
    home: Path, tmp_path: Path
) -> None:
    quoth("pack", "mill.json", "--out", "whole.zip", cwd=home)
    with zipfile.ZipFile(home / "whole.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    forged = files["manifest.json"].replace(b"closed on 5 May", b"closed on 6 May")
    assert forged != files["manifest.json"]
    files["manifest.json"] = forged
    files["manifest.sha256"] = hashlib.sha256(forged).hexdigest().encode()
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert verify_pack(tmp_path / "forged.zip")[1] == [
        "quotation 1 is not at its place in the text of mill.txt"
    ]


def test_what_is_missing_or_put_in_is_named(home: Path, tmp_path: Path) -> None:
    quoth("pack", "mill.json", "--out", "whole.zip", cwd=home)
    with zipfile.ZipFile(home / "whole.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    original = next(name for name in files if name.startswith("originals/"))
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        for name, content in files.items():
            if name != original:
                archive.writestr(name, content)
        archive.writestr("note.txt", "More.")
    _, faults = verify_pack(tmp_path / "other.zip")
    assert faults == [f"{original} is missing", "note.txt was added afterwards"]


def test_a_file_that_is_gone_or_changed_is_said_and_the_rest_is_packed(
    tmp_path: Path, encoder: Encoder
) -> None:
    for name in ("gone", "kept"):
        (tmp_path / f"{name}.txt").write_text(f"The {name} mill closed on 5 May 2021.\n")
    index = Index.create(tmp_path / "index", encoder)
    index.add([str(tmp_path / "gone.txt"), str(tmp_path / "kept.txt")])
    answer = Assistant(index).ask("When did the gone mill close?")
    (tmp_path / "answer.json").write_text(json.dumps(answer.as_json()))
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "kept.txt").write_text("Other words.")
    packed = pack(index, [tmp_path / "answer.json"], tmp_path / "out.zip", passages=True)
    told = {one.citation.document.rpartition("/")[2]: one.without_original for one in packed}
    assert "not where it was" in str(told["gone.txt"])
    assert "has changed" in str(told["kept.txt"])
    assert verify_pack(tmp_path / "out.zip") == (len(packed), [])


def test_a_page_of_a_pdf_is_packed_with_its_quotation_marked(
    tmp_path: Path, encoder: Encoder
) -> None:
    office.pdf(tmp_path / "school.pdf", [["The council met."], ["A school opens on 5 May 2021."]])
    index = Index.create(tmp_path / "index", encoder)
    index.add([str(tmp_path / "school.pdf")])
    answer = Assistant(index).ask("When does the school open?")
    (tmp_path / "answer.json").write_text(json.dumps(answer.as_json()))
    (one,) = pack(index, [tmp_path / "answer.json"], tmp_path / "out.zip")
    assert (one.citation.page, one.picture) == ("page 2", "pages/001.png")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("pages/001.png").startswith(b"\x89PNG")
        assert 'src="pages/001.png"' in archive.read("sheet.html").decode()
        (tmp_path / "sheet.docx").write_bytes(archive.read("sheet.docx"))
    assert len(docx.Document(str(tmp_path / "sheet.docx")).inline_shapes) == 1


def test_a_quotation_that_does_not_stand_is_not_packed(home: Path) -> None:
    answer = json.loads((home / "moscow.json").read_text())
    answer["answer"]["sentence"]["text"] += "!"
    (home / "altered.json").write_text(json.dumps(answer))
    done = quoth("pack", "altered.json", "--out", "altered.zip", cwd=home)
    assert done.returncode == 2
    assert "does not say" in done.stderr
    assert not (home / "altered.zip").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("pack", "none.json", "--out", "out.zip"), "cannot be read"),
        (("pack", "mill.txt", "--out", "out.zip"), "is not JSON"),
        (("pack", "mill.json", "--out", "out.pdf"), "end its name in .zip"),
        (("pack", "empty.json", "--out", "out.zip"), "no answer in it"),
        (("pack", "odd.json", "--out", "out.zip"), "odd.json"),
        (("pack", "mill.json", "--out", "no/out.zip"), "no"),
        (("verify", "none.zip"), "cannot be read"),
        (("verify", "bad.zip"), "is not an evidence pack"),
        (("verify", "other.zip"), "has no manifest.json"),
    ],
)
def test_a_mistake_is_one_line(home: Path, arguments: tuple[str, ...], told: str) -> None:
    (home / "bad.zip").write_bytes(b"PK no")
    (home / "empty.json").write_text('{"answer": null}')
    (home / "odd.json").write_text('{"answer": {"document": 3}}')
    with zipfile.ZipFile(home / "other.zip", "w") as archive:
        archive.writestr("note.txt", "A note.")
    done = quoth(*arguments, cwd=home)
    assert done.returncode in (1, 2)
    (line,) = done.stderr.splitlines()
    assert told in line

"""The `quoth` command, run as a person runs it: what it prints and how it exits."""

import copy
import json
import shutil
from pathlib import Path

import pytest
from commands import quoth
from conftest import ROOT


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the seeds in it, already added."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    done = quoth("add", "seeds", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 added, ")
    return folder


def test_ask_prints_the_answer_its_sentence_and_its_place(home: Path) -> None:
    done = quoth("ask", "who brokered the September 13 ceasefire?", cwd=home)
    assert done.returncode == 0
    first, sentence, second, *_ = done.stdout.splitlines()
    assert first == "Moscow"
    assert "brokered by Moscow on September 13" in sentence
    assert "seeds/003_b2d011834734ebc9.txt, paragraph 2, characters" in second


def test_ask_as_json_has_the_promised_form(home: Path) -> None:
    words = ["who", "brokered", "the", "September", "13", "ceasefire?"]
    done = quoth("ask", *words, "--json", cwd=home)
    printed = json.loads(done.stdout)
    assert printed["question"] == "who brokered the September 13 ceasefire?"
    assert {"text", "confidence", "document", "start", "end"} <= printed["answer"].keys()
    assert len(printed["passages"]) == 5
    text = (home / printed["answer"]["document"]).read_bytes().decode()
    assert text[printed["answer"]["start"] : printed["answer"]["end"]] == printed["answer"]["text"]
    for rank, passage in enumerate(printed["passages"], 1):
        assert passage["rank"] == rank
        assert passage.keys() >= {
            "rank",
            "score",
            "document",
            "title",
            "author",
            "published",
            "start",
            "end",
            "text",
            "highlights",
            "page",
            "paragraph",
        }
        text = (home / passage["document"]).read_bytes().decode()
        assert text[passage["start"] : passage["end"]] == passage["text"]


def test_verify_takes_what_ask_exported(home: Path) -> None:
    exported = quoth(
        "ask", "who brokered the ceasefire of September 13?", "--json", cwd=home
    ).stdout
    (home / "answer.json").write_text(exported)
    done = quoth("verify", "answer.json", cwd=home)
    assert done.returncode == 0, done.stderr
    (home / "answer.json").write_text(exported.replace("Moscow", "Ankara"))
    done = quoth("verify", "answer.json", cwd=home)
    assert done.returncode == 1
    assert "does not say" in done.stderr


def test_verify_checks_every_quotation_of_an_export(home: Path) -> None:
    question = "who brokered the ceasefire of September 13?"
    right = json.loads(quoth("ask", question, "--json", cwd=home).stdout)
    right["others"] = [copy.deepcopy(right["answer"])]
    (home / "all.json").write_text(json.dumps(right))
    assert quoth("verify", "all.json", cwd=home).returncode == 0
    for field in ("sentence", "others", "others' sentence", "answer", "passages"):
        exported = copy.deepcopy(right)
        where = {
            "sentence": exported["answer"]["sentence"],
            "others": exported["others"][0],
            "others' sentence": exported["others"][0]["sentence"],
            "answer": exported["answer"],
            "passages": exported["passages"][2],
        }[field]
        where["text"] = "Nobody " + where["text"][7:]
        (home / "all.json").write_text(json.dumps(exported))
        done = quoth("verify", "all.json", cwd=home)
        assert done.returncode == 1, field
        assert "does not say" in done.stderr, field


def test_find_says_when_no_document_passes_the_filter(home: Path) -> None:
    done = quoth("find", "ceasefire", "--doc", "nothing*", cwd=home)
    assert done.returncode == 3
    assert done.stdout.startswith("No document passes the filter.\n")


def test_find_cites_passages_as_ask_does(home: Path) -> None:
    done = quoth("find", "who brokered the September 13 ceasefire?", "--json", cwd=home)
    assert done.returncode == 0
    passages = json.loads(done.stdout)["passages"]
    assert [one["rank"] for one in passages] == [1, 2, 3, 4, 5]
    text = (home / passages[0]["document"]).read_text()
    assert text[passages[0]["start"] : passages[0]["end"]] == passages[0]["text"]
    assert any("brokered by Moscow" in one["text"] for one in passages[:2])
    shown = quoth("find", "who brokered the September 13 ceasefire?", "-k", "1", cwd=home)
    assert "[1]" in shown.stdout
    assert "confidence" not in shown.stdout
    assert quoth("find", "who?", "--doc", "nothing*", cwd=home).returncode == 3
    undated = quoth("find", "ceasefire", "--from", "2020-01-01", cwd=home)
    assert "no date" in undated.stdout


def test_not_answered_is_exit_3(home: Path) -> None:
    done = quoth("ask", "Who won the 2022 FIFA World Cup?", cwd=home)
    assert done.returncode == 3
    assert "The documents do not answer this." in done.stdout


def test_list_and_status_say_what_there_is(home: Path) -> None:
    listed = quoth("list", cwd=home).stdout.splitlines()
    assert len(listed) == 2
    assert listed[0].split("\t")[2:] == ["Alex Lantier", "2020-10-01"]
    rows = json.loads(quoth("list", "--json", cwd=home).stdout)
    assert rows[0]["author"]["how"] == "byline"
    status = json.loads(quoth("status", "--json", cwd=home).stdout)
    assert status["documents"] == 2
    assert "cut to fit" in quoth("status", cwd=home).stdout


MISTAKES = [
    (("ask", "who?", "--index", "nowhere"), "nowhere", 2),
    (("list", "--index", "nowhere"), "quoth add", 2),
    (("add", "missing.txt"), "missing.txt", 2),
    (("add", "missing.txt", "--index", "new"), "missing.txt", 2),
    (("ask", ""), "empty", 2),
    (("ask", "who?", "--from", "yesterday"), "2022-09-13", 2),
    (("remove", "nothing"), "quoth list", 2),
    (("verify", "nothing.json"), "nothing.json", 2),
    (("add", "seeds", "--model", "other"), "other settings", 2),
    (("add", "seeds", "--index", "seeds"), "seeds", 2),
    (("add", "seeds", "--index", "new", "--tokens", "nonsense"), "quoth_32k", 2),
    (("add", "seeds", "--index", "new", "--model", "no/such-model"), "no/such-model", 2),
    (("add", "seeds", "--index", "new", "--model", "./nowhere"), "./nowhere", 2),
    (("frobnicate",), "quoth --help", 2),
    (("ask", "-k", "0", "who?"), "quoth ask --help", 2),
    (("ask",), "QUESTION", 2),
]


@pytest.mark.parametrize(("arguments", "said", "status"), MISTAKES)
def test_a_mistake_is_told_in_words(
    home: Path, arguments: tuple[str, ...], said: str, status: int
) -> None:
    done = quoth(*arguments, cwd=home)
    assert done.returncode == status
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (home / "new").exists()


def test_a_damaged_index_names_the_command_that_heals_it(home: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(home / ".quoth", index)
    segment = next(index.rglob("rows.faiss"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"x")
    done = quoth("ask", "who brokered the ceasefire?", cwd=home, QUOTH_INDEX=str(index))
    assert done.returncode == 1
    assert "quoth repair" in done.stderr
    assert quoth("repair", cwd=home, QUOTH_INDEX=str(index)).returncode == 0
    assert quoth("verify", cwd=home, QUOTH_INDEX=str(index)).returncode == 0
    done = quoth(
        "ask", "who brokered the September 13 ceasefire?", cwd=home, QUOTH_INDEX=str(index)
    )
    assert done.returncode == 0


def test_not_a_database_is_told_in_words(home: Path, tmp_path: Path) -> None:
    (tmp_path / "quoth.db").write_bytes(b"not a database at all" * 100)
    done = quoth("ask", "who?", "--index", str(tmp_path), cwd=home)
    assert done.returncode == 1
    assert "not a Quoth index" in done.stderr


def test_one_bad_file_among_good_ones_is_a_line_and_no_failure(home: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("A good file. It says one thing.")
    (tmp_path / "bad.txt").write_bytes(b"\0\1\2")
    done = quoth("add", str(tmp_path), "--index", str(tmp_path / ".i"), cwd=home)
    assert done.returncode == 0
    assert "1 added, 1 skipped" in done.stdout
    assert "bad.txt" in done.stderr

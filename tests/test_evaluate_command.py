"""`quoth eval` as a person runs it, from articles of one's own to a report."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from commands import quoth
from conftest import ROOT


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the articles of the set that ships, already added."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "eval" / "gold" / "saltmarsh", folder / "articles")
    done = quoth("add", "articles", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def typed(home: Path, answers: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return quoth(*arguments, cwd=home, said=answers)


def test_from_judgements_to_a_report(home: Path) -> None:
    answers = """What was the lifeboat called?
the lifeboat Constance

Constance
Who is the mayor of Lindholm?
n
Which judge led the inquiry?
99
1.2

not in the text

"""
    done = typed(home, answers, "eval", "label", "mine.jsonl")
    assert done.returncode == 0, done.stderr
    assert "there is no passage 99" in done.stderr
    assert "does not say 'not in the text'" in done.stderr
    rows = [json.loads(line) for line in (home / "mine.jsonl").read_text().splitlines()]
    assert [row["question"] for row in rows][1] == "Who is the mayor of Lindholm?"
    assert rows[0]["answers"] == ["Constance"]
    assert rows[0]["evidence"][0]["quote"] == "the lifeboat Constance"
    done = quoth("eval", "run", "mine.jsonl", "--index", ".quoth", "--out", "report", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "hit@1" in done.stdout
    assert (home / "report" / "report.html").exists()
    result = json.loads((home / "report" / "result.json").read_text())
    assert result["measures"]["hit@5"]["value"] == 1


def test_the_guard_fails_a_build_that_got_worse(home: Path) -> None:
    judged = (ROOT / "eval" / "gold" / "saltmarsh.jsonl").read_text().splitlines()[:12]
    few = "\n".join(judged).replace('{"document": "', '{"document": "articles/')
    (home / "few.jsonl").write_text(few)
    run = ("eval", "run", "few.jsonl", "--index", ".quoth")
    first = quoth(*run, "--out", "good", cwd=home)
    assert first.returncode == 0, first.stderr
    guard = ("--baseline", "good/result.json", "--allow-drop", "0.01")
    worse = quoth(*run, "--out", "bad", "--set", "threshold=1", *guard, cwd=home)
    assert worse.returncode == 4
    assert "f1_answerable" in worse.stderr
    compared = quoth("eval", "compare", "good", "bad", cwd=home)
    assert compared.returncode == 0
    assert "worse" in compared.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "nowhere"), "neither a file or folder nor a known set"),
        (("run", "mine-missing.jsonl"), "neither a file or folder"),
        (("run", "seeds", "--set", "size"), "has no value"),
        (("run", "seeds", "--set", "sise=3"), "'sise' is not a setting"),
        (("run", "seeds", "--baseline", "nothing.json"), "nothing.json cannot be read"),
        (("run", "articles"), "expected a BEIR folder"),
        (("compare", "only-one"), "give two results"),
        (("sweep", "seeds", "--grid", "none.toml"), "none.toml cannot be read"),
    ],
)
def test_a_mistake_is_one_line(home: Path, arguments: tuple[str, ...], told: str) -> None:
    done = quoth("eval", *arguments, cwd=home)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert told in line


def test_the_best_settings_are_taken_by_add_and_ask(home: Path) -> None:
    (home / "best.toml").write_text("size = 60\ntext = 0.5\n")
    config = ("--config", "best.toml", "--index", "small")
    assert quoth("add", "articles", *config, cwd=home).returncode == 0
    status = json.loads(quoth("status", "--index", "small", "--json", cwd=home).stdout)
    assert status["settings"]["size"] == 60
    asked = quoth("ask", "What was the lifeboat called?", *config, cwd=home)
    assert asked.returncode in (0, 3), asked.stderr
    refused = quoth("add", "articles", "--config", "best.toml", cwd=home)
    assert refused.returncode == 2
    assert "made with other settings" in refused.stderr

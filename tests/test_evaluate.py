"""Running, comparing, sweeping and labelling; a toy encoder where the model does not matter."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from toy_encoder import ToyEncoder

from eval import DataSet, Judgement, Options, Question, Result, compare, load, run
from eval.ask_questions import what_reads
from eval.cached_index import documents_of
from eval.grid_sweep import read_grid, sweep
from eval.label_session import Labelling, chosen
from index import Document, Found, Index, QuothError, Span
from qa import Settings

TEXTS = {
    "harbour.txt": "The harbour was dug in 1820. It took nine years. Three men drowned.",
    "bridge.txt": "The bridge was built in 1911. It cost two million crowns.",
    "dyke.txt": "The dyke was raised in 1955 after the flood. It holds the sea back.",
    "mill.txt": "The mill burned in 1911. Nobody was hurt. It was never built again.",
}


def document(name: str) -> Document:
    return Document(name, TEXTS[name], Found(name, "given"))


def asked(number: int, text: str, name: str, answer: str) -> Question:
    start = TEXTS[name].index(answer)
    judgement = Judgement(name, (Span(start, start + len(answer)),))
    return Question(f"q{number}", text, (answer,), (judgement,))


DATA = DataSet(
    "town",
    [document(name) for name in TEXTS],
    [
        asked(1, "When was the harbour dug?", "harbour.txt", "1820"),
        asked(2, "What did the bridge cost?", "bridge.txt", "two million crowns"),
        asked(3, "When was the dyke raised?", "dyke.txt", "1955"),
        asked(4, "When did the mill burn?", "mill.txt", "1911"),
        Question("q5", "Who painted the town hall?", (), ()),
        Question("q6", "unfindable", ("nothing",), (Judgement("lost.txt"),)),
    ],
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("town") / "index", ToyEncoder())
    index.add_documents(DATA.documents)
    return index


@pytest.fixture(scope="module")
def result(town: Index, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("out")
    return run(DATA, out, options=Options(left_out=True), index=town), out


def test_every_question_is_in_the_result(result: tuple[Result, Path]) -> None:
    found, _ = result
    assert [row.id for row in found.rows] == [one.id for one in DATA.questions]
    assert found.measures["hit@1"].questions == 5, "the judged ones, the one never found too"
    assert found.measures["passage_hit@1"].questions == 4, "those with a judged span"
    lost = next(row for row in found.rows if row.id == "q6")
    assert lost.rank is None
    assert lost.values["hit@20"] == 0
    unanswerable = next(row for row in found.rows if row.id == "q5")
    assert "hit@1" not in unanswerable.values
    assert unanswerable.right is False


def test_the_result_reads_back_as_it_was(result: tuple[Result, Path]) -> None:
    found, out = result
    assert Result.read(out) == found
    kept = json.loads((out / "result.json").read_text())
    wanted = (
        "hit@1 hit@5 hit@20 rr@10 ndcg@10 ap em f1 citation_precision answerable_auroc ece aurc"
    )
    for name in wanted.split():
        assert kept["measures"][name].keys() >= {"value", "low", "high"}
        one = kept["measures"][name]
        assert one["low"] <= one["value"] + 1e-9
        assert one["value"] <= one["high"] + 1e-9


@pytest.mark.parametrize("level", ["documents", "passages"])
def test_measures_agree_with_the_ir_measures_command(
    result: tuple[Result, Path], level: str
) -> None:
    found, out = result
    names = {
        "hit@1": "Success@1",
        "hit@5": "Success@5",
        "hit@20": "Success@20",
        "recall@20": "R@20",
        "rr@10": "RR@10",
        "ndcg@10": "nDCG@10",
        "ap": "AP",
    }
    command = [Path(sys.executable).parent / "ir_measures", "-p", "12"]
    files = [out / f"{level}.qrels", out / f"{level}.run"]
    done = subprocess.run(
        [*command, *files, *names.values()], capture_output=True, text=True, check=True
    )
    theirs = dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    prefix = "passage_" if level == "passages" else ""
    for ours, name in names.items():
        assert found.measures[prefix + ours].value == pytest.approx(float(theirs[name]), abs=1e-9)


def test_the_report_is_one_page_that_needs_nothing_else(result: tuple[Result, Path]) -> None:
    page = (result[1] / "report.html").read_text()
    assert page.count("<svg") >= 5
    for outside in ("http://", "https://", "<script", "<link", "@import", "url(http"):
        assert outside not in page.replace("http://www.w3.org/", "")
    assert "Who painted the town hall?" in page or "unfindable" in page


def test_what_documents_say_is_escaped_in_the_report(tmp_path: Path) -> None:
    text = "The <script>alert(1)</script> harbour & <b>bridge</b> were built in 1820."
    document = Document("<img src=x>.txt", text, Found("<i>t</i>", "given"))
    question = Question("q", "When was the <u>mill</u> built?", ("<script>",), (Judgement("gone"),))
    index = Index.create(tmp_path / "index", ToyEncoder())
    index.add_documents([document])
    run(DataSet("x<y", [document], [question]), tmp_path / "out", index=index)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "<u>" not in page
    assert "&lt;script&gt;" in page


KILLED = """
import os, signal, sys
sys.path[:0] = [{tests!r}, {root!r}]
from pathlib import Path
from test_evaluate import DATA
from toy_encoder import ToyEncoder
from eval import run
from index import Index
def tell(stage, done, total):
    if stage == "asking" and done == 3:
        os.kill(os.getpid(), signal.SIGKILL)
run(DATA, Path({out!r}), index=Index.open({index!r}, ToyEncoder()), tell=tell)
"""


def test_a_killed_run_goes_on_where_it_was(town: Index, tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = KILLED.format(
        tests=str(ROOT / "tests"), root=str(ROOT), out=str(out), index=str(town.folder)
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (out / "result.json").exists()
    part = out / "rows.part.jsonl"
    key, first, *others = part.read_text().splitlines()
    assert len(others) == 2
    marked = {**json.loads(first), "best": "kept from before"}
    part.write_text("\n".join([key, json.dumps(marked), *others, '{"question": "q4", "ke']))
    found = run(DATA, out, index=town)
    assert [row.best == "kept from before" for row in found.rows] == [True] + 5 * [False]
    assert not part.exists()


def test_what_another_run_left_is_not_taken_over(town: Index, tmp_path: Path) -> None:
    (tmp_path / "rows.part.jsonl").write_text('another key\n{"question": "q1", "best": "wrong"}\n')
    found = run(DATA, tmp_path, index=town)
    assert all(row.best != "wrong" for row in found.rows)


def test_a_run_of_other_code_is_not_taken_over(tmp_path: Path) -> None:
    """The key of an interrupted run holds a hash of the sources that give the answers."""
    for package in ("index", "qa", "eval"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("data"))
    program = "from eval.environment import code_hash; print(code_hash())"

    def hashed() -> str:
        return subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True
        ).stdout.decode()

    first = hashed()
    assert hashed() == first
    changed = tmp_path / "qa" / "answering" / "clauses.py"
    changed.write_text(changed.read_text() + "\n")
    assert hashed() != first


FULL = """
import ctypes, sys
sys.path[:0] = [{tests!r}, {root!r}]
from pathlib import Path
from test_evaluate import DATA
from toy_encoder import ToyEncoder
from eval import run
from index import Index, QuothError
index = Index.open({index!r}, ToyEncoder())
index.search_text(["x"], 1)
for at in (1, 3, 8):
    out = {out!r} + str(at)
    ctypes.CDLL(None).faults_arm(out.encode(), ctypes.c_long(at), 2)
    try:
        run(DATA, Path(out), index=index)
    except QuothError as error:
        print(error.exit_code, error)
"""


def test_a_full_disk_is_one_clear_line(town: Index, tmp_path: Path, fault_layer: Path) -> None:
    program = FULL.format(
        tests=str(ROOT / "tests"),
        root=str(ROOT),
        out=str(tmp_path / "out"),
        index=str(town.folder),
    )
    environment = {**os.environ, "LD_PRELOAD": str(fault_layer)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("1 no space is left on the disk") for line in lines)
    for at in (1, 3, 8):
        assert run(DATA, tmp_path / f"out{at}", index=town).rows


def test_a_run_against_itself_does_not_differ(result: tuple[Result, Path]) -> None:
    found = compare(result[0], result[0])
    assert all(one.difference == 0 and one.p == 1 for one in found.differences)
    assert found.changed == []
    assert found.worse(0) == []


def degraded(found: Result, ids: set[str]) -> Result:
    rows = [
        replace(row, rank=2, values={**row.values, "hit@1": 0.0}) if row.id in ids else row
        for row in found.rows
    ]
    return replace(found, rows=rows)


def repeated(found: Result, times: int) -> Result:
    rows = [replace(row, id=f"{row.id}-{n}") for n in range(times) for row in found.rows]
    return replace(found, rows=rows)


def test_a_real_drop_is_worse_and_a_chance_one_is_not(result: tuple[Result, Path]) -> None:
    many = repeated(result[0], 20)
    first = [row.id for row in many.rows if row.values.get("hit@1")]
    found = compare(many, degraded(many, set(first[:30])))
    assert [one.measure for one in found.worse(0.01)] == ["hit@1"]
    assert {one.id for one in found.changed} == set(first[:30])
    assert not any(one.better for one in found.changed)
    by_chance = compare(many, degraded(many, set(first[:2])))
    assert by_chance.worse(0.01) == []


def test_a_drop_that_is_allowed_is_no_failure(result: tuple[Result, Path]) -> None:
    many = repeated(result[0], 20)
    first = [row.id for row in many.rows if row.values.get("hit@1")]
    found = compare(many, degraded(many, set(first[:10])))
    assert found.worse(0.01)
    assert found.worse(0.2) == []


def test_runs_that_share_no_question_are_not_compared(result: tuple[Result, Path]) -> None:
    other = replace(result[0], rows=[replace(row, id=f"x{row.id}") for row in result[0].rows])
    with pytest.raises(QuothError, match="share no question"):
        compare(result[0], other)


@pytest.mark.usefixtures("encoder")
def test_a_sweep_tries_all_and_redoes_nothing(tmp_path: Path) -> None:
    grid = tmp_path / "grid.toml"
    grid.write_text("text = [0.1, 0.9]\nsize = [40]\n")
    out, cache = tmp_path / "sweep", tmp_path / "cache"
    seen: list[str] = []

    def tell(stage: str, done: float, _: float) -> None:
        if stage == "asking" and done == 0:
            seen.append(stage)

    found = sweep(
        DATA, read_grid(grid), out, "hit@1", Options(answers=False), cache=cache, tell=tell
    )
    assert len(seen) == 3, "both choices and the settings as they ship"
    assert len(found.tried) == 3
    values = [one.result.measures["hit@1"].value for one in found.tried]
    assert values == sorted(values, reverse=True)
    assert Settings.read(out / "best.toml") == found.tried[0].settings
    again = sweep(
        DATA, read_grid(grid), out, "hit@1", Options(answers=False), cache=cache, tell=tell
    )
    assert len(seen) == 3
    assert [one.settings for one in again.tried] == [one.settings for one in found.tried]
    assert "<svg" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("chunk = [1]", "'chunk' is not a setting"),
        ("size = 240", "size must be a list of values"),
        ("size = []", "size must be a list of values"),
        ("text = [2]", "text is from 0 to 1, not 2"),
        ("size = ['big']", "size is a whole number"),
        ("size = [", "is not TOML"),
    ],
)
def test_a_grid_that_is_wrong_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "grid.toml").write_text(content)
    with pytest.raises(QuothError, match="grid") as raised:
        read_grid(tmp_path / "grid.toml")
    assert told in str(raised.value)


def test_labelling_anchors_what_was_marked(town: Index, tmp_path: Path) -> None:
    labelling = Labelling(town, tmp_path / "mine.jsonl")
    offered = labelling.offer("When was the harbour dug?")
    place = 1 + [one.document.name for one in offered].index("harbour.txt")
    labelling.keep("When was it dug?", chosen(f"{place}.1", offered), ["1820"])
    labelling.keep("Who paid?", [])
    labelling.keep("a mistake", [])
    labelling.undo()
    data = load(tmp_path / "mine.jsonl", documents_of(town))
    dug, paid = data.questions
    (judgement,) = dug.judgements
    assert judgement.spans[0].of(TEXTS["harbour.txt"]) == "The harbour was dug in 1820."
    assert not paid.answerable
    assert run(data, index=town).measures["hit@1"].questions == 1


def test_a_changed_document_takes_its_judgements_out(town: Index, tmp_path: Path) -> None:
    labelling = Labelling(town, tmp_path / "mine.jsonl")
    offered = labelling.offer("When was the harbour dug?")
    place = 1 + [one.document.name for one in offered].index("harbour.txt")
    labelling.keep("When was it dug?", chosen(str(place), offered))
    labelling.keep("Who paid?", [])
    changed = [
        replace(one, text="New. " + one.text) if one.name == "harbour.txt" else one
        for one in documents_of(town)
    ]
    data = load(tmp_path / "mine.jsonl", changed)
    assert [one.text for one in data.questions] == ["Who paid?"]
    assert "harbour.txt has changed since it was judged" in data.notices[0]


@given(st.data())
def test_copied_text_is_found_where_it_stands(town: Index, data: st.DataObject) -> None:
    labelling = Labelling(town, Path("unused"))
    offered = labelling.offer("When was the harbour dug?", 1)
    text = offered[0].span.of(offered[0].document.text)
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, len(text)))
    copied = text[start:end]
    if not copied.strip() or copied.strip().isdigit():
        return
    spaced = copied.replace(" ", data.draw(st.sampled_from([" ", "  ", "\n"])))
    ((document, span),) = chosen(spaced, offered)
    assert span.of(document.text) == copied.strip()


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("9", "there is no passage 9"),
        ("1.99", "sentences"),
        ("0", "there is no passage 0"),
        ("words that nobody wrote", "none of these passages holds that text"),
    ],
)
def test_a_mark_that_means_nothing_is_told(town: Index, stated: str, told: str) -> None:
    offered = Labelling(town, Path("unused")).offer("When was the harbour dug?", 2)
    with pytest.raises(QuothError, match=told):
        chosen(stated, offered)


def test_a_folder_called_as_the_reader_that_ships_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = what_reads(Settings())
    (tmp_path / "quoth").mkdir()
    (tmp_path / "none").mkdir()
    assert what_reads(Settings()) == before
